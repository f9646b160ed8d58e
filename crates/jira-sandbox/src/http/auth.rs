//! Reads the `Authorization` header: whose token it is.

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::model::{Site, Token};

/// The token of a `Bearer` header, if the gateway would let it pass.
pub(crate) fn bearer<'a>(tokens: &'a [Token], headers: &HeaderMap) -> Option<&'a Token> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    tokens.iter().find(|token| token.secret == secret.trim() && !token.expired)
}

/// The user of a `Basic` header, if the site knows the pair.
pub(crate) fn basic<'a>(
    tokens: &'a [Token],
    site: &Site,
    headers: &HeaderMap,
) -> Option<&'a Token> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, pair) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(pair.trim()).ok()?).ok()?;
    let (email, secret) = pair.split_once(':')?;
    tokens.iter().find(|token| {
        token
            .api_token(site)
            .is_some_and(|(known, right)| known.eq_ignore_ascii_case(email) && right == secret)
    })
}
