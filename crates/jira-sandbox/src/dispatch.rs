//! The way in: gateway checks, then the route table, then one function of `routes/`.

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Response, header, request::Parts},
};
use bytes::Bytes;
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json, json};

use super::{
    Sandbox, auth, clock,
    errors::{Answer, Fault, Reply},
    limits, media,
    model::{Site, Who},
    reader::Reader,
    routes,
};

/// Larger than Jira's own limit for an issue, small enough to bound a test that goes wrong.
const BODY_BYTES_MAX: usize = 20 * 1024 * 1024;

/// One line of the route table. `path` begins below `/ex/jira/{cloudId}`; `{name}` takes one
/// segment.
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    /// All of these must be granted to the token.
    pub(super) scopes: &'static [&'static str],
    pub(super) run: Run,
}

/// Readers share the site, writers have it to themselves.
pub(super) enum Run {
    Read(fn(&Call, &Reader) -> Answer),
    Write(fn(&Call, &mut Site) -> Answer),
}

pub(super) const fn read(path: &'static str, run: fn(&Call, &Reader) -> Answer) -> Route {
    Route { method: "GET", path, scopes: &[auth::READ_WORK], run: Run::Read(run) }
}

/// A read whose parameters travel in a body.
pub(super) const fn query(path: &'static str, run: fn(&Call, &Reader) -> Answer) -> Route {
    Route { method: "POST", path, scopes: &[auth::READ_WORK], run: Run::Read(run) }
}

pub(super) const fn write(
    method: &'static str,
    path: &'static str,
    run: fn(&Call, &mut Site) -> Answer,
) -> Route {
    Route { method, path, scopes: &[auth::WRITE_WORK], run: Run::Write(run) }
}

impl Route {
    pub(super) const fn needs(mut self, scopes: &'static [&'static str]) -> Self {
        self.scopes = scopes;
        self
    }
}

/// A request that passed the gateway.
pub(super) struct Call {
    pub(super) who: Who,
    pub(super) now: i64,
    params: Vec<(&'static str, String)>,
    query: Vec<(String, String)>,
    content_type: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Call {
    /// A `{name}` segment of the path, decoded.
    pub(super) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Repeated parameters and comma lists alike, as Jira takes both.
    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        let values = self.query.iter().filter(|(key, _)| key == name);
        values
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect()
    }

    pub(super) fn flag(&self, name: &str, default: bool) -> bool {
        self.query(name).map_or(default, |value| value == "true")
    }

    pub(super) fn expands(&self, name: &str) -> bool {
        self.list("expand").contains(&name)
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }

    /// The request body as a JSON object.
    pub(super) fn object(&self) -> Result<Map<String, Json>, Fault> {
        match self.json()? {
            Json::Object(map) => Ok(map),
            _ => Err(Fault::bad_payload()),
        }
    }

    /// The request body as any JSON.
    pub(super) fn json(&self) -> Result<Json, Fault> {
        if !self.content_type.to_ascii_lowercase().starts_with("application/json") {
            let body = json!({ "message": "HTTP 415 Unsupported Media Type", "status-code": 415 });
            return Err(Fault(Reply::json(415, body)));
        }
        serde_json::from_slice(&self.body).map_err(|_| {
            Fault::message(
                400,
                "There was an error parsing JSON. Check that your request body is valid.",
            )
        })
    }
}

pub(super) fn router(sandbox: Sandbox) -> Router {
    Router::new().fallback(answer).with_state(sandbox)
}

async fn answer(State(sandbox): State<Sandbox>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let reply = match to_bytes(body, BODY_BYTES_MAX).await {
        Ok(body) => gateway(&sandbox, &parts, body),
        Err(_) => Err(Fault::message(413, "The request body is too large.")),
    };
    reply.unwrap_or_else(|Fault(reply)| reply).into_response()
}

fn gateway(sandbox: &Sandbox, request: &Parts, body: Bytes) -> Answer {
    let path = request.uri.path();
    let now = (sandbox.inner.clock)();
    let sites = &sandbox.inner.sites;
    if path == "/_edge/tenant_info" {
        return Ok(Reply::json(200, json!({ "cloudId": sandbox.inner.cloud_ids.first() })));
    }
    if let Some(file) = path.strip_prefix(media::PREFIX) {
        return media::serve(request, file, &sites.read().map_err(poisoned)?, now);
    }
    if let Some(rest) = path.strip_prefix('/').filter(|rest| rest.starts_with("rest/")) {
        let token = {
            let sites = sites.read().map_err(poisoned)?;
            let main = sites.first().ok_or_else(Fault::unauthorized)?;
            auth::basic(&sandbox.inner.tokens, main, &request.headers)
                .ok_or_else(Fault::unauthorized)?
        };
        return routed(sandbox, request, body, Target { token, site: 0, rest, is_scoped: false });
    }
    let token =
        auth::bearer(&sandbox.inner.tokens, &request.headers).ok_or_else(Fault::unauthorized)?;
    if path == "/oauth/token/accessible-resources" {
        let sites = sites.read().map_err(poisoned)?;
        return Ok(Reply::json(200, routes::sites::accessible(token, &sites)));
    }
    let missing = || Fault::no_site(path, &clock::jira_time(now, &TimeZone::UTC));
    let (cloud_id, rest) =
        path.strip_prefix("/ex/jira/").and_then(|rest| rest.split_once('/')).ok_or_else(missing)?;
    let site = sandbox.inner.cloud_ids.iter().position(|id| id == cloud_id).ok_or_else(missing)?;
    if !token.sites.contains(&site) {
        return Err(missing());
    }
    routed(sandbox, request, body, Target { token, site, rest, is_scoped: true })
}

/// What passed the gateway, or came to the site's own address.
#[derive(Clone, Copy)]
struct Target<'a> {
    token: &'a auth::Token,
    site: usize,
    rest: &'a str,
    /// Scopes limit it.
    is_scoped: bool,
}

