//! Whom a mention means.

/// Whom a mention means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Atlassian's account id.
    pub account_id: String,
    /// The display name, without `@`.
    pub name: String,
}
