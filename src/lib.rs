//! An MCP server through which an AI agent works in Jira Cloud as the signed-in user.
//!
//! The modules stand in the order in which a request meets them; `docs/ARCHITECTURE.md` walks
//! through them.

/// The commands of the binary.
pub mod cli;

/// From texts to the settings that each layer owns.
pub mod config;

/// Builds every layer, serves, drains.
pub mod run;

/// What all limits together come to.
pub mod bounds;

/// Gives memory back when there is nothing to do.
mod memory;

/// The edge: who may come in, and how much.
pub mod http;

/// Our own authorization server, for clients that know only our URL.
pub mod shared;
pub mod signin;

/// One JSON-RPC message, as either transport brings it.
pub mod jsonrpc;

/// The protocol: MCP, and what stands around every call.
pub mod mcp;

/// What may be called.
pub mod policy;

/// Jobs a person can pick.
pub mod prompts;

/// Jira: the client, and the views of its answers.
pub mod jira;

/// Copilot Studio agents: the client.
pub mod agent;

/// The files of the Power Platform connector.
pub mod connector;

/// What this program calls itself.
pub mod program;

/// What the operator sees.
pub mod telemetry;
