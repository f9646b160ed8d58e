//! Entra ID as the provider where people sign in.
//!
//! Sources: Microsoft, "Microsoft identity platform and OAuth 2.0 authorization code flow" and "…
//! On-Behalf-Of flow"; OpenID Connect Core 1.0.

use metrics::Signals;
use std::collections::BTreeSet;

use upstream::{Safety, Upstream};
use url::Url;

use super::{
    super::{
        grant::Grant,
        person::{Directory, Person},
        secret::Secret,
    },
    asked::{Asked, Returned},
    atlassian::below,
    error::ProviderError,
    id_token::{Expected, IdTokens},
    settings::EntraApp,
    token_endpoint::TokenEndpoint,
};

/// RFC 7523 section 2.1.
const ON_BEHALF_OF: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

#[derive(Debug)]
pub(in super::super) struct Entra {
    tokens: TokenEndpoint,
    id_tokens: IdTokens,
    authorize: Url,
    tenant_id: String,
    scopes: String,
    has_on_behalf: bool,
    mapped_roles: Option<BTreeSet<String>>,
}

impl Entra {
    pub(super) fn new(app: &EntraApp, upstream: Upstream, signals: &Signals) -> Self {
        let EntraApp { authority, tenant_id, client_id, client_secret, mut scopes, .. } =
            app.clone();
        let has_on_behalf = app.has_on_behalf;
        if has_on_behalf && scopes.is_empty() {
            // On-behalf-of takes a token whose audience is the app itself, and without this the
            // token is for Microsoft Graph. By its URI an app may not ask for itself: AADSTS90009.
            scopes.push(format!("{client_id}/.default"));
        }
        let oauth = |name: &str| below(&authority, &format!("{tenant_id}/oauth2/v2.0/{name}"));
        let keys = below(&authority, &format!("{tenant_id}/discovery/v2.0/keys"));
        let issuer = format!("{}/{tenant_id}/v2.0", authority.as_str().trim_end_matches('/'));
        let reader = (upstream.clone(), signals);
        let id_tokens = IdTokens::new(reader, keys, issuer, client_id.clone());
        let own = ["openid", "profile", "offline_access"].map(str::to_owned);
        let scopes = own.into_iter().chain(scopes).collect::<Vec<_>>().join(" ");
        let authorize = oauth("authorize");
        let tokens = TokenEndpoint { upstream, url: oauth("token"), client_id, client_secret };
        let mapped_roles = app.mapped_roles.clone();
        Self { tokens, id_tokens, authorize, tenant_id, scopes, has_on_behalf, mapped_roles }
    }

    /// Without the `resource` that an MCP client sends: Entra ID refuses requests that have it.
    pub(super) fn authorize_url(&self, asked: &Asked<'_>) -> Url {
        let mut url = self.authorize.clone();
        url.query_pairs_mut()
            .append_pair("client_id", &self.tokens.client_id)
            .append_pair("response_type", "code")
            .append_pair("redirect_uri", asked.redirect_uri)
            .append_pair("response_mode", "query")
            .append_pair("scope", &self.scopes)
            .append_pair("state", asked.state)
            .append_pair("nonce", asked.nonce)
            .append_pair("code_challenge", asked.challenge)
            .append_pair("code_challenge_method", "S256");
        url
    }

    pub(super) async fn redeem(
        &self,
        returned: &Returned<'_>,
    ) -> Result<(Person, Grant), ProviderError> {
        let params = [
            ("grant_type", "authorization_code"),
            ("code", returned.code),
            ("redirect_uri", returned.redirect_uri),
            ("code_verifier", returned.verifier),
            ("scope", &self.scopes),
        ];
        let tokens = self.tokens.post(&params, Safety::Write).await?;
        let id_token = tokens
            .id_token
            .as_ref()
            .ok_or(ProviderError::NotUnderstood { reason: "no id token" })?;
        let expected = Expected { nonce: Some(returned.nonce), tenant_id: &self.tenant_id };
        let claims = self.id_tokens.verify(id_token, expected, returned.now_ms).await?;
        let person = Person {
            at: Directory::Entra,
            subject: format!("{}/{}", claims.tid, claims.oid),
            name: claims.name.or(claims.preferred_username).unwrap_or_default(),
        };
        let grant = tokens.grant(returned.now_ms, &[], None);
        Ok((person, Grant { roles: claims.roles, ..grant }))
    }

    pub(super) async fn renew(
        &self,
        refresh_token: &Secret,
        grant: &Grant,
        now_ms: u64,
    ) -> Result<Grant, ProviderError> {
        // Without scopes, which means those that were granted. Those that we asked for may be more,
        // and naming one more is a refusal (RFC 6749 section 6), which would end the sign-in.
        let params = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose())];
        // A use does not end the token before it, so a lost answer costs nothing.
        let tokens = self.tokens.post(&params, Safety::Read).await?;
        let roles = match &tokens.id_token {
            // One that cannot be read does not leave the person the roles of before.
            Some(id_token) if self.mapped_roles.is_some() => {
                let expected = Expected { nonce: None, tenant_id: &self.tenant_id };
                self.id_tokens.verify(id_token, expected, now_ms).await?.roles
            }
            _ => grant.roles.clone(),
        };
        let grant = tokens.grant(now_ms, &grant.scopes, Some(refresh_token));
        Ok(Grant { roles, ..grant })
    }

    /// App roles that mean something here, where they count.
    pub(super) fn mapped_roles(&self) -> Option<&BTreeSet<String>> {
        self.mapped_roles.as_ref()
    }

    /// Whether the operator wants tokens on behalf of the user.
    pub(super) fn has_on_behalf(&self) -> bool {
        self.has_on_behalf
    }

    /// A token of the user for another resource. `assertion` is their access token for this app.
    /// What comes has no refresh token: the session's own is the only one that is kept.
    pub(in super::super) async fn on_behalf(
        &self,
        assertion: &Secret,
        scope: &str,
        now_ms: u64,
    ) -> Result<Grant, ProviderError> {
        let params = [
            ("grant_type", ON_BEHALF_OF),
            ("assertion", assertion.expose()),
            ("scope", scope),
            ("requested_token_use", "on_behalf_of"),
        ];
        // It changes nothing, so a lost answer costs a second request alone.
        let tokens = self.tokens.post(&params, Safety::Read).await?;
        let grant = tokens.grant(now_ms, &[], None);
        Ok(Grant { refresh_token: None, ..grant })
    }
}
