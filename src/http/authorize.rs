//! Lets a request in that passes all checks of its headers: it then carries a [`Caller`] and no
//! secret. Learns from its answer what Jira said of the caller's token.

use std::sync::Arc;

use auth::{Caller, PrincipalKey, TokenVerdict, VerdictSlot};
use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderValue, Method};
use http_body::Body as _;
use tokio::time::Instant;

use crate::jsonrpc::Subscription;

use super::{
    admission::{self, Admitted},
    authenticate, browser_page,
    challenge::Challenge,
    edge::Edge,
    event_stream,
    header_names::MCP_METHOD,
    permits::RequestPermit,
    reject::Reject,
    request_id::RequestId,
    streams::{compat, open},
};

/// Middleware of `/mcp`.
pub(super) async fn authorize(
    State(edge): State<Arc<Edge>>,
    Extension(request_id): Extension<RequestId>,
    request: Request<Body>,
    next: Next,
) -> Result<Response, Reject> {
    let (parts, body) = request.into_parts();
    let head = Request::from_parts(parts, ());
    let ((identity, site), session) = match admit(&edge, &head).await {
        Ok((Admitted::Caller { identity, site }, session)) => ((identity, site), session),
        Ok((Admitted::Browser, _)) => return Ok(browser_page::render(&edge, &head)),
        Err(reject) => {
            // Whoever still sends would find the connection closed instead of the reason.
            edge.drains.drain(head.headers(), body);
            return Err(reject);
        }
    };
    let mut request = head.map(|()| body);
    // Who signed in here can do so again, whatever the operator chose for the tokens of others.
    let is_here = identity.is_signed_in_here;
    let is_challenged = is_here || edge.settings.challenge_on_upstream_401;
    let challenge = is_challenged.then(|| Challenge::of(&edge, &request));

    authenticate::remove_secrets(request.headers_mut());
    let caller = Caller::new(identity, request_id.shared(), site).in_session(session);
    let key = caller.key();
    if caller.principal().subject.is_some() {
        edge.permits.trust(key);
    }
    if let Some(permit) = request.extensions().get::<RequestPermit>() {
        permit.count_for(&edge.permits, key)?;
    }
    let slot = VerdictSlot::default();
    request.extensions_mut().insert(caller.clone());
    request.extensions_mut().insert(slot.clone());
    let of_stream = wants_stream(&request).then(|| Challenge::of(&edge, &request));
    let mut response = next.run(request).await;
    if let Some(subscription) = response.extensions_mut().remove::<Subscription>() {
        let id = subscription.id.clone();
        let wanted = open::Wanted::Messages(subscription);
        let refused = of_stream.map(|challenge| challenge.invalid_token());
        let refused = refused.unwrap_or_else(|| HeaderValue::from_static("Bearer"));
        let opened = open::open(&edge, &caller, wanted, refused).await;
        return Ok(opened.unwrap_or_else(|reject| reject.into_response_to(id)));
    }
    let is_under_way = slot.get().is_none() && response.body().size_hint().exact().is_none();
    if is_under_way {
        // The head of a stream leaves before its call is over, too early for a challenge.
        let at_end = LearnAtEnd { edge, caller: key, slot };
        return Ok(event_stream::hold(response, at_end));
    }
    let verdict = slot.get().cloned().unwrap_or_default();
    edge.learn(key, &verdict);
    if let Some(challenge) = challenge {
        // Another session of the same person may be better off, so nothing is remembered of them.
        let is_refused =
            if is_here { verdict.refused } else { edge.refused.is_refused(key, Instant::now()) };
        check_token(is_refused, &verdict, &challenge, &response)?;
    }
    Ok(response)
}

/// Clients of 2026-07-28 repeat the method in a header, and others have no such stream.
fn wants_stream<B>(request: &Request<B>) -> bool {
    request.headers().get(MCP_METHOD).is_some_and(|method| method == "subscriptions/listen")
}

/// Who is let in, and the session that the request named.
async fn admit(edge: &Edge, head: &Request<()>) -> Result<(Admitted, Option<Arc<str>>), Reject> {
    let admitted = admission::check(edge, head, &Method::POST).await?;
    let session = match &admitted {
        Admitted::Caller { identity, .. } if compat::has_sessions(head.uri()) => {
            edge.streams.ids.check(identity, head.headers()).await?
        }
        _ => None,
    };
    Ok((admitted, session))
}

/// Learns from a call whose answer is a stream when the stream has ended.
struct LearnAtEnd {
    edge: Arc<Edge>,
    caller: PrincipalKey,
    slot: VerdictSlot,
}

impl Drop for LearnAtEnd {
    fn drop(&mut self) {
        if let Some(verdict) = self.slot.get() {
            self.edge.learn(self.caller, verdict);
        }
    }
}

/// Tells a client that signs its users in itself that the token is not good enough, by what Jira
/// said of it during this request or a moment ago.
fn check_token(
    is_refused: bool,
    verdict: &TokenVerdict,
    challenge: &Challenge,
    response: &Response,
) -> Result<(), Reject> {
    // What was refused before Jira could be asked stays refused for its own reason.
    let is_answered = response.status().is_success() && verdict.missing_scopes.is_none();
    let is_told = is_answered || verdict.refused;
    if is_told && is_refused {
        return Err(Reject::TokenRefused { challenge: challenge.invalid_token() });
    }
    match &verdict.missing_scopes {
        Some(scopes) => {
            Err(Reject::ScopeMissing { challenge: challenge.insufficient_scope(scopes) })
        }
        None => Ok(()),
    }
}
