//! The projects an operator allows: checked on every key that goes in, every issue that comes out,
//! and every query.

use tool_kit::{Code, ToolError};

use crate::jira::{
    AllowedProject, NamedIssue, Outside, Projects,
    tools::args::{IssueKey, Jql, ProjectKey},
    views::Visible,
};

impl Visible for Projects {
    fn shows(&self, issue_key: &str) -> bool {
        self.holds_issue(issue_key)
    }

    fn shows_project(&self, project_key: &str) -> bool {
        self.holds(project_key)
    }

    fn shows_all(&self) -> bool {
        self.is_open()
    }
}

/// The allowed projects by their keys, in any letter case; the error names the first that is none.
pub fn allowed_projects<'a>(keys: impl IntoIterator<Item = &'a str>) -> Result<Projects, String> {
    let key = |given: &str| ProjectKey::parse(given).ok_or_else(|| given.to_owned());
    let keys = keys.into_iter().map(key).collect::<Result<Vec<_>, _>>()?;
    Ok(Projects::of(keys.iter().map(ProjectKey::as_str)))
}

impl Projects {
    pub(super) fn check_project(&self, key: &ProjectKey) -> Result<AllowedProject, ToolError> {
        self.project(key.as_str()).map_err(|outside| match outside {
            Outside::Project(project) => self.refusal(&project),
            Outside::ById => self.refuses("Projects are named by key here, not by id."),
        })
    }

    /// A numeric id does not tell its project, so it passes only where every project is allowed.
    pub(super) fn check_issue(&self, key: &IssueKey) -> Result<NamedIssue, ToolError> {
        self.named(key.as_str()).map_err(|outside| match outside {
            Outside::Project(project) => self.refusal(&project),
            Outside::ById => {
                ToolError::invalid_argument("Issues are named by key here, not by numeric id.")
                    .hint("Use the issue's key, such as PROJ-123.")
            }
        })
    }

    /// The query, restricted to the allowed projects.
    ///
    /// The query is put in parentheses, so one whose own do not match could break out of them; it
    /// is refused.
    pub(super) fn restrict(&self, jql: &Jql) -> Result<String, ToolError> {
        match self.condition() {
            Some(allowed) => confined(&allowed, jql.as_str(), ""),
            None => Ok(jql.as_str().to_owned()),
        }
    }

    /// What every query must hold to; none when every project is allowed.
    pub(super) fn condition(&self) -> Option<String> {
        let keys: Vec<String> = self.keys().map(|key| format!("\"{key}\"")).collect();
        (!self.is_open()).then(|| format!("project in ({})", keys.join(", ")))
    }

    /// The refusal of a project by its key.
    pub(super) fn refusal(&self, project: &str) -> ToolError {
        self.refuses(format!("Project {project} is not among the projects allowed here."))
    }

    /// A refusal that names the allowed projects.
    pub(super) fn refuses(&self, message: impl Into<String>) -> ToolError {
        let allowed: Vec<&str> = self.keys().collect();
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
    let confined = if filter.is_empty() {
        condition.to_owned()
    } else {
        format!("{condition} AND ({filter})")
    };
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
            // A backslash outside quotes may escape a quote or parenthesis to Jira; such a query is
            // not for guessing.
            '\\' => return None,
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            'o' | 'O'
                if depth == 0 && word_start && order.is_none() && is_order_by(jql.get(at..)?) =>
            {
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
        let projects = allowed_projects(["ab", "CD"]).unwrap();
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
        check(
            "summary ~ \"order by\"",
            Some("project in (\"AB\", \"CD\") AND (summary ~ \"order by\")"),
        );
        check("summary ~ ')('", Some("project in (\"AB\", \"CD\") AND (summary ~ ')(')"));
        check("a = 1) OR (project = ZZ", None);
        check("a = \"x", None);
        check("a = \"x\\\" OR project = ZZ", None);
        check("(a = 1", None);
        check("a = \\\" ) or ( b = \\\"", None);
    }

    #[test]
    fn a_list_is_read_generously_and_told_off_by_name() {
        let projects = allowed_projects(["ab", "https://x.atlassian.net/browse/CD"]).unwrap();
        assert_eq!(projects.keys().collect::<Vec<_>>(), ["AB", "CD"]);
        let check = |key: &str| {
            projects.check_issue(&IssueKey::parse(key).unwrap()).err().map(|fault| fault.code())
        };
        assert_eq!(check("ab-1"), None);
        assert_eq!(check("ABC-1"), Some(Code::Forbidden));
        assert_eq!(check("10001"), Some(Code::InvalidArgument));
        assert_eq!(allowed_projects(["A B"]), Err("A B".to_owned()));
    }
}
