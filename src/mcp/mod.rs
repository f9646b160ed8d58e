//! MCP over streamable HTTP or stdio: the only layer that knows rmcp. A tool call looks the same
//! over both.

mod about;
mod asked;
mod blocks;
mod call;
mod completion;
mod consent;
mod direct;
mod handler;
mod in_flight;
mod legacy;
mod lines;
mod listing;
mod observed;
mod params;
mod plain_list;
mod progress;
mod prompts;
mod provenance;
mod resources;
mod rpc_errors;
mod schema;
mod service;
mod stdio;
mod taken_back;
#[cfg(test)]
mod tests;

pub use handler::{Server, Settings};
pub use rpc_errors::errors;
pub use service::{Answer, HttpService, streamable};
pub use stdio::{StdioSettings, serve_stdio};
