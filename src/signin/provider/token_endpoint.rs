//! One request to a token endpoint, and what its answer says. Source: RFC 6749 sections 5.1, 5.2.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;
use upstream::{Request, Response, Safety, Upstream, UpstreamError};
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

use super::{
    super::{
        grant::Grant,
        provider_text::{aadsts_in, plain},
        secret::Secret,
    },
    error::ProviderError,
};

/// One request to a provider, repeats included.
const PATIENCE: Duration = Duration::from_secs(20);

/// Tokens have a few KB; an answer beyond it is none.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Where a provider does not say how long a token is good. RFC 6749 leaves that open.
const DEFAULT_LIFE_S: u64 = 3600;

/// A year: whatever a provider says, nothing is believed for longer.
const LIFE_S_MAX: u64 = 365 * 24 * 3600;

/// A provider's way in: its token endpoint and who we are to it.
#[derive(Clone, Debug)]
pub(super) struct TokenEndpoint {
    pub(super) upstream: Upstream,
    pub(super) url: Url,
    pub(super) client_id: String,
    pub(super) client_secret: SecretString,
}

/// What a token endpoint gives.
pub(super) struct Tokens {
    pub(super) access_token: Secret,
    pub(super) refresh_token: Option<Secret>,
    pub(super) id_token: Option<Secret>,
    life_s: u64,
    scopes: Option<Vec<String>>,
}

/// RFC 6749 section 5.1; a lifetime may come as text.
#[derive(Deserialize)]
struct Answer {
    access_token: Option<Secret>,
    refresh_token: Option<Secret>,
    id_token: Option<Secret>,
    token_type: Option<String>,
    expires_in: Option<Number>,
    scope: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Whole(u64),
    Real(f64),
    Text(String),
}

impl TokenEndpoint {
    /// Posts the parameters with our credentials.
    pub(super) async fn post(
        &self,
        params: &[(&str, &str)],
        safety: Safety,
    ) -> Result<Tokens, ProviderError> {
        let answer = self.send(&self.url, params, safety).await?;
        if !answer.status.is_success() {
            return Err(refusal(&answer));
        }
        let answer: Answer = serde_json::from_slice(&answer.body)
            .map_err(|_| ProviderError::NotUnderstood { reason: "no JSON with tokens" })?;
        Tokens::of(answer)
    }

    /// Posts to another endpoint of the same provider.
    pub(super) async fn send(
        &self,
        url: &Url,
        params: &[(&str, &str)],
        safety: Safety,
    ) -> Result<Response, ProviderError> {
        let form = self.form(params);
        let mut request = Request::new(Method::POST, url.clone(), safety, breaker_key(url));
        let content_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers.insert(header::CONTENT_TYPE, content_type);
        request.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        request.body = Some(Bytes::from_owner(form));
        request.body_bytes_max = Some(ANSWER_BYTES_MAX);
        self.call(&request).await
    }

    fn form(&self, params: &[(&str, &str)]) -> Zeroizing<Vec<u8>> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(params)
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", self.client_secret.expose_secret());
        Zeroizing::new(form.finish().into_bytes())
    }

    /// Sends any request to the provider.
    pub(super) async fn call(&self, request: &Request) -> Result<Response, ProviderError> {
        let answer = self.upstream.call(request, Instant::now() + PATIENCE).await;
        answer.map_err(|error| ProviderError::Unavailable { reason: UpstreamError::code(&error) })
    }
}

/// Each host of a provider can be down on its own.
pub(super) fn breaker_key(url: &Url) -> upstream::BreakerKey {
    url.host_str().unwrap_or_default().into()
}

/// What an answer without success means. Entra ID's own names of the case are logged, for its
/// support asks for them.
pub(super) fn refusal(answer: &Response) -> ProviderError {
    let fault = Fault::read(&answer.body);
    let Fault { code, aadsts, trace_id, correlation_id } = fault;
    let status = answer.status.as_u16();
    tracing::info!(
        status,
        code,
        aadsts,
        trace_id,
        correlation_id,
        "the provider refused a request"
    );
    match answer.status {
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            match code.as_deref() {
                // The secret of the app has expired or was replaced: no person's doing.
                Some("invalid_client") => {
                    ProviderError::Misconfigured { code: "invalid_client".to_owned(), aadsts }
                }
                // Entra ID says so in the body of a 400.
                Some("temporarily_unavailable" | "server_error") => {
                    ProviderError::Unavailable { reason: "temporarily_unavailable" }
                }
                // A gateway in between says nothing of the grant.
                None if is_page(answer) => ProviderError::NotUnderstood { reason: "a page" },
                _ => ProviderError::Refused {
                    code: code.unwrap_or_else(|| status.to_string()),
                    aadsts,
                },
            }
        }
        StatusCode::TOO_MANY_REQUESTS => ProviderError::Unavailable { reason: "rate_limited" },
        status if status.is_server_error() => ProviderError::Unavailable { reason: "server_error" },
        _ => ProviderError::NotUnderstood { reason: "a status that no token endpoint has" },
    }
}

