//! Is this text one JSON-RPC message? Decided from its outermost members alone.

use json_borrow::{has_at_most, mend_surrogates};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::{
    duplicate_names,
    envelope::Envelope,
    fault::{Fault, invalid, parse_error},
    null_id,
};

/// Deeper than any argument of a tool, and less than what makes rmcp's parser give up (128).
const DEPTH_MAX: usize = 64;
/// Each value takes a hundred bytes and more once it is built, whatever it took in the message; no
/// argument of a tool has as many.
const VALUES_MAX: usize = 32_768;
/// An id comes back in the reply; a long one would eat the reply's budget.
const ID_BYTES_MAX: usize = 1024;

/// What to do with a well-formed message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// Pass it on unchanged.
    AsSent,
    /// Pass this on in its place.
    Rewritten(String),
    /// A response; nobody waits for it.
    Response,
}

/// Judges a whole message. Source: JSON-RPC 2.0 sections 4 to 6, and MCP's narrowing of ids and
/// params.
///
/// Half an emoji in the parameters becomes U+FFFD: one broken letter is no reason to refuse what
/// was meant.
pub(crate) fn read(body: &[u8]) -> Result<Message, Fault> {
    let text = std::str::from_utf8(body).map_err(|_| parse_error("the message is not UTF-8"))?;
    if text.starts_with('\u{feff}') {
        return Err(parse_error("the message starts with a byte order mark; send plain UTF-8"));
    }
    if is_deeper_than(text, DEPTH_MAX) {
        return Err(parse_error(&format!("the message nests deeper than {DEPTH_MAX} levels")));
    }
    if !has_at_most(text, VALUES_MAX) {
        return Err(invalid("the message holds more than 32768 JSON values", None));
    }
    if !text.trim_ascii_start().starts_with('{') {
        serde_json::from_str::<IgnoredAny>(text)
            .map_err(|error| parse_error(&error.to_string()))?;
        return Err(invalid(
            "the message must be one JSON object; batches are not supported",
            None,
        ));
    }
    let envelope: Envelope = serde_json::from_str(text).map_err(|error| {
        if error.is_data() {
            invalid(&error.to_string(), None)
        } else {
            parse_error(&error.to_string())
        }
    })?;
    let message = judge(&envelope)?;
    let id = envelope.id.filter(|id| is_id(id.get()));
    let mended = mend_surrogates(text);
    duplicate_names::check(mended.as_deref().unwrap_or(text))
        .map_err(|error| invalid(&error.to_string(), id.map(ToOwned::to_owned)))?;
    Ok(match (message, mended) {
        (Message::AsSent, Some(mended)) => Message::Rewritten(mended),
        (Message::Rewritten(text), Some(_)) => {
            Message::Rewritten(mend_surrogates(&text).unwrap_or(text))
        }
        (message, _) => message,
    })
}

/// The object that a JSON text within a message holds, under the rules for the message itself.
pub(crate) fn object_in(text: &str) -> Option<Map<String, Value>> {
    let mended = mend_surrogates(text);
    let text = mended.as_deref().unwrap_or(text);
    if is_deeper_than(text, DEPTH_MAX)
        || !has_at_most(text, VALUES_MAX)
        || duplicate_names::check_nested(text).is_err()
    {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// What goes on to the protocol layer for a body; none when the edge answers it, with a fault or
/// without.
pub fn passed_on(body: &[u8]) -> Option<Vec<u8>> {
    match read(body).ok()? {
        Message::AsSent => Some(body.to_vec()),
        Message::Rewritten(text) => Some(text.into_bytes()),
        Message::Response => None,
    }
}

fn judge(envelope: &Envelope) -> Result<Message, Fault> {
    let id = envelope.id.filter(|id| is_id(id.get()));
    let refuse = |message: &str| Err(invalid(message, id.map(ToOwned::to_owned)));
    if !envelope.jsonrpc.is_some_and(|version| is_text(version.get(), "2.0")) {
        return refuse("jsonrpc must be \"2.0\"");
    }
    let answers = envelope.result.is_some() || envelope.error.is_some();
    let Some(method) = envelope.method else {
        return if answers { Ok(Message::Response) } else { refuse("method is missing") };
    };
    let Ok(method) = serde_json::from_str::<String>(method.get()) else {
        return refuse("method must be a string");
    };
    if answers {
        return refuse("a message is either a request or a response, not both");
    }
    if !envelope.params.is_none_or(|params| params.get().starts_with('{') || params.get() == "null")
    {
        return refuse("params must be an object");
    }
    match envelope.id {
        Some(sent) if id.is_none() => null_id::without_null_id(envelope, &method, sent)
            .map_or_else(
                || refuse("id must be a string or an integer of at most 1024 bytes"),
                |text| Ok(Message::Rewritten(text)),
            ),
        _ => Ok(Message::AsSent),
    }
}

/// A string or a whole number, also when written as `1.0`: exactly what rmcp reads.
fn is_id(raw: &str) -> bool {
    if raw.len() > ID_BYTES_MAX {
        return false;
    }
    if raw.starts_with('"') {
        return serde_json::from_str::<String>(raw).is_ok();
    }
    let float = raw.parse::<f64>().unwrap_or(f64::NAN);
    raw.parse::<i64>().is_ok() || (float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0)
}

fn is_text(raw: &str, expected: &str) -> bool {
    serde_json::from_str::<String>(raw).is_ok_and(|text| text == expected)
}

/// Counts open brackets outside of strings. `RawValue` is skipped without recursion, so nothing
/// else counts them.
fn is_deeper_than(text: &str, max: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    text.bytes().any(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > max
    })
}
