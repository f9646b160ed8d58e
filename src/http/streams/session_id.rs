//! The id of a stream's session. Nothing is stored for it: it is sealed, and says itself until when
//! it is good; whose it is, is part of what it opens with.
//!
//! It never stands in for a bearer. One that was forged, is another user's or has expired is no id:
//! nobody learns which.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use auth::Identity;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, header};
use keyring::{KeyRing, Purpose};

use crate::http::{gateway::Gateway, header_names::SESSION_ID, reject::Reject};

/// The use of the keys, and of those that follow from a gateway's secret.
const PURPOSE: Purpose = Purpose::new("stream session ids");
const CONTEXT: &str = "jira-mcp-bridge stream session ids v1";
const SHOWN_CONTEXT: &str = "jira-mcp-bridge stream session names v1";
/// As long as the names of users.
const SHOWN_CHARS: usize = 16;
/// Until when it is good, in milliseconds since 1970, before the bytes of the seal.
const TIME_BYTES: usize = 8;
/// Ours have 48 characters.
const CHARS_MAX: usize = 128;

/// To whom an id belongs: the account where it is known, else the token.
pub(in crate::http) struct Owner([u8; 32]);

impl Owner {
    /// The sender of a request; its headers still hold the bearer. The same on every replica, so
    /// it is no key of the process.
    pub(in crate::http) fn of(identity: &Identity, headers: &HeaderMap) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        if let Some(subject) = &identity.principal.subject {
            hasher.update(b"subject:").update(subject.as_bytes());
        } else {
            let value = headers.get(header::AUTHORIZATION).map(http::HeaderValue::as_bytes);
            let value = value.unwrap_or_default().trim_ascii();
            // However the scheme is written.
            let token = value
                .iter()
                .position(|byte| *byte == b' ')
                .map_or(value, |blank| value.get(blank..).unwrap_or_default().trim_ascii_start());
            hasher.update(b"token:").update(token);
        }
        Self(*hasher.finalize().as_bytes())
    }
}

/// Makes ids and opens them.
pub(in crate::http) struct SessionIds {
    source: Source,
    good_for: Duration,
}

enum Source {
    Ring(KeyRing),
    Gateway(Gateway),
    /// The system had no randomness at the start.
    Nothing,
}

impl SessionIds {
    /// Ids that are good for so long, under the session keys, else under keys that follow from the
    /// gateway's secrets, else under one of the process.
    pub(in crate::http) fn new(
        keys: Option<&KeyRing>,
        gateway: Option<&Gateway>,
        good_for: Duration,
    ) -> Self {
        let source = match (keys, gateway) {
            (Some(keys), _) => Source::Ring(keys.clone()),
            (None, Some(gateway)) => Source::Gateway(gateway.clone()),
            (None, None) => KeyRing::random().map_or(Source::Nothing, Source::Ring),
        };
        Self { source, good_for }
    }

    /// A new id.
    pub(in crate::http) async fn issue(&self, owner: &Owner) -> Result<String, Reject> {
        let ring = self.ring().await.ok_or(Reject::Internal)?;
        let until = now_ms().saturating_add(millis(self.good_for));
        let sealed = ring.seal(PURPOSE, &owner.0, &until.to_be_bytes());
        Ok(URL_SAFE_NO_PAD.encode(sealed.map_err(|_| Reject::Internal)?))
    }

    /// Refuses a request whose `X-Session-Id` is not an id of its sender's that is still good; one
    /// without it passes. Gives the name under which operators see the session: the id itself is
    /// shown nowhere.
    pub(in crate::http) async fn check(
        &self,
        identity: &Identity,
        headers: &HeaderMap,
    ) -> Result<Option<Arc<str>>, Reject> {
        let mut lines = headers.get_all(SESSION_ID).iter();
        let Some(line) = lines.next() else { return Ok(None) };
        if lines.next().is_some() {
            return Err(Reject::SessionUnknown);
        }
        let owner = Owner::of(identity, headers);
        let until = self.opened(line.as_bytes(), &owner).await.ok_or(Reject::SessionUnknown)?;
        if until <= now_ms() {
            return Err(Reject::SessionUnknown);
        }
        Ok(Some(shown(line.as_bytes())))
    }

