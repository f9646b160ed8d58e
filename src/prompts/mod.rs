//! Prompts for the common jobs: what a person picks from a menu, so that an agent does a whole job
//! without being told how.
//!
//! An extra surface: everything in them can be asked for in words, and clients without prompts lose
//! nothing. A prompt is text for the model, put together from the person's own arguments; Jira is
//! not asked.

mod jobs;

use std::collections::BTreeMap;

use crate::jira::tools;

/// A job.
#[derive(Debug, Clone, Copy)]
pub struct Prompt {
    /// Stable, for clients that show it as a command.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// For people: what comes out.
    pub about: &'static str,
    /// What it may be told.
    pub args: &'static [Arg],
    /// The tools without which it makes no sense.
    pub needs: &'static [&'static str],
    text: fn(&Given) -> String,
}

/// One argument of a prompt.
#[derive(Debug, Clone, Copy)]
pub struct Arg {
    /// Its name.
    pub name: &'static str,
    /// What a person reads about it.
    pub about: &'static str,
    /// Whether there is no prompt without it.
    pub required: bool,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Project,
    Issue,
    Text,
}

/// A text longer than this is no argument but a document.
const TEXT_CHARS_MAX: usize = 500;

/// The arguments as they stand in the text.
#[derive(Debug)]
struct Given(BTreeMap<&'static str, String>);

impl Given {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// An argument that the prompt requires.
    fn needed(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }
}

/// Every job, in the order of a working day.
pub fn all() -> impl Iterator<Item = &'static Prompt> {
    jobs::ALL.iter()
}

/// The job of that name.
pub fn named(name: &str) -> Option<&'static Prompt> {
    all().find(|prompt| prompt.name == name)
}

impl Prompt {
    /// The text for the model, or a sentence about what is wrong with the arguments.
    pub fn text(&self, mut given: BTreeMap<String, String>) -> Result<String, String> {
        let mut read = BTreeMap::new();
        for arg in self.args {
            let value =
                given.remove(arg.name).map(|value| value.trim().to_owned()).unwrap_or_default();
            if !value.is_empty() {
                read.insert(arg.name, arg.read(&value)?);
            } else if arg.required {
                return Err(format!("`{}` is required: {}", arg.name, arg.about));
            }
        }
        if let Some(unknown) = given.keys().next() {
            let known: Vec<&str> = self.args.iter().map(|arg| arg.name).collect();
            let unknown: String = unknown.chars().take(60).collect();
            return Err(format!(
                "`{unknown}` is no argument of this prompt; it takes: {}",
                known.join(", ")
            ));
        }
        Ok((self.text)(&Given(read)))
    }
}

impl Arg {
    fn read(&self, value: &str) -> Result<String, String> {
        match self.kind {
            Kind::Project => tools::project_key(value)
                .ok_or_else(|| format!("`{}` must be a project key such as PROJ", self.name)),
            Kind::Issue => tools::issue_key(value)
                .ok_or_else(|| format!("`{}` must be an issue key such as PROJ-123", self.name)),
            Kind::Text if value.chars().count() > TEXT_CHARS_MAX => {
                Err(format!("`{}` must have at most {TEXT_CHARS_MAX} characters", self.name))
            }
            Kind::Text
                if value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) =>
            {
                Err(format!("`{}` holds control characters", self.name))
            }
            Kind::Text => Ok(value.to_owned()),
        }
    }
}

/// A name inside JQL.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

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
