//! Resources: things that can be read by an address, such as one issue or one attachment.
//!
//! Reading one runs the tool that shows the same thing, so policy, scopes, limits, trimming, budget
//! and audit are those of the tool. Nothing is listed: what a user may see is found by searching.

use rmcp::{
    ErrorData, RoleServer,
    model::{
        ListResourceTemplatesResult, ReadResourceRequestParams, ReadResourceResult,
        ResourceContents, ResourceTemplate,
    },
    service::RequestContext,
};
use serde_json::{Map, Value, json};
use tool_kit::{Block, Code, ResourceKind};
use url::Url;

use super::{
    apps,
    call::{Read, Refused, Said, ToolRequest, narrowing},
    era::is_modern,
    products::Products,
    provenance,
    server::Server,
    skills,
};

/// Nobody's address of a thing is longer, and it comes back in the reply.
const URI_BYTES_MAX: usize = 1_024;

pub(super) fn templates(
    server: &Server,
    context: &RequestContext<RoleServer>,
) -> ListResourceTemplatesResult {
    let policy = server.policy_for(narrowing(context));
    let kinds =
        server.0.products.resources().filter(|(product, kind)| {
            product.tool(kind.tool).is_some_and(|tool| policy.allows(tool))
        });
    ListResourceTemplatesResult::with_all_items(
        kinds.map(|(product, kind)| describe(product.name(), &kind)).collect(),
    )
}

fn describe(scheme: &str, kind: &ResourceKind) -> ResourceTemplate {
    let query = match kind.described_query.join(",") {
        names if names.is_empty() => names,
        names => format!("{{?{names}}}"),
    };
    let uri = format!("{scheme}://{}/{{{}}}{query}", kind.host, kind.id);
    let template =
        ResourceTemplate::new(uri, kind.host).with_title(kind.title).with_description(kind.about);
    match kind.media_type {
        Some(media_type) => template.with_mime_type(media_type),
        None => template,
    }
}

pub(super) async fn read(
    server: &Server,
    request: ReadResourceRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<ReadResourceResult, ErrorData> {
    let uri = request.uri;
    let own = skills::read(server, &uri, context).or_else(|| apps::read(server, &uri, context));
    if let Some(mut result) = own {
        if is_modern(context) {
            server.put_server_info(result.meta.get_or_insert_default());
        }
        return Ok(result);
    }
    let (source, kind, arguments) = parse(&server.0.products, &uri).ok_or_else(unknown)?;
    let read = Read { tool: kind.tool, arguments, extra_bytes: uri.len() };
    let said = server.read(read, ToolRequest::of_read(context)).await?.ok_or_else(unknown)?;
    let said = said.map_err(|refused| error(&refused))?;
    let contents = contents(&kind, &uri, said).with_meta(provenance::untrusted(source));
    let mut result = ReadResourceResult::new(vec![contents]);
    if is_modern(context) {
        server.put_server_info(result.meta.get_or_insert_default());
    }
    Ok(result)
}

fn unknown() -> ErrorData {
    ErrorData::resource_not_found("No such resource; the templates say which there are", None)
}

/// Whose address it is, and the kind and the tool's arguments that it stands for.
fn parse(
    products: &Products,
    uri: &str,
) -> Option<(&'static str, ResourceKind, Map<String, Value>)> {
    // It comes back in the reply, so it must need no escapes; the parser would forgive blanks and
    // controls around it.
    let is_plain =
        uri.len() <= URI_BYTES_MAX && uri.chars().all(|c| !c.is_control() && c != '"' && c != '\\');
    let url = Url::parse(uri).ok().filter(|_| is_plain)?;
    let product = products.named(url.scheme())?;
    let is_bare = url.username().is_empty()
        && url.password().is_none()
        && url.port().is_none()
        && url.fragment().is_none();
    let kinds = product.resources();
    let kind = kinds.into_iter().find(|kind| is_bare && url.host_str() == Some(kind.host))?;
    let id = url.path().strip_prefix('/').filter(|id| !id.is_empty() && !id.contains('/'))?;
    let mut arguments = Map::new();
    arguments.insert(kind.id.to_owned(), json!(id));
    for (name, value) in url.query_pairs() {
        if !kind.query.contains(&name.as_ref())
            || arguments.insert(name.into_owned(), json!(value)).is_some()
        {
            return None;
        }
    }
    let fixed = kind.fixed.iter().map(|(name, value)| ((*name).to_owned(), json!([value])));
    arguments.extend(fixed);
    Some((product.name(), kind, arguments))
}

/// What the tool shows, as a resource's contents.
fn contents(kind: &ResourceKind, uri: &str, said: Said) -> ResourceContents {
    let picture = said.blocks.into_iter().find_map(|block| match block {
        Block::Image { base64, media_type } => Some((base64, media_type)),
        Block::Link { .. } => None,
    });
    if let Some((base64, media_type)) = picture {
        return ResourceContents::blob(base64, uri).with_mime_type(media_type);
    }
    let file = serde_json::from_str(&said.text).ok().and_then(|value| (kind.file)(&value));
    match file {
        Some((text, media_type)) => ResourceContents::text(text, uri).with_mime_type(media_type),
        None => ResourceContents::text(said.text, uri).with_mime_type("application/json"),
    }
}

/// A tool's error as a protocol error, which is all that reading a resource has; the envelope goes
/// along.
fn error(refused: &Refused) -> ErrorData {
    let envelope: Value = serde_json::from_str(&refused.envelope).unwrap_or_default();
    let text = |name: &str| envelope.get(name).and_then(Value::as_str).unwrap_or_default();
    let message = format!("{} {}", text("message"), text("hint")).trim().to_owned();
    match refused.code {
        Code::NotFound => ErrorData::resource_not_found(message, Some(envelope)),
        Code::InvalidArgument | Code::AmbiguousSite => {
            ErrorData::invalid_params(message, Some(envelope))
        }
        _ => ErrorData::internal_error(message, Some(envelope)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mcp::tests::product::{Behaviour, products};

    fn check(uri: &str, expected: Option<(&str, &Value)>) {
        let parsed = parse(&products(Behaviour::Answer), uri)
            .map(|(_, kind, arguments)| (kind.host, Value::Object(arguments)));
        assert_eq!(parsed.as_ref().map(|(host, arguments)| (*host, arguments)), expected, "{uri}");
    }

    #[test]
    fn an_address_means_one_thing_or_nothing() {
        let note = |key: &str| json!({ "note_id": key, "include": ["all"] });
        check("test://note/ACME-1", Some(("note", &note("ACME-1"))));
        let mut on_site = note("ACME-1");
        on_site["place"] = json!("one.atlassian.net");
        check("test://note/ACME-1?place=one.atlassian.net", Some(("note", &on_site)));
        check("test://paper/7", Some(("paper", &json!({ "paper_id": "7" }))));
        check(
            "test://paper/7?note_id=ACME-1",
            Some(("paper", &json!({ "paper_id": "7", "note_id": "ACME-1" }))),
        );
        for nothing in [
            "test://note",
            "test://note/",
            "test://note/A-1/x",
            "test://note/A-1?fields=*all",
            "test://note/A-1?place=a&place=b",
            "test://paper/7?paper_id=8",
            "test://note/A-1#x",
            "test://me@note/A-1",
            "test://note:1/A-1",
            "test://Note/A-1",
            "test://project/A",
            "test:note/A-1",
            "http://note/A-1",
            "file:///etc/hosts",
            "",
        ] {
            check(nothing, None);
        }
        check(&format!("test://note/{}", "A".repeat(URI_BYTES_MAX)), None);
    }
}
