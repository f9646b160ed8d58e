//! Where an answer to a client may be sent: what it may register, and what matches that later.

use url::{Url, form_urlencoded};

use super::uri::{UriFault, authority, check_characters, check_host, check_path, is_this_machine};

/// Names of one's own machine to which plain http may go. Source: RFC 8252 sections 7.3 and 8.3.
const LOOPBACK_NAMES: [&str; 3] = ["127.0.0.1", "[::1]", "localhost"];

/// Schemes of known programs, without the dot that RFC 8252 section 7.1 asks for.
const PRIVATE_SCHEMES: [&str; 4] = ["cursor", "vscode", "vscode-insiders", "windsurf"];

/// An address that a client may have its answers sent to.
///
/// It is kept and compared as written. Only the port of a loopback address may differ, for a
/// program on one's own machine takes the port that is free (RFC 8252 section 7.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RedirectUri {
    text: String,
    /// The same in ASCII, as a `Location` holds it.
    location: String,
    shown: String,
    reach: Reach,
    /// The text without its port, if any port will do.
    portless: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Web,
    ThisMachine,
    App,
}

impl RedirectUri {
    /// Reads an address of a client. `own` is the issuer, to which no answer is ever sent.
    pub(crate) fn parse(text: &str, own: &Url) -> Result<Self, RedirectUriFault> {
        check_characters(text)?;
        let (scheme, after) = text.split_once(':').ok_or(UriFault::Relative)?;
        let scheme = scheme.to_ascii_lowercase();
        match scheme.as_str() {
            "https" => Self::web(text, after, false, own),
            "http" => Self::web(text, after, true, own),
            _ if is_private(&scheme) => Self::app(text, scheme, after),
            _ => Err(RedirectUriFault::Scheme),
        }
    }

    fn web(
        text: &str,
        after_scheme: &str,
        is_plain: bool,
        own: &Url,
    ) -> Result<Self, RedirectUriFault> {
        let written = authority(after_scheme)?;
        check_path(written.rest)?;
        let url = Url::parse(text).map_err(|_| UriFault::Host)?;
        check_host(written.host, url.host())?;
        let is_loopback_name = LOOPBACK_NAMES.contains(&written.host);
        if is_plain && !is_loopback_name {
            return Err(RedirectUriFault::PlainHttp);
        }
        if is_own(&url, own) {
            return Err(RedirectUriFault::OwnOrigin);
        }
        let host = url.host_str().unwrap_or_default();
        let shown = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let is_here = url.host().is_some_and(|host| is_this_machine(&host));
        let location = if text.is_ascii() { text } else { url.as_str() };
        Ok(Self {
            text: text.to_owned(),
            location: location.to_owned(),
            shown,
            reach: if is_here { Reach::ThisMachine } else { Reach::Web },
            portless: is_plain.then(|| format!("http://{}{}", written.host, written.rest)),
        })
    }

    fn app(text: &str, scheme: String, after: &str) -> Result<Self, RedirectUriFault> {
        if !after.starts_with('/') {
            return Err(RedirectUriFault::NoPath);
        }
        let host = after.strip_prefix("//").and_then(|after| after.split(['/', '?']).next());
        if host.is_some_and(|host| host.contains('@')) {
            return Err(UriFault::UserInfo.into());
        }
        check_path(after)?;
        // The browser must be able to go there.
        Url::parse(text).map_err(|_| UriFault::Host)?;
        let (text, location) = (text.to_owned(), text.to_owned());
        Ok(Self { text, location, shown: scheme, reach: Reach::App, portless: None })
    }

    /// The address to answer to, if `presented` is this one.
    pub(crate) fn matches(&self, presented: &str, own: &Url) -> Option<Self> {
        let presented = Self::parse(presented, own).ok()?;
        let is_same_but_port = self.portless.is_some() && self.portless == presented.portless;
        (self.text == presented.text || is_same_but_port).then_some(presented)
    }

    /// The address with `params` after what its query already holds.
    pub(crate) fn with_params(&self, params: &[(&str, &str)]) -> String {
        let separator = match self.location.split_once('?') {
            None => "?",
            Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
            Some(_) => "&",
        };
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
        // A plus of the text itself is %2B. Not every URL library takes one for a blank.
        let query = query.replace('+', "%20");
        format!("{}{separator}{query}", self.location)
    }

    /// As the client wrote it.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// What a person should know of it: the host in punycode with the port, or the scheme.
    pub(crate) fn host_shown(&self) -> &str {
        &self.shown
    }

    /// Whether it leads to a program on the machine of the browser, which any program there can be.
    pub(crate) fn is_loopback(&self) -> bool {
        self.reach == Reach::ThisMachine
    }

    /// Whether it leads to whatever app the machine opens for the scheme.
    pub(crate) fn is_private_scheme(&self) -> bool {
        self.reach == Reach::App
    }
}

/// A listed scheme, or a domain name read backwards that its owner controls (RFC 8252 section 7.1).
fn is_private(scheme: &str) -> bool {
    let is_label = |label: &str| {
        label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_reverse_domain = scheme.contains('.')
        && scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme.split('.').all(is_label);
    PRIVATE_SCHEMES.contains(&scheme) || is_reverse_domain
}

/// Whether an answer would come back to the bridge itself. All names of one's own machine are the
/// same there.
fn is_own(url: &Url, own: &Url) -> bool {
    let is_here = |url: &Url| url.host().is_some_and(|host| is_this_machine(&host));
    url.port_or_known_default() == own.port_or_known_default()
        && (url.host() == own.host() || is_here(url) && is_here(own))
}

/// Why an address is not taken, as a sentence about it without its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RedirectUriFault {
    /// No URI that could be taken.
    #[error(transparent)]
    Uri(#[from] UriFault),
    /// A scheme that is not taken.
    #[error(
        "its scheme is not taken; use https, http on 127.0.0.1, [::1] or localhost, or a private \
         scheme such as com.example.app"
    )]
    Scheme,
    /// http to elsewhere.
    #[error("http is taken on 127.0.0.1, [::1] and localhost only; use https")]
    PlainHttp,
    /// A private scheme without a path.
    #[error("a private scheme is followed by a path, as in com.example.app:/callback")]
    NoPath,
    /// The bridge itself.
    #[error("it leads to this authorization server itself")]
    OwnOrigin,
}

#[cfg(test)]
mod tests;
