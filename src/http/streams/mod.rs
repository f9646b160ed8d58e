//! Event streams that stay open without a call behind them: `GET /api/mcp/stream`, and
//! `subscriptions/listen` of MCP 2026-07-28 on the same body.
//!
//! Nothing is ever sent on them but signs of life: the server has no state that could change. Each
//! is one connection, one timer, and a place among its user's.

mod body;
pub(super) mod compat;
pub(super) mod open;
pub(super) mod record;
pub(super) mod session_id;
pub(super) mod settings;
pub(super) mod state;
pub(super) mod vouch;