fn routed(sandbox: &Sandbox, request: &Parts, body: Bytes, target: Target<'_>) -> Answer {
    let Target { token, site, rest, is_scoped } = target;
    let now = (sandbox.inner.clock)();
    let sites = &sandbox.inner.sites;
    let missing = || Fault::no_site(request.uri.path(), &clock::jira_time(now, &TimeZone::UTC));
    let (route, params) = find(request.method.as_str(), rest)?;
    if is_scoped && route.scopes.iter().any(|scope| !token.scopes.contains(scope)) {
        return Err(Fault::scope_mismatch());
    }
    let query = url::form_urlencoded::parse(request.uri.query().unwrap_or_default().as_bytes());
    let content_type =
        request.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let call = |sites: &[Site]| {
        let who = sites.get(site).and_then(|site| site.person_by_account(token.account_id));
        Ok(Call {
            who: who.ok_or_else(missing)?,
            now,
            params,
            query: query.into_owned().collect(),
            content_type: content_type.unwrap_or_default().to_owned(),
            headers: request.headers.clone(),
            body,
        })
    };
    let answer = match route.run {
        Run::Read(run) => {
            let sites = sites.read().map_err(poisoned)?;
            let call = call(&sites)?;
            run(&call, &Reader::new(sites.get(site).ok_or_else(missing)?, call.who))
        }
        Run::Write(run) => {
            let mut sites = sites.write().map_err(poisoned)?;
            let call = call(&sites)?;
            let site = sites.get_mut(site).ok_or_else(missing)?;
            match site.issue_id(call.param("issue")).filter(|_| sandbox.limits_writes) {
                Some(issue) => limits::admit(site, issue, now).and_then(|()| run(&call, site)),
                None => run(&call, site),
            }
        }
    };
    let reply = answer.unwrap_or_else(|Fault(reply)| reply);
    Ok(reply.with_header("x-aaccountid", token.account_id.replace(':', "%3A")))
}

/// A writer panicked and left the state half changed: Jira's own kind of breakdown.
fn poisoned<T>(_: std::sync::PoisonError<T>) -> Fault {
    Fault::message(500, "Internal server error")
}

type Match = (&'static Route, Vec<(&'static str, String)>);

fn find(method: &str, path: &str) -> Result<Match, Fault> {
    let mut allowed = Vec::new();
    for route in routes::all() {
        let Some(params) = fit(route.path, path) else { continue };
        if route.method == method {
            return Ok((route, params));
        }
        allowed.push(route.method);
    }
    if allowed.is_empty() {
        return Err(Fault::no_resource(path));
    }
    Err(Fault::wrong_method(&allowed.join(", ")))
}

fn fit(pattern: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let mut params = Vec::new();
    let mut segments = path.split('/');
    for expected in pattern.split('/').skip(1) {
        let segment = segments.next()?;
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(_) if segment.is_empty() => return None,
            Some(name) => params.push((name, decode(segment))),
            None if expected == segment => {}
            None => return None,
        }
    }
    segments.next().is_none().then_some(params)
}

/// Percent-decoding through the form parser, with its own separators hidden from it.
fn decode(segment: &str) -> String {
    let hidden = segment.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    let mut pairs = url::form_urlencoded::parse(hidden.as_bytes());
    pairs.next().map(|(text, _)| text.into_owned()).unwrap_or_default()
}
