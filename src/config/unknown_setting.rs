//! Names that look like settings and are none: a misspelt one would silently leave its default.

use super::settings_table::SETTINGS;

/// Two typing errors.
const TYPOS_MAX: usize = 2;
/// Long names give room for another.
const LONG_BYTES: usize = 12;
/// Shorter names without an underscore are words of everybody's: `PATH`, `HOSTS`, `POST`.
const WORD_BYTES_MIN: usize = 7;
/// Names of OpenTelemetry's own, of which we read few: being a part of one of ours says nothing.
const STANDARD: &str = "OTEL_";

/// Settings of mcp-atlassian, for those who come from there: one that restricted it would be lost
/// without a word. Source: its README.
const THEIRS: &[(&str, &str)] = &[
    ("ENABLED_TOOLS", "TOOLSETS"),
    ("JIRA_PERSONAL_TOKEN", "JIRA_API_TOKEN"),
    ("JIRA_PROJECTS_FILTER", "PROJECTS_ALLOW"),
    ("JIRA_URL", "JIRA_SITE_URL"),
    ("JIRA_USERNAME", "JIRA_EMAIL"),
    ("READ_ONLY_MODE", "READ_ONLY"),
];

/// A name that no setting has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownSetting {
    /// As it was written.
    pub name: String,
    /// Where.
    pub place: &'static str,
    /// The setting that was probably meant.
    pub near: Option<&'static str>,
}

/// The unknown ones among names of which every one should be a setting.
pub(super) fn among<'a>(
    names: impl Iterator<Item = &'a str>,
    place: &'static str,
) -> Vec<UnknownSetting> {
    let unknown = names.filter(|name| !is_setting(name));
    let mut unknown: Vec<UnknownSetting> = unknown
        .map(|name| UnknownSetting { name: name.to_owned(), place, near: near(name) })
        .collect();
    unknown.sort_by(|a, b| a.name.cmp(&b.name));
    unknown
}

/// The unknown ones in the environment, where most names belong to others: only those that are
/// nearly a setting.
pub(super) fn in_environment<'a>(names: impl Iterator<Item = &'a str>) -> Vec<UnknownSetting> {
    let mut unknown = among(
        names.filter(|name| name.contains('_') || name.len() >= WORD_BYTES_MIN),
        "the environment",
    );
    unknown.retain(|setting| setting.near.is_some());
    unknown
}

fn is_setting(name: &str) -> bool {
    SETTINGS.iter().any(|row| row.name.eq_ignore_ascii_case(name))
}

fn near(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_uppercase().replace(['-', '.'], "_");
    if let Some((_, ours)) = THEIRS.iter().find(|(theirs, _)| *theirs == name) {
        return Some(ours);
    }
    let distances =
        SETTINGS.iter().map(|row| (strsim::damerau_levenshtein(&name, row.name), row.name));
    let is_near = |(typos, row): &(usize, &str)| {
        *typos <= TYPOS_MAX + usize::from(row.len() >= LONG_BYTES)
            || name.replace('_', "") == row.replace('_', "")
            || (!name.starts_with(STANDARD) && has_words_of(&name, row))
    };
    distances.filter(is_near).min().map(|(_, near)| near)
}

/// Whether the words of one stand in the other, in their order and making most of it: `JIRA_SITE`,
/// `ADMIN_ADDRESS`.
fn has_words_of(name: &str, row: &str) -> bool {
    let (name, row): (Vec<&str>, Vec<&str>) = (name.split('_').collect(), row.split('_').collect());
    let (short, long) = if name.len() <= row.len() { (name, row) } else { (row, name) };
    let mut rest = long.iter();
    short.len() >= 2
        && short.len() * 3 >= long.len() * 2
        && short.iter().all(|word| rest.any(|other| is_like(word, other)))
}

/// The same word, cut short or with something behind it.
fn is_like(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short == long || (short.len() >= 4 && long.starts_with(short))
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
            "TOOLSET",
            "LOGLEVEL",
            "JIRA_SITE",
            "ADMIN_ADDRESS",
            "TOOLS_DENYLIST",
            "GATEWAY_SECRET",
            "HOSTNAME",
            "LOGNAME",
            "SSH_AUTH_SOCK",
            "CARGO_HOME",
            "OTEL_TRACES_SAMPLER",
            "OTEL_EXPORTER_OTLP_HEADERS",
            "SERVER_SOFTWARE",
            "FUNCTIONS_CUSTOMHANDLER_WORKER_ID",
            "FUNCTIONS_HTTPWORKER_PORT",
            "FUNCTIONS_WORKER_RUNTIME",
            "WEBSITE_HOSTNAME",
        ];
        let found: Vec<(String, Option<&str>)> = in_environment(names.into_iter())
            .into_iter()
            .map(|setting| (setting.name, setting.near))
            .collect();
        let expected = [
            ("ADMIN_ADDRESS", "ADMIN_ADDR"),
            ("GATEWAY_SECRET", "GATEWAY_SHARED_SECRET"),
            ("GATEWAY_SHARED_SECRTE", "GATEWAY_SHARED_SECRET"),
            ("JIRA_SITE", "JIRA_SITE_URL"),
            ("LOGLEVEL", "LOG_LEVEL"),
            ("LOG_LEVELS", "LOG_LEVEL"),
            ("READONLY", "READ_ONLY"),
            ("TOOLSET", "TOOLSETS"),
            ("TOOLS_DENYLIST", "TOOLS_DENY"),
        ];
        let expected = expected.map(|(name, near)| (name.to_owned(), Some(near)));
        assert_eq!(found, expected);
    }

    #[test]
    fn the_names_of_another_server_lead_to_ours() {
        let found = in_environment(THEIRS.iter().map(|(theirs, _)| *theirs));
        let pairs: Vec<(&str, Option<&str>)> =
            found.iter().map(|setting| (setting.name.as_str(), setting.near)).collect();
        let expected: Vec<(&str, Option<&str>)> =
            THEIRS.iter().map(|(theirs, ours)| (*theirs, Some(*ours))).collect();
        assert_eq!(pairs, expected);
        assert!(THEIRS.iter().all(|(_, ours)| is_setting(ours)));
    }

    #[test]
    fn every_name_counts_in_a_file() {
        let found = among(["toolset", "port", "something"].into_iter(), "the file");
        let shown: Vec<(&str, Option<&str>)> =
            found.iter().map(|setting| (setting.name.as_str(), setting.near)).collect();
        assert_eq!(shown, [("something", None), ("toolset", Some("TOOLSETS"))]);
    }
}
