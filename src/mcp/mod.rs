//! MCP over streamable HTTP or stdio: the only layer that knows rmcp. A tool call looks the same
//! over both.

mod about;
mod answer;
mod apps;
mod blocks;
mod call;
mod cancellation;
mod completion;
mod consent;
mod era;
mod fast;
mod handler;
mod in_flight;
mod legacy;
mod lines;
mod listen;
mod listing;
mod open_page;
mod open_tools;
mod params;
mod products;
mod progress;
mod prompts;
mod provenance;
mod resources;
mod rpc_errors;
mod schema;
mod server;
mod service;
mod skills;
mod stdio;
mod telemetry;
#[cfg(test)]
mod tests;
mod tool_lists;
mod watch;

pub use answer::Answer;
pub use products::Products;
pub use rpc_errors::errors;
pub use server::{Server, Settings};
pub use service::{HttpService, streamable};
pub use stdio::{StdioSettings, serve_stdio};
pub use watch::WatchCalls;
