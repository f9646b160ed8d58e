//! A Jira on loopback that is faster than anything in front of it: answers are written once for
//! each set of fields.

use std::{cell::RefCell, collections::HashMap, convert::Infallible, rc::Rc, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, Response, StatusCode, body::Incoming, header};
use serde_json::{Value, json};

use crate::{bodies::Bodies, serve};

/// The first listener answers at once, the second after this.
pub(crate) const SLOW: Duration = Duration::from_millis(80);

struct Jira {
    bodies: Bodies,
    written: RefCell<HashMap<String, Bytes>>,
    /// The last request of each kind, so that the floor can be asked for the same bytes.
    seen: RefCell<HashMap<&'static str, Value>>,
}

/// Serves as long as this thread runs its tasks; answers with the ports of the fast one and of the
/// slow one.
pub(crate) async fn start() -> (u16, u16) {
    let jira = Rc::new(Jira {
        bodies: Bodies::new(),
        written: RefCell::default(),
        seen: RefCell::default(),
    });
    let (fast, slow) = (serve::listen().await, serve::listen().await);
    let ports = (serve::port(&fast), serve::port(&slow));
    let answer = |jira: Rc<Jira>, wait: Duration| {
        move |request| {
            let jira = Rc::clone(&jira);
            async move {
                if !wait.is_zero() {
                    tokio::time::sleep(wait).await;
                }
                Ok::<_, Infallible>(jira.answer(request).await)
            }
        }
    };
    tokio::task::spawn_local(serve::forever(fast, answer(Rc::clone(&jira), Duration::ZERO)));
    tokio::task::spawn_local(serve::forever(slow, answer(jira, SLOW)));
    ports
}

impl Jira {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path().to_owned();
        let last = path.rsplit('/').next().unwrap_or_default();
        let body = match (request.method(), last) {
            (_, "seen") => Bytes::from(json!(*self.seen.borrow()).to_string()),
            (_, "accessible-resources") => Bytes::from_static(
                br#"[{"id":"load-cloud","url":"https://load.atlassian.net","name":"load","scopes":["read:jira-work","write:jira-work","read:jira-user"],"avatarUrl":""}]"#,
            ),
            (&Method::POST, "jql" | "search") => return self.search(request).await,
            (&Method::GET, "search" | "jql") => self.search_by_query(request.uri().query().unwrap_or_default()),
            (_, "remotelink" | "field") => Bytes::from_static(b"[]"),
            (_, "myself") => Bytes::from_static(br#"{"accountId":"1","displayName":"Anna Admin","active":true}"#),
            (_, "comment") => self.once("comments".to_owned(), || self.bodies.comments()),
            _ if path.contains("/issue/") => {
                let query = request.uri().query().unwrap_or_default();
                let fields = parameter(query, "fields").unwrap_or_default();
                let fields: Vec<&str> = fields.split(',').filter(|field| !field.is_empty()).collect();
                let body = self.once(format!("issue {fields:?}"), || self.bodies.issue(&fields));
                self.note("issue", &request, body.len(), None);
                body
            }
            _ => return respond(StatusCode::NOT_FOUND, Bytes::from_static(b"{}")),
        };
        respond(StatusCode::OK, body)
    }

    async fn search(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        let Ok(body) = body.collect().await.map(http_body_util::Collected::to_bytes) else {
            return respond(StatusCode::BAD_REQUEST, Bytes::new());
        };
        let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
        let fields: Vec<&str> =
            asked["fields"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let count = asked["maxResults"]
            .as_u64()
            .and_then(|count| usize::try_from(count).ok())
            .unwrap_or(50);
        let answer =
            self.once(format!("search {count} {fields:?}"), || self.bodies.search(&fields, count));
        self.note("search", &Request::from_parts(parts, ()), answer.len(), Some(&body));
        respond(StatusCode::OK, answer)
    }

    /// The older way to search, which peers use.
    fn search_by_query(&self, query: &str) -> Bytes {
        let fields = parameter(query, "fields").unwrap_or_default();
        let fields: Vec<&str> = fields.split(',').filter(|field| !field.is_empty()).collect();
        let count =
            parameter(query, "maxResults").and_then(|count| count.parse().ok()).unwrap_or(50);
        self.once(format!("search {count} {fields:?}"), || self.bodies.search(&fields, count))
    }

    fn once(&self, name: String, write: impl FnOnce() -> Vec<u8>) -> Bytes {
        self.written.borrow_mut().entry(name).or_insert_with(|| Bytes::from(write())).clone()
    }

    fn note<B>(
        &self,
        kind: &'static str,
        request: &Request<B>,
        bytes: usize,
        body: Option<&Bytes>,
    ) {
        let mut seen = self.seen.borrow_mut();
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        let calls = seen.get(kind).and_then(|last| last["calls"].as_u64()).unwrap_or(0) + 1;
        if let Some(last) = seen.get_mut(kind).filter(|last| last["target"] == target) {
            last["calls"] = calls.into();
            return;
        }
        let body = body.map(|body| String::from_utf8_lossy(body).into_owned());
        let note = json!({"target": target, "body": body, "bytes": bytes, "calls": calls});
        seen.insert(kind, note);
    }
}

fn parameter(query: &str, name: &str) -> Option<String> {
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

fn respond(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let json = header::HeaderValue::from_static("application/json;charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
