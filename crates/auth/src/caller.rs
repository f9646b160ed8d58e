//! One request's caller: who, what proves it, and what the request said about itself.

use std::{fmt, sync::Arc, time::SystemTime};

use super::{
    authenticate::Identity, credentials::Credentials, key::PrincipalKey, principal::Principal,
    requested_site::RequestedSite,
};

/// The user behind one request: a shared handle, so that a clone copies nothing.
///
/// There is no `Display`, no `Serialize`, and `Debug` prints `***`.
#[derive(Clone)]
pub struct Caller(Arc<Inner>);

struct Inner {
    identity: Identity,
    request_id: Arc<str>,
    requested_site: Option<RequestedSite>,
    session: Option<Arc<str>>,
}

impl Caller {
    /// Joins who was authenticated with what the same request said about itself.
    pub fn new(
        identity: Identity,
        request_id: Arc<str>,
        requested_site: Option<RequestedSite>,
    ) -> Self {
        Self(Arc::new(Inner { identity, request_id, requested_site, session: None }))
    }

    /// A caller just made, with the name under which operators see the session that its request
    /// is part of.
    #[must_use]
    pub fn in_session(mut self, session: Option<Arc<str>>) -> Self {
        // Whoever has a clone has a caller already.
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.session = session;
        }
        self
    }

    /// The same user's next request, where one credential serves a whole process.
    #[must_use]
    pub fn next_request(&self, request_id: Arc<str>) -> Self {
        let mut identity = self.0.identity.clone();
        if let Some(own) = identity.credentials.of_request() {
            identity.credentials = own;
        }
        Self::new(identity, request_id, self.0.requested_site.clone())
    }

    /// Who.
    pub fn principal(&self) -> &Principal {
        &self.0.identity.principal
    }

    /// Under which key the user is limited and audited, whichever of their programs calls.
    pub fn key(&self) -> PrincipalKey {
        self.principal().key
    }

    /// Under which key is remembered what this caller's proof has shown, such as sites.
    pub fn credential_key(&self) -> PrincipalKey {
        self.0.identity.credential_key
    }

    /// What proves it to an upstream.
    pub fn credentials(&self) -> &dyn Credentials {
        self.0.identity.credentials.as_ref()
    }

    /// The roles that the user's directory gives them in this app; none where roles do not count.
    pub fn roles(&self) -> Option<&Arc<[String]>> {
        self.0.identity.roles.as_ref()
    }

    /// Until when the proof is taken, where it says so itself.
    pub fn good_until(&self) -> Option<SystemTime> {
        self.0.identity.good_until
    }

    /// What an upstream said, without this user's own credentials.
    pub fn redact(&self, text: String) -> String {
        self.credentials().redact(text)
    }

    /// The id this request is known by in logs and answers; at most 128 characters.
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// Which session the request named, under a name that opens nothing; none if it named none.
    pub fn session(&self) -> Option<&str> {
        self.0.session.as_deref()
    }

    /// The site the request asked for with `X-Jira-Site`; to be looked up, never an address to
    /// call.
    pub fn requested_site(&self) -> Option<&str> {
        self.0.requested_site.as_ref().map(RequestedSite::as_str)
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Caller(***)")
    }
}
