//! The endpoints of `login.microsoftonline.com` for one tenant.
//!
//! Source: <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow>.

mod authorize;
mod documents;
mod jwt;
mod on_behalf;
mod refusal;
mod tenant;
mod token;

pub(super) use authorize::{ask, decide};
pub(super) use documents::{configuration, keys, logout};
pub(super) use token::token;
