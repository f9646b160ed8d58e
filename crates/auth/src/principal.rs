//! Who a request speaks for, without anything that proves it.

use std::sync::Arc;

use super::key::PrincipalKey;

/// A user as the bridge knows them. Cheap to clone; nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Under which key anything may be remembered about this user.
    pub key: PrincipalKey,
    /// The id of their account where whoever authenticated them knows it. An opaque token does not
    /// say.
    pub subject: Option<Arc<str>>,
    /// The scopes they were granted, where they are known.
    pub rights: Option<Arc<[String]>>,
}

impl Principal {
    /// A user of whom nothing but a key is known.
    pub fn of_key(key: PrincipalKey) -> Self {
        Self { key, subject: None, rights: None }
    }
}
