//! Connections: how many, how long each may wait for a request, and how they end.

mod header_room;
mod idle_timeout;
mod read_ahead;
mod request_counter;
mod serve;
mod silent;
mod slots;
mod write_stall;

pub use header_room::HEADERS_BYTES_MAX;
pub use serve::{ConnectionSettings, Drain, serve};
pub(super) use slots::NoSlot;
pub use slots::RESERVE;
