//! PersonScope whom a person is looked for.

use crate::jira::client::allowed::{AllowedIssue, AllowedProject};

/// PersonScope whom a person is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonScope<'a> {
    /// All users that the caller may see.
    Everyone,
    /// Those who can be assigned in a project.
    AssignableIn(&'a AllowedProject),
    /// Those who can be assigned to an issue.
    AssignableTo(&'a AllowedIssue),
}

impl PersonScope<'_> {
    /// The key of the project, where one is meant and named by its key.
    pub fn project(self) -> Option<AllowedProject> {
        match self {
            Self::Everyone => None,
            Self::AssignableIn(project) => Some(project.clone()),
            Self::AssignableTo(issue) => issue.in_project(),
        }
    }
}
