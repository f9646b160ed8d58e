//! Sessions of the sign-in over time and through faults: grants that are renewed, sessions that
//! end, stores that fail, processes that die, replicas that share.

pub(crate) mod browser;
mod crashes;
mod ends;
mod lost_replies;
mod provider_faults;
mod redis_restart;
#[path = "../../../crates/session-store/src/tests/redis_server.rs"]
#[expect(dead_code, reason = "shared with the tests of the store, which use all of it")]
mod redis_server;
mod renewals;
mod replicas;
mod rotation;
mod sealed;
mod stores;
mod telemetry;
pub(crate) mod world;

use browser::SignedIn;
use redis_server::RedisServer;
use world::{World, key};
