//! Who may sign in, and how: access tokens for the API gateway, API tokens for the site itself.

use super::site::Site;

/// An access token as the gateway knows it.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) name: &'static str,
    pub(crate) secret: String,
    pub(crate) account_id: &'static str,
    pub(crate) scopes: Vec<String>,
    pub(crate) expired: bool,
    /// Indices of the sites the grant covers.
    pub(crate) sites: &'static [usize],
}

impl Token {
    /// Whether the user granted this scope.
    pub(crate) fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }

    /// The user's e-mail address and API token. An expired sign-in has no say over them, and they
    /// know no scopes.
    pub(crate) fn api_token(&self, site: &Site) -> Option<(String, String)> {
        let who = site.person_by_account(self.account_id)?;
        let email = site.people.get(who)?.email.clone();
        let digest =
            blake3::derive_key("jira sandbox API token, not a credential", self.name.as_bytes());
        let start = format!("sandbox-api-{}-", self.name);
        Some((email, digest.iter().take(20).fold(start, |text, byte| format!("{text}{byte:02x}"))))
    }
}

/// Visibly fake, easy to search logs for, and made of token68 characters only (RFC 9110 section
/// 11.2).
pub(crate) fn access_token(name: &str) -> String {
    let digest = blake3::derive_key("jira sandbox access token, not a credential", name.as_bytes());
    digest
        .iter()
        .take(20)
        .fold(format!("sandbox-{name}-"), |text, byte| format!("{text}{byte:02x}"))
}
