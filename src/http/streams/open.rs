//! Opens a stream to a caller who may have one.

use auth::{Caller, TokenVerdict};
use axum::{body::Body, response::Response};
use http::HeaderValue;
use tokio::time::Instant;

use crate::{
    http::{
        edge::Edge,
        event_stream,
        readiness::Phase,
        reject::Reject,
        streams::vouch::{NotVouched, Vouched},
    },
    jsonrpc::Subscription,
};

use super::{
    body::{Rhythm, Speech, StreamBody},
    record::StreamRecord,
};

/// What a stream is for.
pub(in crate::http) enum Wanted {
    /// A session under this id.
    Session(String),
    /// The messages of one `subscriptions/listen`.
    Messages(Subscription),
}

/// The answer that is a stream, or why there is none. `refused` is the challenge for a token that
/// its issuer does not take.
pub(in crate::http) async fn open(
    edge: &Edge,
    caller: &Caller,
    wanted: Wanted,
    refused: HeaderValue,
) -> Result<Response, Reject> {
    let is_known = is_known(caller);
    if !is_known && edge.refused.is_refused(caller.key(), Instant::now()) {
        return Err(Reject::TokenRefused { challenge: refused });
    }
    // The place first: nobody has more questions under way than streams.
    let place = edge.streams.place(caller.key())?;
    if !is_known {
        vouch(edge, caller, refused).await?;
    }
    // Looked at last: whoever opens one now gets it ended.
    if edge.readiness.phase() == Phase::Draining {
        return Err(Reject::Draining);
    }
    let speech = match wanted {
        Wanted::Session(session_id) => Speech::Events { session_id },
        Wanted::Messages(Subscription { first, last, .. }) => Speech::Messages { first, last },
    };
    let rhythm = Rhythm::of(&edge.settings.streams, caller.good_until());
    let record = StreamRecord::default();
    let (draining, signals) = (edge.readiness.draining(), edge.signals.clone());
    let body = StreamBody::new(speech, rhythm, draining, signals, record.clone(), place);
    let mut response = event_stream::streaming(http::StatusCode::OK, Body::new(body));
    response.extensions_mut().insert(record);
    Ok(response)
}

/// Who is known by an account was authenticated by us. Of all others nothing is known but a token,
/// which its issuer judges.
fn is_known(caller: &Caller) -> bool {
    caller.principal().subject.is_some()
}

async fn vouch(edge: &Edge, caller: &Caller, refused: HeaderValue) -> Result<(), Reject> {
    let vouched = edge.vouch.vouch(caller).await;
    // What was remembered teaches nothing: the token may have been refused since.
    let verdict = TokenVerdict {
        accepted: vouched == Ok(Vouched::Now),
        refused: vouched == Err(NotVouched::Refused),
        missing_scopes: None,
    };
    edge.learn(caller.key(), &verdict);
    vouched.map(drop).map_err(|reason| match reason {
        NotVouched::Refused => Reject::TokenRefused { challenge: refused },
        NotVouched::Unknown => Reject::TokenNotChecked,
    })
}
