//! Which programs have access, and the way to end it.

use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use maud::{Markup, html};

use super::layout::{page, program_name};
use crate::signin::display_name::DisplayName;

/// What a signed-in person sees.
pub(crate) struct SignedIn<'a> {
    /// The person.
    pub(crate) name: Option<&'a DisplayName>,
    /// Their sessions.
    pub(crate) programs: &'a [Program],
    /// Where the form is sent.
    pub(crate) logout_action: &'a str,
    /// Sent back as `csrf`.
    pub(crate) csrf: &'a str,
}

/// A program that has access.
pub(crate) struct Program {
    /// What it calls itself.
    pub(crate) name: Option<DisplayName>,
    /// Where it is, as the consent page showed it; none where it stands for several.
    pub(crate) host: Option<String>,
    /// When it was let in.
    pub(crate) since: Timestamp,
    /// When it last worked.
    pub(crate) last_used: Timestamp,
}

impl SignedIn<'_> {
    /// The page, whose form posts `csrf`.
    pub(crate) fn response(&self) -> Response {
        let main = html! {
            h1 { "Your access to Jira" }
            @if let Some(name) = self.name {
                p { "You are signed in as " strong { bdi { (name) } } "." }
            } @else {
                p { "You are signed in." }
            }
            h2 { "Programs with access" }
            @if self.programs.is_empty() {
                p { "No program works in Jira as you." }
            } @else {
                ul.programs role="list" {
                    @for program in self.programs { (program.row()) }
                }
            }
            form method="post" action=(self.logout_action) {
                input type="hidden" name="csrf" value=(self.csrf);
                p { "Signing out ends the access of all programs at once." }
                div.buttons { button.main type="submit" { "Sign out everywhere" } }
            }
        };
        page(StatusCode::OK, "Your access to Jira", &main)
    }
}

impl Program {
    fn row(&self) -> Markup {
        html! {
            li {
                p { strong { (program_name(self.name.as_ref())) } }
                @if let Some(host) = &self.host {
                    p.soft { "Answers to " bdi { (host) } }
                }
                p.soft { "Allowed on " (time(self.since)) }
                p.soft { "Last used on " (time(self.last_used)) }
            }
        }
    }
}

fn time(at: Timestamp) -> Markup {
    let minute = at.strftime("%-d %B %Y, %H:%M UTC").to_string();
    html! { time datetime=(at.strftime("%Y-%m-%dT%H:%MZ")) { (minute) } }
}

/// What everybody else sees.
pub(crate) fn not_signed_in(login_href: &str) -> Response {
    let main = html! {
        h1 { "You are not signed in" }
        p { "This server lets AI programs work in Jira as you, once you have allowed it." }
        p { "Here you can see which programs have access, and end it." }
        p { a href=(login_href) { "Sign in" } }
    };
    page(StatusCode::OK, "Not signed in", &main)
}
