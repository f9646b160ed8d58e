//! What the handlers of the identity provider share.

use std::sync::{Arc, PoisonError};

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};
use serde_json::Value as Json;
use url::Url;

use super::{
    faults::{Endpoint, Fault},
    page,
    settings::IdentitySettings,
};
use crate::{model::Token, world::World};

#[derive(Clone)]
pub(super) struct Server {
    pub(super) world: Arc<World>,
    pub(super) settings: Arc<IdentitySettings>,
}

impl Server {
    pub(super) fn now(&self) -> i64 {
        (self.world.clock)()
    }

    /// The answer of an endpoint, with what a test wants to go wrong there.
    pub(super) async fn answer(
        &self,
        at: Endpoint,
        make: impl FnOnce(Option<&Fault>) -> Response<Body>,
    ) -> Response<Body> {
        let faults = &self.world.identity.faults;
        // Before the fault is taken: a healing in between must not be missed.
        let healed = faults.watch();
        let fault = faults.next(at);
        let answered = fault.as_ref().and_then(Fault::answer);
        let response = answered.unwrap_or_else(|| make(fault.as_ref()));
        match fault {
            Some(fault) => fault.deliver(response, healed).await,
            None => response,
        }
    }

    /// Everybody who can sign in.
    pub(super) fn people(&self) -> Vec<page::Person> {
        let sites = self.world.sites.read().unwrap_or_else(PoisonError::into_inner);
        let shown = |token: &Token| {
            let site = sites.first()?;
            let person = site.people.get(site.person_by_account(token.account_id)?)?;
            let (name, email) = (person.name.clone(), person.email.clone());
            Some(page::Person { user: token.name, name, email })
        };
        self.signable().filter_map(|token| shown(token)).collect()
    }

    /// The own token of somebody who can sign in.
    pub(super) fn person(&self, user: &str) -> Option<Arc<Token>> {
        self.signable().find(|token| token.name == user).cloned()
    }

    fn signable(&self) -> impl Iterator<Item = &Arc<Token>> {
        let World { tokens, identity, .. } = &*self.world;
        tokens.iter().filter(|token| !token.expired && identity.grants.is_user(token.name))
    }
}

/// JSON that no cache keeps (RFC 6749 section 5.1).
pub(super) fn json(status: StatusCode, body: &Json) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// Back to the client, with these parameters behind those that its address has.
pub(super) fn redirect(to: &str, params: &[(&str, &str)]) -> Response<Body> {
    let address = Url::parse(to).ok().and_then(|mut url| {
        url.query_pairs_mut().extend_pairs(params);
        HeaderValue::from_str(url.as_str()).ok()
    });
    let Some(address) = address else {
        return page::error(StatusCode::BAD_REQUEST, "redirect_uri is not an absolute URL");
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, address);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
