//! Direct to engine: the agent without a channel, with the token of the user.
//!
//! There is no specification. Source: the official clients, `microsoft-agents-copilotstudio-client`
//! of <https://github.com/microsoft/Agents-for-python>.

mod caller;
mod discovery;
mod events;
mod handlers;
mod turns;

pub(super) use discovery::discovery;
pub(super) use handlers::{start, start_classic, subscribe, subscribe_classic, turn, turn_classic};
