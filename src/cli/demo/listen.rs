//! Where the sandbox Jira listens, and by which address it is known.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::TcpListener;

use crate::cli::failure::Failure;

/// The flags that say so.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Place {
    /// The port of the sandbox Jira; any free one unless it is named.
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    jira_port: u16,
    /// The address on which the sandbox Jira listens: one of this machine's own (127.0.0.1 unless
    /// it is named), or 0.0.0.0 for a container whose port is published.
    #[arg(long, value_name = "ADDRESS", value_parser = own_address)]
    jira_address: Option<IpAddr>,
}

impl Place {
    /// Whether either was named.
    pub(super) fn is_named(self) -> bool {
        self.jira_port != 0 || self.jira_address.is_some()
    }

    /// Takes the port.
    pub(super) async fn listen(self) -> Result<TcpListener, Failure> {
        let address = self.jira_address.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let address = SocketAddr::new(address, self.jira_port);
        TcpListener::bind(address).await.map_err(|error| {
            Failure::Running(format!(
                "the sandbox Jira cannot listen on {address}: {error}; --jira-port takes another"
            ))
        })
    }
}

/// The URL by which people and programs of this machine reach what listens there.
pub(super) fn url(listener: &TcpListener) -> std::io::Result<String> {
    let address = listener.local_addr()?;
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    Ok(format!("http://{}", SocketAddr::new(ip, address.port())))
}

/// The bridge speaks plain http to this machine only, so an address of another network would be
/// none that it could ask.
fn own_address(text: &str) -> Result<IpAddr, &'static str> {
    let ip: IpAddr = text.parse().map_err(|_| "expected an IP address such as 127.0.0.1")?;
    let is_own = ip.is_loopback() || ip.is_unspecified();
    is_own.then_some(ip).ok_or("expected a loopback address, or 0.0.0.0 or :: for all of them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_lead_to_this_machine_are_taken() {
        for good in ["127.0.0.1", "127.8.8.8", "::1", "0.0.0.0", "::"] {
            assert!(own_address(good).is_ok(), "{good}");
        }
        for bad in ["192.168.1.5", "localhost", "", "127.0.0.1:80"] {
            assert!(own_address(bad).is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn what_listens_everywhere_is_known_by_loopback() {
        let place = Place { jira_port: 0, jira_address: Some(IpAddr::V4(Ipv4Addr::UNSPECIFIED)) };
        let listener = place.listen().await.unwrap();
        let port = listener.local_addr().unwrap().port();
        assert_eq!(url(&listener).unwrap(), format!("http://127.0.0.1:{port}"));
        let taken = Place { jira_port: port, jira_address: None }.listen().await;
        let Err(Failure::Running(said)) = taken else { panic!("the port was taken twice") };
        assert!(said.contains("--jira-port"), "{said}");
    }
}
