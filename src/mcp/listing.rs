//! What `tools/list` answers, as tools and as bytes.

use std::sync::Arc;

use auth::Caller;
use bytes::Bytes;
use rmcp::{
    ErrorData,
    model::{self, CacheScope, ListToolsResult, MetaObject, PaginatedRequestParams, ServerResult},
};
use serde_json::Value;
use tool_kit::HeaderArgument;

use crate::policy::{Narrowing, Policy};

use super::{
    apps,
    era::{Era, Wanted},
    server::Server,
};

/// How long clients of 2026-07-28 may keep the tool list.
pub(super) const TTL_MS: u64 = 300_000;

/// Says which argument of a tool stands in a header as well.
fn mark(tool: &mut model::Tool, in_header: &[HeaderArgument]) {
    let of_tool = in_header.iter().filter(|argument| tool.name == argument.tool);
    for HeaderArgument { argument, header, .. } in of_tool {
        if let Some(Value::Object(properties)) =
            Arc::make_mut(&mut tool.input_schema).get_mut("properties")
            && let Some(Value::Object(property)) = properties.get_mut(*argument)
        {
            property.insert("x-mcp-header".to_owned(), Value::from(*header));
        }
    }
}

impl Server {
    /// A tool as clients of 2026-07-28 see it, whose headers are held against its arguments.
    pub(super) fn marked_tool(&self, name: &str) -> Option<model::Tool> {
        let mut tool = self.0.lists.shown().iter().find(|tool| tool.name == name)?.clone();
        mark(&mut tool, &self.0.products.header_arguments());
        Some(tool)
    }

    /// What is listed for a request. What its token may do narrows the list only where that is
    /// known already: listing asks Jira nothing.
    pub(super) fn tool_list(
        &self,
        narrowing: Option<&Narrowing>,
        caller: Option<&Caller>,
        wanted: Wanted,
    ) -> ListToolsResult {
        let granted = self.granted(caller);
        self.list(&self.policy_for(narrowing), granted.as_deref(), wanted)
    }

    /// The same as the bytes of the JSON-RPC `result`.
    pub(super) fn tool_list_bytes(
        &self,
        narrowing: Option<&Narrowing>,
        caller: Option<&Caller>,
        wanted: Wanted,
    ) -> Option<Bytes> {
        let lists = &self.0.lists;
        let granted = self.granted(caller);
        let policy = &*self.policy_for(narrowing);
        let key = lists.key(policy, granted.as_deref(), wanted);
        if let Some(bytes) = lists.rendered(&key) {
            return Some(bytes);
        }
        let mut result =
            ServerResult::ListToolsResult(self.list(policy, granted.as_deref(), wanted));
        if wanted.era == Era::Legacy {
            result.strip_result_type_for_legacy_peer();
        }
        let bytes = Bytes::from(serde_json::to_vec(&result).ok()?);
        lists.keep(key, &bytes);
        Some(bytes)
    }

    fn list(&self, policy: &Policy, granted: Option<&[String]>, wanted: Wanted) -> ListToolsResult {
        let mut result = ListToolsResult::with_all_items(self.0.lists.open(policy, granted));
        if wanted.apps {
            self.name_pages(&mut result.tools);
        }
        // Clients before 2026-07-28 must not see its fields.
        if wanted.era == Era::Modern {
            let in_header = self.0.products.header_arguments();
            result.tools.iter_mut().for_each(|tool| mark(tool, &in_header));
            result.ttl_ms = Some(TTL_MS);
            result.cache_scope = Some(CacheScope::Private);
            self.put_server_info(result.meta.get_or_insert_with(MetaObject::default));
        }
        result
    }

    /// Names the pages of those tools whose pages find open all that they call.
    fn name_pages(&self, open: &mut [model::Tool]) {
        let names: Vec<String> = open.iter().map(|tool| tool.name.to_string()).collect();
        for shown in open {
            if let Some((product, tool)) = self.0.products.tool(&shown.name)
                && let Some(app) = product.app(tool)
                && app.calls.iter().all(|called| names.iter().any(|name| name == called))
            {
                apps::name_page(product, shown);
            }
        }
    }

    /// What is known of the scopes of a caller's token.
    pub(super) fn granted(&self, caller: Option<&Caller>) -> Option<Vec<String>> {
        caller.and_then(|caller| self.0.products.granted_scopes(caller))
    }
}

/// One page holds everything, so no cursor was ever given out. Source: MCP,
/// server/utilities/pagination.
pub(super) fn refuse_cursor(request: Option<&PaginatedRequestParams>) -> Result<(), ErrorData> {
    match request.and_then(|request| request.cursor.as_deref()) {
        None | Some("") => Ok(()),
        Some(_) => Err(ErrorData::invalid_params("Unknown cursor: the list has one page", None)),
    }
}
