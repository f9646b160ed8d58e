//! The parameters of a query or a form, each of which may come once.
//!
//! Source: RFC 6749 section 3.1: parameters must not be included more than once; RFC 8707 section
//! 2 excepts `resource`.

use std::collections::HashSet;

use url::form_urlencoded;

/// What a request says, in order. Values may be secrets: there is no `Debug`.
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads a query string or a form's body.
    pub(super) fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The value, unless it is missing or empty (RFC 6749 section 3.1: without a value is as if it
    /// were left out).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// All values of a name that may come more than once, but for empty ones.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let found = self.0.iter().filter(move |(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Whether one of these names comes twice.
    pub(super) fn repeats(&self, names: &[&str]) -> bool {
        let count = |name: &&str| self.0.iter().filter(|(known, _)| known == name).count();
        names.iter().any(|name| count(name) > 1)
    }

    /// Whether anything but `resource` comes twice.
    pub(super) fn repeats_any(&self) -> bool {
        // A set: to hold each name of a large body against all others would take seconds.
        let mut seen = HashSet::new();
        self.0.iter().any(|(name, _)| name != "resource" && !seen.insert(name.as_str()))
    }

    /// Whether each was UTF-8. What was not has been read as something else.
    pub(super) fn is_utf8(&self) -> bool {
        let is_whole = |text: &String| !text.contains(char::REPLACEMENT_CHARACTER);
        self.0.iter().all(|(name, value)| is_whole(name) && is_whole(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_parameter_counts_once_and_empty_ones_are_left_out() {
        let params = Params::parse(b"a=1&b=&resource=x&resource=y&c=%F0%9F%98%80+z");
        assert_eq!((params.get("a"), params.get("b"), params.get("d")), (Some("1"), None, None));
        assert_eq!(params.get("c"), Some("\u{1f600} z"));
        assert!(!params.repeats_any());
        assert_eq!(params.all("resource").count(), 2);
        assert_eq!(Params::parse(b"resource=&resource=x").all("resource").count(), 1);
        let twice = Params::parse(b"a=1&a=1");
        assert!(twice.repeats(&["a"]) && twice.repeats_any() && !twice.repeats(&["b"]));
        let half_empty = Params::parse(b"a=&a=1");
        assert!(half_empty.repeats(&["a"]) && half_empty.repeats_any());
        assert!(twice.is_utf8() && params.is_utf8());
        assert!(!Params::parse(b"a=%FF").is_utf8() && !Params::parse(b"%C3=1").is_utf8());
    }
}
