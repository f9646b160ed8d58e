//! Direct Line 3.0.
//!
//! Source: `specs/botframework-protocol/directline-3.0.json` of
//! <https://github.com/microsoft/botframework-sdk>.

mod activities;
mod agent_token;
mod attachments;
mod conversations;
mod credential;
mod receive;
mod stream;
mod tickets;
mod tokens;
mod upload;

pub(super) use activities::{post, read};
pub(super) use agent_token::{agent_token, region};
pub(super) use conversations::{open, reconnect};
pub(super) use stream::stream;
pub(super) use tokens::{generate, refresh, session};
pub(super) use upload::upload;
