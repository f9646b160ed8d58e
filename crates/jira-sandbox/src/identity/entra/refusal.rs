//! Every way in which Entra says no, with its numbers.
//!
//! Source: <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>.

use axum::{
    body::Body,
    http::{Response, StatusCode},
};
use jiff::Timestamp;
use serde_json::json;

use crate::identity::{grants::Refused, page, params::Params, secret, server::json};

/// `error`, the number behind `AADSTS`, and the sentence.
pub(super) struct Refusal {
    status: StatusCode,
    pub(super) error: &'static str,
    code: u32,
    message: String,
}

impl Refusal {
    fn new(error: &'static str, code: u32, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, code, message: message.into() }
    }

    /// A request that is wrong in itself.
    pub(super) fn request(wrong: impl Into<String>) -> Self {
        Self::new("invalid_request", 9_002_313, wrong)
    }

    pub(super) fn missing(name: &str) -> Self {
        let message = format!("The request body must contain the following parameter: '{name}'.");
        Self::new("invalid_request", 900_144, message)
    }

    pub(super) fn tenant(given: &str) -> Self {
        let message = format!(
            "Tenant '{given}' not found. Check to make sure you have the correct tenant ID and \
             are signing into the correct cloud."
        );
        Self::new("invalid_request", 90_002, message)
    }

    /// The parameter of RFC 8707 is not Entra's.
    pub(super) fn resource() -> Self {
        Self::new("invalid_request", 901_002, "The 'resource' request parameter is not supported.")
    }

    pub(super) fn response_type(given: &str) -> Self {
        let message = format!("The app requested an unsupported response type '{given}'.");
        Self::new("unsupported_response_type", 70_005, message)
    }

    pub(super) fn grant_type(given: &str) -> Self {
        let message = format!("The app requested an unsupported grant type '{given}'.");
        Self::new("unsupported_grant_type", 70_003, message)
    }

    pub(super) fn client(id: &str, tenant: &str) -> Self {
        let message = format!(
            "Application with identifier '{id}' was not found in the directory '{tenant}'."
        );
        Self::new("unauthorized_client", 700_016, message)
    }

    pub(super) fn redirect(given: &str, client: &str) -> Self {
        let message = format!(
            "The redirect URI '{given}' specified in the request does not match the redirect URIs \
             configured for the application '{client}'."
        );
        Self::new("invalid_request", 50_011, message)
    }

    pub(super) fn no_secret() -> Self {
        let message = "The request body must contain the following parameter: 'client_assertion' \
             or 'client_secret'.";
        Self { status: StatusCode::UNAUTHORIZED, ..Self::new("invalid_client", 7_000_218, message) }
    }

    pub(super) fn wrong_secret(client: &str) -> Self {
        let message = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the \
             client secret value, not the client secret ID, for a secret added to app '{client}'."
        );
        Self { status: StatusCode::UNAUTHORIZED, ..Self::new("invalid_client", 7_000_215, message) }
    }

    /// A confidential client that calls from a page of a browser.
    pub(super) fn origin(origin: &str) -> Self {
        let message = format!(
            "Cross-origin token redemption is permitted only for the 'Single-Page Application' \
             client-type. Request origin: '{origin}'."
        );
        Self::new("invalid_request", 9_002_326, message)
    }

    pub(super) fn denied() -> Self {
        Self::new("access_denied", 65_004, "The user declined to consent to access the app.")
    }

    pub(super) fn no_user(name: &str) -> Self {
        let message = format!("The user account '{name}' does not exist in the directory.");
        Self::new("invalid_grant", 50_034, message)
    }

    pub(super) fn randomness() -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self { status, ..Self::new("server_error", 90_000, "No randomness.") }
    }

    pub(super) fn scope(given: &str) -> Self {
        let message = format!(
            "The provided value for the input parameter 'scope' is not valid. The scope '{given}' \
             is not one scope of one resource."
        );
        Self::new("invalid_scope", 70_011, message)
    }

    /// A token of the user that is nobody's of ours, or for somebody else.
    pub(super) fn assertion(reason: &str) -> Self {
        let message = format!("Assertion failed signature validation. [Reason - {reason}]");
        Self::new("invalid_grant", 50_013, message)
    }

    pub(super) fn assertion_time() -> Self {
        let message = "Assertion is not within its valid time range. Ensure that the access token \
             is not expired before using it for user assertion, or request a new token.";
        Self::new("invalid_grant", 500_133, message)
    }

    /// An identity token, which has no `scp`, and neither has the token of a program.
    pub(super) fn no_access_token() -> Self {
        let message = "Input id_token cannot be used as \
             'urn:ietf:params:oauth:grant-type:jwt-bearer' grant.";
        Self::new("invalid_grant", 240_002, message)
    }

    /// What the books say of a code or a refresh token.
    pub(super) fn of(refused: Refused) -> Self {
        let (code, message) = match refused {
            Refused::Unknown => (
                70_000,
                "The provided value for the input parameter 'code' or 'refresh_token' is not \
             valid.",
            ),
            Refused::Expired => (
                70_008,
                "The provided authorization code or refresh token has expired due to inactivity. \
             Send a new interactive authorization request for this user and resource.",
            ),
            Refused::Used => (
                54_005,
                "OAuth2 Authorization code was already redeemed, please retry with a new valid \
             code or use an existing refresh token.",
            ),
            Refused::OtherRedirect => {
                let message = "The reply address does not match the reply address provided when \
             requesting Authorization code.";
                return Self::new("invalid_client", 500_112, message);
            }
            Refused::Verifier => (
                501_481,
                "The Code_Verifier does not match the code_challenge supplied in the \
             authorization request.",
            ),
            Refused::Revoked => (
                50_173,
                "The provided grant has expired due to it being revoked, a fresh auth token is \
             needed. The user might have changed or reset their password.",
            ),
            Refused::NoUser => return Self::no_user("of the grant"),
        };
        Self::new("invalid_grant", code, message)
    }

    /// Number and sentence, as redirects and pages have them.
    pub(super) fn description(&self) -> String {
        format!("AADSTS{}: {}", self.code, self.message)
    }

    pub(super) fn page(&self) -> Response<Body> {
        page::error(StatusCode::BAD_REQUEST, &self.description())
    }

    /// The JSON of the token endpoint, whose description has four lines.
    pub(super) fn into_response(self, base_url: &str, now: i64) -> Response<Body> {
        let moment = Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH);
        let timestamp = moment.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        let (trace, correlation) = (secret::guid(), secret::guid());
        let description = format!(
            "{}\r\nTrace ID: {trace}\r\nCorrelation ID: {correlation}\r\nTimestamp: {timestamp}",
            self.description()
        );
        json(
            self.status,
            &json!({
                "error": self.error, "error_description": description, "error_codes": [self.code],
                "timestamp": timestamp, "trace_id": trace, "correlation_id": correlation,
                "error_uri": format!("{base_url}/error?code={}", self.code),
            }),
        )
    }
}

/// A parameter that must be there.
pub(super) fn need<'a>(params: &'a Params, name: &str) -> Result<&'a str, Refusal> {
    params.get(name).ok_or_else(|| Refusal::missing(name))
}
