//! What is known about a message that was sent: it is sent once, so this has to be said.

/// Whether the agent got the message. Part of every answer that is not whole, and of every failure
/// after the request may have left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// It never left, or was refused before work. It can be sent again.
    NotSent,
    /// The connection broke, or time ran out, after it may have left.
    Unknown,
    /// The service took it. Do not send it again; the answer can still come.
    Delivered,
}

impl Delivery {
    /// The stable name: `delivered`, `unknown` or `not_sent`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Unknown => "unknown",
            Self::Delivered => "delivered",
        }
    }
}
