//! The access tokens of the sandbox: whose they are, what they may ask for, which sites they reach.
//! And the API tokens, with which a user speaks to the site itself.

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Seed, model::Site};

/// The classic scopes, and the granular ones the agile API wants instead.
/// Source: `x-atlassian-oauth2-scopes` in Atlassian's `OpenAPI` documents.
pub(super) const READ_WORK: &str = "read:jira-work";
pub(super) const WRITE_WORK: &str = "write:jira-work";
pub(super) const READ_USER: &str = "read:jira-user";
pub(super) const MANAGE_PROJECT: &str = "manage:jira-project";
pub(super) const READ_BOARD: &str = "read:board-scope:jira-software";
pub(super) const READ_SPRINT: &str = "read:sprint:jira-software";
pub(super) const WRITE_SPRINT: &str = "write:sprint:jira-software";
pub(super) const DELETE_SPRINT: &str = "delete:sprint:jira-software";
pub(super) const READ_PROJECT: &str = "read:project:jira";
pub(super) const READ_DETAILS: &str = "read:issue-details:jira";
pub(super) const READ_JQL: &str = "read:jql:jira";
pub(super) const READ_EPIC: &str = "read:epic:jira-software";
pub(super) const WRITE_BOARD: &str = "write:board-scope:jira-software";
pub(super) const RANK: &str = "write:issue:jira-software";

const CLASSIC: &[&str] = &[READ_WORK, WRITE_WORK, READ_USER];
const READ_ONLY: &[&str] = &[READ_WORK, READ_USER];
const WITH_AGILE: &[&str] = &[
    READ_WORK,
    WRITE_WORK,
    READ_USER,
    MANAGE_PROJECT,
    READ_BOARD,
    READ_SPRINT,
    WRITE_SPRINT,
    DELETE_SPRINT,
    READ_PROJECT,
    READ_DETAILS,
    READ_JQL,
    READ_EPIC,
    WRITE_BOARD,
    RANK,
];

/// An access token as the gateway knows it.
pub(super) struct Token {
    pub(super) name: &'static str,
    pub(super) secret: String,
    pub(super) account_id: &'static str,
    pub(super) scopes: &'static [&'static str],
    pub(super) expired: bool,
    /// Indices of the sites the grant covers.
    pub(super) sites: &'static [usize],
}

/// The tokens in their fixed order.
pub(super) fn tokens(seed: Seed) -> Vec<Token> {
    use super::seed::people::{ANNA, BEN, CARLA, DANA, EMIL, FEMI, GRETA};
    let german = ("greta", GRETA, CLASSIC, false, &[0][..]);
    [
        ("anna", ANNA, WITH_AGILE, false, &[0][..]),
        ("ben", BEN, CLASSIC, false, &[0][..]),
        ("carla", CARLA, WITH_AGILE, false, &[0][..]),
        ("dana", DANA, READ_ONLY, false, &[0][..]),
        ("emil", EMIL, CLASSIC, true, &[0][..]),
        ("femi", FEMI, WITH_AGILE, false, &[0, 1][..]),
    ]
    .into_iter()
    .chain((seed == Seed::Awkward).then_some(german))
    .map(|(name, account_id, scopes, expired, sites)| Token {
        name,
        secret: secret(name),
        account_id,
        scopes,
        expired,
        sites,
    })
    .collect()
}

/// A user's e-mail address and API token. An expired sign-in has no say over them, and they know no
/// scopes.
pub(super) fn api_token(site: &Site, token: &Token) -> Option<(String, String)> {
    let who = site.person_by_account(token.account_id)?;
    let email = site.people.get(who)?.email.clone();
    let digest =
        blake3::derive_key("jira sandbox API token, not a credential", token.name.as_bytes());
    let start = format!("sandbox-api-{}-", token.name);
    Some((email, digest.iter().take(20).fold(start, |text, byte| format!("{text}{byte:02x}"))))
}

/// The user of a `Basic` header, if the site knows the pair.
pub(super) fn basic<'a>(
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
        api_token(site, token)
            .is_some_and(|(known, right)| known.eq_ignore_ascii_case(email) && right == secret)
    })
}

/// Visibly fake, easy to search logs for, and made of token68 characters only (RFC 9110 section
/// 11.2).
fn secret(name: &str) -> String {
    let digest = blake3::derive_key("jira sandbox access token, not a credential", name.as_bytes());
    digest
        .iter()
        .take(20)
        .fold(format!("sandbox-{name}-"), |text, byte| format!("{text}{byte:02x}"))
}

/// The token of a `Bearer` header, if the gateway would let it pass.
pub(super) fn bearer<'a>(tokens: &'a [Token], headers: &HeaderMap) -> Option<&'a Token> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    tokens.iter().find(|token| token.secret == secret.trim() && !token.expired)
}
