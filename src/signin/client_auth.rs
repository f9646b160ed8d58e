//! Which client a request to the token endpoint or its siblings comes from, and what proves it.
//!
//! Source: RFC 6749 section 2.3.1.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};
use secrecy::SecretString;
use single_header::single_header;
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::{
    client::{AuthMethod, Clients},
    oauth_error::{ErrorCode, Refusal},
    params::Params,
    server::SignIn,
};

/// The client's id, once its secret is proved where it has one.
pub(super) fn client_id(
    signin: &SignIn,
    headers: &HeaderMap,
    params: &Params,
) -> Result<String, Refusal> {
    let basic = basic(headers)?;
    let (id, secret) = if let Some((id, secret)) = &basic {
        if params.get("client_secret").is_some() {
            let description = "The client's secret comes twice: in the header and in the body.";
            return Err(Refusal::new(ErrorCode::InvalidRequest, description));
        }
        if params.get("client_id").is_some_and(|other| other != id) {
            let description = "The header and the body name two clients.";
            return Err(Refusal::new(ErrorCode::InvalidRequest, description));
        }
        (id.as_str(), Some(secret.as_str()))
    } else {
        let id = params.get("client_id");
        let id = id.ok_or(Refusal::new(ErrorCode::InvalidClient, "client_id is missing."))?;
        (id, params.get("client_secret"))
    };
    // A client that is known by its document has no secret; its session knows it by its id.
    if Clients::is_document(id) {
        return match secret.filter(|secret| !secret.is_empty()) {
            None => Ok(id.to_owned()),
            Some(_) => Err(unknown()),
        };
    }
    let client = signin.clients().open(id).ok_or_else(unknown)?;
    let is_proved = match client.auth_method {
        AuthMethod::None => secret.is_none_or(str::is_empty),
        AuthMethod::SecretBasic | AuthMethod::SecretPost => {
            let secret = secret.map(SecretString::from);
            secret.is_some_and(|secret| signin.clients().is_secret(id, &secret))
        }
    };
    if is_proved { Ok(id.to_owned()) } else { Err(unknown()) }
}

fn unknown() -> Refusal {
    Refusal::new(
        ErrorCode::InvalidClient,
        "The client is not registered here, or its secret is wrong.",
    )
}

/// Id and secret of a Basic header, each form-encoded before they are joined.
fn basic(headers: &HeaderMap) -> Result<Option<(String, Zeroizing<String>)>, Refusal> {
    let malformed =
        || Refusal::new(ErrorCode::InvalidClient, "The Authorization header is malformed.");
    let Some(line) = single_header(headers, header::AUTHORIZATION).map_err(|_| malformed())? else {
        return Ok(None);
    };
    let (scheme, encoded) = line.split_once(' ').ok_or_else(malformed)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed());
    }
    let pair = Zeroizing::new(STANDARD.decode(encoded.trim()).map_err(|_| malformed())?);
    let pair = std::str::from_utf8(&pair).map_err(|_| malformed())?;
    let (id, secret) = pair.split_once(':').ok_or_else(malformed)?;
    Ok(Some((decoded(id), Zeroizing::new(decoded(secret)))))
}

fn decoded(text: &str) -> String {
    // As a form's only name, for which there is a decoder.
    form_urlencoded::parse(text.as_bytes())
        .next()
        .map_or_else(String::new, |(name, _)| name.into_owned())
}
