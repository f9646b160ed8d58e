//! Reads the `Authorization` header: whose token it is.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    model::{Site, Token},
    world::World,
};

/// The token of a `Bearer` header, if the gateway would let it pass: one that the world began
/// with, or one that the identity provider issued.
pub(crate) fn bearer(world: &World, headers: &HeaderMap, now: i64) -> Option<Arc<Token>> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let secret = secret.trim();
    let lasting = world.tokens.iter().find(|token| token.secret == secret && !token.expired);
    let token = lasting.cloned().or_else(|| world.identity.grants.access(secret, now))?;
    world.identity.grants.is_user(token.name).then_some(token)
}

/// The user of a `Basic` header, if the site knows the pair.
pub(crate) fn basic<'a>(world: &'a World, site: &Site, headers: &HeaderMap) -> Option<&'a Token> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, pair) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(pair.trim()).ok()?).ok()?;
    let (email, secret) = pair.split_once(':')?;
    let is_right = |token: &&Token| {
        token
            .api_token(site)
            .is_some_and(|(known, right)| known.eq_ignore_ascii_case(email) && right == secret)
    };
    let token = world.tokens.iter().map(AsRef::as_ref).find(is_right)?;
    world.identity.grants.is_user(token.name).then_some(token)
}
