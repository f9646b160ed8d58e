//! Takes a token of a user in the place of a sign-in by hand.

use serde_json::Value as Json;

use super::{conversation::SignIn, server::Server};

/// Whether the `value` of an invoke `signin/tokenExchange` answers the card that waits: the ids are
/// those of the card, and the token was made for its API, for a user.
///
/// Source: <https://learn.microsoft.com/azure/bot-service/bot-builder-authentication-sso>.
pub(super) fn is_accepted(server: &Server, asked: Option<&SignIn>, value: Option<&Json>) -> bool {
    let text = |name: &str| value.and_then(|value| value.get(name)).and_then(Json::as_str);
    let Some(SignIn { connection, exchange: Some(id) }) = asked else { return false };
    if text("id") != Some(id) || text("connectionName") != Some(connection) {
        return false;
    }
    let token = text("token").unwrap_or_default();
    let claims = server.world.identity.entra_claims(token, server.now()).unwrap_or_default();
    let claim = |name: &str| claims.get(name).and_then(Json::as_str);
    claim("aud") == Some(&server.settings.token_exchange_uri) && claim("scp").is_some()
}
