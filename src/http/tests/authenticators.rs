//! The edge knows no bearers: a second kind stands beside the first, with an upstream token and a
//! challenge of its own.

use auth::{
    AuthenticateError, Bearer, BoxFuture, Credentials, CredentialsError, Identity, Principal,
    UpstreamCredential,
};

use super::*;

/// Tokens that begin like this are sessions; whatever else comes is for the one behind.
const PREFIX: &str = "session-";

struct Sessions {
    behind: PassThroughBearer,
    hasher: KeyedHasher,
}

impl Authenticate for Sessions {
    fn authenticate<'a>(
        &'a self,
        head: &'a http::Request<()>,
    ) -> BoxFuture<'a, Result<Identity, AuthenticateError>> {
        Box::pin(async move {
            let bearer = Bearer::from_headers(head.headers())?;
            match bearer.expose().strip_prefix(PREFIX) {
                None => self.behind.authenticate(head).await,
                Some("over") => Err(AuthenticateError::Refused {
                    challenge_error: "insufficient_claims",
                    reason: "the session is over",
                }),
                Some(user) => {
                    let key = self.hasher.principal_key(b"session:", user.as_bytes());
                    let principal =
                        Principal { subject: Some(user.into()), ..Principal::of_key(key) };
                    Ok(Identity::new(principal, Arc::new(OtherToken)))
                }
            }
        })
    }
}

/// What the upstream is sent for a session.
pub(super) const OTHER_TOKEN: &str = "Bearer other-token";

/// Credentials that are not what the client sent.
struct OtherToken;

impl Credentials for OtherToken {
    fn for_upstream(&self) -> BoxFuture<'_, Result<UpstreamCredential, CredentialsError>> {
        Box::pin(async {
            // As one that is renewed: not there at once.
            tokio::task::yield_now().await;
            Ok(UpstreamCredential::new(HeaderValue::from_static(OTHER_TOKEN)))
        })
    }

    fn redact(&self, text: String) -> String {
        text
    }
}

/// Tokens that begin with `session-` are known by their account, others go on as they are.
pub(super) fn sessions() -> impl Authenticate {
    let hasher = KeyedHasher::random().unwrap();
    let behind = PassThroughBearer::new(hasher.clone());
    Sessions { behind, hasher }
}

fn bench() -> Bench {
    Bench::with(Settings::default(), sessions())
}

pub(super) fn bearing(mut request: Request, token: &str) -> Request {
    let value = format!("Bearer {token}").parse().unwrap();
    request.headers_mut().insert(header::AUTHORIZATION, value);
    request
}

#[tokio::test]
async fn two_kinds_of_bearers_are_told_apart_by_their_form() {
    let bench = bench();
    for (sent, arrived, subject) in [
        (token(), "token_arrived", Value::Null),
        (format!("{PREFIX}anna"), "other_token_arrived", json!("anna")),
    ] {
        let seen = bench.send(bearing(call("/mcp", CALL), &sent)).await.json();
        assert_eq!((&seen[arrived], &seen["subject"]), (&json!(true), &subject));
        assert!(!seen.to_string().contains(&sent), "what the client sent goes no further");
    }
}

#[tokio::test]
async fn each_kind_keeps_its_own_challenge() {
    let bench = bench();
    for (token, error, message) in [
        ("session-over", r#"error="insufficient_claims", "#, "not accepted: the session is over."),
        ("x", r#"error="invalid_token", "#, "missing or malformed: the bearer token is too short"),
    ] {
        let reply = bench.send(bearing(call("/mcp", CALL), token)).await;
        let challenge = format!("Bearer {error}resource_metadata=");
        assert_eq!(
            (reply.status.as_u16(), &reply.refusal()["error"]),
            (401, &json!("unauthenticated"))
        );
        assert!(reply.header("www-authenticate").starts_with(&challenge), "{token}");
        assert!(reply.text.contains(message), "{}", reply.text);
    }
}
