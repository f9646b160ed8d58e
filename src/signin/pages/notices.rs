//! Pages that only say something: it worked, it did not, it is over.

use axum::response::Response;
use http::StatusCode;
use maud::html;

use super::layout::page;

/// For which programs an account is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The one that asked.
    OneProgram,
    /// All that bring tokens of Entra ID for the person.
    AllOfEntra,
}

/// A session that began at another provider has its Jira now.
pub(crate) fn connected(reach: Reach) -> Response {
    let for_whom = match reach {
        Reach::OneProgram => {
            "The connection is for this program only. Others ask you when they need it."
        }
        Reach::AllOfEntra => "The connection is for all programs that use your work account here.",
    };
    let main = html! {
        h1 { "Jira is connected" }
        p { "You can close this page. Go back to your program and ask it again." }
        p.soft { (for_whom) }
    };
    page(StatusCode::OK, "Jira is connected", &main)
}

/// The person of a command line is signed in.
pub(crate) fn signed_in_here(name: &str) -> Response {
    let main = html! {
        h1 { "You are signed in" }
        p { "Programs of yours on this machine can work in Jira as " bdi { (name) } "." }
        p { "You can close this page and go back to the terminal." }
    };
    page(StatusCode::OK, "Signed in", &main)
}

/// The person does not want to connect their Jira.
pub(crate) fn not_connected() -> Response {
    let main = html! {
        h1 { "Jira is not connected" }
        p { "Nothing was changed. The program stays signed in, and cannot work in Jira." }
        p { "You can close this page." }
    };
    page(StatusCode::OK, "Jira is not connected", &main)
}

/// All sessions of the person have ended.
pub(crate) fn signed_out(login_href: &str) -> Response {
    let main = html! {
        h1 { "You are signed out" }
        p { "No program can work in Jira as you any more. Each has to ask you again." }
        p { "You can close this page." }
        p { a href=(login_href) { "Sign in again" } }
    };
    page(StatusCode::OK, "Signed out", &main)
}

/// What went wrong, for a person who can do something about it.
pub(crate) struct Problem<'a> {
    /// The status of the answer.
    pub(crate) status: StatusCode,
    /// A sentence or two; escaped here.
    pub(crate) happened: &'a str,
    /// What the person can do; escaped here.
    pub(crate) to_do: &'a str,
    /// Finds the case in the log.
    pub(crate) reference: &'a str,
}

impl Problem<'_> {
    /// The page.
    pub(crate) fn response(&self) -> Response {
        let main = html! {
            h1 { "This did not work" }
            p { (self.happened) }
            h2 { "What you can do" }
            p { (self.to_do) }
            p.soft { "Reference for your administrator: " bdi { (self.reference) } }
        };
        page(self.status, "This did not work", &main)
    }
}
