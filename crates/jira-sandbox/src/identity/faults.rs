//! What a test wants to go wrong at an endpoint.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderValue, Response, header},
};
use serde_json::{Map, Value as Json, json};
use tokio::{sync::watch, time::sleep};

use crate::{
    fault_plans::{FaultPlans, cut},
    json::put,
};

/// The plans of all endpoints.
pub(super) type Faults = FaultPlans<Endpoint, Fault>;

/// An endpoint that a program calls, of either provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// `/oauth/token`, and Entra's.
    Token,
    /// Entra's `/token`, where a token is asked for on a user's behalf.
    OnBehalf,
    /// `/oauth/revoke`.
    Revoke,
    /// Entra's `/discovery/v2.0/keys`.
    Keys,
    /// Entra's `/.well-known/openid-configuration`.
    Configuration,
}

/// One way to fail. With an `Answer` nothing happens to codes and tokens; with all others the
/// request takes effect.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// This instead of the answer.
    Answer {
        /// Such as 503.
        status: u16,
        /// Such as `text/html`.
        content_type: &'static str,
        /// Sent as it is.
        body: String,
    },
    /// The answer comes so much later.
    Late(Duration),
    /// The answer comes when the faults are healed.
    Held,
    /// The connection ends in the middle of the answer.
    Cut,
    /// The answer has no refresh token, and the one that was sent stays as good as it was.
    KeepsRefreshToken,
    /// Entra's identity token has these claims instead of its own; one that is null is left out.
    Claims(Map<String, Json>),
    /// Entra's identity token has no signature, and says so: `alg` is `none`.
    Unsigned,
    /// Entra's identity token is signed by somebody else's key, in the name of the right one.
    ForeignKey,
}

impl Fault {
    /// A breakdown, such as 500, with a body of JSON.
    #[must_use]
    pub fn status(status: u16) -> Self {
        let body = json!({ "code": status, "message": "Something went wrong" }).to_string();
        Self::Answer { status, content_type: "application/json", body }
    }

    /// A refusal in OAuth's form, such as 403 with `unauthorized_client`.
    #[must_use]
    pub fn refusal(status: u16, error: &str) -> Self {
        let body = json!({ "error": error, "error_description": "As the test wants it" });
        Self::Answer { status, content_type: "application/json", body: body.to_string() }
    }

    /// A refusal as Entra words it, such as `invalid_grant` with 65001 for consent that is missing.
    #[must_use]
    pub fn of_entra(error: &str, number: u32) -> Self {
        Self::entra(json!({ "error": error }), number)
    }

    /// A policy of the API wants more of the user than the sign-in had: `interaction_required`,
    /// 50079, and the `claims` that a new sign-in has to ask for.
    ///
    /// Source: <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow>.
    #[must_use]
    pub fn interaction_required() -> Self {
        let claims = json!({ "access_token": { "polids": {
            "essential": true, "values": ["5a9db0c1-0000-4000-8000-0000000ca000"],
        } } });
        let body = json!({ "error": "interaction_required", "claims": claims.to_string() });
        Self::entra(body, 50_079)
    }

    fn entra(mut body: Json, number: u32) -> Self {
        put(&mut body, "error_description", format!("AADSTS{number}: As the test wants it"));
        put(&mut body, "error_codes", json!([number]));
        let content_type = "application/json; charset=utf-8";
        Self::Answer { status: 400, content_type, body: body.to_string() }
    }

    /// A page of a gateway instead of JSON.
    #[must_use]
    pub fn html(status: u16) -> Self {
        let body = "<!doctype html><title>Sorry</title><h1>We will be back</h1>".to_owned();
        Self::Answer { status, content_type: "text/html; charset=utf-8", body }
    }

    /// What stands instead of the endpoint's own answer.
    pub(super) fn answer(&self) -> Option<Response<Body>> {
        let Self::Answer { status, content_type, body } = self else { return None };
        let mut response = Response::new(Body::from(body.clone()));
        *response.status_mut() = (*status).try_into().unwrap_or_default();
        let kind = HeaderValue::from_static(content_type);
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        Some(response)
    }
}

impl Fault {
    /// Sends an answer in the way of the fault.
    pub(super) async fn deliver(
        self,
        response: Response<Body>,
        mut healed: watch::Receiver<u64>,
    ) -> Response<Body> {
        match self {
            Self::Late(time) => {
                sleep(time).await;
                response
            }
            Self::Held => {
                // The sandbox that would heal may be gone; then nobody waits, either.
                let _ = healed.changed().await;
                response
            }
            Self::Cut => cut(response).await,
            _ => response,
        }
    }
}
