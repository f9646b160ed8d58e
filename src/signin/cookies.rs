//! The two cookies: one that ties a sign-in to the browser it began in, one that says who is
//! signed in on our pages.
//!
//! Both are `__Host-` cookies (RFC 6265bis section 4.1.3.2): no other host can set them. `Lax` lets
//! them come along when the provider sends the browser back. Their size is fixed, whatever a
//! browser does here.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, header};
use keyring::{KeyRing, Purpose};
use serde::{Deserialize, Serialize};

use super::person::{Directory, Person};

const BROWSER: &str = "__Host-jmb-browser";
const PERSON: &str = "__Host-jmb-person";
const SIGNED_IN: Purpose = Purpose::new("person cookie");

/// How long a browser stays signed in on our pages. They are looked at seldom.
pub(super) const SIGNED_IN_MS: u64 = 60 * 60 * 1000;

/// A name on a page needs no more.
const NAME_CHARS_MAX: usize = 80;

/// Which browser this is: 128 random bits.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Browser([u8; 16]);

/// What the person's cookie holds, sealed.
#[derive(Serialize, Deserialize)]
struct SignedIn {
    at: Directory,
    subject: String,
    name: String,
    since_ms: u64,
}

impl Browser {
    /// The browser that a request comes from, if it was here before.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let value = cookie(headers, BROWSER)?;
        let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
        bytes.try_into().ok().map(Self)
    }

    pub(super) fn random() -> Result<Self, getrandom::Error> {
        let mut id = [0; 16];
        getrandom::fill(&mut id)?;
        Ok(Self(id))
    }

    pub(super) fn set_cookie(self, headers: &mut HeaderMap) {
        let value = URL_SAFE_NO_PAD.encode(self.0);
        append(headers, &format!("{BROWSER}={value}; Path=/; Secure; HttpOnly; SameSite=Lax"));
    }
}

/// Who is signed in here, and since when in milliseconds; the list of the person says whether that
/// still holds.
pub(super) fn person(
    headers: &HeaderMap,
    keys: &KeyRing,
    issuer: &str,
    now_ms: u64,
) -> Option<(Person, u64)> {
    let sealed = URL_SAFE_NO_PAD.decode(cookie(headers, PERSON)?).ok()?;
    let opened = keys.open(SIGNED_IN, issuer.as_bytes(), &sealed)?;
    let SignedIn { at, subject, name, since_ms } = serde_json::from_slice(&opened.plain).ok()?;
    let is_in_time = now_ms.abs_diff(since_ms) < SIGNED_IN_MS;
    is_in_time.then_some((Person { at, subject, name }, since_ms))
}

/// Signs a browser in on our pages.
pub(super) fn set_person(
    headers: &mut HeaderMap,
    keys: &KeyRing,
    issuer: &str,
    person: &Person,
    now_ms: u64,
) {
    let signed_in = SignedIn {
        at: person.at,
        subject: person.subject.clone(),
        name: person.name.chars().take(NAME_CHARS_MAX).collect(),
        since_ms: now_ms,
    };
    let sealed = serde_json::to_vec(&signed_in)
        .ok()
        .and_then(|plain| keys.seal(SIGNED_IN, issuer.as_bytes(), &plain).ok());
    if let Some(sealed) = sealed {
        let value = URL_SAFE_NO_PAD.encode(sealed);
        let age_s = SIGNED_IN_MS / 1000;
        append(
            headers,
            &format!("{PERSON}={value}; Path=/; Max-Age={age_s}; Secure; HttpOnly; SameSite=Lax"),
        );
    }
}

pub(super) fn forget_person(headers: &mut HeaderMap) {
    append(headers, &format!("{PERSON}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"));
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(known, _)| known.trim() == name).map(|(_, value)| value.trim())
}

fn append(headers: &mut HeaderMap, line: &str) {
    if let Ok(mut value) = HeaderValue::try_from(line) {
        value.set_sensitive(true);
        headers.append(header::SET_COOKIE, value);
    }
}
