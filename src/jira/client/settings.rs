//! Where Jira is, which site is used, and how it is reached: what the operator decides.

use url::Url;

/// Where Jira is and which site is used.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The API host, `https://api.atlassian.com` in production.
    pub api_base: Url,
    /// Whether that is Atlassian's API host or the site itself.
    pub route: Route,
    /// The only site that may be used, if the operator names one.
    pub site: Option<SitePin>,
    /// The address of that site where both its id and its address are set.
    pub site_address: Option<String>,
    /// Where a site's own user goes with a token that the site refuses, if anywhere.
    pub api_host: Option<ApiHost>,
    /// The hosts that files may be loaded from, beside the API host itself: [`MEDIA_HOSTS`] in
    /// production.
    pub media_hosts: Vec<String>,
}

/// Where Jira Cloud keeps files.
pub const MEDIA_HOSTS: &[&str] = &["api.media.atlassian.com"];

/// How Jira is reached, which follows from the credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// OAuth: through Atlassian's API host, below the cloud id of one of the user's sites.
    ApiGateway,
    /// Basic authentication: at the one site itself.
    Direct,
}

/// The one site that an operator allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SitePin {
    /// `JIRA_CLOUD_ID`
    CloudId(String),
    /// `JIRA_SITE_URL`
    Url(String),
}

/// Where tokens with scopes go.
#[derive(Debug, Clone)]
pub struct ApiHost {
    /// Atlassian's API host.
    pub base: Url,
    /// The site's cloud id, where the user named it; else the site is asked for it.
    pub cloud_id: Option<String>,
}

/// What may be a cloud id: a UUID, or what else is made of letters, digits and hyphens and is no
/// plain word.
pub fn is_cloud_id(text: &str) -> bool {
    (8..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && text.bytes().any(|b| b == b'-' || b.is_ascii_digit())
}
