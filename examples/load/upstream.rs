//! A Jira on loopback that is faster than anything in front of it: answers are written once for
//! each set of fields.

use std::{
    cell::RefCell, collections::HashMap, convert::Infallible, io::Write, path::PathBuf, rc::Rc,
    time::Duration,
};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{self, HeaderValue},
};
use serde_json::{Value, json};

use crate::{
    bodies::Bodies,
    serve::{self, Secure},
    tls::Tls,
    wire::Wire,
};

pub(crate) struct Jira {
    bodies: Bodies,
    written: RefCell<HashMap<String, Answer>>,
    /// The last request of each kind, so that the floor can be asked for the same bytes.
    seen: RefCell<HashMap<&'static str, Value>>,
}

/// A body as it is, and compressed where that saves anything.
#[derive(Clone)]
struct Answer {
    plain: Bytes,
    gzip: Option<Bytes>,
}

/// Where a listener of the upstream is.
pub(crate) struct Site {
    pub(crate) port: u16,
    pub(crate) base: String,
    pub(crate) away: Duration,
    /// The authority of its certificate, where it has one.
    pub(crate) authority: Option<PathBuf>,
    /// What it counts of its connections, where it speaks TLS.
    pub(crate) wire: Rc<Wire>,
}

impl Jira {
    pub(crate) fn new() -> Rc<Self> {
        Rc::new(Self {
            bodies: Bodies::new(),
            written: RefCell::default(),
            seen: RefCell::default(),
        })
    }

    /// Answers after `away`, as long as this thread runs its tasks: over HTTP/1.1 in clear, never
    /// compressed.
    pub(crate) async fn plain(self: &Rc<Self>, away: Duration) -> Site {
        let listener = serve::listen().await;
        let port = serve::port(&listener);
        let jira = Rc::clone(self);
        tokio::task::spawn_local(serve::forever(listener, move |request| {
            let jira = Rc::clone(&jira);
            async move { Ok::<_, Infallible>(jira.after(away, request).await.plain()) }
        }));
        let base = format!("http://127.0.0.1:{port}");
        Site { port, base, away, authority: None, wire: Rc::default() }
    }

    /// The same as Atlassian does it: over TLS, HTTP/2 for who can, gzip for who takes it.
    pub(crate) async fn secure(self: &Rc<Self>, tls: &Tls, away: Duration) -> Site {
        let listener = serve::listen().await;
        let port = serve::port(&listener);
        let wire = Rc::<Wire>::default();
        let jira = Rc::clone(self);
        let (server, streams_max) = (tls.server.clone(), tls.streams_max);
        let secure = Secure { listener, tls: server, streams_max, away, wire: Rc::clone(&wire) };
        tokio::task::spawn_local(secure.forever(move |link, request| {
            let jira = Rc::clone(&jira);
            link.requested(&request, is_call(request.uri().path()));
            let accepted = request.headers().get(header::ACCEPT_ENCODING);
            let takes_gzip = accepted.and_then(|value| value.to_str().ok());
            let takes_gzip = takes_gzip.is_some_and(|value| value.contains("gzip"));
            async move {
                let reply = jira.after(away, request).await;
                Ok(if takes_gzip { reply.compressed() } else { reply.plain() })
            }
        }));
        let base = format!("https://127.0.0.1:{port}");
        Site { port, base, away, authority: Some(tls.authority().to_owned()), wire }
    }

    async fn after(&self, away: Duration, request: Request<Incoming>) -> Reply {
        if !away.is_zero() {
            tokio::time::sleep(away).await;
        }
        self.answer(request).await
    }

    async fn answer(&self, request: Request<Incoming>) -> Reply {
        let path = request.uri().path().to_owned();
        let last = path.rsplit('/').next().unwrap_or_default();
        let body = match (request.method(), last) {
            (_, "seen") => Answer::small(json!(*self.seen.borrow()).to_string()),
            (_, "accessible-resources") => Answer::small(
                r#"[{"id":"load-cloud","url":"https://load.atlassian.net","name":"load","scopes":["read:jira-work","write:jira-work","read:jira-user"],"avatarUrl":""}]"#,
            ),
            (&Method::POST, "jql" | "search") => return self.search(request).await,
            (&Method::GET, "search" | "jql") => {
                self.search_by_query(request.uri().query().unwrap_or_default())
            }
            (_, "remotelink" | "field") => Answer::small("[]"),
            (_, "myself") => Answer::small(myself(&request)),
            (_, "token") => return tokens(request).await,
            (_, "comment") => self.once("comments".to_owned(), || self.bodies.comments()),
            _ if path.contains("/issue/") => {
                let query = request.uri().query().unwrap_or_default();
                let fields = parameter(query, "fields").unwrap_or_default();
                let fields: Vec<&str> =
                    fields.split(',').filter(|field| !field.is_empty()).collect();
                let body = self.once(format!("issue {fields:?}"), || self.bodies.issue(&fields));
                self.note("issue", &request, &body, None);
                body
            }
            _ => return Reply(StatusCode::NOT_FOUND, Answer::small("{}")),
        };
        Reply(StatusCode::OK, body)
    }

