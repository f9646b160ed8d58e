//! What the load's own two servers share: a port chosen by the system, one thread, one task a
//! connection.

use std::{
    convert::Infallible, error::Error as StdError, future::Future, io::Write, net::Ipv4Addr,
    rc::Rc, sync::Arc, time::Duration,
};

use bytes::Bytes;
use http_body::Body;
use http_body_util::Full;
use hyper::{
    Request, Response,
    body::Incoming,
    rt::Executor,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::wire::{Link, Watched, Wire};

pub(crate) async fn listen() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("loopback has a free port")
}

pub(crate) fn port(listener: &TcpListener) -> u16 {
    listener.local_addr().expect("it is bound").port()
}

/// One line for the parent, which waits for it.
pub(crate) fn announce(line: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("the parent reads");
}

pub(crate) async fn forever<A, F, B>(listener: TcpListener, answer: A)
where
    A: Fn(Request<Incoming>) -> F + Clone + 'static,
    F: Future<Output = Result<Response<B>, Infallible>> + 'static,
    B: Body<Error: StdError + Send + Sync> + 'static,
{
    loop {
        let stream = accepted(&listener).await;
        let answer = answer.clone();
        tokio::task::spawn_local(async move {
            // A client that leaves early is no concern of the load's.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service_fn(answer))
                .await;
        });
    }
}

async fn accepted(listener: &TcpListener) -> TcpStream {
    loop {
        if let Ok((stream, _peer)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            return stream;
        }
    }
}

/// A listener that speaks TLS, as far away as the answers take.
pub(crate) struct Secure {
    pub(crate) listener: TcpListener,
    pub(crate) tls: Arc<ServerConfig>,
    /// HTTP/2 streams of one connection.
    pub(crate) streams_max: u32,
    pub(crate) away: Duration,
    pub(crate) wire: Rc<Wire>,
}

impl Secure {
    /// Speaks HTTP/2 with who offers it, and HTTP/1.1 with others.
    pub(crate) async fn forever<A, F>(self, answer: A)
    where
        A: Fn(Rc<Link>, Request<Incoming>) -> F + Clone + 'static,
        F: Future<Output = Result<Response<Full<Bytes>>, Infallible>> + 'static,
    {
        let acceptor = TlsAcceptor::from(self.tls);
        loop {
            let stream = accepted(&self.listener).await;
            let (acceptor, answer, streams_max) =
                (acceptor.clone(), answer.clone(), self.streams_max);
            let (link, away) = (self.wire.opened(), self.away);
            tokio::task::spawn_local(async move {
                // One round trip for TCP and one for TLS.
                tokio::time::sleep(away * 2).await;
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let session = stream.get_ref().1;
                let is_http2 = session.alpn_protocol() == Some(b"h2");
                link.secured(session.handshake_kind(), is_http2);
                let stream = TokioIo::new(Watched::new(stream, Rc::clone(&link), is_http2));
                let service = service_fn(move |request| answer(Rc::clone(&link), request));
                let _ = if is_http2 {
                    let mut http2 = http2::Builder::new(ThisThread);
                    http2.max_concurrent_streams(streams_max);
                    http2.serve_connection(stream, service).await
                } else {
                    http1::Builder::new().serve_connection(stream, service).await
                };
            });
        }
    }
}

/// Runs the streams of an HTTP/2 connection beside it.
#[derive(Clone, Copy)]
struct ThisThread;

impl<F: Future<Output: 'static> + 'static> Executor<F> for ThisThread {
    fn execute(&self, stream: F) {
        tokio::task::spawn_local(stream);
    }
}
