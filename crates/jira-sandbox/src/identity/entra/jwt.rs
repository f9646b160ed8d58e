//! Entra's tokens: what they say, and who signs it.
//!
//! Source: <https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference>,
//! <https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference>.

use serde_json::{Value as Json, json};

use super::tenant::issuer;
use crate::{
    identity::{
        faults::Fault,
        grants::Offer,
        keys::{SigningKey, unsecured},
        secret,
        server::Server,
    },
    json::put,
    model::scope::OFFLINE,
};

/// Microsoft Graph: whom a token is for that asks for nobody else's scopes.
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// Scopes of the sign-in itself, of no API.
pub(super) const OPENID: &[&str] = &["openid", "profile", "email", OFFLINE];

/// Who signed in, for the client. `oid`, `tid` and names are there for the scope `profile` only.
pub(super) fn id_token(
    server: &Server,
    offer: &Offer,
    fault: Option<&Fault>,
    now: i64,
) -> Option<String> {
    let mut claims = of_everybody(server, offer, &offer.client_id, now);
    if has(offer, "profile") {
        put_profile(server, offer, &mut claims);
    }
    let roles = server.world.identity.roles_of(offer.person.name);
    if !roles.is_empty() {
        put(&mut claims, "roles", roles);
    }
    if has(offer, "email") {
        put(&mut claims, "email", email(server, offer));
    }
    if let Some(nonce) = &offer.nonce {
        put(&mut claims, "nonce", nonce.clone());
    }
    if let (Some(Fault::Claims(others)), Some(map)) = (fault, claims.as_object_mut()) {
        map.extend(others.clone());
        map.retain(|_, value| !value.is_null());
    }
    let key = server.world.identity.keys.newest()?;
    match fault {
        Some(Fault::Unsigned) => Some(unsecured(&claims)),
        Some(Fault::ForeignKey) => SigningKey::fresh()?.sign(&claims, &key.id),
        _ => key.sign(&claims, &key.id),
    }
}

/// For the API whose scopes were asked for, else for Microsoft Graph; never for Jira.
/// `sid` tells which grant it belongs to.
pub(super) fn access_token<'a>(
    server: &Server,
    offer: &'a Offer,
    grant: usize,
    now: i64,
) -> Option<String> {
    let of_api = |scope: &'a String| {
        let (api, right) = scope.rsplit_once('/').unwrap_or((GRAPH, scope));
        (!OPENID.contains(&right)).then_some((api, right))
    };
    let asked: Vec<_> = offer.scopes.iter().filter_map(of_api).collect();
    let audience = asked.first().map_or(GRAPH, |(api, _)| api.trim_end_matches('/'));
    let rights: Vec<_> = asked.iter().map(|(_, right)| *right).collect();
    let mut claims = of_everybody(server, offer, audience, now);
    put_profile(server, offer, &mut claims);
    put(&mut claims, "azp", offer.client_id.clone());
    put(&mut claims, "azpacr", "1");
    put(&mut claims, "scp", rights.join(" "));
    put(&mut claims, "sid", session_id(grant));
    let key = server.world.identity.keys.newest()?;
    key.sign(&claims, &key.id)
}

/// The sign-in that a grant came of, as its access tokens name it.
pub(super) fn session_id(grant: usize) -> String {
    secret::fixed_guid("jira sandbox sign-in", &grant.to_string())
}

fn of_everybody(server: &Server, offer: &Offer, audience: &str, now: i64) -> Json {
    let life = i64::try_from(server.settings.access_token_life.as_secs()).unwrap_or(i64::MAX);
    let seconds = now.div_euclid(1000);
    // The same person has another `sub` at each client.
    let pair = format!("{}/{}", offer.client_id, offer.person.account_id);
    json!({
        "ver": "2.0", "iss": issuer(&server.settings), "aud": audience, "iat": seconds,
        "nbf": seconds, "exp": seconds.saturating_add(life),
        "sub": secret::fixed_guid("jira sandbox pairwise subject", &pair),
        "uti": secret::guid(),
    })
}

fn put_profile(server: &Server, offer: &Offer, claims: &mut Json) {
    let name = server.people().into_iter().find(|person| person.user == offer.person.name);
    let account = offer.person.account_id;
    put(claims, "oid", secret::fixed_guid("jira sandbox directory object", account));
    put(claims, "tid", server.settings.tenant_id.clone());
    put(claims, "preferred_username", email(server, offer));
    put(claims, "name", name.map(|person| person.name).unwrap_or_default());
}

fn email(server: &Server, offer: &Offer) -> String {
    let person = server.people().into_iter().find(|person| person.user == offer.person.name);
    person.map(|person| person.email).unwrap_or_default()
}

fn has(offer: &Offer, scope: &str) -> bool {
    offer.scopes.iter().any(|asked| asked == scope)
}
