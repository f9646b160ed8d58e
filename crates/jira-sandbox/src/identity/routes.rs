//! The paths of the identity provider.

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};

use super::{atlassian, entra, server::Server, settings::IdentitySettings};
use crate::world::World;

/// Answers all paths of the provider, and 404 to others.
pub(crate) fn router(world: Arc<World>, settings: IdentitySettings) -> Router {
    Router::new()
        .route("/authorize", get(atlassian::ask).post(atlassian::decide))
        .route("/oauth/token", post(atlassian::token))
        .route("/oauth/revoke", post(atlassian::revoke))
        .route("/{tenant}/oauth2/v2.0/authorize", get(entra::ask).post(entra::decide))
        .route("/{tenant}/oauth2/v2.0/token", post(entra::token))
        .route("/{tenant}/oauth2/v2.0/logout", get(entra::logout))
        .route("/{tenant}/discovery/v2.0/keys", get(entra::keys))
        .route("/{tenant}/v2.0/.well-known/openid-configuration", get(entra::configuration))
        .with_state(Server { world, settings: Arc::new(settings) })
}
