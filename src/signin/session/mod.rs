//! Sessions: what is kept of them, how they are read and changed, and how their grants are renewed.

mod create;
mod id;
mod on_behalf;
mod on_behalf_tokens;
mod people;
mod record;
mod renewal;
mod renewal_error;
mod sessions;
mod set_grant;
mod turns;

pub(super) use id::SessionId;
pub(super) use on_behalf::OnBehalf;
pub(super) use on_behalf_tokens::{
    ON_BEHALF_BYTES_MAX, OnBehalfTokens, failure, is_of_the_assertion,
};
pub(super) use people::{Known, People};
pub(super) use record::{Code, Program, Session};
pub(super) use renewal::Renewals;
pub(super) use renewal_error::RenewalError;
pub(super) use sessions::{CACHE_BYTES_MAX, Lifetimes, Loaded, SessionError, Sessions};
