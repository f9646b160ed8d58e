//! The question whether a program that a person has let in may use their Jira account as well.

use axum::response::Response;
use http::StatusCode;
use maud::html;

use super::{
    layout::{page, program_name},
    rights::rights,
};
use crate::signin::display_name::DisplayName;

/// What is asked. Every text is escaped here.
pub(crate) struct ConnectJira<'a> {
    /// Who is signed in.
    pub(crate) person: Option<&'a DisplayName>,
    /// What the program calls itself.
    pub(crate) program: Option<&'a DisplayName>,
    /// Where it lives, as the consent page showed it.
    pub(crate) host: &'a str,
    /// The site, if the operator named one.
    pub(crate) site: Option<&'a str>,
    /// The scopes that the person agreed to when they let the program in.
    pub(crate) scopes: &'a [String],
    /// Where the decision is sent.
    pub(crate) action: &'a str,
    /// The pending request, opaque, sent back as `request`.
    pub(crate) request: &'a str,
}

impl ConnectJira<'_> {
    /// The page, whose form posts `request` and `decision=allow` or `decision=deny`.
    pub(crate) fn response(&self) -> Response {
        let main = html! {
            h1 { "Connect Jira?" }
            p { "A program that you have let in needs your Jira account to go on." }
            dl {
                dt { "You are signed in as" }
                dd {
                    @match self.person {
                        Some(name) => bdi { (name) },
                        None => "An account without a name",
                    }
                }
                dt { "Program" }
                dd {
                    (program_name(self.program))
                    p.soft { "Answers to " bdi { (self.host) } }
                }
                @if let Some(site) = self.site {
                    dt { "Site" }
                    dd { bdi { (site) } }
                }
                dt id="rights" { "It will be able to" }
                dd {
                    ul aria-labelledby="rights" {
                        @for right in rights(self.scopes) {
                            li { (right) }
                        }
                    }
                }
            }
            p {
                "Atlassian asks you next, and you choose the account there. "
                "The connection is for this program only, and ends when you sign it out."
            }
            p.warn {
                strong { "Connect it only if you asked this program for something just now. " }
                "Whoever else sent you here would work in Jira as you."
            }
            form method="post" action=(self.action) {
                input type="hidden" name="request" value=(self.request);
                div.buttons {
                    button.main type="submit" name="decision" value="allow" { "Connect" }
                    button type="submit" name="decision" value="deny" { "Cancel" }
                }
            }
        };
        page(StatusCode::OK, "Connect Jira?", &main)
    }
}
