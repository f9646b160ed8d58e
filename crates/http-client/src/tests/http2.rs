//! Over TLS, as Atlassian speaks: HTTP/2 where it is offered.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use h2::Reason;
use http::Response;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivatePkcs8KeyDer},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use url::Url;

use super::{get, settings, url};
use crate::{Fault, FaultKind, HttpClient, Settings, Tls, chunk};

/// What a host does with a request.
#[derive(Clone, Copy)]
enum Act {
    Answer,
    Reset(Reason),
    /// Says that it leaves, and that it has done nothing with this.
    Leave(Reason),
}

/// A host that does with its n-th request, counted from 0, what `acts` says.
struct Host {
    url: Url,
    certificate: CertificateDer<'static>,
    requests: Arc<AtomicUsize>,
    _serving: JoinSet<()>,
}

impl Host {
    async fn start(acts: fn(usize) -> Act) -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key.into())
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = url(&format!("https://localhost:{}/", listener.local_addr().unwrap().port()));
        let requests = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&requests);
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                let (acceptor, counted) = (acceptor.clone(), Arc::clone(&counted));
                connections.spawn(async move {
                    // A client that does not trust the host goes away here.
                    let Ok(socket) = acceptor.accept(socket).await else { return };
                    let next = || acts(counted.fetch_add(1, Ordering::SeqCst));
                    if let Act::Leave(reason) = acts(counted.load(Ordering::SeqCst)) {
                        leave(socket, reason).await;
                        let _done = next();
                    } else {
                        serve(socket, next).await;
                    }
                });
            }
        });
        Self { url, certificate: cert.der().clone(), requests, _serving: serving }
    }

    fn client(&self) -> HttpClient {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        HttpClient::new(Settings { tls: Tls::of(config), ..settings() })
    }
}

async fn serve(socket: TlsStream<TcpStream>, next: impl Fn() -> Act) {
    let mut connection = h2::server::handshake(socket).await.unwrap();
    while let Some(Ok((_, mut reply))) = connection.accept().await {
        match next() {
            Act::Answer => {
                let mut body = reply.send_response(Response::new(()), false).unwrap();
                body.send_data(Bytes::from_static(b"done"), true).unwrap();
            }
            Act::Reset(reason) => reply.send_reset(reason),
            Act::Leave(_) => return,
        }
    }
}

/// Reads frames up to the head of a request, and then says GOAWAY with 0 as the last stream that
/// it did anything with. RFC 9113 sections 4.1 and 6.8.
async fn leave(mut socket: TlsStream<TcpStream>, reason: Reason) {
    const HEADERS: u8 = 1;
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    socket.write_all(&settings).await.unwrap();
    let mut preface = [0; 24];
    socket.read_exact(&mut preface).await.unwrap();
    loop {
        let mut head = [0; 9];
        socket.read_exact(&mut head).await.unwrap();
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        socket.read_exact(&mut payload).await.unwrap();
        if head[3] == HEADERS {
            break;
        }
    }
    let mut going = vec![0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    going.extend(u32::from(reason).to_be_bytes());
    socket.write_all(&going).await.unwrap();
    let _closed = socket.shutdown().await;
}

async fn ask(host: &Host) -> Result<Option<Bytes>, Fault> {
    chunk(host.client().send(get(&host.url)).await?.body_mut()).await
}

#[tokio::test]
async fn what_a_server_did_not_process_goes_out_again() {
    async fn check(acts: fn(usize) -> Act, requests: usize, is_answered: bool) {
        let host = Host::start(acts).await;
        match ask(&host).await {
            Ok(body) => assert!(is_answered && body.unwrap() == "done"),
            Err(fault) => {
                assert!(!is_answered, "{fault:?}");
                assert_eq!((fault.kind(), fault.is_timeout()), (FaultKind::Head, false));
            }
        }
        assert_eq!(host.requests.load(Ordering::SeqCst), requests);
    }
    check(|_| Act::Answer, 1, true).await;
    check(|n| if n < 2 { Act::Reset(Reason::REFUSED_STREAM) } else { Act::Answer }, 3, true).await;
    check(|_| Act::Reset(Reason::REFUSED_STREAM), 3, false).await;
    check(|n| if n < 2 { Act::Leave(Reason::NO_ERROR) } else { Act::Answer }, 3, true).await;
    // All else may have been done.
    check(|_| Act::Reset(Reason::CANCEL), 1, false).await;
    check(|_| Act::Reset(Reason::INTERNAL_ERROR), 1, false).await;
    check(|_| Act::Leave(Reason::ENHANCE_YOUR_CALM), 1, false).await;
}

#[tokio::test]
async fn a_certificate_that_the_system_does_not_know_is_not_trusted() {
    let host = Host::start(|_| Act::Answer).await;
    let fault = HttpClient::new(settings()).send(get(&host.url)).await.unwrap_err();
    assert_eq!(fault.kind(), FaultKind::Connect);
    let shown: Vec<String> = fault.causes().map(ToString::to_string).collect();
    assert!(shown.iter().any(|cause| cause.contains("UnknownIssuer")), "{shown:?}");
    assert_eq!(host.requests.load(Ordering::SeqCst), 0);
}
