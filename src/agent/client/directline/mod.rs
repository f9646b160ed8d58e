//! Direct Line 3.0: conversations behind a channel's secret or an agent's token endpoint.
//!
//! Source: Bot Framework, `specs/botframework-protocol/directline-3.0.json`, and Microsoft, "API
//! reference - Direct Line API 3.0".

mod access;
mod conversation;
mod end;
mod exchange;
mod feed;
mod history;
mod open;
mod post;
mod request;
mod socket;
mod token;
mod turn;
mod wire;

pub(super) use access::{DirectLine, Shared};
pub use socket::SOCKET_BYTES;
