//! Atlassian as the provider: OAuth 2.0 (3LO), whose refresh tokens are taken once.
//!
//! Source: Atlassian, "OAuth 2.0 (3LO) apps".

use http::{HeaderValue, Method, header};
use serde::Deserialize;
use upstream::{Request, Safety, Upstream};
use url::Url;
use zeroize::Zeroizing;

use super::{
    super::{
        grant::Grant,
        person::{Directory, Person},
        secret::Secret,
    },
    asked::{Asked, Returned},
    error::ProviderError,
    settings::AtlassianApp,
    token_endpoint::{TokenEndpoint, breaker_key, refusal},
};

/// Whom the tokens are for.
const AUDIENCE: &str = "api.atlassian.com";

/// Sites that are asked who a person is; their account has one id on all of them.
const SITES_ASKED_MAX: usize = 3;

#[derive(Debug)]
pub(in super::super) struct Atlassian {
    tokens: TokenEndpoint,
    auth_base: Url,
    api_base: Url,
}

/// A site that the person lets us use.
#[derive(Deserialize)]
struct Resource {
    id: String,
    #[serde(default)]
    scopes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Myself {
    account_id: String,
    display_name: Option<String>,
}

impl Atlassian {
    pub(super) fn new(app: &AtlassianApp, upstream: Upstream) -> Self {
        let AtlassianApp { auth_base, api_base, client_id, client_secret } = app.clone();
        let url = below(&auth_base, "oauth/token");
        let tokens = TokenEndpoint { upstream, url, client_id, client_secret };
        Self { tokens, auth_base, api_base }
    }

    pub(super) fn authorize_url(&self, asked: &Asked<'_>) -> Url {
        let mut url = below(&self.auth_base, "authorize");
        let lasting = asked.is_lasting.then_some("offline_access");
        let scopes: Vec<&str> = asked.scopes.iter().map(String::as_str).chain(lasting).collect();
        let scopes = scopes.join(" ");
        url.query_pairs_mut()
            .append_pair("audience", AUDIENCE)
            .append_pair("client_id", &self.tokens.client_id)
            .append_pair("scope", &scopes)
            .append_pair("redirect_uri", asked.redirect_uri)
            .append_pair("state", asked.state)
            .append_pair("response_type", "code")
            .append_pair("prompt", "consent")
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
        ];
        let tokens = self.tokens.post(&params, Safety::Write).await?;
        let grant = tokens.grant(returned.now_ms, returned.scopes, None);
        match self.person(&grant.access_token).await {
            Ok(person) => Ok((person, grant)),
            Err(error) => {
                // Nobody will use it.
                let _ = self.revoke(&grant).await;
                Err(error)
            }
        }
    }

    pub(super) async fn renew(
        &self,
        refresh_token: &Secret,
        grant: &Grant,
        now_ms: u64,
    ) -> Result<Grant, ProviderError> {
        let params = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose())];
        // Repeated after a lost answer: for ten minutes Atlassian takes the same token again, and
        // if it does not, the sign-in was lost with the answer.
        let tokens = self.tokens.post(&params, Safety::Read).await?;
        Ok(tokens.grant(now_ms, &grant.scopes, Some(refresh_token)))
    }

    /// RFC 7009. Atlassian documents no such endpoint; where there is none, its tokens end by
    /// themselves or on the person's page of connected apps.
    pub(super) async fn revoke(&self, grant: &Grant) -> Result<(), ProviderError> {
        let (token, kind) = match &grant.refresh_token {
            Some(token) => (token, "refresh_token"),
            None => (&grant.access_token, "access_token"),
        };
        let params = [("token", token.expose()), ("token_type_hint", kind)];
        let url = below(&self.auth_base, "oauth/revoke");
        let answer = self.tokens.send(&url, &params, Safety::Read).await?;
        if answer.status.is_success() { Ok(()) } else { Err(refusal(&answer)) }
    }

    /// Whose token it is: a site of theirs says so. What an access token holds is Atlassian's
    /// business, and `/me` would need a scope more.
    async fn person(&self, token: &Secret) -> Result<Person, ProviderError> {
        let url = below(&self.api_base, "oauth/token/accessible-resources");
        let resources: Vec<Resource> = self.get(url, token).await?;
        let is_jira = |resource: &&Resource| {
            let names_jira = resource.scopes.iter().any(|scope| scope.contains("jira"));
            (names_jira || resource.scopes.is_empty())
                && !resource.id.is_empty()
                && resource.id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let code = "no_jira_site".to_owned();
        let mut refused = ProviderError::Refused { code, aadsts: None };
        for site in resources.iter().filter(is_jira).take(SITES_ASKED_MAX) {
            let url = below(&self.api_base, &format!("ex/jira/{}/rest/api/3/myself", site.id));
            match self.get::<Myself>(url, token).await {
                Ok(Myself { account_id, display_name }) if !account_id.is_empty() => {
                    return Ok(Person {
                        at: Directory::Atlassian,
                        subject: account_id,
                        name: display_name.unwrap_or_default(),
                    });
                }
                Ok(_) => refused = ProviderError::NotUnderstood { reason: "no account id" },
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    async fn get<T: for<'a> Deserialize<'a>>(
        &self,
        url: Url,
        token: &Secret,
    ) -> Result<T, ProviderError> {
        let key = breaker_key(&url);
        let mut request = Request::new(Method::GET, url, Safety::Read, key);
        let bearer = Zeroizing::new(format!("Bearer {}", token.expose()));
        let mut value = HeaderValue::from_str(&bearer)
            .map_err(|_| ProviderError::NotUnderstood { reason: "no access token" })?;
        value.set_sensitive(true);
        request.headers.insert(header::AUTHORIZATION, value);
        request.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        let answer = self.tokens.call(&request).await?;
        if !answer.status.is_success() {
            return Err(refusal(&answer));
        }
        serde_json::from_slice(&answer.body)
            .map_err(|_| ProviderError::NotUnderstood { reason: "no JSON of the account" })
    }
}

/// An address below a base, whose own path stays.
pub(super) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let whole = format!("{}/{path}", base.path().trim_end_matches('/'));
    url.set_path(&whole);
    url
}
