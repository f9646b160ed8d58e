//! Who may read a page that asks nobody who they are.

use std::net::{Ipv4Addr, Ipv6Addr};

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderValue, Method, StatusCode, header, uri::Authority};
use single_header::single_header;

use super::page;

/// The routes, and those of the style and the script, for requests that are meant for this machine.
///
/// A page of the internet whose name is made to lead here (DNS rebinding) sends that name as its
/// `Host`; so does no request to an address, which nobody can make to lead elsewhere.
pub fn guarded(routes: Router) -> Router {
    routes
        .route(page::STYLE_PATH, get(page::style))
        .route(page::SCRIPT_PATH, get(page::script))
        .route(page::ICON_PATH, get(page::icon))
        .layer(middleware::from_fn(guard))
}

async fn guard(request: Request, next: Next) -> Response {
    let host = single_header(request.headers(), header::HOST).ok().flatten();
    let target = request.uri().authority().map(Authority::as_str);
    let mut answer = if !host.is_some_and(is_own) || !target.is_none_or(is_own) {
        const REFUSED: &str = "This page is read at an IP address or at localhost.\n";
        (StatusCode::FORBIDDEN, REFUSED).into_response()
    } else if matches!(*request.method(), Method::GET | Method::HEAD) {
        next.run(request).await
    } else {
        (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response()
    };
    for (name, value) in page::HEADERS {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// Whether the host, with or without a port, is an address or this machine's own name. Browsers
/// resolve names below `localhost` by themselves (RFC 6761, section 6.3).
fn is_own(authority: &str) -> bool {
    let Ok(authority) = authority.parse::<Authority>() else { return false };
    let host = authority.host();
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_address = match bare {
        Some(v6) => v6.parse::<Ipv6Addr>().is_ok(),
        None => host.parse::<Ipv4Addr>().is_ok(),
    };
    let lower = host.to_ascii_lowercase();
    let has_user = authority.as_str().contains('@');
    !has_user && (is_address || lower == "localhost" || lower.ends_with(".localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_and_localhost_are_own() {
        for own in [
            "127.0.0.1",
            "127.0.0.1:8080",
            "10.0.3.7:9090",
            "[::1]:80",
            "localhost",
            "LOCALHOST:1",
            "sandbox-lab.localhost:4000",
        ] {
            assert!(is_own(own), "{own}");
        }
        for foreign in [
            "",
            "attacker.example",
            "localhost.attacker.example",
            "127.0.0.1.attacker.example",
            "notlocalhost",
            "a@127.0.0.1",
            "127.1",
            "localhost.",
            "[attacker.example]",
        ] {
            assert!(!is_own(foreign), "{foreign}");
        }
    }
}
