//! Tokens that Entra ID signs: whose keys sign them, what must stand in them, and whom they speak
//! for.
//!
//! Sources: RFC 7515, RFC 7517, RFC 7519, RFC 8725; Microsoft, "Access tokens in the Microsoft
//! identity platform" and "Access token claims reference".

mod access_tokens;
mod accounts;
mod bearer;
mod claims;
mod credentials;
mod key_set;
mod keys;
mod settings;
mod signed_token;
mod tenant;

pub use access_tokens::{AccessTokens, Refusal, User};
pub use accounts::{ConnectedAccount, ConnectedAccounts};
pub use bearer::{EntraBearer, Now};
pub use credentials::{OnBehalf, UserToken};
pub use key_set::{Key, KeySet, KeySetFault};
pub use keys::{KeyError, Keys};
pub use settings::Settings;
pub use signed_token::{SignedToken, TokenFault};
pub use tenant::{TenantFault, TenantId, is_guid};

#[cfg(test)]
mod tests;
