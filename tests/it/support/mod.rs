//! What the tests stand on: a bridge on a port of its own, and upstreams that can misbehave.

mod bridge;
mod upstream;

pub(crate) use bridge::{Bridge, NOW_MS, Reply, Tool, gateway_secret, part};
pub(crate) use upstream::{Fault, Upstream};
