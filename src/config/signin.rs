//! Settings of the sign-in: which bearers are taken, where people sign in, where sessions are kept.

use std::path::PathBuf;

use keyring::KeyRing;
use secrecy::SecretString;
use upstream::is_loopback;
use url::Url;

use crate::{
    policy::RoleToolsets,
    signin::{AtlassianApp, EntraApp, ProviderSettings, Settings, StoreSettings},
};

use super::{
    entra::EntraTokens,
    reader::{DAY_MS, Reader},
    secrets::secret,
    urls::{base, is_safe_upstream},
};

/// The longest life of a session or a token.
const YEAR_MS: u64 = 365 * DAY_MS;

/// Which bearers are taken.
#[derive(Clone, Debug)]
pub struct Bearers {
    /// Tokens of Atlassian, which are passed on as they come.
    pub atlassian: bool,
    /// Tokens of our own.
    pub signin: Option<Settings>,
    /// Access tokens of Entra ID.
    pub entra: Option<EntraTokens>,
    /// Hosts of a directory's issuers: their tokens are verified, or refused where `entra` is none,
    /// although they look like any other.
    pub directory_issuers: Vec<String>,
}

/// `AUTH` and everything that it makes necessary, and what the roles of a directory open. `scopes`
/// are those that the tools need.
pub(super) fn bearers(
    reader: &mut Reader<'_>,
    scopes: &[String],
    is_local: bool,
) -> (Bearers, Option<RoleToolsets>) {
    let (mut atlassian, mut signin, mut entra) = (false, false, false);
    for kind in reader.list("AUTH") {
        match kind {
            "atlassian" => atlassian = true,
            "signin" => signin = true,
            "entra" => entra = true,
            _ => reader.refuse("AUTH", "expected atlassian, signin, entra, or several with commas"),
        }
    }
    if !atlassian && !signin && !entra {
        reader.refuse("AUTH", "expected at least one of atlassian, signin and entra");
    }
    let authority = reader.needed("ENTRA_AUTHORITY").parse::<Url>().ok();
    let directory_issuers = entra::Settings::issuer_hosts(authority.as_ref());
    let mut signin = signin.then(|| settings(reader, scopes, is_local)).flatten();
    let app = signin.as_mut().and_then(|signin| signin.providers.entra.as_mut());
    let has_roles = entra || app.is_some();
    let roles = if has_roles { reader.parsed::<RoleToolsets>("ENTRA_ROLE_TOOLSETS") } else { None };
    let mapped_roles = roles.as_ref().map(|map| map.roles().cloned().collect());
    if let Some(app) = app {
        app.mapped_roles.clone_from(&mapped_roles);
    }
    let entra = entra.then(|| super::entra::entra(reader, mapped_roles)).flatten();
    (Bearers { atlassian, signin, entra, directory_issuers }, roles)
}

fn settings(reader: &mut Reader<'_>, scopes: &[String], is_local: bool) -> Option<Settings> {
    let public_base_url = public_base_url(reader, is_local);
    // All of it is read before any of it is missed.
    let providers = providers(reader);
    let store = store(reader);
    let keys = keys(reader);
    if keys.is_none() && !matches!(store, StoreSettings::Memory) {
        reader.refuse_unshown(
            "SESSION_ENCRYPTION_KEY",
            "needed where sessions outlive the process: base64 of 32 random bytes, such as `openssl rand -base64 32` prints",
        );
    }
    let client_metadata_loopback = reader.flag("CLIENT_METADATA_LOOPBACK");
    let is_loopback = public_base_url.as_ref().map_or(is_local, is_loopback);
    if client_metadata_loopback && !is_loopback {
        reader.refuse(
            "CLIENT_METADATA_LOOPBACK",
            "only for a PUBLIC_BASE_URL on this machine: elsewhere anybody could make the server call itself",
        );
    }
    Some(Settings {
        public_base_url,
        server_name: reader.text("SERVER_NAME").to_owned(),
        scopes: scopes.to_vec(),
        site: reader.filled("JIRA_SITE_URL").and_then(site_host),
        providers: providers?,
        store,
        keys,
        access_token_ttl: reader.millis("ACCESS_TOKEN_TTL_MS", 1_000..=DAY_MS),
        refresh_reuse_grace: reader.millis("REFRESH_REUSE_GRACE_MS", 0..=10 * 60 * 1000),
        session_timeout: reader.millis("SESSION_TIMEOUT", 1_000..=YEAR_MS),
        session_idle_timeout: reader.millis("SESSION_IDLE_TIMEOUT", 1_000..=YEAR_MS),
        max_sessions_per_user: reader.size("MAX_SESSIONS_PER_USER", 1..=100),
        client_metadata_loopback,
    })
}

/// The issuer must be one name for all, so it is set, or follows from an address of this machine.
fn public_base_url(reader: &mut Reader<'_>, is_local: bool) -> Option<Url> {
    let Some(text) = reader.filled("PUBLIC_BASE_URL") else {
        if !is_local {
            reader.refuse(
                "PUBLIC_BASE_URL",
                "needed for AUTH=signin: the https URL that clients and browsers reach the server at",
            );
        }
        return None;
    };
    // A text that is no URL is refused by the edge's own reading of it.
    let url = text.trim_end_matches('/').parse::<Url>().ok()?;
    if !is_safe_upstream(&url) {
        reader.refuse(
            "PUBLIC_BASE_URL",
            "expected an https URL for AUTH=signin; http only to loopback",
        );
    }
    Some(url)
}

