//! Pages that a host shows with the results of tools, for clients that declared that they can:
//! `ui://{product}/{tool}`.
//!
//! A page is a file of ours, the same for everybody; what it shows the host gives it, from the
//! tool's result. All other clients see nothing of it, and every result says the same as text.
//!
//! A client of 2026-07-28 says in each request what it can. An older one says it in its first one
//! only, and this server remembers nothing, so it gets a mark to bring along as its session id. The
//! mark opens nothing: it says that lists name pages. Without it an old client has the texts.
//!
//! Source: MCP Apps, 2026-01-26 (SEP-1865).

use http::{HeaderMap, HeaderName, HeaderValue};
use rmcp::{
    RoleServer,
    model::{
        self, ClientCapabilities, JsonObject, ListResourcesResult, MetaObject, ReadResourceResult,
        Resource, ResourceContents,
    },
    service::RequestContext,
};
use serde::Deserialize;
use serde_json::{Value, json};
use single_header::single_header;
use tool_kit::{App, Product, Tool};

use super::{call::headers, era::is_modern, open_tools::OpenTools, server::Server};

/// The name of the extension.
pub(super) const EXTENSION: &str = "io.modelcontextprotocol/ui";

const MEDIA_TYPE: &str = "text/html;profile=mcp-app";
const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const MARK: &str = "apps-";
/// Where a page's file holds the tool's name and its title.
const NAME_PLACE: &str = "{tool}";
const TITLE_PLACE: &str = "{title}";

/// What the server says of the extension.
pub(super) fn settings() -> JsonObject {
    JsonObject::from_iter([("mimeTypes".to_owned(), json!([MEDIA_TYPE]))])
}

/// Whether a client that can this much shows pages.
pub(super) fn are_declared(capabilities: Option<&ClientCapabilities>) -> bool {
    let extensions = capabilities.and_then(|known| known.extensions.as_ref());
    let types = extensions.and_then(|all| all.get(EXTENSION)?.get("mimeTypes")?.as_array());
    types.is_some_and(|types| types.iter().any(|one| one == MEDIA_TYPE))
}

/// Whether the client of a request shows pages.
pub(super) fn are_shown(context: &RequestContext<RoleServer>) -> bool {
    let is_marked = || !is_modern(context) && headers(context).is_some_and(is_marked);
    are_declared(context.client_capabilities().as_ref()) || is_marked()
}

/// Whether an old client brings the mark that it got.
pub(super) fn is_marked(headers: &HeaderMap) -> bool {
    matches!(single_header(headers, &SESSION), Ok(Some(id)) if id.starts_with(MARK))
}

/// The header with the mark, for the answer to an `initialize` that declares pages.
pub(super) fn mark(body: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    #[derive(Deserialize)]
    struct Message {
        method: String,
        params: Params,
    }
    #[derive(Deserialize)]
    struct Params {
        capabilities: ClientCapabilities,
    }
    // Most messages are something else, and need not be read to see that.
    memchr::memmem::find(body, EXTENSION.as_bytes())?;
    let message: Message = serde_json::from_slice(body).ok()?;
    let capabilities = message.params.capabilities;
    if message.method != "initialize" || !are_declared(Some(&capabilities)) {
        return None;
    }
    // A session's id is unique, as clients may keep what they know under it.
    let mut random = [0; 16];
    getrandom::fill(&mut random).ok()?;
    let id = format!("{MARK}{:032x}", u128::from_be_bytes(random));
    Some((SESSION, HeaderValue::try_from(id).ok()?))
}

/// Names its page in a tool's description.
pub(super) fn name_page(product: &dyn Product, shown: &mut model::Tool) {
    let ui = json!({ "resourceUri": uri(product, &shown.name) });
    shown.meta.get_or_insert_with(MetaObject::default).0.insert("ui".to_owned(), ui);
}

