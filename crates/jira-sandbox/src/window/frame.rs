//! What all pages of the window have in common.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use local_page::{Link, Live, Page};
use maud::{Markup, html};

/// Which link of the head is the page's own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Here {
    Board,
    Calls,
    Connect,
    Elsewhere,
}

/// Whose window it is, and who looks through it.
pub(super) struct Frame<'a> {
    pub(super) product: &'a str,
    pub(super) here: Here,
    /// Who may be chosen.
    pub(super) people: Vec<&'a str>,
    /// Who was.
    pub(super) name: &'a str,
}

impl Frame<'_> {
    /// A page that stays up to date if it has something to tell.
    pub(super) fn page(&self, title: &str, live: Live, news: &str, main: Markup) -> Response {
        let links = self.links();
        Page { title, product: self.product, links: &links, live, news, main }.into_response()
    }

    /// What cannot be shown.
    pub(super) fn refuse(&self, status: StatusCode, title: &str, main: Markup) -> Response {
        let links = self.links();
        let page =
            Page { title, product: self.product, links: &links, live: Live::Never, news: "", main };
        page.with_status(status)
    }

    fn links(&self) -> Vec<Link> {
        let links = [
            ("Board", "/", Here::Board),
            ("Calls", "/calls", Here::Calls),
            ("Connect", "/connect", Here::Connect),
        ];
        links
            .into_iter()
            .map(|(text, path, page)| Link {
                text: text.to_owned(),
                to: self.to(path),
                is_here: page == self.here,
            })
            .collect()
    }

    /// An address of the window, seen with the same eyes.
    pub(super) fn to(&self, path: &str) -> String {
        let is_default = self.people.first().is_none_or(|first| *first == self.name);
        if is_default || self.name.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?as={}", self.name)
        }
    }

    /// The choice of whose eyes it is seen with, for a form.
    pub(super) fn chooser(&self) -> Markup {
        html! {
            label {
                span { "See it as" }
                select #as name="as" {
                    @for name in &self.people {
                        option value=(name) selected[*name == self.name] { (name) }
                    }
                }
            }
        }
    }
}
