//! What the tests stand on: a bridge on a port of its own, and upstreams that can misbehave.

mod bridge;
mod modern;
mod receiver;
mod stdio;
mod upstream;

pub(crate) use bridge::{Bridge, NOW_MS, Reply, Tool, gateway_secret, part};
pub(crate) use modern::Modern;
pub(crate) use receiver::{Receiver, attribute, sum};
pub(crate) use stdio::{Stdio, basic, sandbox};
pub(crate) use upstream::{Fault, Upstream};
