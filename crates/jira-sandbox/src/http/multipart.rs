//! Forms with files, read the way a server does. Source: RFC 7578.

/// One part that carries a file.
pub(crate) struct File<'a> {
    /// The name of the form's field.
    pub(crate) field: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) content: &'a [u8],
}

/// The files of a form; none when it is not well formed.
pub(crate) fn files<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<File<'a>>> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary =
        parameter(parameters, "boundary").filter(|boundary| (1..=70).contains(&boundary.len()))?;
    let delimiter = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(delimiter.get(2..)?.as_bytes())?;
    let mut files = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(files);
        }
        let part = rest.strip_prefix(b"\r\n")?;
        let end = find(part, delimiter.as_bytes())?;
        let (part, after) = part.split_at(end);
        rest = after.get(delimiter.len()..)?;
        files.extend(file(part)?);
    }
}

/// `Some(None)` for a part that is no file.
#[expect(clippy::option_option, reason = "a broken part and a part without a file are two things")]
fn file(part: &[u8]) -> Option<Option<File<'_>>> {
    let end = find(part, b"\r\n\r\n")?;
    let (head, content) = part.split_at(end);
    let head = std::str::from_utf8(head).ok()?;
    let header = |wanted: &str| {
        let lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
        lines
            .filter(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim())
            .next()
    };
    let disposition = header("content-disposition")?;
    let field = parameter(disposition, "name")?;
    let Some(name) = parameter(disposition, "filename") else { return Some(None) };
    let kind = header("content-type").unwrap_or("application/octet-stream").to_owned();
    Some(Some(File { field, name, kind, content: content.get(4..)? }))
}

/// `name=value` or `name="value"` in a header; a `;` in quotes ends nothing.
fn parameter(header: &str, wanted: &str) -> Option<String> {
    let mut quoted = false;
    let pairs = header.split(|c| {
        quoted ^= c == '"';
        c == ';' && !quoted
    });
    pairs.filter_map(|pair| pair.trim().split_once('=')).find_map(|(name, value)| {
        let value =
            value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        name.eq_ignore_ascii_case(wanted).then(|| value.replace("%22", "\""))
    })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/form-data; boundary=b1";

    fn check(content_type: &str, body: &str, expected: Option<&[(&str, &str, &str)]>) {
        let files = files(content_type, body.as_bytes());
        let shown: Option<Vec<_>> = files.as_ref().map(|files| {
            let text = |bytes| std::str::from_utf8(bytes).unwrap();
            files
                .iter()
                .map(|file| (file.field.as_str(), file.name.as_str(), text(file.content)))
                .collect()
        });
        assert_eq!(shown.as_deref(), expected, "{body}");
    }

    #[test]
    fn files_are_found_between_the_boundaries() {
        let head = "Content-Disposition: form-data; name=\"file\"; filename=\"a; b%22.txt\"";
        let body = format!("--b1\r\n{head}\r\n\r\none\r\n--b1\r\n{head}\r\n\r\n\r\n--b1--\r\n");
        check(KIND, &body, Some(&[("file", "a; b\".txt", "one"), ("file", "a; b\".txt", "")]));
        let plain = "--b1\r\nContent-Disposition: form-data; name=x\r\n\r\none\r\n--b1--";
        check(KIND, plain, Some(&[]));
        for broken in ["", "--b1", "--b1\r\n", "--b2\r\n\r\n--b2--", "--b1\r\nno head\r\n--b1--"] {
            check(KIND, broken, None);
        }
        check("multipart/form-data", &body, None);
        check("application/json; boundary=b1", &body, None);
    }
}
