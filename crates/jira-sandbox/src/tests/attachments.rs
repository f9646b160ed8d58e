//! Files in the sandbox: the guard of uploads, the redirect, and a media host that wants nobody's
//! credentials.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Request, header},
};
use serde_json::Value as Json;
use tower::ServiceExt;

use super::{NOW, Sandbox};

/// A sandbox whose clock can be set, and anna's way to it.
struct Files {
    sandbox: Sandbox,
    clock: Arc<AtomicI64>,
    bearer: String,
}

const FORM: &str = "multipart/form-data; boundary=b1";

fn form(field: &str, content: &str) -> String {
    let head = format!(
        "Content-Disposition: form-data; name=\"{field}\"; filename=\"a.txt\"\r\nContent-Type: text/plain"
    );
    format!("--b1\r\n{head}\r\n\r\n{content}\r\n--b1--\r\n")
}

impl Files {
    fn open() -> Self {
        let clock = Arc::new(AtomicI64::new(NOW));
        let read = Arc::clone(&clock);
        let sandbox = Sandbox::with_clock(Arc::new(move || read.load(Ordering::Relaxed)));
        let bearer = format!("Bearer {}", sandbox.tokens()[0].1);
        Self { sandbox, clock, bearer }
    }

    async fn send(&self, request: Request<Body>) -> (u16, HeaderMap, Bytes) {
        let answer = self.sandbox.router().oneshot(request).await.unwrap();
        let (head, body) = answer.into_parts();
        (head.status.as_u16(), head.headers, to_bytes(body, usize::MAX).await.unwrap())
    }

    async fn api(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> (u16, HeaderMap, Bytes) {
        let uri = format!("/ex/jira/{}/rest/api/3{path}", self.sandbox.cloud_ids()[0]);
        let mut request =
            Request::builder().method(method).uri(uri).header(header::AUTHORIZATION, &self.bearer);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    async fn upload(&self, headers: &[(&str, &str)], body: String) -> (u16, Bytes) {
        let (status, _, body) = self.api("POST", "/issue/ACME-1/attachments", headers, body).await;
        (status, body)
    }

    async fn media(&self, address: &str, headers: &[(&str, &str)]) -> (u16, Bytes) {
        let mut request = Request::builder().uri(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (status, _, body) = self.send(request.body(Body::empty()).unwrap()).await;
        (status, body)
    }
}

#[tokio::test]
async fn an_upload_needs_the_waiver_a_form_and_a_part_named_file() {
    let files = Files::open();
    let waiver = ("x-atlassian-token", "no-check");
    let kind = ("content-type", FORM);
    let (status, body) = files.upload(&[kind], form("file", "x")).await;
    assert_eq!((status, body.as_ref()), (403, b"XSRF check failed".as_slice()));
    assert_eq!(files.upload(&[waiver], form("file", "x")).await.0, 415);
    assert_eq!(files.upload(&[waiver, kind], form("upload", "x")).await.0, 400);
    assert_eq!(
        files.upload(&[waiver, kind], form("file", &"x".repeat(512 * 1024 + 1))).await.0,
        413
    );
    let (status, body) = files.upload(&[waiver, kind], form("file", "x")).await;
    let made: Json = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, &made[0]["filename"], &made[0]["size"]), (200, &"a.txt".into(), &1.into()));
    assert!(made[0]["id"].is_string());
    let path = format!("/attachment/{}", made[0]["id"].as_str().unwrap());
    let (status, _, body) = files.api("GET", &path, &[], String::new()).await;
    let alone: Json = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, alone["id"].is_number()), (200, true));
}

#[tokio::test]
async fn the_media_host_takes_its_own_token_and_no_credentials() {
    let files = Files::open();
    let (_, body) = files
        .upload(&[("x-atlassian-token", "no-check"), ("content-type", FORM)], form("file", "hello"))
        .await;
    let made: Json = serde_json::from_slice(&body).unwrap();
    let path = format!("/attachment/content/{}", made[0]["id"].as_str().unwrap());
    let (status, headers, body) =
        files.api("GET", &path, &[("host", "127.0.0.1:7")], String::new()).await;
    assert_eq!((status, body.len()), (303, 0));
    let address = headers[header::LOCATION].to_str().unwrap();
    assert!(address.starts_with("http://127.0.0.1:7/_media/file/"), "{address}");
    assert_eq!(files.media(address, &[]).await, (200, Bytes::from_static(b"hello")));
    for credential in ["authorization", "cookie"] {
        assert_eq!(files.media(address, &[(credential, files.bearer.as_str())]).await.0, 400);
    }
    assert_eq!(files.media(address.split('?').next().unwrap(), &[]).await.0, 403);
    let other = address.replace("/binary", "1/binary");
    assert_eq!(files.media(&other, &[]).await.0, 403, "a token is for one file");
    files.clock.store(NOW + 10 * 60 * 1000 + 1, Ordering::Relaxed);
    assert_eq!(files.media(address, &[]).await.0, 403, "it expires");
    let direct = format!("{path}?redirect=false");
    assert_eq!(files.api("GET", &direct, &[], String::new()).await.2, "hello");
}
