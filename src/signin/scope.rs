//! Scopes that clients ask for by habit, and those that are needed whatever they ask for.

/// Whether a scope means nothing here and is no reason to refuse: those of OpenID Connect, of which
/// clients ask for whatever the server serves.
pub(super) fn is_about_another(name: &str) -> bool {
    matches!(name, "openid" | "profile" | "email" | "offline_access")
}

/// Whether Jira says only with this scope who a person is: without it nobody can sign in. Source:
/// Atlassian, "Jira scopes for OAuth 2.0 (3LO)", of `GET /rest/api/3/myself`.
pub(super) fn says_who(name: &str) -> bool {
    matches!(name, "read:jira-user" | "read:user:jira")
}
