//! The link with which a session gets its Jira: to which session it belongs, and until when.
//!
//! It reaches the person by way of their program, so it holds nothing that is worth anything to
//! whoever else reads it: it works only in a browser that is signed in as the session's person.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use keyring::Purpose;

use super::{server::SignIn, session::SessionId};

const LINK: Purpose = Purpose::new("connect link");

/// How long a link is good.
const GOOD_MS: u64 = 10 * 60 * 1000;

/// What a link says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ConnectLink {
    pub(super) session: SessionId,
    pub(super) until_ms: u64,
}

impl ConnectLink {
    /// One for a session, from now on.
    pub(super) fn new(signin: &SignIn, session: SessionId) -> Self {
        Self { session, until_ms: signin.now_ms().saturating_add(GOOD_MS) }
    }

    /// Its parameter: sealed, and bound to our issuer. None without randomness.
    pub(super) fn sealed(self, signin: &SignIn) -> Option<String> {
        let plain = [self.session.0.as_slice(), &self.until_ms.to_be_bytes()].concat();
        let sealed = signin.keys().seal(LINK, signin.issuer().as_bytes(), &plain).ok()?;
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// What a parameter says; none if we did not make it.
    pub(super) fn read(signin: &SignIn, sealed: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let opened = signin.keys().open(LINK, signin.issuer().as_bytes(), &sealed)?;
        let (session, until_ms) = opened.plain.split_first_chunk::<16>()?;
        let until_ms = u64::from_be_bytes(until_ms.try_into().ok()?);
        Some(Self { session: SessionId(*session), until_ms })
    }

    /// The address that a parameter makes.
    pub(super) fn address(signin: &SignIn, sealed: &str) -> String {
        // Base64url needs no escapes.
        signin.address(&format!("/auth/connect?link={sealed}"))
    }
}
