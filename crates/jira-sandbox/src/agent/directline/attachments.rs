//! Reads what is uploaded: one file, or the parts of a form (RFC 7578).

use serde_json::{Value as Json, json};

use crate::agent::ids;

pub(super) struct Part<'a> {
    /// The media type, without its parameters.
    pub(super) kind: String,
    name: Option<String>,
    pub(super) content: &'a [u8],
}

impl Part<'_> {
    /// As an attachment of a message, with a link that leads nowhere: files are not kept.
    pub(super) fn attachment(&self, base_url: &str) -> Json {
        let name = self.name.as_deref().unwrap_or("file");
        let link = format!("{base_url}/attachments/{}", ids::guid());
        json!({ "contentType": self.kind, "contentUrl": link, "name": name })
    }
}

/// All parts of a body; `None` when it is not well formed, or has none.
pub(super) fn parts<'a>(
    content_type: &str,
    disposition: &str,
    body: &'a [u8],
) -> Option<Vec<Part<'a>>> {
    let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    let kind = kind.trim().to_ascii_lowercase();
    if kind != "multipart/form-data" {
        let name = parameter(disposition, "filename");
        let is_file = !kind.is_empty() && !body.is_empty();
        return is_file.then(|| vec![Part { kind, name, content: body }]);
    }
    let boundary = parameter(parameters, "boundary").filter(|boundary| !boundary.is_empty())?;
    let delimiter = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(delimiter.get(2..)?.as_bytes())?;
    let mut parts = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return (!parts.is_empty()).then_some(parts);
        }
        let begun = rest.strip_prefix(b"\r\n")?;
        let (part, after) = split_at(begun, delimiter.as_bytes())?;
        parts.push(read(part)?);
        rest = after;
    }
}

/// A part without a head begins with the empty line that would follow it.
fn read(part: &[u8]) -> Option<Part<'_>> {
    let (head, content) = match part.strip_prefix(b"\r\n") {
        Some(content) => (&b""[..], content),
        None => split_at(part, b"\r\n\r\n")?,
    };
    let head = std::str::from_utf8(head).ok()?;
    let value = |wanted: &str| {
        let mut lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
        lines.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim())
    };
    let kind = value("content-type").unwrap_or("application/octet-stream");
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let name = value("content-disposition").and_then(|value| parameter(value, "filename"));
    Some(Part { kind, name, content })
}

/// What is before the first of these bytes, and what is behind them.
fn split_at<'a>(bytes: &'a [u8], wanted: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = memchr::memmem::find(bytes, wanted)?;
    let (before, rest) = bytes.split_at_checked(at)?;
    Some((before, rest.get(wanted.len()..)?))
}

/// `name=value` or `name="value"` in a header.
fn parameter(header: &str, wanted: &str) -> Option<String> {
    let mut pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
    Some(value.trim_matches('"').to_owned())
}
