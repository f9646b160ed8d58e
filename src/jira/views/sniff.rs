//! What a file is by its bytes. Its name and declared type were chosen by whoever added it and
//! prove nothing.

use std::borrow::Cow;

use super::{
    charset::{self, FileText},
    markup,
};

/// A file as an agent can use it.
#[derive(Debug, PartialEq, Eq)]
pub enum FileContent<'a> {
    /// A picture of this media type.
    Image(&'static str),
    /// Text.
    Text(FileText<'a>),
    /// Of HTML and SVG only what a person would read.
    Markup(FileText<'a>),
    /// Anything else.
    Opaque,
}

/// Declared types that are neither text nor one of the pictures below: not worth loading.
const OPAQUE_TYPES: &[&str] = &[
    "audio/",
    "video/",
    "font/",
    "application/pdf",
    "application/zip",
    "application/gzip",
    "application/x-7z",
    "application/x-tar",
    "application/x-rar",
    "application/java-archive",
    "application/msword",
    "application/vnd.ms-",
    "application/vnd.openxmlformats-",
    "application/vnd.oasis.opendocument",
];

/// Whether a file of this declared type may turn out to be text or a picture.
pub fn may_be_shown(declared: &str) -> bool {
    !OPAQUE_TYPES.iter().any(|opaque| declared.starts_with(opaque))
}

/// Looks into the bytes. The declared type is asked only where bytes cannot tell: which text is
/// HTML or SVG. `charset` is what was said of its encoding.
pub fn read_file<'a>(bytes: &'a [u8], declared: &str, charset: Option<&str>) -> FileContent<'a> {
    if let Some(media_type) = image_type(bytes) {
        return FileContent::Image(media_type);
    }
    match text(bytes, declared, charset) {
        Some(read) if is_markup(&read.text, declared) => {
            FileContent::Markup(FileText { text: Cow::Owned(markup::visible(&read.text)), ..read })
        }
        Some(read) => FileContent::Text(read),
        None => FileContent::Opaque,
    }
}

/// The pictures that models can see. Source: WHATWG MIME Sniffing, section 6.1.
pub fn image_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', b'V', b'P', ..] => {
            Some("image/webp")
        }
        _ => None,
    }
}

/// Types beside `text/` whose bytes are text in any encoding.
fn is_textual(declared: &str) -> bool {
    const TEXTUAL: &[&str] =
        &["json", "xml", "csv", "javascript", "yaml", "sql", "x-sh", "toml", "ecmascript"];
    declared.starts_with("text/")
        || declared.strip_prefix("application/").is_some_and(|sub| {
            TEXTUAL.iter().any(|kind| sub == *kind || sub.rsplit('+').next() == Some(*kind))
        })
}

/// Text in whichever encoding; in one that nobody names only where text was declared, for any bytes
/// at all would pass as that.
fn text<'a>(bytes: &'a [u8], declared: &str, charset: Option<&str>) -> Option<FileText<'a>> {
    if bytes.starts_with(b"%PDF-") {
        return None;
    }
    // Logs hold colour codes and form feeds; other control characters are a sign of a binary
    // format.
    let is_foreign =
        |c: char| matches!(c, '\0'..='\u{7}' | '\u{E}'..='\u{1A}' | '\u{1C}'..='\u{1F}');
    charset::decode(bytes, charset, is_textual(declared))
        .filter(|read| !read.text.contains(is_foreign))
}

