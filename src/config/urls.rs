//! Addresses of Jira and of identity providers, as people write them and as it is safe to call
//! them.

use upstream::is_loopback;
use url::{Host, Url};

use super::reader::Reader;

/// The origin of a Jira site as people write it: with or without scheme, path or slash; none for
/// what names no host on the internet, and for plain http beyond loopback.
pub(super) fn site_origin(text: &str) -> Option<Url> {
    let full = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let mut url = full.parse::<Url>().ok()?;
    url.set_path("/");
    url.set_query(None);
    url.set_fragment(None);
    // A name without a dot is a company's or a project's, not a host.
    let is_full = match url.host()? {
        Host::Domain(name) => name == "localhost" || name.trim_matches('.').contains('.'),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    };
    (is_full && is_safe_upstream(&url)).then_some(url)
}

/// The token goes to this host, so it must not travel in clear and the URL must not carry anything
/// else.
pub fn is_safe_upstream(url: &Url) -> bool {
    let is_bare = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    is_bare && (url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url)))
}

/// The address of a service that is called below it; the setting must have a default, or be needed.
pub(super) fn base(reader: &mut Reader<'_>, name: &'static str) -> Option<Url> {
    let url = reader.needed(name).parse::<Url>().ok().filter(is_safe_upstream);
    if url.is_none() {
        reader.refuse(
            name,
            "expected an https URL without user, query or fragment; http only to loopback",
        );
    }
    url
}
