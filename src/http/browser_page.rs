//! What a person sees who opens the server's address in a browser: what it is, and the URL to paste
//! into a client.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, header};

use super::{edge::Edge, host, public_base_url::base_url, reject::Reject, settings::Settings};

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Only browsers name HTML; no client of the protocol does.
pub(super) fn is_wanted(method: &Method, headers: &HeaderMap) -> bool {
    let names_html = |line: &HeaderValue| {
        let text = line.to_str().unwrap_or_default();
        text.split([',', ';']).any(|range| range.trim().eq_ignore_ascii_case("text/html"))
    };
    matches!(*method, Method::GET | Method::HEAD)
        && headers.get_all(header::ACCEPT).iter().any(names_html)
}

/// The page; the request's Host must have been checked.
pub(super) fn render<B>(edge: &Edge, request: &Request<B>) -> Response {
    let name = &edge.settings.server_name;
    let base = base_url(edge.settings.public_base_url.as_ref(), request.headers());
    let text = format!(
        "This is {name}, an MCP server through which an AI agent works in Jira as the signed-in user.\n\
         It speaks to MCP clients and has nothing to show in a browser.\n\n\
         Paste this URL into your MCP client: {base}/mcp\n\n\
         {}\n",
        if edge.settings.has_sign_in {
            format!(
                "The client sends you to a page here to sign in. Which programs work as you, and \
                 sign-out: {base}/auth/status"
            )
        } else {
            let server = edge.settings.authorization_servers.first();
            match server.filter(|server| *server != Settings::ATLASSIAN) {
                Some(server) => format!(
                    "The client signs in at {server} and sends its token with every request."
                ),
                None => "The client signs in with an Atlassian account and sends its token with \
                         every request."
                    .to_owned(),
            }
        }
    );
    ([(header::CONTENT_TYPE, TEXT)], text).into_response()
}

/// Whatever has no route: the page at the root for a browser, else the refusal.
pub(super) async fn fallback(
    State(edge): State<Arc<Edge>>,
    request: Request,
) -> Result<Response, Reject> {
    if request.uri().path() != "/" || !is_wanted(request.method(), request.headers()) {
        let (parts, body) = request.into_parts();
        edge.drains.drain(&parts.headers, body);
        return Err(Reject::NotFound);
    }
    // The page repeats the Host where no public URL is set.
    host::check(&request, &edge.settings.allowed_hosts)?;
    Ok(render(&edge, &request))
}
