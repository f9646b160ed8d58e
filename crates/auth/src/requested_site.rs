//! Which site a request asked for, as it was written.

const BYTES_MAX: usize = 255;

/// A site name, URL or cloud id as the request gave it: 1 to 255 printable ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedSite(String);

impl RequestedSite {
    /// `None` when the value is empty after trimming, too long, or not printable ASCII.
    pub fn new(value: &str) -> Option<Self> {
        let value = value.trim();
        let is_printable = value.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        let is_sized = (1..=BYTES_MAX).contains(&value.len());
        (is_sized && is_printable).then(|| Self(value.to_owned()))
    }

    /// The text, trimmed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requested_sites_are_short_and_printable() {
        let check = |value: &str, expected| {
            assert_eq!(RequestedSite::new(value).is_some(), expected, "{value:?}");
        };
        check("acme.atlassian.net", true);
        check(" Acme Inc ", true);
        check("", false);
        check("  ", false);
        check("a\u{7f}b", false);
        check("zoë", false);
        check(&"a".repeat(255), true);
        check(&"a".repeat(256), false);
    }
}
