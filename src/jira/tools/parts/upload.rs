//! Adding a file to an issue, from the bytes of the call and from nowhere else.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::Value;
use tool_kit::{Code, Reply, Row, ToolError, clean};

use crate::jira::{
    request,
    tools::{
        args::{Argument, IssueKey, Shape, arguments, shown},
        context::Context,
        project_guard,
        registry::{Tool, tool},
    },
    views::image_type,
    wire::{Attachment, List},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Attach a file of up to 750000 bytes, given as text or base64.
    "jira_add_attachment", "Add attachment", Collab, Write, add_attachment(AddAttachment),
    r#"{"issue_key": "ACME-1", "file_name": "a.txt", "text": "x"}"#
)];

arguments! {
    AddAttachment {
        issue_key: IssueKey,
        file_name: FileName,
        text: Option<String>,
        base64: Option<String>,
    }
}

/// In base64 this is just below the largest request that the edge lets in.
const BYTES_MAX: usize = 750_000;

/// File systems take 255 bytes; Jira's own limit is of this order.
const NAME_BYTES_MAX: usize = 200;

/// What a file is, by the end of its name. A type is a constant, never a caller's text.
const TYPES: &[(&str, &str)] = &[
    ("csv", "text/csv"),
    ("gif", "image/gif"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("log", "text/plain"),
    ("md", "text/markdown"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain"),
    ("webp", "image/webp"),
    ("xml", "application/xml"),
    ("yaml", "application/yaml"),
    ("yml", "application/yaml"),
    ("zip", "application/zip"),
];

async fn add_attachment(context: &Context, args: AddAttachment) -> Result<Reply, ToolError> {
    context.projects.check_issue(&args.issue_key)?;
    let bytes = content(args.text, args.base64.as_deref())?;
    let key = &project_guard::allowed(context, &args.issue_key).await?;
    let FileName { name, given } = args.file_name;
    let request = request::add_attachment(key, &name, media_type(&name, &bytes), &bytes);
    let answer = context.ask(request).await?;
    let mut reply = Row::new();
    reply.put_non_empty("key", key);
    // The file is there whatever can be read of the answer: an error would make an agent add it
    // twice.
    let made = answer.read::<List<Attachment<'_>>>().unwrap_or_default();
    reply.put_non_empty("attachment_id", made.first().map(|file| file.id().to_string()));
    reply.put_non_empty("bytes", bytes.len());
    if name != given {
        reply.put_non_empty("name", name);
    }
    Reply::json(&reply)
}

fn content(text: Option<String>, base64: Option<&str>) -> Result<Vec<u8>, ToolError> {
    let bytes = match (text, base64) {
        (Some(text), None) => text.into_bytes(),
        (None, Some(base64)) => decode(base64)?,
        (Some(_), Some(_)) => {
            return Err(ToolError::invalid_argument("Give `text` or `base64`, not both."));
        }
        (None, None) => {
            return Err(ToolError::invalid_argument("The file's content is missing.")
                .hint("Put it into `text`, or into `base64` if it is not text."));
        }
    };
    if bytes.len() > BYTES_MAX {
        let message =
            format!("The file has {} bytes; at most {BYTES_MAX} can be added here.", bytes.len());
        return Err(ToolError::new(Code::PayloadTooLarge, message)
            .hint("Add a larger file in Jira itself, or split it."));
    }
    Ok(bytes)
}

/// Either alphabet, with or without padding, line breaks or the head of a data URL.
fn decode(base64: &str) -> Result<Vec<u8>, ToolError> {
    const CONFIG: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let bare = match base64.trim_start().strip_prefix("data:") {
        Some(url) => url.split_once(";base64,").map(|(_, data)| data).unwrap_or_default(),
        None => base64,
    };
    let packed: String = bare.chars().filter(|c| !c.is_whitespace()).collect();
    let is_url_safe = packed.contains(['-', '_']);
    let alphabet = if is_url_safe { alphabet::URL_SAFE } else { alphabet::STANDARD };
    let decoded = GeneralPurpose::new(&alphabet, CONFIG).decode(packed).ok();
    decoded.filter(|bytes| !bytes.is_empty()).ok_or_else(|| {
        ToolError::invalid_argument("`base64` is not valid base64.")
            .hint("Send text files in `text` instead.")
    })
}

fn media_type(name: &str, content: &[u8]) -> &'static str {
    if let Some(media_type) = image_type(content) {
        return media_type;
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let known = TYPES.iter().find(|(known, _)| Some(*known) == ending.as_deref());
    match known {
        Some((_, media_type)) => media_type,
        None if std::str::from_utf8(content).is_ok() => "text/plain",
        None => "application/octet-stream",
    }
}

/// A name that is only a name: no path, nothing invisible, nothing that could end a quoted text or
/// a header line.
#[derive(Debug, PartialEq, Eq)]
struct FileName {
    name: String,
    /// What was asked for, to tell whether it had to be changed.
    given: String,
}

impl Argument for FileName {
    const SHAPE: Shape = Shape::Text;

    fn read(value: Value) -> Result<Self, String> {
        let given = String::read(value)?;
        let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
        let cleaned = clean(last);
        let plain: String = cleaned
            .chars()
            .map(|c| {
                if matches!(c, '"' | '\'' | '`' | '<' | '>' | ':' | '|' | '?' | '*') {
                    '_'
                } else {
                    c
                }
            })
            .filter(|c| !c.is_control())
            .collect();
        let name = shortened(plain.trim());
        if name.chars().all(|c| c == '.' || c.is_whitespace()) {
            return Err(format!("must be a file name such as notes.txt, not '{}'", shown(&given)));
        }
        Ok(Self { name, given })
    }
}

/// Keeps the ending, by which people and programs tell what a file is.
fn shortened(name: &str) -> String {
    if name.len() <= NAME_BYTES_MAX {
        return name.to_owned();
    }
    let ending =
        name.rfind('.').and_then(|dot| name.get(dot..)).filter(|ending| ending.len() <= 20);
    let ending = ending.unwrap_or_default();
    let mut end = NAME_BYTES_MAX - ending.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{ending}", name.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn named(given: &str) -> Option<String> {
        FileName::read(json!(given)).ok().map(|file| file.name)
    }

    #[test]
    fn a_name_is_only_a_name() {
        for (given, expected) in [
            ("notes.txt", Some("notes.txt")),
            ("Grüße 日本.md", Some("Grüße 日本.md")),
            (".env", Some(".env")),
            ("../../etc/passwd", Some("passwd")),
            ("C:\\temp\\a.png", Some("a.png")),
            ("a\"; name=\"b", Some("a_; name=_b")),
            ("a\r\nX-Evil: 1", Some("aX-Evil_ 1")),
            ("a\u{202e}gnp.exe\u{0}", Some("agnp.exe")),
            ("..", None),
            ("a/", None),
            (" . ", None),
            ("\u{200b}", None),
        ] {
            assert_eq!(named(given).as_deref(), expected, "{given:?}");
        }
        let long = named(&format!("{}.tar", "ä".repeat(300))).unwrap();
        assert!(long.len() <= NAME_BYTES_MAX && long.ends_with("ä.tar"), "{long}");
    }

    #[test]
    fn base64_is_read_generously_and_never_guessed() {
        for (given, expected) in [
            ("aGk/Pg==", Some(b"hi?>".as_slice())),
            ("aGk_Pg", Some(b"hi?>")),
            ("aG k/\nPg==", Some(b"hi?>")),
            ("data:text/plain;base64,aGk=", Some(b"hi")),
            ("not base64!", None),
            ("aGk", Some(b"hi")),
            ("a", None),
            ("data:text/plain,hi", None),
        ] {
            assert_eq!(decode(given).ok().as_deref(), expected, "{given}");
        }
    }

    #[test]
    fn exactly_one_content_within_the_limit() {
        assert!(content(None, None).is_err());
        assert!(content(Some("a".to_owned()), Some("aGk=")).is_err());
        assert_eq!(content(Some("a".repeat(BYTES_MAX)), None).unwrap().len(), BYTES_MAX);
        let fault = content(Some("a".repeat(BYTES_MAX + 1)), None).unwrap_err();
        assert_eq!(fault.code(), Code::PayloadTooLarge);
    }

    #[test]
    fn the_type_follows_the_bytes_then_the_name() {
        for (name, content, expected) in [
            ("a.txt", b"\x89PNG\r\n\x1a\n".as_slice(), "image/png"),
            ("a.CSV", b"x;y", "text/csv"),
            ("a", b"x", "text/plain"),
            ("a.bin", b"\xff\x00", "application/octet-stream"),
        ] {
            assert_eq!(media_type(name, content), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_name_can_leave_a_header(given in "[a./\\\\\"'\r\n\u{0}ä日 ]{0,300}") {
            if let Some(name) = named(&given) {
                prop_assert!(!name.contains(['/', '\\', '"', '\r', '\n', '\0']));
                prop_assert!(!name.is_empty() && name.len() <= NAME_BYTES_MAX);
            }
        }
    }
}
