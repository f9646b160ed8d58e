//! What the tests stand on: a bridge on a port of its own, and upstreams that can misbehave.

mod bridge;
mod command;
mod modern;
mod process;
mod receiver;
mod redis;
mod schedule;
mod stdio;
mod upstream;
mod wait;

pub(crate) use bridge::{Bridge, NOW_MS, Reply, SEEDS, Tool, gateway_secret, part};
pub(crate) use command::{Ended, Run};
pub(crate) use modern::Modern;
pub(crate) use process::Process;
pub(crate) use receiver::{Receiver, attribute, sum};
pub(crate) use redis::RedisServer;
pub(crate) use schedule::Schedule;
pub(crate) use stdio::{Stdio, basic, sandbox};
pub(crate) use upstream::{Fault, Upstream};
pub(crate) use wait::until;
