//! Where an agent's service may be, and which URLs of its answers may be called.
//!
//! An answer names URLs: where to listen, where to send the next message. Whoever could slip in a
//! URL of their own would get the credential, so each is held against the addresses of the settings
//! before anything is sent to it.

use upstream::is_loopback;
use url::{Host, Url};

/// Direct Line's public service, and its regions below it.
/// Source: Microsoft, "API reference - Direct Line API 3.0", base URI.
const DIRECT_LINE_HOST: &str = "directline.botframework.com";

const DIRECT_LINE_PATH: &str = "/v3/directline";
const DISCOVERY_PATH_END: &str = "/conversation-endpoints";
const CONVERSATIONS_PATH_END: &str = "/conversations";

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// No absolute URL.
    #[error("it is not an absolute URL, such as https://host.example")]
    NotAUrl,
    /// Neither https nor http to this machine.
    #[error("it must begin with https:// (http:// is for loopback addresses only)")]
    NotSecure,
    /// A part that an address of a service has not.
    #[error("it must have no user name, password, query or fragment")]
    ExtraPart,
    /// A path where the service has none.
    #[error("its path must be empty or /v3/directline")]
    Path,
}

/// Scheme, host and port: whom a credential may be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Origin {
    is_secure: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// That of any web or socket URL without user info and fragment.
    fn of(url: &Url) -> Option<Self> {
        let is_secure = match url.scheme() {
            "https" | "wss" => true,
            "http" | "ws" => false,
            _ => return None,
        };
        let has_user = !url.username().is_empty() || url.password().is_some();
        if has_user || url.fragment().is_some() {
            return None;
        }
        let host = url.host_str()?.to_owned();
        Some(Self { is_secure, host, port: url.port_or_known_default()? })
    }
}

/// Which URLs of answers may be called: those with a scheme, host and port of the settings, and
/// secure ones at a subdomain of a service's own domain.
#[derive(Clone, Debug, Default)]
pub(crate) struct HostRule {
    own: Vec<Origin>,
    domains: Vec<String>,
}

impl HostRule {
    /// The rule of Direct Line behind these addresses of the settings.
    pub(crate) fn direct_line<'a>(own: impl IntoIterator<Item = &'a Url>) -> Self {
        let own = own.into_iter().filter_map(Origin::of).collect();
        Self { own, domains: vec![DIRECT_LINE_HOST.to_owned()] }
    }

    /// The rule of direct to engine behind this address, in a cloud (`api.powerplatform.com`).
    pub(crate) fn engine(own: &Url, cloud: Option<&str>) -> Self {
        let domains = cloud.map(|cloud| format!("environment.{}", cloud.to_ascii_lowercase()));
        Self { own: Origin::of(own).into_iter().collect(), domains: domains.into_iter().collect() }
    }

    /// Whether a request may go to this URL of an answer.
    pub(crate) fn allows(&self, url: &Url) -> bool {
        let Some(origin) = Origin::of(url) else { return false };
        if self.own.contains(&origin) {
            return true;
        }
        // A plain own address is this machine, and a stranger's is not called from there.
        let is_ours = self.own.iter().any(|own| own.is_secure) && origin.is_secure;
        let is_usual = origin.port == 443 && matches!(url.host(), Some(Host::Domain(_)));
        is_ours && is_usual && self.domains.iter().any(|domain| is_below(&origin.host, domain))
    }

    /// Reads a URL of an answer, and says whether it may be called. A backslash or a blank in it is
    /// read by each program in another way, so there must be none.
    pub(crate) fn admit(&self, text: &str) -> Option<Url> {
        if text.contains(|c: char| c == '\\' || c.is_whitespace() || c.is_control()) {
            return None;
        }
        Url::parse(text).ok().filter(|url| self.allows(url))
    }
}

fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .and_then(|front| front.strip_suffix('.'))
        .is_some_and(|sub| !sub.is_empty() && sub.split('.').all(|label| !label.is_empty()))
}

/// Any address of the settings: secure unless it is this machine.
fn parse(text: &str) -> Result<Url, AddressFault> {
    let url = Url::parse(text.trim()).map_err(|_| AddressFault::NotAUrl)?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        _ => return Err(AddressFault::NotSecure),
    }
    if Origin::of(&url).is_none() {
        return Err(AddressFault::ExtraPart);
    }
    Ok(url)
}

/// Where Direct Line is: scheme, host and port, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectLineAddress(Url);

impl DirectLineAddress {
    /// Reads `https://host`, with or without `/v3/directline`.
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        let mut url = parse(text)?;
        if url.query().is_some() {
            return Err(AddressFault::ExtraPart);
        }
        if !matches!(url.path().trim_end_matches('/'), "" | DIRECT_LINE_PATH) {
            return Err(AddressFault::Path);
        }
        url.set_path("/");
        Ok(Self(url))
    }

    /// Where the public service is, if no other address is set.
    pub const USUAL: &str = "https://directline.botframework.com";

    /// The URL with the path `/`.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// The URL of an operation, such as `conversations/<id>`; each part is percent-encoded.
    pub fn operation(&self, parts: &[&str]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().extend(["v3", "directline"]).extend(parts);
        }
        url
    }

    /// The same address for a URL that an answer gave; the caller has admitted it.
    pub(super) fn of_admitted(mut url: Url) -> Self {
        url.set_path("/");
        url.set_query(None);
        Self(url)
    }
}

/// The token endpoint of an agent: whoever asks there gets a token for one new conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenEndpoint(Url);

