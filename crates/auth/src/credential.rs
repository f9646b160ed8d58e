//! What proves who the user is: an OAuth token, or, for one user's own process, an e-mail address
//! with an API token.

use std::{fmt, future};

use bytes::Bytes;
use http::HeaderValue;
use memchr::memmem;
use zeroize::Zeroizing;

use super::{
    basic::Basic,
    bearer::Bearer,
    box_future::BoxFuture,
    credentials::{Credentials, CredentialsError, UpstreamCredential},
    key::{KeyedHasher, PrincipalKey},
};

/// No longer than the shortest token, and seldom found by chance.
const PROOF_START_BYTES: usize = 8;

/// Either proof, wiped on drop. Not `Clone`: share it in an `Arc`.
pub enum Credential {
    /// OAuth, as every request over HTTP brings it.
    Bearer(Bearer),
    /// Basic authentication. No request can bring one: only the settings of a local process can.
    Basic(Basic),
}

impl Credential {
    /// The key of whoever holds this credential, where nothing but the credential says who it is.
    pub fn key(&self, hasher: &KeyedHasher) -> PrincipalKey {
        match self {
            Self::Bearer(_) => hasher.principal_key(b"caller:", self.expose().as_bytes()),
            Self::Basic(_) => hasher.principal_key(b"basic:", self.expose().as_bytes()),
        }
    }

    fn expose(&self) -> &str {
        match self {
            Self::Bearer(bearer) => bearer.expose(),
            Self::Basic(basic) => basic.expose(),
        }
    }
}

/// A credential that an upstream takes as it is, for as long as it is valid.
impl Credentials for Credential {
    fn for_upstream(&self) -> BoxFuture<'_, Result<UpstreamCredential, CredentialsError>> {
        Box::pin(future::ready(Ok(self.into())))
    }

    fn redact(&self, text: String) -> String {
        let proof = self.expose();
        // Looked for by its beginning first: to look for all of it costs a preparation as long as a
        // token.
        let start = proof
            .as_bytes()
            .first_chunk::<PROOF_START_BYTES>()
            .map_or(proof.as_bytes(), |start| start);
        let is_absent = memmem::find(text.as_bytes(), start).is_none();
        if is_absent || !text.contains(proof) { text } else { text.replace(proof, "***") }
    }
}

impl From<&Credential> for UpstreamCredential {
    fn from(credential: &Credential) -> Self {
        let scheme = match credential {
            Credential::Bearer(_) => "Bearer ",
            Credential::Basic(_) => "Basic ",
        };
        Self::new(header_value(scheme, credential.expose()))
    }
}

fn header_value(scheme: &'static str, proof: &str) -> HeaderValue {
    let mut line = Zeroizing::new(Vec::with_capacity(scheme.len() + proof.len()));
    line.extend_from_slice(scheme.as_bytes());
    line.extend_from_slice(proof.as_bytes());
    // Bytes that own a `Zeroizing` buffer wipe it when the client lets go of the header.
    HeaderValue::from_maybe_shared(Bytes::from_owner(line))
        .unwrap_or_else(|_| HeaderValue::from_static(scheme.trim_ascii_end()))
}

impl From<Bearer> for Credential {
    fn from(bearer: Bearer) -> Self {
        Self::Bearer(bearer)
    }
}

impl From<Basic> for Credential {
    fn from(basic: Basic) -> Self {
        Self::Basic(basic)
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_what_jira_documents() {
        let credential = Credential::from(Basic::new("fred@example.com", "freds-token").unwrap());
        let value = UpstreamCredential::from(&credential).expose_header_value();
        // Source: Atlassian, "Basic auth for REST APIs": base64 of address, colon, token.
        assert_eq!(value.as_bytes(), b"Basic ZnJlZEBleGFtcGxlLmNvbTpmcmVkcy10b2tlbg==");
        assert!(value.is_sensitive());
    }

    #[test]
    fn keys_tell_users_apart_within_a_process_only() {
        let (one, other) = (KeyedHasher::random().unwrap(), KeyedHasher::random().unwrap());
        let key = |token: &str, hasher: &KeyedHasher| {
            Credential::from(Bearer::from_token(token).unwrap()).key(hasher)
        };
        assert_eq!(key("aaaaaaaa", &one), key("aaaaaaaa", &one.clone()));
        assert_ne!(key("aaaaaaaa", &one), key("bbbbbbbb", &one));
        assert_ne!(key("aaaaaaaa", &one), key("aaaaaaaa", &other));
        assert_eq!(key("aaaaaaaa", &one).to_string().len(), 16);
    }

    #[test]
    fn users_of_one_kind_of_proof_are_not_those_of_another() {
        let hasher = KeyedHasher::random().unwrap();
        let basic = |token: &str| Credential::from(Basic::new("a@b", token).unwrap()).key(&hasher);
        assert_eq!(basic("one-token"), basic("one-token"));
        assert_ne!(basic("one-token"), basic("two-token"));
        let bearer = Credential::from(Bearer::from_token("YUBiOm9uZS10b2tlbg==").unwrap());
        assert_ne!(bearer.key(&hasher), basic("one-token"));
    }
}
