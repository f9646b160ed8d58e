//! How the service answers the post of an order.

use std::time::Duration;

use super::order::Order;

/// In the first four nothing reaches the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::agent) enum Reception {
    /// 429, for so long; without a time for this post only.
    RateLimited(Option<Duration>),
    /// 500.
    Broken,
    /// 502: the agent refused.
    Refused,
    /// 404, from now on.
    Gone,
    /// 502, although the message is delivered and will be answered.
    TimedOut,
    /// Delivered, but the sender sees half of an answer.
    Lost,
    Taken,
}

impl Reception {
    pub(in crate::agent) fn of(order: &Order) -> Self {
        match order {
            Order::RateLimit(wait) => Self::RateLimited(*wait),
            Order::Broken => Self::Broken,
            Order::Refused => Self::Refused,
            Order::Gone => Self::Gone,
            Order::Late(_) => Self::TimedOut,
            Order::Lost => Self::Lost,
            _ => Self::Taken,
        }
    }
}
