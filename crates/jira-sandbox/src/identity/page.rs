//! The pages for people: who signs in, and what was wrong. They need no script.

use aws_lc_rs::digest;
use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// Somebody with a button.
pub(super) struct Person {
    /// The value of the button.
    pub(super) user: &'static str,
    pub(super) name: String,
    pub(super) email: String,
}

/// What the page of people says and sends.
pub(super) struct Question<'a> {
    /// The path that takes the answer.
    pub(super) action: &'a str,
    /// Whose sign-in it plays.
    pub(super) like: &'a str,
    pub(super) client_id: &'a str,
    pub(super) scopes: &'a [String],
    /// The parameters of the request, sent again with the answer.
    pub(super) hidden: Vec<(&'a str, &'a str)>,
}

/// Contrast is at least 4.5 to 1 in both schemes (WCAG 2.2, 1.4.3).
const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0;font:1rem/1.5 system-ui,sans-serif;color:#1b1f24;background:#fff}\
main{max-width:30rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}\
h1{font-size:1.5rem;line-height:1.25}\
button{display:block;box-sizing:border-box;width:100%;margin:.5rem 0;padding:.6rem .8rem;\
font:inherit;text-align:left;color:#1b1f24;background:#eef2f7;border:1px solid #59636e;\
border-radius:.4rem;cursor:pointer}\
button:focus-visible{outline:3px solid #0b5cad;outline-offset:2px}\
@media (prefers-color-scheme:dark){\
body{color:#e8eaed;background:#16181c}\
button{color:#e8eaed;background:#2a2e35;border-color:#9aa3ad}\
button:focus-visible{outline-color:#8ab4f8}}";

/// One form, one button a person, and one to refuse.
pub(super) fn people(question: &Question<'_>, people: &[Person]) -> Response<Body> {
    let Question { action, like, client_id, scopes, hidden } = question;
    let body = html! {
        h1 { "Who are you?" }
        p { "This is the sandbox's sign-in in place of " (like) ". There is no password." }
        p { "The program " strong { (client_id) } " asks for: " (scopes.join(", ")) }
        form method="post" action=(action) {
            @for (name, value) in hidden {
                input type="hidden" name=(name) value=(value);
            }
            @for person in people {
                button type="submit" name="user" value=(person.user) {
                    (person.name) " (" (person.email) ")"
                }
            }
            button type="submit" name="user" value=(NOBODY) { "Nobody: refuse" }
        }
    };
    answer(StatusCode::OK, "Sign in to the sandbox", &body)
}

/// The value of the button that refuses.
pub(super) const NOBODY: &str = "nobody";

/// Something is wrong with the request; the person stays here, for there is nobody who can be
/// trusted with a redirect.
pub(super) fn error(status: StatusCode, message: &str) -> Response<Body> {
    let body = html! {
        h1 { "Something is wrong with this sign-in" }
        p { (message) }
        p { "Go back to the program you came from, and begin again there." }
    };
    answer(status, "Sign-in error", &body)
}

/// Nothing to do but to read it.
pub(super) fn notice(message: &str) -> Response<Body> {
    answer(StatusCode::OK, "Sandbox sign-in", &html! { h1 { (message) } })
}

fn answer(status: StatusCode, title: &str, body: &Markup) -> Response<Body> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    };
    let mut response = Response::new(Body::from(page.into_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // No `form-action`: Chromium holds it against the redirect that follows the press, too.
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; frame-ancestors 'none'",
        STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes()))
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}
