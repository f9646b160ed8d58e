//! Agents of Copilot Studio as MCP clients meet them: real HTTP to the real router, with the
//! sandbox's agent behind it, or a service that misbehaves more than that one can.

mod bombs;
mod engine;
mod faults;
mod hostile;
mod idle;
mod line;
mod load;
mod progress;
mod replaced_program;
mod secrets;
mod settings;
mod silence;
mod stdio;
#[path = "../../../src/agent/client/tests/stub.rs"]
#[expect(dead_code, reason = "shared with the tests of the client, which use all of it")]
mod stub;
mod whose;
mod world;

use std::time::Duration;

use line::line;
use world::{World, ended, history, open, refused, say, texts};

/// A call that has not come back by then never will, however busy the machine is.
const HANGS: Duration = Duration::from_mins(1);
