//! What the form of a page of ours holds: sealed, bound to our issuer and to one browser, and
//! worth nothing to any other page.

use axum::body::Body;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::HeaderMap;
use keyring::Purpose;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{cookies::Browser, from_page, params::Params, server::SignIn, trouble::Trouble};

/// A question and the browser that it is put to.
#[derive(Serialize, Deserialize)]
pub(super) struct SealedForm<T> {
    pub(super) asked: T,
    pub(super) browser: Browser,
    pub(super) until_ms: u64,
}

impl<T: Serialize + DeserializeOwned> SealedForm<T> {
    /// The text of the form's field `request`; none without randomness.
    pub(super) fn sealed(&self, signin: &SignIn, purpose: Purpose) -> Option<String> {
        let plain = serde_json::to_vec(self).ok()?;
        let sealed = signin.keys().seal(purpose, signin.issuer().as_bytes(), &plain).ok()?;
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// What was pressed on our own page in the browser that was asked. Its end is for the caller to
    /// look at.
    pub(super) async fn pressed(
        signin: &SignIn,
        purpose: Purpose,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<(Self, Params), Trouble> {
        if !from_page::is_ours(headers, signin.issuer_url()) {
            return Err(Trouble::ForeignPage);
        }
        let form = from_page::form(body).await.ok_or(Trouble::Malformed)?;
        if form.repeats(&["request", "decision"]) {
            return Err(Trouble::Malformed);
        }
        let sealed = form.get("request").ok_or(Trouble::Malformed)?;
        let found = Self::open(signin, purpose, sealed).ok_or(Trouble::Malformed)?;
        if Browser::of(headers) != Some(found.browser) {
            return Err(Trouble::OtherBrowser);
        }
        Ok((found, form))
    }

    fn open(signin: &SignIn, purpose: Purpose, sealed: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let opened = signin.keys().open(purpose, signin.issuer().as_bytes(), &sealed)?;
        serde_json::from_slice(&opened.plain).ok()
    }
}
