//! Jira's place in the tests: the sandbox or a stub, behind a layer that fails on demand and
//! remembers what it saw.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use http::{Method, StatusCode, header};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
};

use super::Schedule;

/// One thing that goes wrong.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// This status with this body.
    Status(u16, &'static str),
    /// This status with a header.
    Header(u16, &'static str, String),
    /// HTML where JSON belongs.
    Html(u16),
    /// A success whose body is no JSON.
    NotJson,
    /// No answer, ever.
    Hang,
    /// The request waits for a permit, then goes on as usual.
    Held(Arc<Semaphore>),
    /// An error for this request and for all that follow.
    Down,
    /// The request is carried out and its answer is replaced by this fault's.
    LostAfter(Box<Self>),
    /// 429 for this reason, with nothing said about when to come back.
    Reason(&'static str),
    /// 429 because the app's hourly quota is used up, for so many seconds more.
    Quota(u64),
    /// The connection breaks in the middle of the body.
    Cut,
    /// A body that comes a byte at a time and never ends.
    Drip,
    /// A body of so many bytes.
    Huge(usize),
    /// A redirect to this place.
    Redirect(String),
}

/// One request that arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) authorization: String,
    /// Where the request says that it stands in a trace.
    pub(crate) traceparent: Option<String>,
    /// The names of all its headers.
    pub(crate) header_names: Vec<String>,
}

/// A fault waits for the first request of its method, if it names one, whose path contains its
/// text.
type Planned = (Option<Method>, String, Fault);

#[derive(Clone, Default)]
struct Shared {
    planned: Arc<Mutex<VecDeque<Planned>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    is_down: Arc<AtomicBool>,
    always: Arc<Mutex<Option<(String, Fault)>>>,
    /// Paths whose requests were closed before their answer.
    given_up: Arc<watch::Sender<Vec<String>>>,
    waiting: Arc<AtomicUsize>,
    schedule: Option<Arc<Schedule>>,
}

/// Notes its path when it is dropped before the answer.
struct Pending {
    path: Option<String>,
    given_up: Arc<watch::Sender<Vec<String>>>,
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            self.given_up.send_modify(|all| all.push(path));
        }
    }
}

/// A request that gets no answer for now; over when the client of the upstream lets go of it.
struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// An upstream on a port of its own. A clone is the same one.
#[derive(Clone)]
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    shared: Shared,
}

impl Upstream {
    pub(crate) async fn start(router: Router) -> Self {
        Self::with_schedule(router, None).await
    }

    /// One whose faults follow a schedule.
    pub(crate) async fn with_schedule(router: Router, schedule: Option<Arc<Schedule>>) -> Self {
        let shared = Shared { schedule, ..Shared::default() };
        let router = router.layer(from_fn_with_state(shared.clone(), misbehave));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, shared }
    }

    /// The next request whose path contains `path` meets this fault.
    pub(crate) fn fail(&self, path: &str, fault: Fault) {
        self.shared.planned.lock().unwrap().push_back((None, path.to_owned(), fault));
    }

    /// The same for requests of one method only.
    pub(crate) fn fail_on(&self, method: &Method, path: &str, fault: Fault) {
        self.shared.planned.lock().unwrap().push_back((
            Some(method.clone()),
            path.to_owned(),
            fault,
        ));
    }

    /// Requests that hang or are held at this moment.
    pub(crate) fn waiting(&self) -> usize {
        self.shared.waiting.load(Ordering::SeqCst)
    }

    /// Every request whose path contains `path` meets this fault from now on.
    pub(crate) fn fail_always(&self, path: &str, fault: Fault) {
        *self.shared.always.lock().unwrap() = Some((path.to_owned(), fault));
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// Waits until a request with this method and a path that contains `path` has arrived.
    pub(crate) async fn saw(&self, method: &Method, path: &str) {
        self.saw_more(method, path, 0).await;
    }

    /// Waits until there are more than `count` of them.
    pub(crate) async fn saw_more(&self, method: &Method, path: &str, count: usize) {
        let arrived = async {
            while self.count(method, path) <= count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), arrived).await.expect("the request arrives");
    }

    /// Waits until a request to a path that contains `path` has arrived.
    pub(crate) async fn reached(&self, path: &str) {
        while !self.seen().iter().any(|seen| seen.path.contains(path)) {
            tokio::task::yield_now().await;
        }
    }

    /// Waits until the bridge has closed a request to a path that contains `path` without its
    /// answer.
    pub(crate) async fn given_up(&self, path: &str) {
        let mut given_up = self.shared.given_up.subscribe();
        let closed = given_up.wait_for(|all| all.iter().any(|known| known.contains(path)));
        let closed = tokio::time::timeout(Duration::from_secs(10), closed).await;
        assert!(closed.is_ok_and(|closed| closed.is_ok()), "nobody gave up {path}");
    }

    /// How many requests with this method had a path that contains `path`.
    pub(crate) fn count(&self, method: &Method, path: &str) -> usize {
        self.seen().iter().filter(|seen| seen.method == method && seen.path.contains(path)).count()
    }
}

