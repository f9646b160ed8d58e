//! What an MCP client can do with agents of Copilot Studio: start a conversation, say something,
//! read back, end it.
//!
//! Names of tools and arguments, and the keys of results, are those of an older program for the
//! same job, so that a client's configuration moves over. Nothing here knows MCP or HTTP.

mod agent_error;
mod arguments;
mod catalog;
mod clipping;
mod context;
mod end;
mod history;
mod product;
mod reply;
mod send;
mod start;
mod who;

pub use catalog::{all, named};
pub use product::AgentTools;
pub use who::{FindPrincipal, NoPrincipal};