    async fn search(&self, request: Request<Incoming>) -> Reply {
        let (parts, body) = request.into_parts();
        let Ok(body) = body.collect().await.map(http_body_util::Collected::to_bytes) else {
            return Reply(StatusCode::BAD_REQUEST, Answer::small(""));
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
        self.note("search", &Request::from_parts(parts, ()), &answer, Some(&body));
        Reply(StatusCode::OK, answer)
    }

    /// The older way to search, which peers use.
    fn search_by_query(&self, query: &str) -> Answer {
        let fields = parameter(query, "fields").unwrap_or_default();
        let fields: Vec<&str> = fields.split(',').filter(|field| !field.is_empty()).collect();
        let count =
            parameter(query, "maxResults").and_then(|count| count.parse().ok()).unwrap_or(50);
        self.once(format!("search {count} {fields:?}"), || self.bodies.search(&fields, count))
    }

    fn once(&self, name: String, write: impl FnOnce() -> Vec<u8>) -> Answer {
        self.written.borrow_mut().entry(name).or_insert_with(|| Answer::large(write())).clone()
    }

    fn note<B>(
        &self,
        kind: &'static str,
        request: &Request<B>,
        answer: &Answer,
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
        let compressed = answer.gzip.as_ref().map(Bytes::len);
        let note = json!({"target": target, "body": body, "bytes": answer.plain.len(),
            "compressed": compressed, "calls": calls});
        seen.insert(kind, note);
    }
}

/// Whether it is what a tool call asks for, and not what the bridge asks about a user.
fn is_call(path: &str) -> bool {
    path.contains("/issue/") || path.contains("/search")
}

/// Each token is of a person of its own.
fn myself<B>(request: &Request<B>) -> String {
    let bearer = request.headers().get(header::AUTHORIZATION);
    let bearer = bearer.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let account: String = bearer.chars().skip("Bearer ".len()).take("load-0000".len()).collect();
    json!({"accountId": account, "displayName": "Anna Admin", "active": true}).to_string()
}

/// Atlassian's token endpoint: the code is the token that it gives.
async fn tokens(request: Request<Incoming>) -> Reply {
    let form = request.into_body().collect().await.map(http_body_util::Collected::to_bytes);
    let form = form.unwrap_or_default();
    let code = parameter(&String::from_utf8_lossy(&form), "code").unwrap_or_default();
    let tokens = json!({"access_token": code, "refresh_token": format!("again-{code}"),
        "token_type": "Bearer", "expires_in": 3600,
        "scope": "read:jira-work write:jira-work read:jira-user offline_access"});
    Reply(StatusCode::OK, Answer::small(tokens.to_string()))
}

fn parameter(query: &str, name: &str) -> Option<String> {
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

impl Answer {
    fn small(body: impl Into<Bytes>) -> Self {
        Self { plain: body.into(), gzip: None }
    }

    fn large(body: Vec<u8>) -> Self {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        let gzip = gzip.write_all(&body).and_then(|()| gzip.finish()).expect("memory takes it");
        Self { plain: body.into(), gzip: Some(gzip.into()) }
    }
}

struct Reply(StatusCode, Answer);

impl Reply {
    fn plain(self) -> Response<Full<Bytes>> {
        let Self(status, answer) = self;
        let mut response = Response::new(Full::new(answer.plain));
        *response.status_mut() = status;
        let json = HeaderValue::from_static("application/json;charset=UTF-8");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }

    fn compressed(self) -> Response<Full<Bytes>> {
        let gzip = self.1.gzip.clone();
        let mut response = self.plain();
        if let Some(gzip) = gzip {
            *response.body_mut() = Full::new(gzip);
            let encoding = HeaderValue::from_static("gzip");
            response.headers_mut().insert(header::CONTENT_ENCODING, encoding);
        }
        response
    }
}
