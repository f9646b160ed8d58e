//! People and teams.

/// A person, as the index into `Site::people`.
pub(crate) type Who = usize;

/// An account: a person, an app or a customer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Person {
    pub(crate) account_id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    /// Profile visibility: whether others see the address.
    pub(crate) shows_email: bool,
    pub(crate) active: bool,
    /// `atlassian`, `app` or `customer`.
    pub(crate) kind: &'static str,
    pub(crate) time_zone: &'static str,
    /// The language of the profile.
    pub(crate) locale: &'static str,
}

/// A team of Atlassian's directory, which Jira knows by its id only.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Team {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
}
