//! What an operator says about the providers.

use std::collections::BTreeSet;

use secrecy::SecretString;
use url::Url;

/// The one where people sign in, and Atlassian behind it.
#[derive(Clone, Debug)]
pub struct ProviderSettings {
    /// Entra ID, if people sign in there.
    pub entra: Option<EntraApp>,
    /// Atlassian: where people sign in, or what they connect.
    pub atlassian: Option<AtlassianApp>,
}

/// The OAuth 2.0 (3LO) app of Atlassian's developer console.
#[derive(Clone, Debug)]
pub struct AtlassianApp {
    /// `https://auth.atlassian.com`, or a stand-in.
    pub auth_base: Url,
    /// Jira's API host, which says whose token it is.
    pub api_base: Url,
    /// The app's id.
    pub client_id: String,
    /// The app's secret.
    pub client_secret: SecretString,
}

/// The app registration of Entra ID.
#[derive(Clone, Debug)]
pub struct EntraApp {
    /// `https://login.microsoftonline.com`, a national cloud's, or a stand-in.
    pub authority: Url,
    /// The tenant's id.
    pub tenant_id: String,
    /// The application (client) id.
    pub client_id: String,
    /// A client secret of it.
    pub client_secret: SecretString,
    /// Scopes beside `openid profile offline_access`.
    pub scopes: Vec<String>,
    /// Whether tokens of the user for other resources are got on their behalf. Without `scopes`
    /// people are then asked for a token for this app itself; `scopes` must be of this app.
    pub has_on_behalf: bool,
    /// App roles that mean something here, where they count: who has none of them may do nothing.
    pub mapped_roles: Option<BTreeSet<String>>,
}
