//! What people see: plain HTML without scripts, made from what is given and nothing else.

mod connect;
mod consent;
mod layout;
mod notices;
mod rights;
mod status;

pub(super) use connect::{ConnectJira, ForWhom};
pub(super) use consent::Consent;
pub(super) use notices::{Problem, Reach, connected, not_connected, signed_in_here, signed_out};
pub(super) use status::{Program, SignedIn, not_signed_in};

#[cfg(test)]
mod tests;
