//! What a call was about, for its audit line: a key that Jira has answered for, and nothing else.

use quick_cache::sync::Cache;
use serde_json::{Map, Value};

use super::args::{issue_key, project_key};

/// Projects that are remembered at a time; about a hundred bytes each.
const PROJECTS_MAX: usize = 10_000;

/// What a call was about: an issue or project key, if its arguments name one.
pub(super) fn subject(arguments: &Map<String, Value>) -> String {
    let issue = ["issue_key", "from_key"].iter().find_map(|name| arguments.get(*name)?.as_str());
    let project =
        || ["project_key", "assignable_in"].iter().find_map(|name| arguments.get(*name)?.as_str());
    let key = match issue {
        Some(text) => issue_key(text),
        None => project().and_then(project_key),
    };
    key.unwrap_or_default()
}

/// The projects that Jira has answered for. What has only the form of a key may be anything that
/// was typed in its place, a password among it.
#[derive(Debug)]
pub(super) struct KnownProjects(Cache<String, ()>);

impl Default for KnownProjects {
    fn default() -> Self {
        Self(Cache::new(PROJECTS_MAX))
    }
}

impl KnownProjects {
    /// What of a subject may be written: all of it once a call about its project was answered, else
    /// nothing.
    pub(super) fn shown<'s>(&self, subject: &'s str, is_answered: bool) -> &'s str {
        let project = subject.split_once('-').map_or(subject, |(project, _)| project);
        let is_known = project.is_empty() || self.0.get(project).is_some();
        if !is_known && is_answered {
            self.0.insert(project.to_owned(), ());
        }
        if is_known || is_answered { subject } else { "" }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_keys_become_subjects() {
        for (arguments, expected) in [
            (json!({"issue_key": "ab-1"}), "AB-1"),
            (json!({"issue_key": "https://x.atlassian.net/browse/AB-1"}), "AB-1"),
            (json!({"project_key": "AB"}), "AB"),
            (json!({"issue_key": "a secret\nline"}), ""),
            (json!({"issue_key": "secret"}), ""),
            (json!({"issue_key": "secret-"}), ""),
            (json!({"project_key": "a-secret"}), ""),
            (json!({"jql": "text ~ hidden"}), ""),
            (json!({"issue_key": 7}), ""),
        ] {
            assert_eq!(subject(arguments.as_object().unwrap()), expected);
        }
    }

    #[test]
    fn what_jira_never_answered_for_is_not_written() {
        let known = KnownProjects::default();
        for typed in ["GHP_ABCDEF", "HUNTER-2", "10001"] {
            assert_eq!(known.shown(typed, false), "");
        }
        assert_eq!(known.shown("AB-1", true), "AB-1");
        for of_the_project in ["AB-2", "AB"] {
            assert_eq!(known.shown(of_the_project, false), of_the_project);
        }
        assert_eq!(known.shown("ABC-2", false), "");
    }
}
