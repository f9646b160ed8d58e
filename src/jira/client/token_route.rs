//! Where the token of a process that serves one user is taken, as far as that was found out.

use tokio::sync::OnceCell;
use url::Url;

/// What was found out about the process's one token.
#[derive(Debug, Default)]
pub(super) struct TokenRoute(pub(super) OnceCell<Option<ApiHostRoute>>);

/// The API host takes the token, below this address.
#[derive(Debug)]
pub(super) struct ApiHostRoute {
    pub(super) base: Url,
    pub(super) cloud_id: String,
}

impl TokenRoute {
    /// The API host and the cloud id, once the token is known to need them.
    pub(super) fn api_host(&self) -> Option<(&Url, &str)> {
        self.0.get()?.as_ref().map(|found| (&found.base, found.cloud_id.as_str()))
    }
}
