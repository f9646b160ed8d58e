//! The projects an operator allows: checked on every key that goes in, every issue that comes out, and every query.

use std::collections::BTreeSet;

use crate::trim::Visible;

use super::{
    args::{IssueKey, Jql, ProjectKey},
    error::{Code, ToolError},
};

/// The allowed project keys, upper case; none means that every project the user may see is allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Projects(BTreeSet<String>);

impl Visible for Projects {
    fn shows(&self, issue_key: &str) -> bool {
        self.holds_issue(issue_key)
    }

    fn shows_all(&self) -> bool {
        self.is_open()
    }
}

impl Projects {
    /// Reads keys in any letter case; the error names the first that is none.
    pub fn new<'a>(keys: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        keys.into_iter()
            .map(|key| {
                ProjectKey::parse(key).map(|key| key.as_str().to_owned()).ok_or_else(|| key.to_owned())
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether every project is allowed.
    pub fn is_open(&self) -> bool {
        self.0.is_empty()
    }

    /// The allowed keys, in alphabetical order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether a project may be touched.
    pub(super) fn holds(&self, project: &str) -> bool {
        self.is_open() || self.0.contains(&project.to_ascii_uppercase())
    }

    /// Whether an issue that came out of Jira may be shown.
    pub(super) fn holds_issue(&self, key: &str) -> bool {
        self.is_open() || key.rsplit_once('-').is_some_and(|(project, _)| self.holds(project))
    }

    pub(super) fn check_project(&self, key: &ProjectKey) -> Result<(), ToolError> {
        if self.holds(key.as_str()) { Ok(()) } else { Err(self.refusal(key.as_str())) }
    }

    /// A numeric id does not tell its project, so it passes only where every project is allowed.
    pub(super) fn check_issue(&self, key: &IssueKey) -> Result<(), ToolError> {
        match key.project() {
            _ if self.is_open() => Ok(()),
            Some(project) if self.holds(project) => Ok(()),
            Some(project) => Err(self.refusal(project)),
            None => Err(ToolError::invalid_argument("Issues are named by key here, not by numeric id.")
                .hint("Use the issue's key, such as PROJ-123.")),
        }
    }

    /// The query, restricted to the allowed projects.
    ///
    /// The query is put in parentheses, so one whose own do not match could break out of them; it is refused.
    pub(super) fn restrict(&self, jql: &Jql) -> Result<String, ToolError> {
        match self.condition() {
            Some(allowed) => confined(&allowed, jql.as_str(), ""),
            None => Ok(jql.as_str().to_owned()),
        }
    }

    /// What every query must hold to; none when every project is allowed.
    pub(super) fn condition(&self) -> Option<String> {
        let keys: Vec<String> = self.0.iter().map(|key| format!("\"{key}\"")).collect();
        (!self.is_open()).then(|| format!("project in ({})", keys.join(", ")))
    }

    fn refusal(&self, project: &str) -> ToolError {
        self.refuses(format!("Project {project} is not among the projects allowed here."))
    }

    /// A refusal that names the allowed projects.
    pub(super) fn refuses(&self, message: impl Into<String>) -> ToolError {
        let allowed: Vec<&str> = self.0.iter().map(String::as_str).collect();
        ToolError::new(Code::Forbidden, message)
            .hint(format!("The operator of this connection allows: {}.", allowed.join(", ")))
    }
}

/// A query that must also hold to `condition`; it keeps its own order, or gets this one.
pub(super) fn confined(condition: &str, jql: &str, order: &str) -> Result<String, ToolError> {
    let (filter, own_order) = split_order(jql).ok_or_else(|| {
        ToolError::invalid_argument("The JQL has unmatched quotes or parentheses.")
            .hint("Close every quote and parenthesis.")
    })?;
    let order = if own_order.is_empty() { order } else { own_order };
    let filter = filter.trim_start();
    let confined =
        if filter.is_empty() { condition.to_owned() } else { format!("{condition} AND ({filter})") };
    Ok(if order.is_empty() { confined } else { format!("{confined} {order}") })
}

/// Splits a query in front of its top-level ORDER BY; none when quotes or parentheses do not match.
fn split_order(jql: &str) -> Option<(&str, &str)> {
    let (mut depth, mut quote, mut escaped, mut order) = (0_u32, None, false, None);
    let mut word_start = true;
    for (at, c) in jql.char_indices() {
        if let Some(open) = quote {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                _ if c == open => quote = None,
                _ => {}
            }
            word_start = false;
            continue;
        }
        match c {
            '"' | '\'' => quote = Some(c),
            // A backslash outside quotes may escape a quote or parenthesis to Jira; such a query is not for guessing.
            '\\' => return None,
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            'o' | 'O' if depth == 0 && word_start && order.is_none() && is_order_by(jql.get(at..)?) => {
                order = Some(at);
            }
            _ => {}
        }
        word_start = c.is_whitespace() || c == ')' || c == '"' || c == '\'';
    }
    if depth != 0 || quote.is_some() {
        return None;
    }
    Some(jql.split_at(order.unwrap_or(jql.len())))
}

fn is_order_by(text: &str) -> bool {
    let mut words = text.split_whitespace();
    words.next().is_some_and(|word| word.eq_ignore_ascii_case("order"))
        && words.next().is_some_and(|word| word.eq_ignore_ascii_case("by"))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{super::args::Argument, *};

    fn check(jql: &str, expected: Option<&str>) {
        let projects = Projects::new(["ab", "CD"]).unwrap();
        let jql = Jql::read(Value::from(jql)).unwrap();
        assert_eq!(projects.restrict(&jql).ok().as_deref(), expected, "{jql:?}");
    }

    #[test]
    fn every_query_is_confined() {
        check("status = Done", Some("project in (\"AB\", \"CD\") AND (status = Done)"));
        check(
            "status = Done order by created",
            Some("project in (\"AB\", \"CD\") AND (status = Done ) order by created"),
        );
        check("ORDER BY key", Some("project in (\"AB\", \"CD\") ORDER BY key"));
        check("summary ~ \"order by\"", Some("project in (\"AB\", \"CD\") AND (summary ~ \"order by\")"));
        check("summary ~ ')('", Some("project in (\"AB\", \"CD\") AND (summary ~ ')(')"));
        check("a = 1) OR (project = ZZ", None);
        check("a = \"x", None);
        check("a = \"x\\\" OR project = ZZ", None);
        check("(a = 1", None);
        check("a = \\\" ) or ( b = \\\"", None);
    }

    #[test]
    fn keys_are_checked_and_ids_tell_nothing() {
        let projects = Projects::new(["AB"]).unwrap();
        let check = |key: &str| projects.check_issue(&IssueKey::parse(key).unwrap()).is_ok();
        assert!(check("ab-1"));
        assert!(!check("ABC-1"));
        assert!(!check("10001"));
        assert!(Projects::default().check_issue(&IssueKey::parse("10001").unwrap()).is_ok());
        assert!(projects.holds_issue("AB-7") && !projects.holds_issue("CD-7"));
        assert_eq!(Projects::new(["A B"]), Err("A B".to_owned()));
    }
}
