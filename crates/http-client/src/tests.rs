//! Against servers on loopback.
#![expect(clippy::disallowed_methods, reason = "what is tested here is sending itself")]

mod http1;
mod http2;

use http::{HeaderMap, Method};
use url::Url;

use super::{Outgoing, Settings};

fn settings() -> Settings {
    Settings::new("test/1").unwrap()
}

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

/// A GET without headers of its own.
fn get(url: &Url) -> Outgoing<'_> {
    static NONE: std::sync::LazyLock<HeaderMap> = std::sync::LazyLock::new(HeaderMap::new);
    Outgoing { method: &Method::GET, url, headers: &NONE, more: &[], body: None }
}