/// What goes on of a refusal's body: RFC 6749 section 5.2, and what Entra ID adds.
#[derive(Debug, Default, PartialEq, Eq)]
struct Fault {
    code: Option<String>,
    aadsts: Option<u32>,
    trace_id: Option<String>,
    correlation_id: Option<String>,
}

impl Fault {
    /// Member by member: one of an odd type costs no other.
    fn read(body: &[u8]) -> Self {
        let Ok(body) = serde_json::from_slice::<Value>(body) else { return Self::default() };
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let number = body.pointer("/error_codes/0").and_then(Value::as_u64);
        let number = number.and_then(|number| u32::try_from(number).ok());
        Self {
            code: text("error").map(plain),
            aadsts: number.or_else(|| text("error_description").and_then(aadsts_in)),
            trace_id: text("trace_id").map(plain),
            correlation_id: text("correlation_id").map(plain),
        }
    }
}

/// Whether an answer is for people, such as a firewall gives.
fn is_page(answer: &Response) -> bool {
    let kind = answer.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"))
        || answer.body.trim_ascii_start().starts_with(b"<")
}

impl Tokens {
    fn of(answer: Answer) -> Result<Self, ProviderError> {
        let is_bearer =
            answer.token_type.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
        if !is_bearer {
            return Err(ProviderError::NotUnderstood { reason: "a token that is no bearer token" });
        }
        let usable = |token: &Secret| {
            let text = token.expose();
            (8..=16_384).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
        };
        let access_token = answer
            .access_token
            .filter(usable)
            .ok_or(ProviderError::NotUnderstood { reason: "no access token" })?;
        let life_s = match answer.expires_in {
            Some(Number::Whole(seconds)) => seconds,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is between 0 and a year"
            )]
            Some(Number::Real(seconds)) => seconds.clamp(0.0, 31_536_000.0) as u64,
            Some(Number::Text(seconds)) => seconds.trim().parse().unwrap_or(DEFAULT_LIFE_S),
            None => DEFAULT_LIFE_S,
        };
        let scopes = answer.scope.filter(|scope| !scope.trim().is_empty());
        Ok(Self {
            access_token,
            refresh_token: answer.refresh_token.filter(|token| !token.expose().is_empty()),
            id_token: answer.id_token,
            life_s: life_s.min(LIFE_S_MAX),
            scopes: scopes.map(|scope| scope.split_whitespace().map(str::to_owned).collect()),
        })
    }

    /// The grant from `now_ms` on, with what the one before had where nothing new was said.
    pub(super) fn grant(
        self,
        now_ms: u64,
        asked_scopes: &[String],
        refresh_token: Option<&Secret>,
    ) -> Grant {
        Grant {
            access_token: self.access_token,
            refresh_token: self.refresh_token.or_else(|| refresh_token.cloned()),
            obtained_at_ms: now_ms,
            expires_at_ms: now_ms.saturating_add(self.life_s.saturating_mul(1000)),
            scopes: self.scopes.unwrap_or_else(|| asked_scopes.to_vec()),
            roles: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_goes_on_by_its_codes_alone() {
        let check = |body: Value, expected: Fault| {
            assert_eq!(Fault::read(body.to_string().as_bytes()), expected, "{body}");
        };
        let some = |text: &str| Some(text.to_owned());
        check(
            json!({
                "error": "invalid_grant", "error_codes": [70_008], "trace_id": "1a-2b",
                "error_description": "AADSTS70008: The user anna@example.com\r\nTrace ID: 1a-2b",
                "correlation_id": "3c-4d", "timestamp": "2026-11-20 12:00:00Z",
            }),
            Fault {
                code: some("invalid_grant"),
                aadsts: Some(70_008),
                trace_id: some("1a-2b"),
                correlation_id: some("3c-4d"),
            },
        );
        check(
            json!({"error": "x\r\nlevel: ERROR", "trace_id": "a\nb", "correlation_id": "\u{202e}c"}),
            Fault {
                code: some("xlevelERROR"),
                trace_id: some("ab"),
                correlation_id: some("c"),
                ..Fault::default()
            },
        );
        let odd = json!({
            "error": ["x"], "error_codes": "70008", "trace_id": 7, "correlation_id": null,
            "error_description": "AADSTS50173: revoked",
        });
        check(odd, Fault { aadsts: Some(50_173), ..Fault::default() });
        check(json!([]), Fault::default());
        assert_eq!(Fault::read(b"<html>"), Fault::default());
    }
}
