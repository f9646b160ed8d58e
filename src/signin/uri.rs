//! What redirect URIs and the addresses of client documents have in common: they are judged as
//! they are written, so that no two readers can take them for different places.

use std::net::Ipv6Addr;

use url::Host;

/// More than any client needs, and little enough for a header line.
pub(super) const URI_BYTES_MAX: usize = 2_048;

/// What stands between `//` and the path.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Authority<'a> {
    pub(super) host: &'a str,
    pub(super) port: Option<u16>,
    /// The path and the query, as written.
    pub(super) rest: &'a str,
}

/// Why a text is no URI that is taken here, as a sentence about it without its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UriFault {
    /// Nothing, or no scheme.
    #[error("it is not an absolute URI")]
    Relative,
    /// Over the bound.
    #[error("it is longer than 2048 bytes")]
    TooLong,
    /// `*`.
    #[error("it holds a wildcard; every URI is written out in full")]
    Wildcard,
    /// `#`.
    #[error("it holds a fragment")]
    Fragment,
    /// `\`, which browsers read as a slash.
    #[error("it holds a backslash")]
    Backslash,
    /// A blank of any kind.
    #[error("it holds white space")]
    WhiteSpace,
    /// A control character, also as `%0A`.
    #[error("it holds a control character")]
    Control,
    /// Any other character that no URI holds, or a bare percent sign.
    #[error("it holds a character that must be percent-encoded")]
    Character,
    /// A name or a password before the host.
    #[error("it holds a user name or a password")]
    UserInfo,
    /// `.` or `..` as a part of the path.
    #[error("its path holds a dot segment")]
    DotSegment,
    /// No host, or one that is not written as it is read.
    #[error("its host is not a plain name or address")]
    Host,
    /// A port that is no number from 1 to 65535.
    #[error("its port is not a number from 1 to 65535")]
    Port,
}

/// RFC 3986 without what is refused in every part; letters beyond ASCII are left to the host.
pub(super) fn check_characters(text: &str) -> Result<(), UriFault> {
    if text.len() > URI_BYTES_MAX {
        return Err(UriFault::TooLong);
    }
    for c in text.chars() {
        match c {
            '*' => return Err(UriFault::Wildcard),
            '#' => return Err(UriFault::Fragment),
            '\\' => return Err(UriFault::Backslash),
            '-' | '.' | '_' | '~' | ':' | '/' | '?' | '[' | ']' | '@' | '!' | '$' | '&' | '\''
            | '(' | ')' | '+' | ',' | ';' | '=' | '%' => {}
            _ if c.is_control() => return Err(UriFault::Control),
            _ if c.is_whitespace() => return Err(UriFault::WhiteSpace),
            _ if c.is_alphanumeric() => {}
            _ => return Err(UriFault::Character),
        }
    }
    text.split('%').skip(1).try_for_each(|encoded| {
        let byte = encoded.get(..2).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        match byte.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            None => Err(UriFault::Character),
            Some(byte) if byte.is_ascii_control() => Err(UriFault::Control),
            Some(_) => Ok(()),
        }
    })
}

/// Takes apart what follows the scheme's colon.
pub(super) fn authority(after_scheme: &str) -> Result<Authority<'_>, UriFault> {
    let text = after_scheme.strip_prefix("//").ok_or(UriFault::Host)?;
    let (authority, rest) = text.split_at(text.find(['/', '?']).unwrap_or(text.len()));
    if authority.contains('@') {
        return Err(UriFault::UserInfo);
    }
    // The colons of an IPv6 address are no port's.
    let host_end = authority.rfind(']').map_or(0, |at| at + 1);
    let colon = authority.get(host_end..).and_then(|after| after.find(':'));
    let (host, port) = match colon.and_then(|at| authority.split_at_checked(host_end + at)) {
        None => (authority, None),
        Some((host, port)) => (host, Some(port_number(port.trim_start_matches(':'))?)),
    };
    if host.is_empty() {
        return Err(UriFault::Host);
    }
    Ok(Authority { host, port, rest })
}

fn port_number(text: &str) -> Result<u16, UriFault> {
    // Rust also reads `+80` and `080`.
    let is_plain = text.starts_with(|c: char| matches!(c, '1'..='9'))
        && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain).ok_or(UriFault::Port)
}

/// The host must be what the browser makes of it: `0x7f.1` and `2130706433` are also 127.0.0.1.
/// A name in letters beyond ASCII is read as punycode, and what is shown is that.
pub(super) fn check_host(written: &str, read: Option<Host<&str>>) -> Result<(), UriFault> {
    let read = read.ok_or(UriFault::Host)?;
    let is_read_as_written = match &read {
        Host::Domain(_) if !written.is_ascii() => true,
        host => host.to_string().eq_ignore_ascii_case(written),
    };
    let is_plain = |name: &str| {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        name.split('.').all(|label| !label.is_empty() && label.bytes().all(is_plain))
    };
    let is_name = !matches!(read, Host::Domain(name) if !is_plain(name));
    if is_read_as_written && is_name { Ok(()) } else { Err(UriFault::Host) }
}

/// Refuses `.` and `..`, also percent-encoded, as parts of the path: browsers take them out.
pub(super) fn check_path(rest: &str) -> Result<(), UriFault> {
    if !rest.is_ascii() {
        return Err(UriFault::Character);
    }
    let path = rest.split('?').next().unwrap_or_default().to_ascii_lowercase();
    let mut segments = path.split('/').map(|segment| segment.replace("%2e", "."));
    if segments.any(|segment| matches!(segment.as_str(), "." | "..")) {
        return Err(UriFault::DotSegment);
    }
    Ok(())
}

/// Whether the host is this machine, by whatever name. The unspecified addresses reach it too.
pub(super) fn is_this_machine(host: &Host<&str>) -> bool {
    let is_v6 = |ip: &Ipv6Addr| ip.is_loopback() || ip.is_unspecified();
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(ip) => ip.is_loopback() || ip.octets().first() == Some(&0),
        Host::Ipv6(ip) => {
            let mapped = ip.to_ipv4_mapped();
            is_v6(ip) || mapped.is_some_and(|ip| ip.is_loopback() || ip.is_unspecified())
        }
    }
}
