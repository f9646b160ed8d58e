//! A `multipart/form-data` body with one file in it, as a plain value.

/// The encoded body and the boundary that its `Content-Type` has to name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) boundary: String,
    pub(super) body: Vec<u8>,
}

impl Form {
    /// One part named `field` that holds a file. `content_type` is a constant, so that no input can
    /// add a header.
    ///
    /// Source: RFC 7578; the escapes of the file name are those of the HTML standard, section
    /// "multipart form data".
    pub(super) fn file(
        field: &'static str,
        name: &str,
        content_type: &'static str,
        content: &[u8],
    ) -> Self {
        let boundary = boundary(name, content);
        let name = escaped(name);
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             Content-Type: {content_type}\r\n\r\n"
        );
        let tail = format!("\r\n--{boundary}--\r\n");
        let mut body = Vec::with_capacity(head.len() + content.len() + tail.len());
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(tail.as_bytes());
        Self { boundary, body }
    }
}

/// Made from a hash of the content: nobody can write a file that holds its own boundary. The search
/// only keeps the promise independent of the hash.
fn boundary(name: &str, content: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(name.as_bytes()).update(&[0]).update(content);
    let mut text = hasher.finalize().to_hex().to_string();
    // RFC 2046 section 5.1.1 allows 70 characters; 32 are plenty.
    text.truncate(32);
    while holds(content, text.as_bytes()) || name.contains(&text) {
        text = blake3::hash(text.as_bytes()).to_hex().to_string();
        text.truncate(32);
    }
    text
}

fn holds(content: &[u8], text: &[u8]) -> bool {
    content.windows(text.len()).any(|window| window == text)
}

fn escaped(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '"' => escaped.push_str("%22"),
            '\r' => escaped.push_str("%0D"),
            '\n' => escaped.push_str("%0A"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_file_is_one_part_between_two_boundaries() {
        let form = Form::file("file", "notes.txt", "text/plain", b"one\r\ntwo");
        let boundary = &form.boundary;
        let expected = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"notes.txt\"\r\n\
             Content-Type: text/plain\r\n\r\none\r\ntwo\r\n--{boundary}--\r\n"
        );
        assert_eq!(String::from_utf8(form.body).unwrap(), expected);
        assert_eq!(boundary.len(), 32);
    }

    #[test]
    fn a_name_cannot_leave_its_quotes_or_its_line() {
        let form = Form::file("file", "a\"; x=\"\r\nX-Evil: 1\r\n\r\n\u{0}b", "text/plain", b"");
        let text = String::from_utf8(form.body).unwrap();
        assert!(
            text.contains("filename=\"a%22; x=%22%0D%0AX-Evil: 1%0D%0A%0D%0Ab\"\r\n"),
            "{text}"
        );
        assert_eq!(text.matches("\r\n").count(), 6);
    }

    #[test]
    fn content_that_holds_an_earlier_boundary_gets_another() {
        let first = Form::file("file", "a", "text/plain", b"x");
        let second = Form::file("file", "a", "text/plain", &first.body);
        assert_ne!(first.boundary, second.boundary);
    }

    proptest! {
        #[test]
        fn the_boundary_stands_where_it_belongs_and_nowhere_else(
            name in ".{0,40}", content in prop::collection::vec(any::<u8>(), 0..400),
        ) {
            let form = Form::file("file", &name, "application/octet-stream", &content);
            let boundary = form.boundary.as_bytes();
            let count = form.body.windows(boundary.len()).filter(|window| *window == boundary).count();
            prop_assert_eq!(count, 2);
            let start = form.body.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
            let end = form.body.len() - boundary.len() - 8;
            prop_assert_eq!(&form.body[start..end], &content[..]);
        }
    }
}