fn site_host(text: &str) -> Option<String> {
    super::urls::site_origin(text)?.host_str().map(str::to_owned)
}

fn providers(reader: &mut Reader<'_>) -> Option<ProviderSettings> {
    let is_entra = match reader.text("SIGNIN_PROVIDER") {
        "" | "atlassian" => false,
        "entra" => true,
        _ => {
            reader.refuse("SIGNIN_PROVIDER", "expected atlassian or entra");
            return None;
        }
    };
    let entra = if is_entra { Some(entra(reader)) } else { None };
    // Beside Entra ID it is what people connect, and may be left out.
    let has_atlassian = reader.filled("ATLASSIAN_CLIENT_ID").is_some();
    let atlassian = if has_atlassian || !is_entra { Some(atlassian(reader)) } else { None };
    match (entra, atlassian) {
        (Some(None), _) | (_, Some(None)) => None,
        (entra, atlassian) => {
            Some(ProviderSettings { entra: entra.flatten(), atlassian: atlassian.flatten() })
        }
    }
}

/// The OAuth 2.0 (3LO) app.
pub(super) fn atlassian(reader: &mut Reader<'_>) -> Option<AtlassianApp> {
    let client_id = needed(reader, "ATLASSIAN_CLIENT_ID");
    let client_secret =
        needed_secret(reader, "ATLASSIAN_CLIENT_SECRET", "ATLASSIAN_CLIENT_SECRET_FILE");
    let auth_base = base(reader, "ATLASSIAN_AUTH_BASE_URL");
    let api_base = base(reader, "JIRA_API_BASE_URL");
    Some(AtlassianApp {
        auth_base: auth_base?,
        api_base: api_base?,
        client_id: client_id?,
        client_secret: client_secret?,
    })
}

fn entra(reader: &mut Reader<'_>) -> Option<EntraApp> {
    // Of several, people sign in at the first one.
    let tenant_id = needed(reader, "ENTRA_TENANT_ID")
        .map(|list| list.split(',').next().unwrap_or_default().trim().to_owned());
    let is_plain =
        |id: &String| id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    let shared = ["common", "organizations", "consumers"];
    let tenant_id = tenant_id.filter(|id| {
        let is_tenant = is_plain(id) && !shared.contains(&id.as_str());
        if !is_tenant {
            reader.refuse(
                "ENTRA_TENANT_ID",
                "expected the tenant's own id, such as 11111111-2222-3333-4444-555555555555; common and the like take everybody",
            );
        }
        is_tenant
    });
    let client_id = needed(reader, "ENTRA_CLIENT_ID");
    let client_secret = needed_secret(reader, "ENTRA_CLIENT_SECRET", "ENTRA_CLIENT_SECRET_FILE");
    let authority = base(reader, "ENTRA_AUTHORITY");
    let scopes = reader.text("ENTRA_SCOPES").split([' ', ',']).filter(|scope| !scope.is_empty());
    Some(EntraApp {
        authority: authority?,
        tenant_id: tenant_id?,
        client_id: client_id?,
        client_secret: client_secret?,
        scopes: scopes.map(str::to_owned).collect(),
        has_on_behalf: false,
        mapped_roles: None,
    })
}

fn needed(reader: &mut Reader<'_>, name: &'static str) -> Option<String> {
    let value = reader.filled(name).map(str::to_owned);
    if value.is_none() {
        reader.refuse(name, "needed for AUTH=signin and for `login`; see docs/SIGNIN.md");
    }
    value
}

fn needed_secret(
    reader: &mut Reader<'_>,
    name: &'static str,
    file_name: &'static str,
) -> Option<SecretString> {
    let problems = reader.problems.len();
    let found = secret(reader, name, file_name);
    if found.is_none() && reader.problems.len() == problems {
        reader.refuse_unshown(name, "needed for AUTH=signin and for `login`; see docs/SIGNIN.md");
    }
    found
}

fn store(reader: &mut Reader<'_>) -> StoreSettings {
    match reader.text("SESSION_STORE_TYPE") {
        "" | "memory" => StoreSettings::Memory,
        "file" => {
            if let Some(folder) = reader.filled("SESSION_STORAGE_DIR") {
                return StoreSettings::Files(PathBuf::from(folder));
            }
            reader.refuse("SESSION_STORAGE_DIR", "needed for SESSION_STORE_TYPE=file");
            StoreSettings::Memory
        }
        "redis" => {
            let problems = reader.problems.len();
            if let Some(url) = secret(reader, "REDIS_URL", "REDIS_URL_FILE") {
                return StoreSettings::Redis(url);
            }
            if reader.problems.len() > problems {
                return StoreSettings::Memory;
            }
            reader.refuse_unshown(
                "REDIS_URL",
                "needed for SESSION_STORE_TYPE=redis, such as rediss://host:6380 with user and password before the host",
            );
            StoreSettings::Memory
        }
        _ => {
            reader.refuse("SESSION_STORE_TYPE", "expected memory, file or redis");
            StoreSettings::Memory
        }
    }
}

/// What seals records, if it is set.
pub(super) fn keys(reader: &mut Reader<'_>) -> Option<KeyRing> {
    use secrecy::ExposeSecret;
    let text = secret(reader, "SESSION_ENCRYPTION_KEY", "SESSION_ENCRYPTION_KEY_FILE")?;
    match KeyRing::parse(text.expose_secret()) {
        Ok(keys) => Some(keys),
        Err(fault) => {
            reader.refuse_unshown("SESSION_ENCRYPTION_KEY", fault.to_string());
            None
        }
    }
}
