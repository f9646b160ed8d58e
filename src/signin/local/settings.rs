//! What a sign-in on one's own machine needs to know.

use std::path::PathBuf;

use keyring::KeyRing;
use url::Url;

use super::super::provider::AtlassianApp;

/// Where the sign-in of this machine's user is kept, and how it is made.
#[derive(Clone, Debug)]
pub struct LocalSettings {
    /// The folder of the sealed records, for this user alone. It is made by a sign-in.
    pub folder: PathBuf,
    /// What seals them; none for a key in the system's keyring or in a file beside the folder.
    pub keys: Option<KeyRing>,
    /// The OAuth 2.0 (3LO) app, where it is set. A sign-in needs it, and keeps it with the grant.
    pub app: Option<AtlassianApp>,
    /// Jira's API host, which is the only one that gets the tokens.
    pub api_base: Url,
    /// What a sign-in asks for.
    pub scopes: Vec<String>,
    /// Names of variables with secrets: programs that are started do not get them.
    pub withheld: Vec<&'static str>,
}
