//! What an operator says about sign-in.

use std::{path::PathBuf, time::Duration};

use keyring::KeyRing;
use secrecy::SecretString;
use url::Url;

use super::{clock::Clock, provider::ProviderSettings};

/// Everything that sign-in needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The URL under which clients and browsers reach us, without a slash at its end: the issuer.
    /// Without one it follows from the address that is listened on, which is then this machine's.
    pub public_base_url: Option<Url>,
    /// What the pages call us.
    pub server_name: String,
    /// The scopes that may be granted, in the order in which they are shown.
    pub scopes: Vec<String>,
    /// The one Jira site, where the operator named it, for the pages.
    pub site: Option<String>,
    /// Where people sign in.
    pub providers: ProviderSettings,
    /// Where sessions are kept.
    pub store: StoreSettings,
    /// What seals them; none draws a key that lives as long as the process.
    pub keys: Option<KeyRing>,
    /// How long an access token of ours is good.
    pub access_token_ttl: Duration,
    /// How long the refresh token just replaced is still answered.
    pub refresh_reuse_grace: Duration,
    /// The absolute end of a session.
    pub session_timeout: Duration,
    /// The end of a session that is not used.
    pub session_idle_timeout: Duration,
    /// Sessions of one person; a new one ends the oldest.
    pub max_sessions_per_user: usize,
    /// Whether client ID metadata documents may come from this machine, and from nowhere else.
    pub client_metadata_loopback: bool,
    /// What all times are told by.
    pub clock: Clock,
}

/// Where sessions are kept.
#[derive(Clone, Debug)]
pub enum StoreSettings {
    /// In this process: they end with it.
    Memory,
    /// In files of this folder.
    Files(PathBuf),
    /// In Redis, which any number of replicas share.
    Redis(SecretString),
}
