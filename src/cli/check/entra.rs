//! Whether tokens of Entra ID can be verified, and whether clients will get the right ones.

use std::time::Duration;

use entra::{KeyError, Keys, TenantId};
use metrics::Signals;
use upstream::{Settings as UpstreamSettings, Upstream};

use crate::{
    cli::report::{Finding, causes},
    config::{Config, EntraTokens},
};

const PATIENCE: Duration = Duration::from_secs(5);

/// Nothing where such tokens are not taken.
pub(super) async fn findings(config: &Config) -> Vec<Finding> {
    let Some(entra) = &config.bearers.entra else { return Vec::new() };
    let mut findings = vec![resource(config, entra)];
    for id in &entra.tokens.tenant_ids {
        findings.push(keys(entra, id).await);
    }
    findings
}

/// Clients ask for the URL that they call; Entra ID gives a token for it only under that name.
fn resource(config: &Config, entra: &EntraTokens) -> Finding {
    let step = "Entra resource";
    let scope = entra.tokens.full_scope();
    let Some(resource) = entra.tokens.resource() else {
        return Finding::warn(
            step,
            format!(
                "ENTRA_AUDIENCE holds no https URL: clients that find their way by themselves fail \
                 with AADSTS9010010; others ask for {scope}"
            ),
        );
    };
    let base = config.http.public_base_url.as_ref().map(|base| format!("{}/mcp", base.as_str()));
    match base {
        Some(url) if url != resource => Finding::warn(
            step,
            format!(
                "clients call {url} and are told {resource}: some take only the URL that they call"
            ),
        ),
        _ => Finding::ok(step, format!("clients ask the tenant for {scope}")),
    }
}

async fn keys(EntraTokens { tokens, .. }: &EntraTokens, id: &TenantId) -> Finding {
    let step = "Entra keys";
    let settings = UpstreamSettings {
        retry_max: 0,
        timeout: PATIENCE,
        connect_timeout: PATIENCE / 2,
        ..UpstreamSettings::new(crate::program::USER_AGENT)
    };
    let upstream = match Upstream::new(&settings) {
        Ok(upstream) => upstream,
        Err(fault) => return Finding::failed(step, causes(&fault)),
    };
    let url = id.keys_url(&tokens.authority);
    let keys = Keys::new(upstream, url.clone(), PATIENCE, Signals::default());
    // Any name will do: the answer tells whether there are keys at all.
    match keys.find("check", 0).await {
        Ok(_) | Err(KeyError::Unknown) => Finding::ok(step, format!("tenant {id} publishes them")),
        Err(KeyError::Stale | KeyError::Unavailable) => Finding::failed(
            step,
            format!(
                "{url} gives none. Fix: check ENTRA_TENANT_ID, and allow TCP 443 from here to it"
            ),
        ),
    }
}
