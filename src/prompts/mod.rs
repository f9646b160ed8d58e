//! Prompts for the common jobs: what a person picks from a menu, so that an agent does a whole job
//! without being told how.
//!
//! An extra surface: everything in them can be asked for in words, and clients without prompts lose
//! nothing. A prompt is text for the model, put together from the person's own arguments; Jira is
//! not asked.

mod jobs;
mod prompt;
mod skill;

pub use prompt::{Arg, Prompt};
pub use skill::{Skill, skill_at, skills};

/// Every job, in the order of a working day.
pub fn all() -> impl Iterator<Item = &'static Prompt> {
    jobs::ALL.iter()
}

/// The job of that name.
pub fn named(name: &str) -> Option<&'static Prompt> {
    all().find(|prompt| prompt.name == name)
}

#[cfg(test)]
mod tests {
    use super::{
        prompt::{Kind, TEXT_CHARS_MAX},
        *,
    };
    use crate::jira::tools;

    fn text(name: &str, given: &[(&str, &str)]) -> Result<String, String> {
        let given =
            given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        named(name).unwrap().text(given)
    }

    #[test]
    fn names_are_told_apart_and_tools_exist() {
        let names: Vec<_> = all().map(|prompt| prompt.name).collect();
        let mut once = names.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), names.len());
        for prompt in all() {
            assert!(!prompt.needs.is_empty(), "{}", prompt.name);
            for tool in prompt.needs {
                assert!(tools::named(tool).is_some(), "{} needs {tool}", prompt.name);
            }
        }
    }

    #[test]
    fn every_tool_a_text_names_is_one_that_it_needs() {
        for prompt in all() {
            let given = prompt.args.iter().map(|arg| {
                let value = match arg.kind {
                    Kind::Project => "ACME",
                    Kind::Issue => "ACME-1",
                    Kind::Text => "words",
                };
                (arg.name.to_owned(), value.to_owned())
            });
            let text = prompt.text(given.collect()).unwrap();
            for (at, _) in text.match_indices("jira_") {
                let named: String = text[at..]
                    .chars()
                    .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                    .collect();
                assert!(prompt.needs.contains(&named.as_str()), "{} names {named}", prompt.name);
            }
            for tool in prompt.needs {
                assert!(text.contains(tool), "{} does not name {tool}", prompt.name);
            }
            assert!(
                text.contains("ACME") || text.contains("words"),
                "{} drops its arguments",
                prompt.name
            );
        }
    }

    #[test]
    fn arguments_are_checked_and_put_into_the_text() {
        let notes =
            text("release_notes", &[("project_key", "acme"), ("version", "2.\"4")]).unwrap();
        assert!(notes.contains("project = \"ACME\" AND fixVersion = \"2.\\\"4\""), "{notes}");
        for (name, given, part) in [
            ("release_notes", &[("project_key", "ACME")][..], "`version` is required"),
            ("release_notes", &[("project_key", "A C"), ("version", "1")], "must be a project key"),
            ("issue_brief", &[("issue_key", "../x")], "must be an issue key"),
            ("issue_brief", &[("issue_key", "ACME-1"), ("more", "x")], "`more` is no argument"),
            ("report_bug", &[("project_key", "ACME"), ("notes", "a\u{1b}b")], "control characters"),
        ] {
            let refused = text(name, given).unwrap_err();
            assert!(refused.contains(part), "{refused}");
        }
        let long = "x".repeat(TEXT_CHARS_MAX + 1);
        assert!(text("report_bug", &[("project_key", "ACME"), ("notes", &long)]).is_err());
        let brief =
            text("issue_brief", &[("issue_key", "https://x.example/browse/acme-7")]).unwrap();
        assert!(brief.contains("ACME-7") && !brief.contains("https"), "{brief}");
    }
}
