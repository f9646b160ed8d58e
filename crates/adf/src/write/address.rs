//! Addresses in Markdown: which may become links, where a bare one ends, and the ids behind
//! mentions.

use std::borrow::Cow;

use url::Url;

/// Whether Jira should be handed a link to this address. Anything else, such as `javascript:`,
/// stays text.
pub(crate) fn is_safe_link(address: &str) -> bool {
    match Url::parse(address) {
        Ok(url) => match url.scheme() {
            "http" | "https" => url.has_host(),
            "mailto" => !url.path().is_empty(),
            _ => false,
        },
        Err(_) => false,
    }
}

/// The address as it goes into `href`, or `None` when it is not safe.
pub(super) fn href(address: &str) -> Option<Cow<'_, str>> {
    let address = address.trim();
    if !is_safe_link(address) {
        return None;
    }
    if address.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Url::parse(address).ok().map(|url| Cow::Owned(url.into()));
    }
    Some(Cow::Borrowed(address))
}

/// How many bytes of `text`, which starts with an address, belong to it: up to white space or a
/// character that no address has, without the punctuation of the sentence around it. 0 when it is
/// no address. Source: GFM section 6.9 (extended autolinks).
pub(crate) fn bare_url_bytes(text: &str) -> usize {
    if !starts_url(text) {
        return 0;
    }
    let candidate = text.get(..url_candidate_bytes(text)).unwrap_or_default();
    let url = trim_sentence(candidate);
    if is_safe_link(url) { url.len() } else { 0 }
}

/// Whether an address starts here.
pub(super) fn starts_url(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// The bytes up to the first character that ends every address.
pub(super) fn url_candidate_bytes(text: &str) -> usize {
    let ends = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`' | '|' | '\\' | '^')
    };
    text.find(ends).unwrap_or(text.len())
}

fn trim_sentence(candidate: &str) -> &str {
    let count = |wanted: char| candidate.chars().filter(|&c| c == wanted).count();
    let mut surplus = [('(', ')'), ('[', ']'), ('{', '}')]
        .map(|(open, close)| (close, count(close).saturating_sub(count(open))));
    let mut url = candidate;
    while let Some(last) = url.chars().next_back() {
        let closes = surplus.iter_mut().find(|(close, _)| *close == last);
        let trim = match closes {
            Some((_, 0)) => false,
            Some((_, left)) => {
                *left -= 1;
                true
            }
            None => matches!(
                last,
                '?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' | '’' | '”' | '»' | '…'
            ),
        };
        if !trim {
            break;
        }
        url = url.get(..url.len() - last.len_utf8()).unwrap_or_default();
    }
    url
}

/// Whether this can be an account id: letters, digits, `:`, `-` and `_`, at most 128 of them, as in
/// `712020:…`, `5b10a2…` or `qm:…:…`. Source: Jira REST v3, `accountId` of `User` (1 to 128
/// characters).
pub(crate) fn is_account_id(id: &str) -> bool {
    (1..=128).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_'))
}

/// The status colors every version of the schema knows.
pub(crate) fn status_color(color: &str) -> Option<&'static str> {
    ["neutral", "purple", "blue", "red", "yellow", "green"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(color.trim()))
}
