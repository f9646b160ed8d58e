//! Reads an HTTP header that may be sent once at most: absent, sent once, or wrong.

use http::{HeaderMap, HeaderValue, header::AsHeaderName};

/// Why a header cannot be used. It never holds any part of what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// It was sent twice or more; choosing one line would let the other pass unseen.
    #[error("the header was sent more than once")]
    Repeated,
    /// It holds bytes other than visible ASCII, spaces and tabs.
    #[error("the header holds characters other than visible ASCII")]
    NotText,
}

/// The text of a header that may be sent once at most; none when it was not sent.
pub fn single_header(
    headers: &HeaderMap,
    name: impl AsHeaderName,
) -> Result<Option<&str>, HeaderError> {
    let mut lines = headers.get_all(name).iter();
    match (lines.next(), lines.next()) {
        (None, _) => Ok(None),
        (Some(line), None) => text(line).map(Some),
        (Some(_), Some(_)) => Err(HeaderError::Repeated),
    }
}

/// What [`HeaderValue::to_str`] gives, which looks at one byte after the other; a bearer has a
/// thousand and more, and several links of the request path read it. No value holds a control
/// character but the tab (`HeaderValue::from_bytes`, RFC 9110 section 5.5), so that all ASCII is
/// text, and of that the standard library sees many bytes at a time.
fn text(line: &HeaderValue) -> Result<&str, HeaderError> {
    str::from_utf8(line.as_bytes()).ok().filter(|text| text.is_ascii()).ok_or(HeaderError::NotText)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    const NAME: HeaderName = HeaderName::from_static("x-one");

    /// Any line that HTTP can carry: visible ASCII, spaces, tabs and the bytes above ASCII, some of
    /// them letters in UTF-8.
    fn line() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            80 => (0x20_u8..0x7f).prop_map(|byte| vec![byte]),
            10 => Just(b"\t".to_vec()),
            1 => (0x80_u8..=0xff).prop_map(|byte| vec![byte]),
            1 => Just("é".into()),
        ];
        prop::collection::vec(part, 0..80).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn one_line_is_read_two_are_refused_and_unreadable_is_never_absent(
            lines in prop::collection::vec(line(), 0..4),
            others in prop::collection::vec(line(), 0..3),
        ) {
            let mut headers = HeaderMap::new();
            for other in &others {
                headers.append("x-other", HeaderValue::from_bytes(other).unwrap());
            }
            for line in &lines {
                headers.append(NAME, HeaderValue::from_bytes(line).unwrap());
            }
            let expected = match lines.as_slice() {
                [] => Ok(None),
                [_] => headers[NAME].to_str().map(Some).map_err(|_| HeaderError::NotText),
                _ => Err(HeaderError::Repeated),
            };
            prop_assert_eq!(single_header(&headers, NAME), expected);
            prop_assert_eq!(single_header(&headers, "X-One"), expected);
        }
    }
}
