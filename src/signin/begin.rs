//! A sign-in leaves for the provider.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use session_store::StoreError;
use url::Url;

use super::{
    cookies::Browser,
    grant::GrantOf,
    pending::{Pending, Purpose},
    pkce::Verifier,
    provider::Asked,
    server::SignIn,
};

/// Keeps what belongs to it, and says where the browser goes.
pub(super) async fn at_provider(
    signin: &SignIn,
    at: GrantOf,
    browser: Browser,
    scopes: Vec<String>,
    purpose: Purpose,
) -> Result<Url, StoreError> {
    let provider = signin.providers().of(at).ok_or(StoreError::Unavailable)?;
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).map_err(|_| StoreError::Unavailable)?;
    let nonce = URL_SAFE_NO_PAD.encode(nonce);
    let verifier = Verifier::random().map_err(|_| StoreError::Unavailable)?;
    // A look at our own pages needs no tokens beyond the moment.
    let is_lasting = !matches!(purpose, Purpose::Pages { .. });
    let challenge = verifier.challenge();
    let pending = Pending { browser, at, verifier, nonce, scopes, purpose };
    let state = signin.pending().keep(&pending).await?;
    Ok(provider.authorize_url(&Asked {
        redirect_uri: &signin.callback(),
        state: &state,
        scopes: &pending.scopes,
        challenge: &challenge,
        nonce: &pending.nonce,
        is_lasting,
    }))
}
