//! The endpoints of `auth.atlassian.com`.
//!
//! Source: <https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/>.

mod authorize;
mod token;

pub(super) use authorize::{ask, decide};
pub(super) use token::{revoke, token};