async fn misbehave(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    shared.seen.lock().unwrap().push(Seen {
        method: request.method().clone(),
        path: path.clone(),
        authorization: request
            .headers()
            .get(header::AUTHORIZATION)
            .map(|value| value.to_str().unwrap().to_owned())
            .unwrap_or_default(),
        traceparent: request
            .headers()
            .get("traceparent")
            .map(|value| value.to_str().unwrap().to_owned()),
        header_names: request.headers().keys().map(ToString::to_string).collect(),
    });
    let fault = {
        let mut planned = shared.planned.lock().unwrap();
        let at = planned.iter().position(|(method, part, _)| {
            method.as_ref().is_none_or(|method| method == request.method())
                && path.contains(part.as_str())
        });
        at.and_then(|at| planned.remove(at)).map(|(_, _, fault)| fault)
    };
    let scheduled =
        shared.schedule.as_ref().and_then(|schedule| schedule.next(request.method(), &path));
    let fault = fault.or(scheduled);
    let always = shared.always.lock().unwrap().clone();
    if let Some((_, fault)) = always.filter(|(part, _)| path.contains(part.as_str())) {
        return fail(fault).await;
    }
    let mut pending = Pending { path: Some(path), given_up: shared.given_up.clone() };
    let answer = answer(&shared, fault, request, next).await;
    pending.path = None;
    answer
}

async fn answer(shared: &Shared, fault: Option<Fault>, request: Request, next: Next) -> Response {
    if shared.is_down.load(Ordering::Relaxed) {
        return fail(Fault::Down).await;
    }
    if matches!(&fault, Some(Fault::Down)) {
        shared.is_down.store(true, Ordering::Relaxed);
    }
    match fault {
        None => next.run(request).await,
        Some(Fault::Held(gate)) => {
            let waiting = Waiting::new(&shared.waiting);
            let _passed = gate.acquire().await.unwrap();
            drop(waiting);
            next.run(request).await
        }
        Some(Fault::LostAfter(fault)) => {
            next.run(request).await;
            let _waiting = Waiting::new(&shared.waiting);
            fail(*fault).await
        }
        Some(fault) => {
            let _waiting = Waiting::new(&shared.waiting);
            fail(fault).await
        }
    }
}

async fn fail(fault: Fault) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    match fault {
        Fault::Status(status, body) => {
            (StatusCode::from_u16(status).unwrap(), json, body).into_response()
        }
        Fault::Header(status, name, value) => {
            (StatusCode::from_u16(status).unwrap(), [(name, value)], "{}").into_response()
        }
        Fault::Html(status) => (
            StatusCode::from_u16(status).unwrap(),
            [(header::CONTENT_TYPE, "text/html")],
            "<html><body><h1>internal-host-17 is down</h1></body></html>",
        )
            .into_response(),
        Fault::Down => StatusCode::BAD_GATEWAY.into_response(),
        Fault::NotJson => (json, "{\"issues\": [oops").into_response(),
        Fault::Hang | Fault::Held(_) | Fault::LostAfter(_) => std::future::pending().await,
        Fault::Reason(reason) => {
            (StatusCode::TOO_MANY_REQUESTS, [("ratelimit-reason", reason)], "{}").into_response()
        }
        Fault::Quota(seconds) => {
            let reason = ("ratelimit-reason", "jira-quota-global-based".to_owned());
            let wait = ("retry-after", seconds.to_string());
            (StatusCode::TOO_MANY_REQUESTS, [reason, wait], "{}").into_response()
        }
        Fault::Drip => {
            let drops = stream::unfold((), async |()| {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), ()))
            });
            (json, Body::from_stream(drops)).into_response()
        }
        Fault::Cut => {
            let chunks = [Ok(Bytes::from_static(b"{\"key\":")), Err(std::io::Error::other("cut"))];
            (json, Body::from_stream(stream::iter(chunks))).into_response()
        }
        Fault::Huge(bytes) => {
            let chunk = Bytes::from(vec![b' '; 64 * 1024]);
            let count = bytes / chunk.len() + 1;
            let chunks =
                stream::iter((0..count).map(move |_| Ok::<_, std::io::Error>(chunk.clone())));
            (json, Body::from_stream(chunks)).into_response()
        }
        Fault::Redirect(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
    }
}
