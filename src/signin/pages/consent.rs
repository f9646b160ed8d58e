//! The question whether a program may work in Jira as the person who is asked.

use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};

use super::{
    layout::{page, program_name},
    rights::rights,
};
use crate::signin::{display_name::DisplayName, redirect_uri::RedirectUri};

/// What is asked. Every text is escaped here.
pub(crate) struct Consent<'a> {
    /// What the program calls itself.
    pub(crate) client_name: Option<&'a DisplayName>,
    /// The host of its metadata document, if it has one.
    pub(crate) document_host: Option<&'a str>,
    /// Where the answer goes.
    pub(crate) redirect_uri: &'a RedirectUri,
    /// The site it will work in, as the person knows it, if that is known already.
    pub(crate) site: Option<&'a str>,
    /// The scopes asked for at the upstream.
    pub(crate) scopes: &'a [String],
    /// Where the decision is sent.
    pub(crate) action: &'a str,
    /// The pending request, opaque, sent back as `request`.
    pub(crate) request: &'a str,
}

impl Consent<'_> {
    /// The page, whose form posts `request` and `decision=allow` or `decision=deny`.
    pub(crate) fn response(&self) -> Response {
        let main = html! {
            h1 { "Allow access to Jira?" }
            p { "A program asks to work in Jira as you." }
            dl {
                dt { "Program" }
                dd { (program_name(self.client_name)) (self.vouched()) }
                dt { "Your answer is sent to" }
                dd { bdi { (self.target()) } }
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
            (self.warning())
            form method="post" action=(self.action) {
                input type="hidden" name="request" value=(self.request);
                div.buttons {
                    button.main type="submit" name="decision" value="allow" { "Allow" }
                    button type="submit" name="decision" value="deny" { "Deny" }
                }
            }
        };
        page(StatusCode::OK, "Allow access to Jira?", &main)
    }

    /// Who stands behind the name, which may be anything.
    fn vouched(&self) -> Markup {
        html! {
            @if let Some(host) = self.document_host {
                p.soft { "Described by " bdi { (host) } ". Check that you know this address." }
            } @else if self.client_name.is_some() {
                p.soft { "It chose this name itself. Nobody has checked it." }
            }
        }
    }

    fn target(&self) -> String {
        let uri = self.redirect_uri;
        let shown = uri.host_shown();
        if uri.is_private_scheme() { format!("{shown}: (an app)") } else { shown.to_owned() }
    }

    /// What only the person can know when the answer stays on the machine.
    fn warning(&self) -> Markup {
        html! {
            @if self.redirect_uri.is_loopback() {
                p.warn {
                    strong { "A program on this device gets the access. " }
                    "Allow it only if you started the sign-in yourself just now."
                }
            } @else if self.redirect_uri.is_private_scheme() {
                p.warn {
                    strong { "An app on this device gets the access. " }
                    "Which one depends on what is installed here. "
                    "Allow it only if you started the sign-in yourself just now."
                }
            } @else {
                p { "Allow it only if you started the sign-in yourself and know this address." }
            }
        }
    }
}
