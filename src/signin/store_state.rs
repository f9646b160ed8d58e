//! A look at the session store before anything is served from it.

use session_store::{KeyCheckError, Store};

use super::{backend::backend, clock::Clock, error::SignInError, settings::Settings};

/// How a session store answers before anything is served from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreState {
    /// It answers, and its records open with our keys.
    Ready,
    /// It does not answer.
    Unavailable,
}

/// Looks at the session store as a start would, for `check`.
pub async fn store_state(settings: &Settings) -> Result<StoreState, SignInError> {
    let Some(keys) = settings.keys.clone() else { return Ok(StoreState::Ready) };
    let store = Store::new(backend(&settings.store).map_err(SignInError::Store)?, keys);
    match store.check_keys(Clock::default().now_ms()).await {
        Ok(()) => Ok(StoreState::Ready),
        Err(error @ KeyCheckError::WrongKeys) => Err(SignInError::Keys(error)),
        Err(KeyCheckError::Unavailable) => Ok(StoreState::Unavailable),
    }
}
