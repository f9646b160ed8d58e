//! How a client is connected, and whose token is whose.

use axum::response::Response;
use local_page::Live;
use maud::html;

use super::{frame::Frame, settings::WindowSettings};

pub(super) fn page(frame: &Frame<'_>, settings: &WindowSettings) -> Response {
    let main = html! {
        @if !settings.tools.is_empty() { p { (settings.tools) } }
        .split {
            section aria-labelledby="clients" {
                h2 #clients { "Clients" }
                @for way in &settings.ways {
                    .card {
                        h3 { (way.name) }
                        p { (way.about) }
                        @if let Some(link) = &way.link { p { a href=(link) { "Open " (way.name) } } }
                        @if let Some(text) = &way.text {
                            pre { code data-copy=(format!("the text for {}", way.name)) { (text) } }
                        }
                    }
                }
            }
            section .card aria-labelledby="tokens" {
                h2 #tokens { "Tokens of the sandbox" }
                p.soft { "They open this sandbox and nothing else, and end with it." }
                ul.rows {
                    @for person in &settings.people {
                        li {
                            strong { (person.name) } ": " (person.about)
                            br;
                            code data-copy=(format!("the token of {}", person.name)) { (person.token) }
                        }
                    }
                }
            }
        }
    };
    frame.page("Connect", Live::Never, "", main)
}
