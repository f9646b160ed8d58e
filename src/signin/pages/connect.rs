//! The question whether programs of a person may use their Jira account as well.

use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};

use super::{
    layout::{page, program_name},
    rights::rights,
};
use crate::signin::display_name::DisplayName;

/// What is asked. Every text is escaped here.
pub(crate) struct ConnectJira<'a> {
    /// Who is signed in.
    pub(crate) person: Option<&'a DisplayName>,
    /// For which programs.
    pub(crate) whom: ForWhom<'a>,
    /// The site, if the operator named one.
    pub(crate) site: Option<&'a str>,
    /// The scopes that the person agreed to when they let the program in.
    pub(crate) scopes: &'a [String],
    /// Where the decision is sent.
    pub(crate) action: &'a str,
    /// The pending request, opaque, sent back as `request`.
    pub(crate) request: &'a str,
}

/// Which programs get to use the account.
#[derive(Clone, Copy)]
pub(crate) enum ForWhom<'a> {
    /// One that the person has let in.
    Program {
        /// What it calls itself.
        name: Option<&'a DisplayName>,
        /// Where it lives, as the consent page showed it.
        host: &'a str,
    },
    /// All that bring tokens of Entra ID for the person.
    AllOfEntra,
}

impl ConnectJira<'_> {
    /// The page, whose form posts `request` and `decision=allow` or `decision=deny`.
    pub(crate) fn response(&self) -> Response {
        let main = html! {
            h1 { "Connect Jira?" }
            p { (self.whom.need()) }
            dl {
                dt { "You are signed in as" }
                dd {
                    @match self.person {
                        Some(name) => bdi { (name) },
                        None => "An account without a name",
                    }
                }
                (self.whom.row())
                @if let Some(site) = self.site {
                    dt { "Site" }
                    dd { bdi { (site) } }
                }
                dt id="rights" { (self.whom.able()) }
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
                (self.whom.end())
            }
            p.warn {
                strong { (self.whom.condition()) }
                " "
                (self.whom.danger())
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

impl ForWhom<'_> {
    const fn need(self) -> &'static str {
        match self {
            Self::Program { .. } => {
                "A program that you have let in needs your Jira account to go on."
            }
            Self::AllOfEntra => {
                "A program that you use with your work account needs your Jira account to go on."
            }
        }
    }

    fn row(self) -> Markup {
        match self {
            Self::Program { name, host } => html! {
                dt { "Program" }
                dd {
                    (program_name(name))
                    p.soft { "Answers to " bdi { (host) } }
                }
            },
            Self::AllOfEntra => html! {
                dt { "Programs" }
                dd {
                    "All that bring a token of your work account"
                    p.soft { "Your organization decides which they are" }
                }
            },
        }
    }

    const fn able(self) -> &'static str {
        match self {
            Self::Program { .. } => "It will be able to",
            Self::AllOfEntra => "They will be able to",
        }
    }

    const fn end(self) -> &'static str {
        match self {
            Self::Program { .. } => {
                "The connection is for this program only, and ends when you sign it out."
            }
            Self::AllOfEntra => {
                "The connection is for all of these programs, and ends when you sign out on the \
                 status page of this server."
            }
        }
    }

    const fn condition(self) -> &'static str {
        match self {
            Self::Program { .. } => {
                "Connect it only if you asked this program for something just now."
            }
            Self::AllOfEntra => {
                "Connect it only if you asked one of your programs for something just now."
            }
        }
    }

    const fn danger(self) -> &'static str {
        match self {
            Self::Program { .. } => "Whoever else sent you here would work in Jira as you.",
            Self::AllOfEntra => {
                "Whoever holds a token of your work account for this server would work in Jira as \
                 you."
            }
        }
    }
}
