//! What all pages share: the frame, the style, and the headers that keep others out.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::response::{Html, IntoResponse, Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderName, HeaderValue, StatusCode, header};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::signin::display_name::DisplayName;

const STYLE: &str = include_str!("style.css");

/// The page's one style is allowed by its hash, and nothing else by anything. There is no
/// `form-action`: Chromium holds it against the redirects that follow a press as well, which lead
/// to the identity provider and to the client.
/// Source: <https://github.com/w3c/webappsec-csp/issues/8>
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    let text = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; frame-ancestors 'none'"
    );
    // Base64 is always a header's value; without a style a page still says what it has to.
    let plain = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(plain))
});

/// No `Cross-Origin-Opener-Policy`: in Chromium it would cut a client that opened us in a window of
/// its own from that window, and from the answer that it waits for.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Not `no-referrer`, with which browsers send `Origin: null` for the forms of the page.
    (header::REFERRER_POLICY, "same-origin"),
];

/// A whole page. `title` and `main` are ours; texts of others in `main` were escaped.
pub(super) fn page(status: StatusCode, title: &str, main: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – Jira MCP bridge" }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (main) } }
        }
    };
    let mut response = (status, HEADERS, Html(page.into_string())).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
    response
}

/// The name of a program, set apart so that it cannot turn the text around it.
pub(super) fn program_name(name: Option<&DisplayName>) -> Markup {
    html! {
        @match name {
            Some(name) => bdi { (name) },
            None => "A program without a name",
        }
    }
}
