//! From a path to the function of `routes/` that answers it.

use axum::http::request::Parts;
use bytes::Bytes;
use jiff::tz::TimeZone;

use super::{
    call::Call,
    route::{Route, Run},
    table, write_limits,
};
use crate::{
    answer::{Answer, Fault},
    clock,
    model::{Site, Token},
    render::SiteView,
    world::World,
};

/// Where a request goes that the gateway let pass, or that came to the site's own address.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) token: &'a Token,
    /// The index of the site.
    pub(crate) site: usize,
    /// Begins with `rest/`.
    pub(crate) path: &'a str,
    /// The scopes of the token limit it.
    pub(crate) is_scoped: bool,
    /// Too many writes to one issue are refused.
    pub(crate) limits_writes: bool,
}

/// Finds the route, checks the scopes, and runs it: readers share the sites, a writer has them to
/// itself.
pub(crate) fn dispatch(world: &World, request: &Parts, body: Bytes, target: Target<'_>) -> Answer {
    let Target { token, site, path, is_scoped, limits_writes } = target;
    let now = (world.clock)();
    let no_site = || Fault::no_site(request.uri.path(), &clock::jira_time(now, &TimeZone::UTC));
    let (route, params) = find(request.method.as_str(), path)?;
    if is_scoped && route.scopes.iter().any(|scope| !token.has(scope)) {
        return Err(Fault::scope_mismatch());
    }
    let call = |site: &Site| {
        let who = site.person_by_account(token.account_id).ok_or_else(no_site)?;
        Ok::<_, Fault>(Call::new(who, now, params, request, body))
    };
    let answer = match route.run {
        Run::Read(run) => {
            let sites = world.sites.read()?;
            let site = sites.get(site).ok_or_else(no_site)?;
            let call = call(site)?;
            run(&call, &SiteView::new(site, call.who))
        }
        Run::Write(run) => {
            let mut sites = world.sites.write()?;
            let site = sites.get_mut(site).ok_or_else(no_site)?;
            let call = call(site)?;
            let done = match site.issue_id(call.param("issue")).filter(|_| limits_writes) {
                Some(issue) => {
                    write_limits::count(site, issue, now).and_then(|()| run(&call, site))
                }
                None => run(&call, site),
            };
            world.changes.add();
            done
        }
    };
    // The header names the caller on refusals, too.
    let reply = answer.unwrap_or_else(|Fault(reply)| reply);
    Ok(reply.with_header("x-aaccountid", token.account_id.replace(':', "%3A")))
}

type Match = (&'static Route, Vec<(&'static str, String)>);

fn find(method: &str, path: &str) -> Result<Match, Fault> {
    let mut allowed = Vec::new();
    for route in table::all() {
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
