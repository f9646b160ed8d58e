//! Gives every request one id: the client's own if it is sane, else its trace id, else a fresh one.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use auth::KeyedHasher;
use axum::{extract::Request, response::Response};
use http::{HeaderMap, HeaderValue, header};
use single_header::single_header;

use super::header_names::{GATEWAY_TOKEN, REQUEST_ID, TRACEPARENT};

const ID_BYTES_MAX: usize = 128;

/// The id of the request at hand, found among its extensions: 1 to 128 of `A-Z a-z 0-9 . _ : -`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn shared(&self) -> Arc<str> {
        self.0.clone()
    }
}

/// Makes ids nobody can guess from their neighbours: a counter under the process's keyed hash.
pub(super) struct RequestIds {
    hasher: KeyedHasher,
    issued: AtomicU64,
}

impl RequestIds {
    pub(super) fn new(hasher: KeyedHasher) -> Self {
        Self { hasher, issued: AtomicU64::new(0) }
    }

    fn next(&self) -> RequestId {
        let count = self.issued.fetch_add(1, Ordering::Relaxed);
        let digest = self.hasher.digest(b"request:", &count.to_be_bytes());
        RequestId(format!("{:032x}", u128::from_be_bytes(digest)).into())
    }
}

/// Puts an id into the request's extensions.
pub(super) fn assign(ids: &RequestIds, request: &mut Request) -> RequestId {
    let id = from_headers(request.headers()).unwrap_or_else(|| ids.next());
    request.extensions_mut().insert(id.clone());
    id
}

/// Puts the id into the answer's `X-Request-Id`.
pub(super) fn set_response_header(id: &RequestId, response: &mut Response) {
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
}

fn from_headers(headers: &HeaderMap) -> Option<RequestId> {
    // What is wrong with either makes the id ours and the request no worse.
    let only = |name| single_header(headers, name).ok().flatten();
    let own = only(REQUEST_ID).filter(|id| is_sane(id) && !repeats_a_secret(headers, id));
    let id = own.or_else(|| only(TRACEPARENT).and_then(trace_id));
    id.map(|id| RequestId(id.into()))
}

/// An id is logged and echoed, so a client's mistake must not make a secret of it.
fn repeats_a_secret(headers: &HeaderMap, id: &str) -> bool {
    [header::AUTHORIZATION, GATEWAY_TOKEN].iter().flat_map(|name| headers.get_all(name)).any(
        |value| {
            let text = String::from_utf8_lossy(value.as_bytes());
            text.split_whitespace()
                .any(|part| id.contains(part) || (id.len() >= 8 && part.contains(id)))
        },
    )
}

fn is_sane(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._:-".contains(&b);
    (1..=ID_BYTES_MAX).contains(&id.len()) && id.bytes().all(plain)
}

/// The trace id of `version-traceid-parentid-flags`. Source: W3C Trace Context, section 3.2.
fn trace_id(traceparent: &str) -> Option<&str> {
    let mut parts = traceparent.split('-');
    let (version, trace, parent) = (parts.next()?, parts.next()?, parts.next()?);
    let hex = |text: &str, len: usize| {
        text.len() == len && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let well_formed = hex(version, 2) && version != "ff" && hex(trace, 32) && hex(parent, 16);
    (well_formed && trace.bytes().any(|b| b != b'0')).then_some(trace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sane_ids_are_kept_and_others_are_not() {
        let long = "a".repeat(128);
        let trace = "0af7651916cd43dd8448eb211c80319c";
        let parent = format!("00-{trace}-b7ad6b7169203331-01");
        let zero = format!("00-{}-b7ad6b7169203331-01", "0".repeat(32));
        let check = |lines: &[(&'static str, &str)], expected: Option<&str>| {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.append(*name, HeaderValue::from_str(value).unwrap());
            }
            assert_eq!(
                from_headers(&headers).as_ref().map(RequestId::as_str),
                expected,
                "{lines:?}"
            );
        };
        check(&[("x-request-id", "abc-1.2_3:4")], Some("abc-1.2_3:4"));
        check(&[("x-request-id", &long)], Some(&long));
        check(&[("x-request-id", &format!("{long}a"))], None);
        check(&[("x-request-id", "a b")], None);
        check(&[("x-request-id", "a\"},{\"x")], None);
        check(&[("x-request-id", "")], None);
        check(&[("x-request-id", "a"), ("x-request-id", "b")], None);
        check(&[("traceparent", &parent)], Some(trace));
        check(&[("x-request-id", "own"), ("traceparent", &parent)], Some("own"));
        check(&[("x-request-id", "not sane"), ("traceparent", &parent)], Some(trace));
        check(&[("traceparent", &zero)], None);
        check(&[("traceparent", "00-short-b7ad6b7169203331-01")], None);
    }

    #[test]
    fn fresh_ids_differ() {
        let ids = RequestIds::new(KeyedHasher::random().unwrap());
        let (one, two) = (ids.next(), ids.next());
        assert_ne!(one, two);
        assert!(is_sane(one.as_str()) && one.as_str().len() == 32);
    }
}
