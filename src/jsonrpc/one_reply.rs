//! A client that takes a reply and nothing before it.

/// Stands among the extensions of a request whose client takes no event stream: a notification
/// would have nowhere to go.
#[derive(Clone, Copy, Debug)]
pub struct OneReply;
