//! The one directory that is served.

use super::{super::settings::IdentitySettings, refusal::Refusal};

/// # Errors
/// The path names another tenant; `common` and its like are none.
pub(super) fn check_tenant(tenant: &str, settings: &IdentitySettings) -> Result<(), Refusal> {
    if tenant.eq_ignore_ascii_case(&settings.tenant_id) {
        return Ok(());
    }
    Err(Refusal::tenant(tenant))
}

/// The `iss` of all tokens.
pub(super) fn issuer(settings: &IdentitySettings) -> String {
    format!("{}/{}/v2.0", settings.base_url, settings.tenant_id)
}
