//! The projects that an operator allows, and the names by which a request may speak of what lies in
//! them.
//!
//! A request takes no text for an issue or a project, but a name from here, and a name from here
//! was checked. That an issue's key is of an allowed project is not enough: Jira answers an issue
//! that was moved away under its old key too. So a key alone is good for reading the issue itself,
//! whose answer tells the key it has by now; all else takes that.

use std::{collections::BTreeSet, fmt, ops::Deref};

use serde::Serialize;
use serde_json::Value;

/// The allowed project keys, upper case; none means that every project the user may see is allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Projects(BTreeSet<String>);

/// An issue whose key is of an allowed project, or whose id was given where every project is
/// allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct NamedIssue(String);

/// An issue that lies in an allowed project, as Jira says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct AllowedIssue(NamedIssue);

/// A project that is allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AllowedProject(String);

/// A service desk of an allowed project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedDesk {
    id: String,
    project: AllowedProject,
}

/// Why a name is not good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outside {
    /// It is of this project.
    Project(String),
    /// It is an id, which does not tell a project.
    ById,
}

impl Projects {
    /// Exactly these, in any letter case.
    pub fn of<'a>(keys: impl IntoIterator<Item = &'a str>) -> Self {
        Self(keys.into_iter().map(str::to_ascii_uppercase).collect())
    }

    /// Whether every project is allowed.
    pub fn is_open(&self) -> bool {
        self.0.is_empty()
    }

    /// The allowed keys, in alphabetical order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether a project may be touched.
    pub fn holds(&self, project: &str) -> bool {
        self.is_open() || self.0.contains(&project.to_ascii_uppercase())
    }

    /// Whether an issue that came out of Jira may be shown.
    pub fn holds_issue(&self, key: &str) -> bool {
        self.is_open() || key.rsplit_once('-').is_some_and(|(project, _)| self.holds(project))
    }

    /// An issue as somebody named it, by key or id.
    pub fn named(&self, issue: &str) -> Result<NamedIssue, Outside> {
        match issue.rsplit_once('-') {
            _ if self.is_open() => Ok(NamedIssue(issue.to_owned())),
            Some((project, _)) if self.holds(project) => Ok(NamedIssue(issue.to_owned())),
            Some((project, _)) => Err(Outside::Project(project.to_owned())),
            None => Err(Outside::ById),
        }
    }

    /// The issue without a question to Jira, where the answer cannot matter.
    pub fn unasked(&self, issue: &NamedIssue) -> Option<AllowedIssue> {
        self.is_open().then(|| AllowedIssue(issue.clone()))
    }

    /// The issue under the name it was given, once Jira has told its key.
    pub fn found(&self, issue: &NamedIssue, told: &str) -> Option<AllowedIssue> {
        self.holds_issue(told).then(|| AllowedIssue(issue.clone()))
    }

    /// An issue that Jira itself named.
    pub fn told(&self, key: &str) -> Option<AllowedIssue> {
        self.holds_issue(key).then(|| AllowedIssue(NamedIssue(key.to_owned())))
    }

    /// A service desk, once Jira has told its project.
    pub fn desk(&self, id: &str, project_key: &str) -> Option<AllowedDesk> {
        self.holds(project_key).then(|| AllowedDesk {
            id: id.to_owned(),
            project: AllowedProject(project_key.to_owned()),
        })
    }

    /// The allowed projects; none where all are.
    pub fn all(&self) -> Vec<AllowedProject> {
        self.keys().map(|key| AllowedProject(key.to_owned())).collect()
    }

    /// A project, by key; by id only where every project is allowed.
    pub fn project(&self, key: &str) -> Result<AllowedProject, Outside> {
        let is_id = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
        if self.holds(key) {
            Ok(AllowedProject(key.to_owned()))
        } else if is_id {
            Err(Outside::ById)
        } else {
            Err(Outside::Project(key.to_owned()))
        }
    }
}

impl NamedIssue {
    /// An id that Jira itself named without saying where the issue lies, which reading it tells.
    pub fn by_jira(id: &str) -> Self {
        Self(id.to_owned())
    }

    /// The key or id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key of its project; none for an id.
    pub fn project(&self) -> Option<&str> {
        self.0.rsplit_once('-').map(|(project, _)| project)
    }
}

impl AllowedIssue {
    /// Its project; none for an issue that was named by id.
    pub fn in_project(&self) -> Option<AllowedProject> {
        self.project().map(|key| AllowedProject(key.to_owned()))
    }
}

impl Deref for AllowedIssue {
    type Target = NamedIssue;

    fn deref(&self) -> &NamedIssue {
        &self.0
    }
}

impl AllowedProject {
    /// The key or id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AllowedDesk {
    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The project that it is the desk of.
    pub fn project(&self) -> &AllowedProject {
        &self.project
    }
}

impl From<&NamedIssue> for Value {
    fn from(issue: &NamedIssue) -> Self {
        Self::from(issue.as_str())
    }
}

impl From<&AllowedIssue> for Value {
    fn from(issue: &AllowedIssue) -> Self {
        Self::from(issue.as_str())
    }
}

impl fmt::Display for NamedIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for AllowedIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_checked_and_ids_tell_nothing() {
        let projects = Projects::of(["ab", "CD"]);
        assert!(projects.named("AB-1").is_ok() && projects.named("cd-1").is_ok());
        assert_eq!(projects.named("ABC-1"), Err(Outside::Project("ABC".to_owned())));
        assert_eq!(projects.named("10001"), Err(Outside::ById));
        assert_eq!(projects.project("10001"), Err(Outside::ById));
        assert_eq!(projects.project("ZZ"), Err(Outside::Project("ZZ".to_owned())));
        assert!(projects.project("ab").is_ok());
        assert!(
            projects.desk("1", "ab").is_some()
                && projects.desk("1", "ZZ").is_none()
                && projects.desk("1", "").is_none()
        );
        assert!(
            projects.holds_issue("AB-7")
                && !projects.holds_issue("EF-7")
                && !projects.holds_issue("10001")
        );
    }

    #[test]
    fn an_issue_is_where_jira_says() {
        let projects = Projects::of(["AB"]);
        let named = projects.named("AB-1").unwrap();
        assert_eq!(projects.unasked(&named), None);
        assert_eq!(projects.found(&named, "ZZ-9"), None);
        assert_eq!(projects.found(&named, "AB-1").unwrap().as_str(), "AB-1");
        assert_eq!((projects.told("ZZ-9"), projects.told("AB-3").is_some()), (None, true));
    }

    #[test]
    fn without_a_list_everything_is_allowed() {
        let open = Projects::default();
        let named = open.named("10001").unwrap();
        assert_eq!(open.unasked(&named).unwrap().as_str(), "10001");
        assert!(open.told("ZZ-9").is_some() && open.project("10000").is_ok());
    }
}
