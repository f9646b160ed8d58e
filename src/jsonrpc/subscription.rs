//! A request whose answer is a stream that stays open: what is said first and last on it.

use bytes::Bytes;
use serde_json::Value;

/// Left among the extensions of an answer by who speaks the protocol, for who keeps the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The id of the request, for a refusal.
    pub id: Value,
    /// The message that opens the stream, minified.
    pub first: Bytes,
    /// The one that ends it: the result of the request.
    pub last: Bytes,
}
