//! Who can reach the port: this machine, a network, or everybody through an Azure Functions host.

use std::net::SocketAddr;

use super::reader::Reader;

/// Set by an Azure Functions host for the program that it starts and forwards requests to.
///
/// Source: learn.microsoft.com/azure/azure-functions/functions-custom-handlers
pub(super) const HANDLER_PORT: &str = "FUNCTIONS_CUSTOMHANDLER_PORT";

/// Who can reach the port that is listened on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// Programs of this machine.
    Loopback,
    /// Whoever reaches the address.
    Network,
    /// Everybody: the host takes requests from the internet and forwards them over loopback, so
    /// that the address we listen on says nothing.
    FunctionsHost,
}

impl Exposure {
    pub(super) fn of(reader: &Reader<'_>, listen: SocketAddr) -> Self {
        if reader.given(HANDLER_PORT).is_some() {
            Self::FunctionsHost
        } else if listen.ip().is_loopback() {
            Self::Loopback
        } else {
            Self::Network
        }
    }

    /// Whether others than programs of this machine get in.
    pub fn is_public(self) -> bool {
        self != Self::Loopback
    }
}
