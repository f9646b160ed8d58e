//! Reading single settings: each fault is collected, so that an operator sees all of them at once.

use std::{fmt, ops::RangeInclusive, str::FromStr, time::Duration};

use url::{Host, Url};

use super::{Source, rows::ROWS};

/// A setting that cannot be used: its name, what was found, what is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The setting, or the file it stands in.
    pub name: &'static str,
    /// What was found; never a secret.
    pub found: String,
    /// What is accepted instead.
    pub accepted: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.found.as_str() {
            "" => write!(f, "{}: {}", self.name, self.accepted),
            found => write!(f, "{}: found '{found}'; {}", self.name, self.accepted),
        }
    }
}

/// A value as it may be shown: short, and without what stands before the `@` or behind the `?` of
/// an address.
pub(crate) fn without_credentials(value: &str) -> String {
    let shown = value.split_inclusive([',', ' ']).map(|part| {
        let Some((scheme, rest)) = part.split_once("://") else {
            // A user and a password may stand before a bare host, too.
            return part
                .rsplit_once('@')
                .map_or_else(|| part.to_owned(), |(_, host)| format!("***@{host}"));
        };
        let rest = rest
            .rsplit_once('@')
            .map_or_else(|| rest.to_owned(), |(_, host)| format!("***@{host}"));
        let rest =
            rest.split_once('?').map_or_else(|| rest.clone(), |(path, _)| format!("{path}?***"));
        format!("{scheme}://{rest}")
    });
    shown.collect::<String>().chars().take(100).collect()
}

/// A sentence that may quote a value, without the credentials in it.
fn without_credentials_in(sentence: String, value: &str) -> String {
    let parts = value.split([',', ' ']).filter(|part| part.contains('@'));
    parts.fold(sentence, |sentence, part| sentence.replace(part, &without_credentials(part)))
}

/// Reads settings from a source and remembers what was wrong.
pub(super) struct Reader<'a> {
    source: &'a Source,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a Source) -> Self {
        Self { source, problems: Vec::new() }
    }

    /// The value that was given, unless it is empty.
    pub(super) fn given(&self, name: &'static str) -> Option<&'a str> {
        self.source.given(name).filter(|text| !text.is_empty())
    }

    /// The value that was given or the table's default.
    pub(super) fn text(&self, name: &'static str) -> &'a str {
        let default = ROWS.iter().find(|row| row.name == name).map_or("", |row| row.default);
        self.source.given(name).unwrap_or(default)
    }

    /// The same, none when empty.
    pub(super) fn filled(&self, name: &'static str) -> Option<&'a str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// An empty value means the default where no value makes no sense.
    pub(super) fn needed(&self, name: &'static str) -> &'a str {
        let default = ROWS.iter().find(|row| row.name == name).map_or("", |row| row.default);
        self.filled(name).unwrap_or(default)
    }

    /// The same without what was found.
    pub(super) fn refuse_unshown(&mut self, name: &'static str, accepted: impl Into<String>) {
        self.problems.push(Problem { name, found: String::new(), accepted: accepted.into() });
    }

    pub(super) fn refuse(&mut self, name: &'static str, accepted: impl Into<String>) {
        let secret = ROWS.iter().any(|row| row.name == name && row.secret);
        let found = if secret { String::new() } else { without_credentials(self.text(name)) };
        // What is accepted may quote the part that is not.
        let accepted = without_credentials_in(accepted.into(), self.text(name));
        self.problems.push(Problem { name, found, accepted });
    }

    /// A whole number within a range; the default when it is wrong, so that reading can go on.
    pub(super) fn number(&mut self, name: &'static str, range: RangeInclusive<u64>) -> u64 {
        match self.needed(name).parse::<u64>() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                self.refuse(
                    name,
                    format!("expected a whole number from {} to {}", range.start(), range.end()),
                );
                *range.start()
            }
        }
    }

    pub(super) fn count(&mut self, name: &'static str, range: RangeInclusive<u64>) -> u32 {
        u32::try_from(self.number(name, range)).unwrap_or(u32::MAX)
    }

    pub(super) fn size(&mut self, name: &'static str, range: RangeInclusive<u64>) -> usize {
        usize::try_from(self.number(name, range)).unwrap_or(usize::MAX)
    }

    pub(super) fn millis(&mut self, name: &'static str, range: RangeInclusive<u64>) -> Duration {
        Duration::from_millis(self.number(name, range))
    }

    pub(super) fn flag(&mut self, name: &'static str) -> bool {
        match self.needed(name).to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => true,
            "false" | "0" | "no" | "off" => false,
            _ => {
                self.refuse(name, "expected true or false");
                false
            }
        }
    }

    /// The items of a comma list, without empty ones.
    pub(super) fn list(&self, name: &'static str) -> Vec<&'a str> {
        self.text(name).split(',').map(str::trim).filter(|item| !item.is_empty()).collect()
    }

    /// Each item of a comma list, parsed; the parser's error says what is accepted.
    pub(super) fn parsed_list<T: FromStr>(&mut self, name: &'static str) -> Vec<T>
    where
        T::Err: fmt::Display,
    {
        let mut parsed = Vec::new();
        for item in self.list(name) {
            match item.parse() {
                Ok(value) => parsed.push(value),
                Err(fault) => self.refuse(name, format!("{fault}")),
            }
        }
        parsed
    }

    /// One value, parsed; none when it is empty or wrong.
    pub(super) fn parsed<T: FromStr>(&mut self, name: &'static str) -> Option<T>
    where
        T::Err: fmt::Display,
    {
        match self.filled(name)?.parse() {
            Ok(value) => Some(value),
            Err(fault) => {
                self.refuse(name, format!("{fault}"));
                None
            }
        }
    }
}

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
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let is_bare = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    is_bare && (url.scheme() == "https" || (url.scheme() == "http" && is_loopback))
}