fn is_markup(text: &str, declared: &str) -> bool {
    if ["text/html", "application/xhtml", "image/svg"].iter().any(|kind| declared.starts_with(kind))
    {
        return true;
    }
    let start: String =
        text.trim_start().chars().take(1_024).collect::<String>().to_ascii_lowercase();
    let opens = ["<!doctype html", "<html", "<svg", "<head", "<body", "<script", "<iframe", "<!--"];
    opens.iter().any(|tag| start.starts_with(tag))
        || (start.starts_with("<?xml") && ["<svg", "<html"].iter().any(|tag| start.contains(tag)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(bytes: &[u8], declared: &str, expected: &FileContent<'_>) {
        assert_eq!(read_file(bytes, declared, None), *expected, "{declared}");
    }

    fn file_text(text: &str) -> FileText<'_> {
        FileText { text: Cow::Borrowed(text), encoding: "UTF-8", is_guessed: false, undecodable: 0 }
    }

    fn text(text: &str) -> FileContent<'_> {
        FileContent::Text(file_text(text))
    }

    #[test]
    fn bytes_decide_and_not_the_declared_type() {
        check(b"\x89PNG\r\n\x1a\n....", "text/plain", &FileContent::Image("image/png"));
        check(
            b"\xff\xd8\xff\xe0....",
            "application/octet-stream",
            &FileContent::Image("image/jpeg"),
        );
        check(b"GIF89a....", "", &FileContent::Image("image/gif"));
        check(b"RIFF\x01\x02\x03\x04WEBPVP8 ", "image/png", &FileContent::Image("image/webp"));
        check(b"no picture", "image/png", &text("no picture"));
        check(b"GIF8", "image/gif", &text("GIF8"));
        check(b"RIFF\x01\x02\x03\x04WAVEfmt ", "image/webp", &FileContent::Opaque);
        check(b"PK\x03\x04", "text/plain", &FileContent::Opaque);
        check(b"%PDF-1.7\nplain", "text/plain", &FileContent::Opaque);
        check(b"\x00\x01", "text/plain", &FileContent::Opaque);
        check(b"", "application/octet-stream", &text(""));
    }

    #[test]
    fn text_comes_in_several_encodings() {
        check("grün".as_bytes(), "application/octet-stream", &text("grün"));
        check(b"\xef\xbb\xbfid;name", "text/csv", &text("id;name"));
        let in_encoding = |text, encoding, is_guessed| {
            FileContent::Text(FileText { encoding, is_guessed, ..file_text(text) })
        };
        check(b"\xff\xfeh\0i\0", "", &in_encoding("hi", "UTF-16LE", false));
        check(b"\xfe\xff\0h\0i", "", &in_encoding("hi", "UTF-16BE", false));
        check(b"gr\xfcn", "text/plain", &in_encoding("grün", "windows-1252", true));
        check(b"gr\xfcn", "application/json", &in_encoding("grün", "windows-1252", true));
        check(b"gr\xfcn", "application/octet-stream", &FileContent::Opaque);
        check(b"\x1b[31mred\x1b[0m\x0c", "", &text("\u{1b}[31mred\u{1b}[0m\u{c}"));
    }

    #[test]
    fn markup_is_read_whatever_it_calls_itself() {
        for (bytes, declared) in [
            ("<!DOCTYPE html><p>hi", "text/plain"),
            ("\n <HTML><body>hi", ""),
            ("<svg onload=x><text>hi</text></svg>", "image/png"),
            ("<?xml version=\"1.0\"?>\n<svg><text>hi", "application/xml"),
            ("<p>hi</p>", "text/html; charset=utf-8"),
            ("<g>hi</g>", "image/svg+xml"),
        ] {
            check(bytes.as_bytes(), declared, &FileContent::Markup(file_text("hi")));
        }
        check(b"<config>hi</config>", "application/xml", &text("<config>hi</config>"));
        check(b"a <b> c", "text/plain", &text("a <b> c"));
    }

    #[test]
    fn types_that_are_never_shown_are_not_loaded() {
        for (declared, expected) in [
            ("image/png", true),
            ("", true),
            ("application/octet-stream", true),
            ("application/json", true),
            ("application/pdf", false),
            ("video/mp4", false),
            ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", false),
        ] {
            assert_eq!(may_be_shown(declared), expected, "{declared}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_have_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..300), html in any::<bool>()) {
            let content = read_file(&bytes, if html { "text/html" } else { "" }, None);
            prop_assert!(!html || !matches!(content, FileContent::Text(_)));
            if let FileContent::Markup(read) = content {
                prop_assert!(!read.text.contains('<'));
            }
        }
    }
}
