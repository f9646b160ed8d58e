//! The way in: the API gateway with its bearer tokens, the main site's own address with basic
//! authentication, and the host of files.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{Response, request::Parts},
};
use bytes::Bytes;
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

use super::{
    auth,
    dispatch::{Target, dispatch},
    media,
};
use crate::{
    answer::{Answer, Fault, Reply},
    clock,
    model::{Site, Token, scope},
    world::World,
};

/// Larger than Jira's own limit for an issue, small enough to bound a test that goes wrong.
const BODY_BYTES_MAX: usize = 20 * 1024 * 1024;

#[derive(Clone)]
struct Server {
    world: Arc<World>,
    limits_writes: bool,
}

/// One fallback for every path: which path is a route depends on the site it begins with.
pub(crate) fn router(world: Arc<World>, limits_writes: bool) -> Router {
    Router::new().fallback(answer).with_state(Server { world, limits_writes })
}

async fn answer(State(server): State<Server>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let answer = match to_bytes(body, BODY_BYTES_MAX).await {
        Ok(body) => server.route(&parts, body),
        Err(_) => Err(Fault::message(413, "The request body is too large.")),
    };
    answer.unwrap_or_else(|Fault(reply)| reply).into_response()
}

impl Server {
    fn route(&self, request: &Parts, body: Bytes) -> Answer {
        let world = &self.world;
        let path = request.uri.path();
        let now = (world.clock)();
        if path == "/_edge/tenant_info" {
            return Ok(Reply::json(200, json!({ "cloudId": world.cloud_ids.first() })));
        }
        if let Some(file) = path.strip_prefix(media::PREFIX) {
            return media::serve(request, file, &world.sites.read()?, now);
        }
        let limits_writes = self.limits_writes;
        if let Some(path) = path.strip_prefix('/').filter(|path| path.starts_with("rest/")) {
            // The guard must be gone before the route takes the lock for itself.
            let token = {
                let sites = world.sites.read()?;
                let main = sites.first().ok_or_else(Fault::unauthorized)?;
                auth::basic(world, main, &request.headers).ok_or_else(Fault::unauthorized)?
            };
            let target = Target { token, site: 0, path, is_scoped: false, limits_writes };
            return dispatch(world, request, body, target);
        }
        let token = auth::bearer(world, &request.headers, now).ok_or_else(Fault::unauthorized)?;
        let token = token.as_ref();
        if path == "/me" {
            return me(token, &world.sites.read()?);
        }
        if path == "/oauth/token/accessible-resources" {
            return Ok(Reply::json(200, accessible_resources(token, &world.sites.read()?)));
        }
        let no_site = || Fault::no_site(path, &clock::jira_time(now, &TimeZone::UTC));
        let (cloud_id, path) = path
            .strip_prefix("/ex/jira/")
            .and_then(|rest| rest.split_once('/'))
            .ok_or_else(no_site)?;
        let site = world.cloud_ids.iter().position(|id| id == cloud_id).ok_or_else(no_site)?;
        // A site outside the grant looks exactly like one that does not exist.
        if !token.sites.contains(&site) {
            return Err(no_site());
        }
        let target = Target { token, site, path, is_scoped: true, limits_writes };
        dispatch(world, request, body, target)
    }
}

/// The sites of a grant, outside any of them. Their scopes are those of products only; a grant
/// without any reaches no site.
fn accessible_resources(token: &Token, sites: &[Site]) -> Json {
    let of_sites = |scope: &&String| !scope::OF_THE_ACCOUNT.contains(&scope.as_str());
    let scopes: Vec<_> = token.scopes.iter().filter(of_sites).collect();
    let granted = token.sites.iter().filter(|_| !scopes.is_empty());
    granted
        .filter_map(|index| sites.get(*index))
        .map(|site| {
            json!({
                "id": site.cloud_id, "url": site.host, "name": site.name, "scopes": scopes,
                "avatarUrl": "https://site-admin-avatar-cdn.prod.public.atl-paas.net/avatars/240/rocket.png",
            })
        })
        .collect()
}

/// The profile of the account itself.
///
/// Source: "Retrieve the public profile of the authenticated user",
/// <https://developer.atlassian.com/cloud/confluence/user-identity-api/>.
fn me(token: &Token, sites: &[Site]) -> Answer {
    if !token.has(scope::READ_ME) {
        return Err(Fault(Reply::json(403, json!({ "code": 403, "message": "Forbidden" }))));
    }
    let on = |site: &Site| site.people.get(site.person_by_account(token.account_id)?).cloned();
    let person = sites.iter().find_map(on).ok_or_else(Fault::unauthorized)?;
    Ok(Reply::json(
        200,
        json!({
            "account_type": person.kind, "account_id": person.account_id, "email": person.email,
            "name": person.name, "nickname": token.name, "account_status": "active",
            "zoneinfo": person.time_zone, "locale": person.locale,
        }),
    ))
}
