//! The driver: calls in a closed loop over kept connections, at a fixed rate, or a thousand at
//! once.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, body::Incoming, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use memchr::memmem;
use tokio::{net::TcpStream, task::JoinSet};

/// What is sent, as often as wanted.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) port: u16,
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) body: Bytes,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// A sign of a right answer.
    pub(crate) expected: &'static [u8],
    /// Of each user in turn; without any, those that Atlassian would give.
    pub(crate) bearers: Rc<[String]>,
}

/// As long as one of Atlassian's.
pub(crate) fn bearer(caller: usize) -> String {
    format!("load-{caller:04}-{}", "x".repeat(900))
}

impl Call {
    /// `caller` makes a user of each connection.
    fn request(&self, caller: usize) -> Request<Full<Bytes>> {
        let bearer = match self.bearers.len() {
            0 => bearer(caller),
            count => self.bearers[caller % count].clone(),
        };
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(&self.target)
            .header(header::HOST, format!("127.0.0.1:{}", self.port))
            .header(header::AUTHORIZATION, format!("Bearer {bearer}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json, text/event-stream");
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request.body(Full::new(self.body.clone())).expect("the parts are well formed")
    }
}

/// One kept connection of one user.
pub(crate) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    caller: usize,
}

impl Connection {
    pub(crate) async fn open(port: u16, caller: usize) -> Option<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
        stream.set_nodelay(true).ok()?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        tokio::task::spawn_local(connection);
        Some(Self { sender, caller })
    }

    /// The body of the answer.
    pub(crate) async fn call(&mut self, call: &Call) -> Option<Bytes> {
        self.sender.ready().await.ok()?;
        let answer = self.sender.send_request(call.request(self.caller)).await.ok()?;
        let is_right = answer.status().is_success();
        let body = answer.into_body().collect().await.ok()?.to_bytes();
        is_right.then_some(body)
    }

    /// The body of an answer that does not end.
    pub(crate) async fn stream(&mut self, call: &Call) -> Option<Incoming> {
        self.sender.ready().await.ok()?;
        let answer = self.sender.send_request(call.request(self.caller)).await.ok()?;
        answer.status().is_success().then(|| answer.into_body())
    }

    async fn checked(&mut self, call: &Call) {
        let body = self.call(call).await;
        let is_right = body.as_ref().is_some_and(|body| {
            memmem::find(&body[..body.len().min(512)], call.expected).is_some()
        });
        assert!(is_right, "a wrong answer to {}: {body:?}", call.target);
    }
}

/// One answer, for its bytes.
pub(crate) async fn once(call: &Call) -> Bytes {
    let mut connection = Connection::open(call.port, 0).await.expect("the server listens");
    let body = connection.call(call).await.expect("the server answers");
    let is_right = memmem::find(&body, call.expected).is_some();
    assert!(is_right, "a wrong answer to {}: {:.600}", call.target, String::from_utf8_lossy(&body));
    body
}

/// Makes `count` calls over `width` connections, each waiting for its answer before the next.
pub(crate) async fn closed_loop(call: &Call, width: usize, count: usize) {
    let left = Rc::new(Cell::new(count));
    let mut running = JoinSet::new();
    for caller in 0..width {
        let (call, left) = (call.clone(), Rc::clone(&left));
        running.spawn_local(async move {
            let mut connection =
                Connection::open(call.port, caller).await.expect("the server listens");
            while left.get() > 0 {
                left.set(left.get() - 1);
                connection.checked(&call).await;
            }
        });
    }
    while let Some(ended) = running.join_next().await {
        ended.expect("every call is answered rightly");
    }
}

/// Calls each in turn, every one of them `rate` times a second; their latencies in milliseconds,
/// sorted.
pub(crate) async fn at_rate(calls: &[Call], rate: u32, count: usize) -> Vec<Vec<f64>> {
    let mut connections = Vec::new();
    for call in calls {
        connections.push(Connection::open(call.port, 0).await.expect("the server listens"));
    }
    let mut latencies = vec![Vec::with_capacity(count); calls.len()];
    let mut next = tokio::time::interval(
        Duration::from_secs(1) / rate / u32::try_from(calls.len()).unwrap_or(1),
    );
    for _ in 0..count {
        for ((call, connection), latencies) in
            calls.iter().zip(&mut connections).zip(&mut latencies)
        {
            next.tick().await;
            let started = Instant::now();
            connection.checked(call).await;
            latencies.push(started.elapsed().as_secs_f64() * 1e3);
        }
    }
    for latencies in &mut latencies {
        latencies.sort_by(f64::total_cmp);
    }
    latencies
}

/// The value below which this share of the sorted values lies.
pub(crate) fn percentile(sorted: &[f64], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let at = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    percentile(&values, 0.5)
}

/// Waits until the server answers, looking every quarter of a millisecond; how long that took in
/// milliseconds.
pub(crate) async fn until_answered(call: &Call, started: Instant) -> f64 {
    loop {
        if let Some(mut connection) = Connection::open(call.port, 0).await
            && let Some(body) = connection.call(call).await
        {
            assert!(memmem::find(&body, call.expected).is_some(), "a wrong first answer");
            return started.elapsed().as_secs_f64() * 1e3;
        }
        assert!(started.elapsed() < Duration::from_mins(1), "{} does not start", call.target);
        tokio::time::sleep(Duration::from_micros(250)).await;
    }
}
