//! What a provider is asked in the browser, and what comes back with it.

/// What the provider is asked for in the person's browser.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Asked<'a> {
    pub(in super::super) redirect_uri: &'a str,
    pub(in super::super) state: &'a str,
    pub(in super::super) scopes: &'a [String],
    /// PKCE's S256 challenge of ours.
    pub(in super::super) challenge: &'a str,
    pub(in super::super) nonce: &'a str,
    /// Whether tokens are wanted that outlive the sign-in.
    pub(in super::super) is_lasting: bool,
}

/// What comes back by the browser, with what was kept here.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Returned<'a> {
    pub(in super::super) code: &'a str,
    pub(in super::super) redirect_uri: &'a str,
    pub(in super::super) verifier: &'a str,
    pub(in super::super) nonce: &'a str,
    pub(in super::super) scopes: &'a [String],
    pub(in super::super) now_ms: u64,
}