    /// Until when it is good.
    async fn opened(&self, id: &[u8], owner: &Owner) -> Option<u64> {
        let id = (id.len() <= CHARS_MAX).then_some(id)?;
        let sealed = URL_SAFE_NO_PAD.decode(id).ok()?;
        let opened = self.ring().await?.open(PURPOSE, &owner.0, &sealed)?;
        let until: [u8; TIME_BYTES] = opened.plain.as_slice().try_into().ok()?;
        Some(u64::from_be_bytes(until))
    }

    async fn ring(&self) -> Option<KeyRing> {
        match &self.source {
            Source::Ring(ring) => Some(ring.clone()),
            Source::Gateway(gateway) => KeyRing::of_keys(gateway.derived_keys(CONTEXT).await),
            Source::Nothing => None,
        }
    }
}

/// The same at every replica, and nothing leads back from it: an id is mostly random bytes.
fn shown(id: &[u8]) -> Arc<str> {
    let hash = blake3::Hasher::new_derive_key(SHOWN_CONTEXT).update(id).finalize();
    hash.to_hex().chars().take(SHOWN_CHARS).collect::<String>().into()
}

fn now_ms() -> u64 {
    millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use auth::{Bearer, Credential, KeyedHasher, Principal};
    use http::HeaderValue;

    use super::*;

    const GOOD_FOR: Duration = Duration::from_mins(30);

    /// A sender with a token and perhaps an account.
    fn sender(token: &str, subject: Option<&str>) -> (Identity, HeaderMap) {
        let hasher = KeyedHasher::random().unwrap();
        let credential = Credential::from(Bearer::from_token(token).unwrap());
        let mut principal = Principal::of_key(credential.key(&hasher));
        principal.subject = subject.map(Arc::from);
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
        headers.insert(header::AUTHORIZATION, value);
        (Identity::new(principal, Arc::new(credential)), headers)
    }

    async fn is_taken(ids: &SessionIds, id: &str, sender: &(Identity, HeaderMap)) -> bool {
        let mut headers = sender.1.clone();
        headers.insert(SESSION_ID, HeaderValue::from_str(id).unwrap());
        ids.check(&sender.0, &headers).await.is_ok()
    }

    #[tokio::test]
    async fn an_id_is_its_owners_until_its_time_is_up() {
        let ids = SessionIds::new(None, None, GOOD_FOR);
        let anna = sender("tok-of-anna", None);
        let id = ids.issue(&Owner::of(&anna.0, &anna.1)).await.unwrap();
        assert!(is_taken(&ids, &id, &anna).await);
        let mut small = anna.clone();
        small.1.insert(header::AUTHORIZATION, HeaderValue::from_static("bearer   tok-of-anna "));
        assert!(is_taken(&ids, &id, &small).await, "the scheme is not part of the token");
        assert!(!is_taken(&ids, &id, &sender("tok-of-bert", None)).await, "foreign");
        assert!(!is_taken(&ids, &id, &sender("tok-of-anna", Some("anna"))).await, "an account");
        let last = if id.ends_with('A') { 'B' } else { 'A' };
        let forged = format!("{}{last}", &id[..id.len() - 1]);
        for forged in [forged.as_str(), "", "x", "tok-of-anna", &id[1..], &id.repeat(3)] {
            assert!(!is_taken(&ids, forged, &anna).await, "{forged}");
        }
        let elsewhere = SessionIds::new(None, None, GOOD_FOR);
        assert!(!is_taken(&elsewhere, &id, &anna).await, "another process");
        let ids = SessionIds::new(None, None, Duration::ZERO);
        let id = ids.issue(&Owner::of(&anna.0, &anna.1)).await.unwrap();
        assert!(!is_taken(&ids, &id, &anna).await, "expired");
    }

    #[tokio::test]
    async fn an_id_stays_with_the_account_when_its_token_is_renewed() {
        let keys = KeyRing::random().unwrap();
        let [one, other] = [0, 1].map(|_| SessionIds::new(Some(&keys), None, GOOD_FOR));
        let before = sender("token-before", Some("anna"));
        let id = one.issue(&Owner::of(&before.0, &before.1)).await.unwrap();
        assert!(is_taken(&other, &id, &sender("token-after", Some("anna"))).await, "a replica");
        assert!(!is_taken(&other, &id, &sender("token-before", Some("bert"))).await);
        let twice = [HeaderValue::from_str(&id).unwrap(), HeaderValue::from_str(&id).unwrap()];
        let (identity, mut headers) = before;
        for id in twice {
            headers.append(SESSION_ID, id);
        }
        assert!(one.check(&identity, &headers).await.is_err(), "sent twice");
    }
}
