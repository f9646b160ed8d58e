//! By how much the client narrows the operator's policy, from the path and from headers, and the
//! user's roles do; policy decides what it means.

use auth::Caller;
use axum::extract::{MatchedPath, RawPathParams, Request, rejection::RawPathParamsRejection};
use http::HeaderMap;

use crate::policy::Narrowing;

use super::{
    header_names::{READ_ONLY, TOOLSETS},
    reject::Reject,
};

/// Puts the narrowing among the request's extensions; a path that is not UTF-8 is none of ours.
pub(super) fn insert(
    matched: &MatchedPath,
    params: Result<RawPathParams, RawPathParamsRejection>,
    request: &mut Request,
) -> Result<(), Reject> {
    let params = params.map_err(|_| Reject::NotFound)?;
    let from_path =
        params.iter().find(|(name, _)| *name == "toolsets").map(|(_, value)| value.to_owned());
    let mut narrowing = from_headers(request.headers());
    narrowing.read_only |= matched.as_str().trim_end_matches('/') == "/mcp/readonly";
    narrowing.toolsets.extend(from_path);
    narrowing.roles = request.extensions().get::<Caller>().and_then(Caller::roles).cloned();
    request.extensions_mut().insert(narrowing);
    Ok(())
}

/// Every line counts, and a line that cannot be read narrows to nothing: a mistake must not give
/// more rights.
fn from_headers(headers: &HeaderMap) -> Narrowing {
    let is_off = |value: &http::HeaderValue| {
        matches!(value.as_bytes(), b"" | b"false" | b"False" | b"FALSE" | b"0")
    };
    Narrowing {
        read_only: headers.get_all(READ_ONLY).iter().any(|value| !is_off(value)),
        toolsets: headers
            .get_all(TOOLSETS)
            .iter()
            .map(|value| value.to_str().unwrap_or("?").to_owned())
            .filter(|list| !list.trim().is_empty())
            .collect(),
        roles: None,
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn check(lines: &[(HeaderName, &[u8])], read_only: bool, toolsets: &[&str]) {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name, HeaderValue::from_bytes(value).unwrap());
        }
        let toolsets = toolsets.iter().map(|list| (*list).to_owned()).collect();
        assert_eq!(
            from_headers(&headers),
            Narrowing { read_only, toolsets, roles: None },
            "{lines:?}"
        );
    }

    #[test]
    fn headers_only_ever_take_away() {
        check(&[], false, &[]);
        check(&[(READ_ONLY, b"true")], true, &[]);
        check(&[(READ_ONLY, b"false")], false, &[]);
        check(&[(READ_ONLY, b"false"), (READ_ONLY, b"yes")], true, &[]);
        check(&[(READ_ONLY, b"nonsense")], true, &[]);
        check(&[(TOOLSETS, b"core"), (TOOLSETS, b"agile")], false, &["core", "agile"]);
        check(&[(TOOLSETS, b"")], false, &[]);
        check(&[(TOOLSETS, b"\xff")], false, &["?"]);
    }
}
