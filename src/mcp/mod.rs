//! MCP over streamable HTTP or stdio: the only layer that knows rmcp. A tool call looks the same over both.

mod blocks;
mod call;
mod consent;
mod handler;
mod legacy;
mod listing;
mod plain_list;
mod progress;
mod provenance;
mod schema;
mod service;

pub use handler::{Server, Settings};
pub use service::{Answer, HttpService, streamable};
