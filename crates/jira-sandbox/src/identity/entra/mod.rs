//! The endpoints of `login.microsoftonline.com` for one tenant.
//!
//! Source: <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow>.

mod authorize;
mod documents;
mod jwt;
mod refusal;
mod token;

pub(super) use authorize::{ask, decide};
pub(super) use documents::{configuration, keys, logout};
pub(super) use token::token;

use refusal::Refusal;

use super::settings::IdentitySettings;

/// # Errors
/// The path names another tenant; `common` and its like are none.
fn check_tenant(tenant: &str, settings: &IdentitySettings) -> Result<(), Refusal> {
    if tenant.eq_ignore_ascii_case(&settings.tenant_id) {
        return Ok(());
    }
    Err(Refusal::tenant(tenant))
}

/// The `iss` of all tokens.
fn issuer(settings: &IdentitySettings) -> String {
    format!("{}/{}/v2.0", settings.base_url, settings.tenant_id)
}
