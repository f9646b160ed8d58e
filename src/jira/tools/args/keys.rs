//! Issue keys, project keys and JQL: the arguments that end up in a URL or a query.

use std::fmt;

use serde_json::Value;
use url::Url;

use tool_kit::args::{Argument, ListItem, Shape, shown};

/// An issue key such as `PLAT-12`, upper case, or an issue's numeric id.
///
/// Nothing else can be built, so a key can never change the shape of a request's path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct IssueKey(String);

impl IssueKey {
    /// Reads a key in any letter case, a numeric id, or the address of an issue in a browser.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(key) = bare_key(text) {
            return Some(Self(key));
        }
        let url = Url::parse(text).ok()?;
        if !matches!(url.scheme(), "https" | "http") {
            return None;
        }
        let selected = url
            .query_pairs()
            .find(|(name, _)| name == "selectedIssue")
            .map(|(_, key)| key.into_owned());
        let last = || url.path_segments()?.rfind(|part| !part.is_empty()).map(str::to_owned);
        bare_key(&selected.or_else(last)?).map(Self)
    }

    /// The key as Jira writes it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The key of the issue's project; none for a numeric id.
    pub(crate) fn project(&self) -> Option<&str> {
        self.0.split_once('-').map(|(project, _)| project)
    }
}

impl fmt::Display for IssueKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Argument for IssueKey {
    const SHAPE: Shape = Shape::Text;

    fn read(value: Value) -> Result<Self, String> {
        let text = String::read(value)?;
        Self::parse(&text).ok_or_else(|| {
            format!("must be an issue key like PROJ-123 or its browse URL, not '{}'", shown(&text))
        })
    }
}

impl ListItem for IssueKey {
    fn read_item(text: &str) -> Result<Self, String> {
        Self::read(Value::from(text))
    }
}

/// A project's key such as `PLAT`, upper case, or its numeric id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProjectKey(String);

impl ProjectKey {
    /// Reads a key in any letter case, a numeric id, or a browse URL of the project.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let last = Url::parse(text).ok().and_then(|url| {
            let part = url.path_segments()?.rfind(|part| !part.is_empty())?;
            Some(part.to_owned())
        });
        let key = last.as_deref().unwrap_or(text);
        (is_project(key) || is_number(key)).then(|| Self(key.to_ascii_uppercase()))
    }

    /// The key as Jira writes it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Argument for ProjectKey {
    const SHAPE: Shape = Shape::Text;

    fn read(value: Value) -> Result<Self, String> {
        let text = String::read(value)?;
        Self::parse(&text)
            .ok_or_else(|| format!("must be a project key like PROJ, not '{}'", shown(&text)))
    }
}

/// A JQL query: not empty, at most [`Jql::CHARS_MAX`] characters, without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Jql(String);

impl Jql {
    /// Longer queries are refused here; Jira's own limit is of this order.
    pub(crate) const CHARS_MAX: usize = 10_000;

    /// The query's text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Argument for Jql {
    const SHAPE: Shape = Shape::Text;

    fn read(value: Value) -> Result<Self, String> {
        let text = String::read(value)?;
        if text.chars().count() > Self::CHARS_MAX {
            return Err(format!("must be at most {} characters long", Self::CHARS_MAX));
        }
        // Line breaks and tabs are white space to JQL; other control characters are never meant.
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err("must not hold control characters".to_owned());
        }
        Ok(Self(text.trim().to_owned()))
    }
}

fn bare_key(text: &str) -> Option<String> {
    if is_number(text) {
        return Some(text.to_owned());
    }
    let (project, number) = text.split_once('-')?;
    (is_project(project) && is_number(number)).then(|| text.to_ascii_uppercase())
}

fn is_project(text: &str) -> bool {
    let mut bytes = text.bytes();
    (1..=64).contains(&text.len())
        && bytes.next().is_some_and(|first| first.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_number(text: &str) -> bool {
    (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}
