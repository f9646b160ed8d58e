//! Listening by WebSocket, for what is never shown to those who poll: that the agent is at work.

use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::{net::TcpStream, sync::OwnedSemaphorePermit, time::timeout};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, client_async_tls_with_config,
    tungstenite::{Message, client::IntoClientRequest, protocol::WebSocketConfig},
};
use url::{Host, Url};

use crate::agent::client::{activity_set::ActivitySet, address::HostRule, tls::Tls, turn::Room};

/// From the look-up of the name to the end of the handshake. Without it the turn only polls.
const OPEN_TIME_MAX: Duration = Duration::from_secs(3);
/// One frame, and a message of several. An activity has 262,144 bytes at most, and a frame holds
/// few.
const MESSAGE_BYTES_MAX: usize = 384 * 1024;
/// What a socket may hold that nobody has counted yet: a message, its frame, and what is read at
/// once.
pub const SOCKET_BYTES: usize = MESSAGE_BYTES_MAX + 32 * 1024;
/// Of one turn together.
const BYTES_MAX: usize = 16 * 1024 * 1024;

/// An open socket; closed when it is dropped.
pub(super) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    bytes_left: usize,
    _place: OwnedSemaphorePermit,
}

impl Socket {
    /// Listens at an address that the service gave, if that passes the rule. No proxy is used, no
    /// redirect is followed, and the credential is the one in the address.
    pub(super) async fn open(text: &str, rule: &HostRule, tls: &Tls, room: &Room) -> Option<Self> {
        let Some(url) = rule.admit(text) else {
            tracing::warn!("the address of a stream is at a host that is not called");
            return None;
        };
        let opening = Self::connect(&url, tls, room.socket()?);
        timeout(OPEN_TIME_MAX, Box::pin(opening)).await.ok().flatten()
    }

    async fn connect(url: &Url, tls: &Tls, place: OwnedSemaphorePermit) -> Option<Self> {
        let port = url.port_or_known_default()?;
        let tcp = match url.host()? {
            Host::Domain(name) => TcpStream::connect((name, port)).await.ok()?,
            Host::Ipv4(address) => TcpStream::connect((address, port)).await.ok()?,
            Host::Ipv6(address) => TcpStream::connect((address, port)).await.ok()?,
        };
        tcp.set_nodelay(true).ok()?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(MESSAGE_BYTES_MAX))
            .max_frame_size(Some(MESSAGE_BYTES_MAX))
            .read_buffer_size(16 * 1024)
            .write_buffer_size(0)
            .max_write_buffer_size(64 * 1024);
        let connector =
            if url.scheme() == "wss" { Connector::Rustls(tls.config()) } else { Connector::Plain };
        let request = url.as_str().into_client_request().ok()?;
        // Boxed inside: an error holds a whole response, which may hold the address.
        let opened =
            client_async_tls_with_config(request, tcp, Some(config), Some(connector)).await;
        let (stream, _) = opened.ok()?;
        Some(Self { stream, bytes_left: BYTES_MAX, _place: place })
    }

    /// The next activities; none once the socket is closed, by whatever: another reader of the same
    /// conversation (`collision`), a cut, or too much. Safe to be dropped in the middle.
    pub(super) async fn next(&mut self) -> Option<ActivitySet> {
        loop {
            let frame = match self.stream.next().await?.ok()? {
                Message::Text(text) => text,
                Message::Close(_) => return None,
                // The library answers pings.
                Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_) => {
                    self.bytes_left = self.bytes_left.checked_sub(1)?;
                    continue;
                }
            };
            self.bytes_left = self.bytes_left.checked_sub(frame.len().max(1))?;
            // Empty frames keep the connection alive. One that cannot be read is left to polling.
            if let Some(set) = ActivitySet::parse(frame.as_bytes())
                && !set.activities.is_empty()
            {
                return Some(set);
            }
        }
    }
}
