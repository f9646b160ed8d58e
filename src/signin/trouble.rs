//! What a person is told when a sign-in cannot go on.

use axum::response::{IntoResponse, Response};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderValue, StatusCode, header};

use super::{client::ClientFault, pages::Problem, provider_text::number};

/// Why it cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// A page of somebody else sent the form.
    ForeignPage,
    /// What came is not what our pages or programs send.
    Malformed,
    /// Another browser began it, or this one keeps no cookies.
    OtherBrowser,
    /// It took too long, or is over.
    TooLate,
    /// A link to connect Jira that we did not make, or not like this.
    BrokenLink,
    /// A link to connect Jira whose time, or whose session, is over.
    LinkOver,
    /// A link to connect Jira of somebody else.
    OtherPerson,
    /// The program is not known, or may not be.
    Client(ClientFault),
    /// The answer would go where the program did not say it lives.
    UnknownRedirect,
    /// The store or the provider does not answer.
    Unavailable,
    /// The person did not agree at the provider.
    Denied,
    /// The account has no Jira.
    NoSite,
    /// The provider did not complete it.
    Provider {
        /// The number of Entra ID's error, such as 50076, if it gave one.
        aadsts: Option<u32>,
    },
    /// The page takes no such request.
    WrongMethod,
    /// A fault of ours.
    Internal,
}

const LINK_AGAIN: &str = "Go back to your program and ask it again: it gives you a new link.";

const AGAIN: &str = "Go back to your program and start the sign-in again.";

impl Trouble {
    /// Status, what happened, and what to do.
    fn texts(&self) -> (StatusCode, String, &'static str) {
        let (status, happened, to_do) = match self {
            Self::ForeignPage => (
                StatusCode::FORBIDDEN,
                "This request did not come from a page of this server, so nothing was done.",
                "If you followed a link or pressed a button on another site, close it.",
            ),
            Self::Malformed => (
                StatusCode::BAD_REQUEST,
                "The request is incomplete or was changed on its way.",
                AGAIN,
            ),
            Self::OtherBrowser => (
                StatusCode::FORBIDDEN,
                "This sign-in was not begun in this browser, or the browser does not keep cookies.",
                "Allow cookies for this site, then start the sign-in again in one and the same \
                 browser. If you did not start it, close this page.",
            ),
            Self::TooLate => (
                StatusCode::BAD_REQUEST,
                "This sign-in is over: it took too long, or it was used already.",
                AGAIN,
            ),
            Self::BrokenLink | Self::LinkOver | Self::OtherPerson => self.texts_of_link(),
            Self::Client(fault) => {
                let status = match fault {
                    ClientFault::Unreachable => StatusCode::BAD_GATEWAY,
                    ClientFault::Unknown | ClientFault::Refused { .. } => StatusCode::BAD_REQUEST,
                };
                return (
                    status,
                    format!("The program cannot be recognised: {fault}."),
                    "Remove the connection in your program and add it again. If that does not \
                     help, tell its maker.",
                );
            }
            Self::UnknownRedirect => (
                StatusCode::BAD_REQUEST,
                "The program asks for an answer at an address that it did not register.",
                "Remove the connection in your program and add it again. If you did not start a \
                 sign-in, close this page.",
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Sign-in is not available at the moment.",
                "Try again in a minute. Programs that are signed in need not sign in again.",
            ),
            Self::Denied => (
                StatusCode::FORBIDDEN,
                "The sign-in was cancelled at the identity provider. Nothing was done.",
                AGAIN,
            ),
            Self::NoSite => (
                StatusCode::FORBIDDEN,
                "This account has no access to a Jira site.",
                "Start again with another account, or choose a site that has Jira.",
            ),
            Self::Provider { aadsts } => {
                let number = number(*aadsts);
                return (
                    StatusCode::BAD_GATEWAY,
                    format!("The identity provider did not complete the sign-in{number}."),
                    "Try again. If it happens again, tell your administrator.",
                );
            }
            Self::WrongMethod => (
                StatusCode::METHOD_NOT_ALLOWED,
                "This address does not take that kind of request. Nothing was changed.",
                AGAIN,
            ),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong on this server.",
                "Try again. If it happens again, tell your administrator.",
            ),
        };
        (status, happened.to_owned(), to_do)
    }

    /// The same for a link to connect Jira.
    fn texts_of_link(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::LinkOver => (
                StatusCode::BAD_REQUEST,
                "This link is over: it is good for ten minutes, and no longer than its sign-in.",
                LINK_AGAIN,
            ),
            Self::OtherPerson => (
                StatusCode::FORBIDDEN,
                "This link is for somebody else: its program is signed in as another person than \
                 this browser. Nothing was done.",
                "If it is your own program, open the link in a browser in which you are signed in \
                 as the same person. If somebody sent you the link, close this page.",
            ),
            _ => (
                StatusCode::BAD_REQUEST,
                "This link is incomplete or was changed on its way.",
                LINK_AGAIN,
            ),
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let (status, happened, to_do) = self.texts();
        let reference = reference();
        tracing::info!(%reference, status = status.as_u16(), trouble = ?self, "sign-in page");
        let problem = Problem { status, happened: &happened, to_do, reference: &reference };
        let mut response = problem.response();
        if self == Self::Unavailable {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// Finds the line in the log that says more.
fn reference() -> String {
    let mut bytes = [0; 6];
    // Without randomness the line is found by its time.
    let _ = getrandom::fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
