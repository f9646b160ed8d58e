//! Agents of Copilot Studio: the client that speaks to them, and the tools over it.

pub mod client;
pub mod tools;