fn uri(product: &dyn Product, tool: &str) -> String {
    format!("ui://{}/{tool}", product.name())
}

/// Every tool with a page, as far as it and what its page calls are open to a request.
fn open<'a>(
    server: &'a Server,
    context: &RequestContext<RoleServer>,
) -> impl Iterator<Item = (&'a dyn Product, &'static Tool, &'static App)> {
    let open = OpenTools::of(server, context);
    let with_page = server
        .0
        .products
        .tools()
        .filter_map(|(product, tool)| Some((product, tool, product.app(tool)?)));
    with_page.filter(move |(_, tool, app)| open.hold(&[tool.name]) && open.hold(app.calls))
}

/// The pages, for a client that shows them.
pub(super) fn list(server: &Server, context: &RequestContext<RoleServer>) -> ListResourcesResult {
    if !are_shown(context) {
        return ListResourcesResult::default();
    }
    let pages = open(server, context).map(|(product, tool, app)| {
        let mut page = Resource::new(uri(product, tool.name), tool.name)
            .with_title(tool.title)
            .with_description(app.about)
            .with_mime_type(MEDIA_TYPE);
        page.meta = Some(wishes());
        page
    });
    ListResourcesResult::with_all_items(pages.collect())
}

/// A page, for whoever asks for it: it holds nothing of anybody, and a client that was told its
/// address shows pages.
pub(super) fn read(
    server: &Server,
    address: &str,
    context: &RequestContext<RoleServer>,
) -> Option<ReadResourceResult> {
    let found =
        open(server, context).find(|(product, tool, _)| uri(*product, tool.name) == address);
    let (_, tool, app) = found?;
    let html = app.html.replace(NAME_PLACE, tool.name).replace(TITLE_PLACE, tool.title);
    let contents = ResourceContents::text(html, address).with_mime_type(MEDIA_TYPE);
    Some(ReadResourceResult::new(vec![contents.with_meta(wishes())]))
}

/// A page needs nothing from elsewhere and asks for no permission.
fn wishes() -> MetaObject {
    let none: [Value; 0] = [];
    let csp = json!({
        "connectDomains": none, "resourceDomains": none,
        "frameDomains": none, "baseUriDomains": none,
    });
    let mut meta = MetaObject::default();
    meta.0.insert("ui".to_owned(), json!({ "csp": csp, "prefersBorder": true }));
    meta
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_in_html_are_declared() {
        let check = |extensions: Value, expected: bool| {
            let params = json!({"capabilities": {"extensions": extensions}});
            let body = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params});
            assert_eq!(mark(body.to_string().as_bytes()).is_some(), expected, "{body}");
        };
        check(json!({ EXTENSION: { "mimeTypes": [MEDIA_TYPE] } }), true);
        check(json!({ EXTENSION: { "mimeTypes": ["text/plain", MEDIA_TYPE] } }), true);
        check(json!({ EXTENSION: { "mimeTypes": ["text/html"] } }), false);
        check(json!({ EXTENSION: { "mimeTypes": MEDIA_TYPE } }), false);
        check(json!({ EXTENSION: {} }), false);
        check(json!({}), false);
    }

    #[test]
    fn a_mark_is_one_of_its_kind_and_is_known_again() {
        let params = json!({"capabilities": {"extensions": { EXTENSION: settings() }}});
        let begin =
            |method: &str| mark(json!({"method": method, "params": params}).to_string().as_bytes());
        assert!(begin("tools/list").is_none());
        let (one, other) = (begin("initialize").unwrap(), begin("initialize").unwrap());
        assert_ne!(one.1, other.1);
        assert!(is_marked(&HeaderMap::from_iter([one.clone()])));
        let mut two = HeaderMap::new();
        two.append(one.0.clone(), one.1);
        two.append(other.0, other.1);
        assert!(!is_marked(&two), "two headers say nothing");
        assert!(!is_marked(&HeaderMap::new()));
    }
}
