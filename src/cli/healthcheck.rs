//! `healthcheck`: for a container's HEALTHCHECK, whose image has no shell and no curl.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::config::{Config, Source};

use super::failure::Failure;

const TIMEOUT: Duration = Duration::from_secs(2);

pub(super) async fn run(source: &Source) -> Result<(), Failure> {
    // A healthy server proves its own settings, so the gateway's secrets need not be readable here.
    let listen = Config::listen_address(source)?;
    let address = SocketAddr::new(reachable(listen.ip()), listen.port());
    match timeout(TIMEOUT, ask(address)).await {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err(Failure::Running("/healthz did not answer 200".to_owned())),
        Ok(Err(fault)) => Err(Failure::Running(format!("no answer at {address}: {fault}"))),
        Err(_) => {
            Err(Failure::Running(format!("no answer at {address} within {} s", TIMEOUT.as_secs())))
        }
    }
}

/// A server that listens everywhere is asked on loopback.
fn reachable(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    }
}

async fn ask(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(address).await?;
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).await?;
    Ok(&head == b"HTTP/1.1 200")
}
