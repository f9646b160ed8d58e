//! The link with which a session gets its Jira: to which session it belongs, and until when.
//!
//! It reaches the person by way of their program, so it holds nothing that is worth anything to
//! whoever else reads it: it works only in a browser that is signed in as the session's person.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use keyring::Purpose;
use serde::{Deserialize, Serialize};

use super::{server::SignIn, session::SessionId};

const PROGRAM: Purpose = Purpose::new("connect link");
const SHARED: Purpose = Purpose::new("connect link of a person");

/// How long a link is good.
const GOOD_MS: u64 = 10 * 60 * 1000;

/// Which session gets its Jira.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Target {
    /// That of one program, which is there already.
    Program(SessionId),
    /// That of all programs which bring a directory's tokens of one person. Its id follows from
    /// the person; it begins when Jira is connected.
    Shared(SessionId),
}

/// What a link says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ConnectLink {
    pub(super) target: Target,
    pub(super) until_ms: u64,
}

impl ConnectLink {
    /// One from now on.
    pub(super) fn new(signin: &SignIn, target: Target) -> Self {
        Self { target, until_ms: signin.now_ms().saturating_add(GOOD_MS) }
    }

    /// When it was made.
    pub(super) fn made_at_ms(self) -> u64 {
        self.until_ms.saturating_sub(GOOD_MS)
    }

    /// Its parameter: sealed, and bound to our issuer. None without randomness.
    pub(super) fn sealed(self, signin: &SignIn) -> Option<String> {
        let (purpose, id) = match self.target {
            Target::Program(id) => (PROGRAM, id),
            Target::Shared(id) => (SHARED, id),
        };
        let plain = [id.0.as_slice(), &self.until_ms.to_be_bytes()].concat();
        let sealed = signin.keys().seal(purpose, signin.issuer().as_bytes(), &plain).ok()?;
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// What a parameter says; none if we did not make it.
    pub(super) fn read(signin: &SignIn, sealed: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let open = |purpose| signin.keys().open(purpose, signin.issuer().as_bytes(), &sealed);
        let (of, opened) = match open(PROGRAM) {
            Some(opened) => (Target::Program as fn(SessionId) -> Target, opened),
            None => (Target::Shared as fn(SessionId) -> Target, open(SHARED)?),
        };
        let (id, until_ms) = opened.plain.split_first_chunk::<16>()?;
        let until_ms = u64::from_be_bytes(until_ms.try_into().ok()?);
        Some(Self { target: of(SessionId(*id)), until_ms })
    }

    /// The address that a parameter makes.
    pub(super) fn address(signin: &SignIn, sealed: &str) -> String {
        // Base64url needs no escapes.
        signin.address(&format!("/auth/connect?link={sealed}"))
    }
}
