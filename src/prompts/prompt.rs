//! What a prompt is: its arguments, and the text that is made of them.

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
    pub(super) text: fn(&PromptArguments) -> String,
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
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Project,
    Issue,
    Text,
}

/// A text longer than this is no argument but a document.
pub(super) const TEXT_CHARS_MAX: usize = 500;

/// The arguments as they stand in the text.
#[derive(Debug)]
pub(super) struct PromptArguments(BTreeMap<&'static str, String>);

impl PromptArguments {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// An argument that the prompt requires.
    pub(super) fn needed(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }
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
        Ok((self.text)(&PromptArguments(read)))
    }
}

impl PromptArguments {
    /// Each argument's own name in the place of its value.
    pub(super) fn placeholders(args: &[Arg]) -> Self {
        Self(args.iter().map(|arg| (arg.name, format!("<{}>", arg.name))).collect())
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
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
