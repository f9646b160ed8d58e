//! Cancelled calls. Without sessions a `notifications/cancelled` arrives as a request of its own,
//! which rmcp answers with 202 and forgets; what it asks for is done here, in the name of the
//! caller who sent it.

use rmcp::model::RequestId;
use serde::Deserialize;

/// A notice holds an id and perhaps a reason. Looking for one in larger bodies is not worth it:
/// ignoring it is allowed.
const NOTICE_BYTES_MAX: usize = 4096;
const METHOD: &str = "notifications/cancelled";

/// The id of the call that a message cancels, if it is such a notice.
pub(super) fn cancelled_id(body: &[u8]) -> Option<RequestId> {
    #[derive(Deserialize)]
    struct Notice {
        method: String,
        params: Params,
    }
    #[derive(Deserialize)]
    struct Params {
        #[serde(rename = "requestId")]
        request_id: RequestId,
    }
    let body = (body.len() <= NOTICE_BYTES_MAX).then_some(body)?;
    let text = std::str::from_utf8(body).ok().filter(|text| text.contains("cancelled"))?;
    let notice: Notice = serde_json::from_str(text).ok()?;
    (notice.method == METHOD).then_some(notice.params.request_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_notice_names_a_call() {
        let check = |body: &str, expected: Option<RequestId>| {
            assert_eq!(cancelled_id(body.as_bytes()), expected);
        };
        let notice =
            |params: &str| format!(r#"{{"jsonrpc":"2.0","method":"{METHOD}","params":{params}}}"#);
        check(&notice(r#"{"requestId":"a","reason":"b"}"#), Some(RequestId::String("a".into())));
        check(&notice(r#"{"requestId":7}"#), Some(RequestId::Number(7)));
        check(&notice("{}"), None);
        check(&notice(r#"{"requestId":null}"#), None);
        check(&notice(r#"{"requestId":[1]}"#), None);
        check(
            r#"{"method":"tools/call","params":{"requestId":7,"name":"notifications/cancelled"}}"#,
            None,
        );
        check("notifications/cancelled", None);
        assert_eq!(cancelled_id(b"\xff cancelled"), None);
    }
}
