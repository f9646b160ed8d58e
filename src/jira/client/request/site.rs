//! Which sites a token reaches, and what a site says of itself.

use super::builder::{Base, Request};

/// `GET /oauth/token/accessible-resources`: the sites that the token reaches, each with its scopes.
pub fn accessible_resources() -> Request {
    Request::read(["oauth", "token", "accessible-resources"]).at(Base::Host)
}

/// `GET /serverInfo`: the site's own address, among other things.
pub fn server_info() -> Request {
    Request::read(["serverInfo"])
}
