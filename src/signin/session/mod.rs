//! Sessions: what is kept of them, how they are read and changed, and how their grants are renewed.

mod id;
mod people;
mod record;
mod renewal;
mod sessions;
mod turns;

pub(super) use id::SessionId;
pub(super) use people::People;
pub(super) use record::{Code, Program, Session};
pub(super) use renewal::{RenewalError, Renewals};
pub(super) use sessions::{CACHE_BYTES_MAX, Lifetimes, SessionError, Sessions};
