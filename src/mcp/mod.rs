//! MCP over streamable HTTP or stdio: the only layer that knows rmcp. A tool call looks the same over both.

mod about;
mod asked;
mod blocks;
mod call;
mod completion;
mod consent;
mod direct;
mod handler;
mod legacy;
mod lines;
mod listing;
mod observed;
mod plain_list;
mod progress;
mod prompts;
mod provenance;
mod resources;
mod schema;
mod service;
mod stdio;

pub use handler::{Server, Settings};
pub use service::{Answer, HttpService, streamable};
pub use stdio::{StdioSettings, serve_stdio};
