//! What Direct Line answers, read leniently: a member that is missing or of another type is absent.

use http::StatusCode;
use secrecy::SecretString;
use serde_json::Value;
use tokio::time::Instant;

use super::token::Token;

/// Longer ones could be neither sealed nor sent back.
const ID_CHARS_MAX: usize = 512;
const TOKEN_CHARS_MAX: usize = 16 * 1024;
const URL_CHARS_MAX: usize = 32 * 1024;

/// The definition `Conversation`: the answer of every call for a token.
#[derive(Debug, Default)]
pub(super) struct Opened {
    pub(super) id: Option<String>,
    pub(super) token: Option<Token>,
    /// Where to listen. It holds a token, so it is a secret.
    pub(super) stream_url: Option<SecretString>,
}

impl Opened {
    /// Reads an answer that came at `now`; none if it is no JSON object.
    pub(super) fn parse(body: &[u8], now: Instant) -> Option<Self> {
        let value: Value = serde_json::from_slice(body).ok()?;
        let object = value.as_object()?;
        let text = |name: &str, max: usize| {
            let text = object.get(name)?.as_str()?;
            (1..=max).contains(&text.len()).then_some(text)
        };
        // A token goes into a header.
        let token = text("token", TOKEN_CHARS_MAX)
            .filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic()))
            .map(|token| Token::new(token.into(), object.get("expires_in"), now));
        Some(Self {
            // Such an id would be a step in the path of an address.
            id: text("conversationId", ID_CHARS_MAX)
                .filter(|id| !matches!(*id, "." | ".."))
                .map(str::to_owned),
            token,
            stream_url: text("streamUrl", URL_CHARS_MAX).map(Into::into),
        })
    }
}

/// The id of `{"id":…}`, the answer to a post.
pub(super) fn posted_id(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let id = value.get("id")?.as_str()?;
    (1..=ID_CHARS_MAX).contains(&id.len()).then(|| id.to_owned())
}

/// The Direct Line of a region, from `{"channelUrlsById":{"directline":…}}`.
pub(super) fn regional_url(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    Some(value.get("channelUrlsById")?.get("directline")?.as_str()?.to_owned())
}

/// Whether a credential was refused.
pub(super) fn is_refused(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn members_that_are_missing_or_odd_are_absent() {
        let now = Instant::now();
        let opened = |body: &str| Opened::parse(body.as_bytes(), now).unwrap();
        let whole = opened(
            r#"{"conversationId":"c","token":"t.t","expires_in":3600,"streamUrl":"wss://x"}"#,
        );
        assert_eq!(whole.id.as_deref(), Some("c"));
        assert_eq!(whole.token.as_ref().unwrap().expose(), "t.t");
        assert!(!format!("{whole:?}").contains("t.t"), "{whole:?}");
        let odd = opened(r#"{"conversationId":7,"token":"a\nb","streamUrl":null,"new":{}}"#);
        assert!(odd.id.is_none() && odd.token.is_none() && odd.stream_url.is_none());
        assert!(Opened::parse(b"<html>", now).is_none());
        assert_eq!(posted_id(br#"{"id":"c|1"}"#).as_deref(), Some("c|1"));
        assert_eq!(posted_id(b""), None);
        let regional = br#"{"channelUrlsById":{"directline":"https://eu.example/"}}"#;
        assert_eq!(regional_url(regional).as_deref(), Some("https://eu.example/"));
    }
}
