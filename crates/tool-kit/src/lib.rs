//! What a tool is, whatever it works on: its definition, its arguments, its reply or error, and
//! what surrounds a call of it.
//!
//! A product is a family of tools over one upstream. It declares a [`Tool`] for each, reads
//! [`args`], answers with a [`Reply`] within a [`Budget`] and fails with a [`ToolError`]. The
//! protocol layer knows nothing else of it.

pub mod args;
mod budget;
mod clean_json;
mod codes;
mod confirm_token;
mod error;
mod idempotency;
mod json_text;
mod preview;
mod product;
mod progress;
mod reply;
mod row;
mod shared_answers;
mod shared_claims;
mod text;
mod tool;
mod write_outcome;

pub use budget::{Budget, Fitted};
pub use clean_json::clean_json;
pub use confirm_token::{SIGNING_CONTEXT, SigningKeys, Subject, VALID_S};
pub use error::{Code, ToolError};
pub use idempotency::{Begun, IdempotencyKeys, IdempotencyScope, REMEMBERED, Turn};
pub use json_text::write_json_text;
pub use preview::{CONFIRM, Preview};
pub use product::{
    App, CallRequest, HeaderArgument, OpenCall, Product, ResourceKind, Run, Suggestions, Usage,
};
pub use progress::{Progress, Step};
pub use reply::{Block, Done, Reply};
pub use row::Row;
pub use shared_answers::{AnswerName, Found, Mark, Place, SharedAnswers};
pub use shared_claims::{Claim, ClaimId, Claimed, Settled, SharedClaims};
pub use text::{CharAction, char_action, clean, clip};
pub use tool::{Effect, Tool, Toolset};
pub use write_outcome::WriteOutcome;
