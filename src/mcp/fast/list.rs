//! Recognises `tools/list` in the form in which clients ask it, so that it need not go through the
//! protocol crate.
//!
//! The rule is: if anything is unusual, it is not recognised, and rmcp judges it. So this must be
//! exact about what is usual, and says nothing about what is wrong.

use http::{HeaderMap, HeaderName};
use rmcp::model::{ProtocolVersion, RequestMetaObject};
use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};
use single_header::single_header;

use crate::mcp::{
    apps,
    era::{Era, Wanted},
};

const METHOD: &str = "tools/list";
const VERSION_HEADER: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD_HEADER: HeaderName = HeaderName::from_static("mcp-method");
const VERSION_KEY: &str = "io.modelcontextprotocol/protocolVersion";

/// One request for the list.
pub(super) struct ListRequest<'a> {
    /// As sent.
    pub(super) id: &'a RawValue,
    pub(super) wanted: Wanted,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message<'a> {
    jsonrpc: &'a str,
    #[serde(borrow)]
    id: &'a RawValue,
    method: &'a str,
    params: Option<Params>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    #[serde(rename = "_meta")]
    meta: Option<Map<String, Value>>,
}

/// The request, if there is nothing unusual about it.
pub(super) fn read<'a>(headers: &HeaderMap, body: &'a [u8]) -> Option<ListRequest<'a>> {
    // Most messages are something else, and need not be read to see that.
    memchr::memmem::find(body, METHOD.as_bytes())?;
    let message: Message<'a> = serde_json::from_slice(body).ok()?;
    if message.jsonrpc != "2.0" || message.method != METHOD || !is_id(message.id.get()) {
        return None;
    }
    let meta = message.params.and_then(|params| params.meta).unwrap_or_default();
    let wanted = if meta.contains_key(VERSION_KEY) {
        modern(headers, meta)?
    } else {
        let apps = apps::is_marked(headers);
        is_legacy(headers).then_some(Wanted { era: Era::Legacy, apps })?
    };
    Some(ListRequest { id: message.id, wanted })
}

/// No version in the header, which means 2025-03-26, or one from before 2026-07-28; an unknown or
/// repeated one is rmcp's to refuse.
pub(super) fn is_legacy(headers: &HeaderMap) -> bool {
    match single_header(headers, &VERSION_HEADER) {
        Ok(None) => true,
        // ISO dates compare as text as they do as dates.
        Ok(Some(version)) => {
            ProtocolVersion::KNOWN_VERSIONS.iter().any(|known| known.as_str() == version)
                && version < ProtocolVersion::V_2026_07_28.as_str()
        }
        Err(_) => false,
    }
}

/// The version in body and header, the method in its header, and no header that speaks of anything
/// else.
fn modern(headers: &HeaderMap, meta: Map<String, Value>) -> Option<Wanted> {
    let version = ProtocolVersion::V_2026_07_28;
    let meta = RequestMetaObject::from(meta);
    let is_complete =
        meta.missing_required_keys(&version).is_empty() && meta.protocol_version()? == version;
    let agrees = single_header(headers, &VERSION_HEADER).ok()?? == version.as_str()
        && single_header(headers, &METHOD_HEADER).ok()?? == METHOD;
    let is_plain = !headers.keys().any(|name| {
        name.as_str().starts_with("mcp-") && *name != VERSION_HEADER && *name != METHOD_HEADER
    });
    let apps = apps::are_declared(meta.client_capabilities().as_ref());
    (is_complete && agrees && is_plain).then_some(Wanted { era: Era::Modern, apps })
}

/// Ids that rmcp gives back as they were sent.
fn is_id(raw: &str) -> bool {
    raw.parse::<i64>().is_ok()
        || (raw.starts_with('"') && serde_json::from_str::<String>(raw).is_ok())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const MODERN: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{
        "io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#;

    fn check(lines: &[(&'static str, &str)], body: &str, expected: Option<Era>) {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        assert_eq!(
            read(&headers, body.as_bytes()).map(|asked| asked.wanted.era),
            expected,
            "{lines:?} {body}"
        );
    }

    #[test]
    fn old_clients_are_recognised_by_what_they_do_not_say() {
        let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
        check(&[], list, Some(Era::Legacy));
        check(&[("mcp-protocol-version", "2025-11-25")], list, Some(Era::Legacy));
        check(&[("mcp-session-id", "x")], list, Some(Era::Legacy));
        check(&[("mcp-protocol-version", "2026-07-28")], list, None);
        check(&[("mcp-protocol-version", "2025-01-01")], list, None);
        check(
            &[("mcp-protocol-version", "2025-11-25"), ("mcp-protocol-version", "2025-11-25")],
            list,
            None,
        );
        for (params, expected) in [
            ("null", Some(Era::Legacy)),
            ("{}", Some(Era::Legacy)),
            (r#"{"_meta":{"progressToken":"t"}}"#, Some(Era::Legacy)),
            (r#"{"_meta":null}"#, Some(Era::Legacy)),
            (r#"{"cursor":"x"}"#, None),
            (r#"{"extra":1}"#, None),
            (r#"{"_meta":1}"#, None),
        ] {
            let body =
                format!(r#"{{"jsonrpc":"2.0","id":"a","method":"tools/list","params":{params}}}"#);
            check(&[], &body, expected);
        }
    }

    #[test]
    fn new_clients_must_have_said_everything() {
        let version = ("mcp-protocol-version", "2026-07-28");
        let method = ("mcp-method", "tools/list");
        check(&[version, method], MODERN, Some(Era::Modern));
        check(&[version], MODERN, None);
        check(&[method], MODERN, None);
        check(&[version, ("mcp-method", "tools/call")], MODERN, None);
        check(&[version, method, method], MODERN, None);
        check(&[("mcp-protocol-version", "2025-11-25"), method], MODERN, None);
        check(&[version, method, ("mcp-name", "x")], MODERN, None);
        check(&[version, method, ("mcp-param-x", "x")], MODERN, None);
        check(&[version, method], &MODERN.replace("2026-07-28", "2026-07-29"), None);
        check(
            &[version, method],
            &MODERN.replace(r#"clientCapabilities":{}"#, r#"clientCapabilities":1"#),
            None,
        );
        check(&[version, method], &MODERN.replace("clientCapabilities", "other"), None);
    }

    #[test]
    fn whatever_is_odd_is_left_to_the_protocol_crate() {
        for body in [
            r#"{"jsonrpc":"2.0","method":"tools/list"}"#,
            r#"{"jsonrpc":"2.0","id":null,"method":"tools/list"}"#,
            r#"{"jsonrpc":"2.0","id":1.0,"method":"tools/list"}"#,
            r#"{"jsonrpc":"1.0","id":1,"method":"tools/list"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","Method":"x"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":[]}"#,
            r#"[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]"#,
            "",
        ] {
            check(&[], body, None);
        }
    }
}
