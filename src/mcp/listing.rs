//! What `tools/list` answers: one list for each narrowing, as tools and as bytes that are made
//! once.
//!
//! A list differs from another by the request's narrowing, by what the caller's token lacks, and by
//! the era. All three are a few bits, so the bytes are kept under them; making them anew gives the
//! same bytes.

use std::sync::Arc;

use auth::Caller;
use bytes::Bytes;
use quick_cache::sync::Cache;
use rmcp::{
    ErrorData,
    model::{self, CacheScope, ListToolsResult, MetaObject, PaginatedRequestParams, ServerResult},
};
use serde_json::Value;
use tool_kit::{HeaderArgument, Product, Tool};

use crate::policy::{Narrowing, Policy, Variant, Verdict};

use super::{
    era::Era,
    schema::{self, Showing},
    server::Server,
};

/// How long clients of 2026-07-28 may keep the tool list.
pub(super) const TTL_MS: u64 = 300_000;

/// Narrowings come from clients, so what is remembered of them is bounded; a list has 28 KB at
/// most.
const KEPT_LISTS: usize = 64;

/// Under what the bytes of a list are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    policy: Variant,
    /// One bit for each set of scopes that some tool needs and the token lacks.
    missing_scopes: u64,
    era: Era,
}

/// All lists of one server.
#[derive(Debug)]
pub(super) struct Lists {
    /// What the operator allows, in the order of the registry.
    rows: Vec<&'static Tool>,
    shown: Vec<model::Tool>,
    /// One tool for each distinct set of scopes.
    probes: Vec<&'static Tool>,
    rendered: Cache<Key, Bytes>,
}

impl Lists {
    pub(super) fn new(product: &dyn Product, policy: &Policy, showing: Showing) -> Self {
        let rows: Vec<&'static Tool> =
            product.tools().into_iter().filter(|tool| policy.allows(tool)).collect();
        let shown = rows.iter().map(|tool| schema::describe(tool, showing)).collect();
        let mut probes: Vec<&'static Tool> = Vec::new();
        for tool in &rows {
            if !probes.iter().any(|probe| probe.scopes == tool.scopes) {
                probes.push(tool);
            }
        }
        Self { rows, shown, probes, rendered: Cache::new(KEPT_LISTS) }
    }

    /// Everything that the operator allows.
    pub(super) fn shown(&self) -> &[model::Tool] {
        &self.shown
    }

    fn missing_scope_bits(&self, granted: Option<&[String]>) -> u64 {
        let Some(granted) = granted else { return 0 };
        let lacks = |probe: &&'static Tool| probe.missing_scopes(granted).is_some();
        (0..).zip(&self.probes).filter(|(_, probe)| lacks(probe)).map(|(bit, _)| 1_u64 << bit).sum()
    }

    fn open(&self, policy: &Policy, granted: Option<&[String]>) -> Vec<model::Tool> {
        let all = self.rows.iter().zip(&self.shown);
        let open = all.filter(|(tool, _)| policy.judge(tool, granted) == Verdict::Open);
        open.map(|(_, shown)| shown.clone()).collect()
    }
}

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
        mark(&mut tool, self.0.product.header_arguments());
        Some(tool)
    }

    /// What is listed for a request. What its token may do narrows the list only where that is
    /// known already: listing asks Jira nothing.
    pub(super) fn tool_list(
        &self,
        narrowing: Option<&Narrowing>,
        caller: Option<&Caller>,
        era: Era,
    ) -> ListToolsResult {
        let granted = self.granted(caller);
        self.list(&self.policy_for(narrowing), granted.as_deref(), era)
    }

    /// The same as the bytes of the JSON-RPC `result`.
    pub(super) fn tool_list_bytes(
        &self,
        narrowing: Option<&Narrowing>,
        caller: Option<&Caller>,
        era: Era,
    ) -> Option<Bytes> {
        let lists = &self.0.lists;
        let granted = self.granted(caller);
        let policy = &*self.policy_for(narrowing);
        let key = Key {
            policy: policy.variant(),
            missing_scopes: lists.missing_scope_bits(granted.as_deref()),
            era,
        };
        if let Some(bytes) = lists.rendered.get(&key) {
            return Some(bytes);
        }
        let mut result = ServerResult::ListToolsResult(self.list(policy, granted.as_deref(), era));
        if era == Era::Legacy {
            result.strip_result_type_for_legacy_peer();
        }
        let bytes = Bytes::from(serde_json::to_vec(&result).ok()?);
        lists.rendered.insert(key, bytes.clone());
        Some(bytes)
    }

    fn list(&self, policy: &Policy, granted: Option<&[String]>, era: Era) -> ListToolsResult {
        let mut result = ListToolsResult::with_all_items(self.0.lists.open(policy, granted));
        // Clients before 2026-07-28 must not see its fields.
        if era == Era::Modern {
            let in_header = self.0.product.header_arguments();
            result.tools.iter_mut().for_each(|tool| mark(tool, in_header));
            result.ttl_ms = Some(TTL_MS);
            result.cache_scope = Some(CacheScope::Private);
            self.put_server_info(result.meta.get_or_insert_with(MetaObject::default));
        }
        result
    }

    fn granted(&self, caller: Option<&Caller>) -> Option<Vec<String>> {
        caller.and_then(|caller| self.0.product.granted_scopes(caller))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mcp::tests::{
        policy,
        product::{Behaviour, TestProduct},
    };

    #[test]
    fn every_set_of_scopes_has_a_bit_of_its_own() {
        let showing = Showing { common: &[], structured: false };
        let lists = Lists::new(&TestProduct(Behaviour::Answer), &policy(), showing);
        let bits = |granted: &[&str]| {
            let granted: Vec<String> = granted.iter().map(|scope| (*scope).to_owned()).collect();
            lists.missing_scope_bits(Some(&granted))
        };
        assert_eq!(lists.missing_scope_bits(None), 0);
        assert_eq!(
            [bits(&["read", "write"]), bits(&["write"]), bits(&["read"]), bits(&[])],
            [0b00, 0b01, 0b10, 0b11]
        );
    }
}
