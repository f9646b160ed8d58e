//! Whether an address is this machine's own.

use url::{Host, Url};

/// Whether a URL leads to this machine only: `localhost`, or an address of it. Elsewhere nothing
/// secret may travel in clear.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
