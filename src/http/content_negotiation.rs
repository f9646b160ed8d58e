//! Reads `Accept` and `Content-Type` as clients send them, and rewrites both to the one form that
//! rmcp takes.

use http::{HeaderMap, HeaderValue, header};
use single_header::single_header;

use super::reject::Reject;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const JSON_AND_EVENTS: HeaderValue =
    HeaderValue::from_static("application/json, text/event-stream");

/// Refuses what we cannot read or answer, and rewrites the rest to rmcp's liking: it wants both
/// media types named in `Accept`, while clients and people with curl send `*/*`, one of them, or
/// nothing.
pub(super) fn negotiate(headers: &mut HeaderMap) -> Result<ResponseFormat, Reject> {
    if !is_json(headers) {
        return Err(Reject::UnsupportedMediaType);
    }
    let wanted = Wanted::of(headers);
    if wanted == Wanted::Neither {
        return Err(Reject::NotAcceptable);
    }
    headers.insert(header::CONTENT_TYPE, JSON);
    headers.insert(header::ACCEPT, JSON_AND_EVENTS);
    Ok(match wanted {
        Wanted::EventStreamOnly => ResponseFormat::EventStream,
        Wanted::Either => ResponseFormat::JsonOrEvents,
        Wanted::Json | Wanted::Neither => ResponseFormat::Json,
    })
}

/// In which format a client takes its answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResponseFormat {
    /// JSON and nothing else: so it is unless a client names event streams.
    Json,
    /// JSON, or the stream that rmcp begins when a tool reports its progress.
    JsonOrEvents,
    /// Server-sent events and nothing else.
    EventStream,
}

fn is_json(headers: &HeaderMap) -> bool {
    let Ok(Some(sent)) = single_header(headers, header::CONTENT_TYPE) else { return false };
    let mut parts = sent.split(';').map(str::trim);
    let essence =
        parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let charset = parts.filter_map(|part| part.split_once('=')).all(|(name, value)| {
        !name.trim().eq_ignore_ascii_case("charset")
            || value.trim_matches([' ', '"']).eq_ignore_ascii_case("utf-8")
    });
    let encoding = headers.get_all(header::CONTENT_ENCODING).iter();
    essence
        && charset
        && encoding.into_iter().all(|line| line.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// What a client takes as an answer.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Json,
    /// JSON, and event streams by name.
    Either,
    EventStreamOnly,
    Neither,
}

impl Wanted {
    fn of(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok());
        let ranges: Vec<_> = lines.flat_map(|line| line.split(',')).filter_map(range).collect();
        // RFC 9110 section 12.5.1: the most specific range that matches decides.
        let takes = |names: [&str; 3]| {
            names.iter().find_map(|name| {
                let mut same =
                    ranges.iter().filter(|(range, _)| range.eq_ignore_ascii_case(name)).peekable();
                same.peek()?;
                Some(same.any(|(_, wanted)| *wanted))
            })
        };
        if ranges.is_empty() || takes(["application/json", "application/*", "*/*"]) == Some(true) {
            let named = ["text/event-stream", "text/*", "text/*"];
            if takes(named) == Some(true) { Self::Either } else { Self::Json }
        } else if takes(["text/event-stream", "text/*", "*/*"]) == Some(true) {
            Self::EventStreamOnly
        } else {
            Self::Neither
        }
    }
}

/// The media range and whether its weight is above zero.
fn range(item: &str) -> Option<(&str, bool)> {
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = parts
        .filter_map(|part| part.split_once('='))
        .find(|(key, _)| key.trim().eq_ignore_ascii_case("q"));
    let unwanted =
        weight.and_then(|(_, value)| value.trim().parse::<f32>().ok()).is_some_and(|q| q <= 0.0);
    Some((name, !unwanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &header::HeaderName, lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name, HeaderValue::from_str(line).unwrap());
        }
        headers
    }

    #[test]
    fn accept_is_read_generously() {
        let check = |lines: &[&str], expected: Wanted| {
            assert_eq!(Wanted::of(&headers(&header::ACCEPT, lines)), expected, "{lines:?}");
        };
        for json in [
            &[][..],
            &[""],
            &["*/*"],
            &["application/*"],
            &["application/json"],
            &["Application/JSON;q=0.5"],
            &["text/html", "*/*;q=0.1"],
            &["application/json, text/event-stream;q=0"],
        ] {
            check(json, Wanted::Json);
        }
        for either in [
            &["application/json,text/event-stream"][..],
            &["application/json", "text/event-stream"],
            &["text/event-stream, application/json;q=0.1"],
            &["text/event-stream, */*"],
        ] {
            check(either, Wanted::Either);
        }
        for events in [
            &["text/event-stream"][..],
            &["Text/Event-Stream;q=0.1"],
            &["text/*"],
            &["text/html, text/event-stream"],
            &["application/json;q=0, */*"],
            &["application/json;q=0", "text/event-stream"],
        ] {
            check(events, Wanted::EventStreamOnly);
        }
        for neither in [
            &["text/html"][..],
            &["application/xml, image/*"],
            &["application/json;q=0"],
            &["application/json;q=0, text/event-stream;q=0, */*"],
            &["*/*;q=0"],
        ] {
            check(neither, Wanted::Neither);
        }
    }

    #[test]
    fn content_type_is_json_in_utf_8() {
        let check = |lines: &[&str], expected: bool| {
            assert_eq!(is_json(&headers(&header::CONTENT_TYPE, lines)), expected, "{lines:?}");
        };
        check(&["application/json"], true);
        check(&["Application/JSON"], true);
        check(&["application/json; charset=utf-8"], true);
        check(&["application/json;Charset=\"UTF-8\""], true);
        check(&["application/json; version=1"], true);
        check(&[], false);
        check(&[""], false);
        check(&["text/plain"], false);
        check(&["application/json-patch+json"], false);
        check(&["application/json; charset=utf-16"], false);
        check(&["application/json", "application/json"], false);
    }
}
