//! What the identity provider is told at its start.

use std::time::Duration;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// Whom the identity provider serves, and how long what it hands out is good.
#[derive(Clone)]
pub struct IdentitySettings {
    /// Where browsers and clients reach the router, such as `http://127.0.0.1:4000`; no slash at
    /// the end.
    pub base_url: String,
    /// The programs that may ask people to sign in.
    pub clients: Vec<IdentityClient>,
    /// Entra's directory of all people, a GUID: the first segment of Entra's paths.
    pub tenant_id: String,
    /// From the press of a button to the redemption of its code.
    pub code_life: Duration,
    /// How long an access token opens anything; whole seconds.
    pub access_token_life: Duration,
    /// How long a refresh token is kept unused.
    pub refresh_token_idle_life: Duration,
    /// How long a refresh token that was replaced is still answered, for a client that lost the
    /// reply. Atlassian only: Entra never takes one back for having been used.
    pub refresh_leeway: Duration,
}

const TENANT_ID: &str = "5a9db0c1-0000-4000-8000-00000000e17a";

impl IdentitySettings {
    /// Lifetimes as Atlassian has them: access tokens for an hour, refresh tokens for 90 days
    /// without use and ten minutes after they were replaced; codes for ten minutes.
    ///
    /// A slash at the end of `base_url` is dropped. The tenant is
    /// `5a9db0c1-0000-4000-8000-00000000e17a`.
    #[must_use]
    pub fn new(base_url: &str, clients: Vec<IdentityClient>) -> Self {
        Self {
            base_url: base_url.trim_end_matches('/').to_owned(),
            clients,
            tenant_id: TENANT_ID.to_owned(),
            code_life: 10 * MINUTE,
            access_token_life: HOUR,
            refresh_token_idle_life: 90 * 24 * HOUR,
            refresh_leeway: 10 * MINUTE,
        }
    }

    pub(super) fn client(&self, id: &str) -> Option<&IdentityClient> {
        self.clients.iter().find(|client| client.id == id)
    }
}

/// A program as it was registered by hand. It cannot be printed, for its secret.
#[derive(Clone)]
pub struct IdentityClient {
    /// `client_id`.
    pub id: String,
    /// `client_secret`.
    pub secret: String,
    /// Compared byte by byte.
    pub redirect_uris: Vec<String>,
}

/// In milliseconds; all lifetimes are far below the limit.
pub(super) fn ms(life: Duration) -> i64 {
    i64::try_from(life.as_millis()).unwrap_or(i64::MAX)
}
