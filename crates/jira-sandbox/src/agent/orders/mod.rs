//! What a user's text orders the agent to do: how the post is answered, and what follows.

mod cards;
mod chunks;
mod order;
mod reception;
mod script;
mod step;

pub(super) use chunks::tag;
pub(super) use order::Order;
pub(super) use reception::Reception;
pub(super) use script::{greeting, signed_in, steps};
pub(super) use step::{Act, Step};
