//! Names that stand where settings stand and are none: a misspelt one would silently leave its default.

use super::rows::ROWS;

/// Two slips of a finger.
const SLIPS_MAX: usize = 2;

/// A name that no setting has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// As it was written.
    pub name: String,
    /// Where.
    pub place: &'static str,
    /// The setting that was probably meant.
    pub near: Option<&'static str>,
}

/// The strays among names of which every one should be a setting.
pub(super) fn among<'a>(names: impl Iterator<Item = &'a str>, place: &'static str) -> Vec<Stray> {
    let strays = names.filter(|name| !is_setting(name));
    let mut strays: Vec<Stray> =
        strays.map(|name| Stray { name: name.to_owned(), place, near: near(name) }).collect();
    strays.sort_by(|a, b| a.name.cmp(&b.name));
    strays
}

/// The strays in the environment, where most names belong to others: only those that are nearly a setting. A name
/// without an underscore is too common a word to be judged.
pub(super) fn in_environment<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Stray> {
    let mut strays = among(names.filter(|name| name.contains('_')), "the environment");
    strays.retain(|stray| stray.near.is_some());
    strays
}

fn is_setting(name: &str) -> bool {
    ROWS.iter().any(|row| row.name.eq_ignore_ascii_case(name))
}

fn near(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_uppercase();
    let distances = ROWS.iter().map(|row| (strsim::damerau_levenshtein(&name, row.name), row.name));
    distances.min().filter(|(slips, _)| *slips <= SLIPS_MAX).map(|(_, near)| near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_near_misses_count_in_the_environment() {
        let names = [
            "PATH",
            "HOME",
            "LOG_LEVELS",
            "READONLY",
            "READ_ONLY",
            "XDG_RUNTIME_DIR",
            "GATEWAY_SHARED_SECRTE",
        ];
        let found: Vec<(String, Option<&str>)> =
            in_environment(names.into_iter()).into_iter().map(|stray| (stray.name, stray.near)).collect();
        let expected = [
            ("GATEWAY_SHARED_SECRTE".to_owned(), Some("GATEWAY_SHARED_SECRET")),
            ("LOG_LEVELS".to_owned(), Some("LOG_LEVEL")),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn every_name_counts_in_a_file() {
        let found = among(["toolset", "port", "something"].into_iter(), "the file");
        let shown: Vec<(&str, Option<&str>)> =
            found.iter().map(|stray| (stray.name.as_str(), stray.near)).collect();
        assert_eq!(shown, [("something", None), ("toolset", Some("TOOLSETS"))]);
    }
}
