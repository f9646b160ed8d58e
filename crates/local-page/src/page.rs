//! The frame of every page, its style, its script and its headers.

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderName, StatusCode, header};
use maud::{DOCTYPE, Markup, html};

pub(super) const STYLE_PATH: &str = "/_page/style.css";
pub(super) const SCRIPT_PATH: &str = "/_page/live.js";
pub(super) const ICON_PATH: &str = "/_page/icon.svg";

/// The policy names no host but the page's own, and lets nothing stand in the page itself.
pub(super) const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action \
         'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// A link of the page's head.
#[derive(Debug, Clone)]
pub struct Link {
    /// What it says.
    pub text: String,
    /// Where it leads.
    pub to: String,
    /// Whether it leads to the page that is shown.
    pub is_here: bool,
}

/// How a page learns that there is something new.
#[derive(Debug, Clone, Copy)]
pub enum Live {
    /// A stream of events at this path.
    Events(&'static str),
    /// It asks again after so many seconds.
    Every(u8),
    /// Nothing changes.
    Never,
}

/// A whole page. Texts of others in `main` were escaped, as maud does by itself.
#[derive(Debug)]
pub struct Page<'a> {
    /// What it is, for the tab and the heading.
    pub title: &'a str,
    /// Whose pages these are.
    pub product: &'a str,
    /// Its head's links.
    pub links: &'a [Link],
    /// How it stays up to date.
    pub live: Live,
    /// What is new, in a few words, for whoever hears the page instead of seeing it; said when it
    /// has changed.
    pub news: &'a str,
    /// What stands in it. Elements with an `id` and `data-live` are kept up to date.
    pub main: Markup,
}

impl Page<'_> {
    /// The page under a status other than 200.
    pub fn with_status(self, status: StatusCode) -> Response {
        let (events, every) = match self.live {
            Live::Events(path) => (Some(path), None),
            Live::Every(seconds) => (None, Some(seconds)),
            Live::Never => (None, None),
        };
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) " – " (self.product) }
                    link rel="icon" type="image/svg+xml" href=(ICON_PATH);
                    link rel="stylesheet" href=(STYLE_PATH);
                    script src=(SCRIPT_PATH) defer {}
                    @if let Some(seconds) = every {
                        noscript { meta http-equiv="refresh" content=(seconds); }
                    }
                }
                body data-events=[events] data-every=[every] {
                    header {
                        p.product { (self.product) }
                        nav aria-label="Pages" {
                            @for link in self.links {
                                a href=(link.to) aria-current=[link.is_here.then_some("page")] { (link.text) }
                            }
                        }
                        p.updates {
                            @if events.is_some() { noscript { "Reload to see what is new." } }
                        }
                    }
                    main { h1 { (self.title) } (self.main) }
                    p #news .unseen data-live { (self.news) }
                    p #said .unseen role="status" {}
                }
            }
        };
        (status, Html(page.into_string())).into_response()
    }
}

impl IntoResponse for Page<'_> {
    fn into_response(self) -> Response {
        self.with_status(StatusCode::OK)
    }
}

pub(super) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("style.css")).into_response()
}

pub(super) async fn script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("live.js"))
        .into_response()
}

/// Without one browsers ask for `/favicon.ico`, which is no path of ours.
pub(super) async fn icon() -> Response {
    const ICON: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><rect width=\"16\" \
                        height=\"16\" rx=\"3\" fill=\"#0747a6\"/><path d=\"M3 11h10M4 11a4 4 0 0 1 8 0\" \
                        fill=\"none\" stroke=\"#fff\" stroke-width=\"2\"/></svg>";
    ([(header::CONTENT_TYPE, "image/svg+xml")], ICON).into_response()
}