impl TokenEndpoint {
    /// Reads the URL that Copilot Studio shows under "Channels"; a query is part of it.
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        parse(text).map(Self)
    }

    /// The URL.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Where the same host says which Direct Line serves its region.
    /// Source: Microsoft, Copilot Studio samples, "directline-js", README.
    pub fn regional_settings(&self) -> Option<Url> {
        self.0.path().contains("/powervirtualagents/").then(|| {
            let mut url = self.0.clone();
            url.set_path("/powervirtualagents/regionalchannelsettings");
            url
        })
    }
}

/// The address of an agent that is spoken to directly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineAddress {
    /// The URL that tells the agent's operations; it ends in `/conversation-endpoints`.
    Discovery(Url),
    /// The base of the classic operations: `…/bots/<schema>`, without `/conversations`.
    Classic(Url),
}

impl EngineAddress {
    /// Reads either, told apart by the end of the path.
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        let mut url = parse(text)?;
        let path = url.path().trim_end_matches('/').to_owned();
        if path.ends_with(DISCOVERY_PATH_END) {
            url.set_path(&path);
            return Ok(Self::Discovery(url));
        }
        url.set_path(path.strip_suffix(CONVERSATIONS_PATH_END).unwrap_or(&path));
        Ok(Self::Classic(url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(text: &str, expected: Result<&str, AddressFault>) {
        let parsed = DirectLineAddress::parse(text);
        let found = parsed.as_ref().map(|address| address.url().as_str()).map_err(|fault| *fault);
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn an_address_is_scheme_and_host_with_or_without_the_path_of_direct_line() {
        endpoint("https://europe.example", Ok("https://europe.example/"));
        endpoint("https://europe.example/", Ok("https://europe.example/"));
        endpoint("https://europe.example:8443/v3/directline/", Ok("https://europe.example:8443/"));
        endpoint("http://127.0.0.1:80/v3/directline", Ok("http://127.0.0.1/"));
        endpoint("http://[::1]:3978", Ok("http://[::1]:3978/"));
        endpoint("http://localhost:3978", Ok("http://localhost:3978/"));
        endpoint("http://europe.example", Err(AddressFault::NotSecure));
        endpoint("http://127.0.0.1.example", Err(AddressFault::NotSecure));
        endpoint("http://169.254.169.254", Err(AddressFault::NotSecure));
        endpoint("wss://europe.example", Err(AddressFault::NotSecure));
        endpoint("europe.example", Err(AddressFault::NotAUrl));
        endpoint("https://me@europe.example", Err(AddressFault::ExtraPart));
        endpoint("https://europe.example/?a=b", Err(AddressFault::ExtraPart));
        endpoint("https://europe.example/#a", Err(AddressFault::ExtraPart));
        endpoint("https://europe.example/v3", Err(AddressFault::Path));
        assert_eq!(
            DirectLineAddress::parse(DirectLineAddress::USUAL)
                .unwrap()
                .operation(&["conversations", "a/b c"])
                .as_str(),
            "https://directline.botframework.com/v3/directline/conversations/a%2Fb%20c"
        );
    }

    #[test]
    fn a_url_of_an_answer_is_called_at_our_host_or_below_the_services_domain_only() {
        let rule =
            |own: &str| HostRule::direct_line([DirectLineAddress::parse(own).unwrap().url()]);
        let check = |own: &str, url: &str, expected: bool| {
            assert_eq!(rule(own).admit(url).is_some(), expected, "{own} {url}");
        };
        let own = "https://line.example";
        check(own, "wss://line.example/x?t=1", true);
        check(own, "https://LINE.example:443/", true);
        check(own, "wss://europe.directline.botframework.com/v3", true);
        check(own, "wss://directline.botframework.com/v3", false);
        check(own, "wss://.directline.botframework.com/v3", false);
        check(own, "wss://evildirectline.botframework.com/v3", false);
        check(own, "wss://europe.directline.botframework.com.evil.example/v3", false);
        check(own, "wss://europe.directline.botframework.com./v3", false);
        check(own, "wss://europe.directline.botframework.com:444/v3", false);
        check(own, "ws://europe.directline.botframework.com:443/v3", false);
        check(own, "ws://line.example/", false);
        check(own, "wss://line.example:8443/", false);
        check(own, "wss://x@line.example/", false);
        check(own, "wss://line.example/#f", false);
        check(own, "wss://line.example\\@evil.example/", false);
        check(own, "wss://evil.example/?line.example", false);
        check(own, "file:///etc/hosts", false);
        let here = "http://127.0.0.1:3978";
        check(here, "ws://127.0.0.1:3978/x", true);
        check(here, "wss://127.0.0.1:3978/x", false);
        check(here, "ws://127.0.0.1:3979/x", false);
        check(here, "ws://localhost:3978/x", false);
        check(here, "wss://europe.directline.botframework.com/v3", false);
    }

    #[test]
    fn an_engines_operations_are_at_its_host_or_in_an_environment_of_its_cloud() {
        let own = Url::parse("https://a.b.environment.api.powerplatform.com/x").unwrap();
        let rule = HostRule::engine(&own, Some("api.powerplatform.com"));
        assert!(rule.admit("https://c.d.environment.api.powerplatform.com/y").is_some());
        assert!(rule.admit("https://environment.api.powerplatform.com/y").is_none());
        assert!(rule.admit("https://c.environment.api.gov.powerplatform.microsoft.us/").is_none());
    }

    #[test]
    fn an_engines_address_is_a_discovery_url_or_a_classic_base() {
        let discovery = EngineAddress::parse("https://h.example/a/conversation-endpoints").unwrap();
        assert!(matches!(discovery, EngineAddress::Discovery(_)));
        for text in ["http://127.0.0.1:1/bots/x", "http://127.0.0.1:1/bots/x/conversations/"] {
            let EngineAddress::Classic(url) = EngineAddress::parse(text).unwrap() else { panic!() };
            assert_eq!(url.as_str(), "http://127.0.0.1:1/bots/x");
        }
    }
}
