//! What a person may see and do on a site.

use super::{
    issue::{Comment, Issue, Visibility},
    person::Who,
    project::{Access, Project, Transition},
    site::Site,
};

impl Site {
    /// What the person may do in the project of the issue.
    pub(crate) fn may(&self, who: Who, issue: &Issue, access: Access) -> bool {
        self.project(issue.project).is_some_and(|project| project.may(who, access))
    }

    /// By key in any letter case, or by id; only what the person may browse.
    pub(crate) fn visible_project(&self, who: Who, id_or_key: &str) -> Option<&Project> {
        self.projects
            .iter()
            .find(|p| p.key.eq_ignore_ascii_case(id_or_key) || p.id.to_string() == id_or_key)
            .filter(|p| p.may(who, Access::Viewer))
    }

    /// Only an issue the person may browse.
    pub(crate) fn visible_issue(&self, who: Who, id_or_key: &str) -> Option<&Issue> {
        self.issues
            .get(&self.issue_id(id_or_key)?)
            .filter(|issue| self.may(who, issue, Access::Viewer))
    }

    /// Whether the person is in the role or group that a comment or work log is restricted to.
    pub(crate) fn is_visible_to(
        &self,
        who: Who,
        issue: &Issue,
        restriction: Option<&Visibility>,
    ) -> bool {
        let Some(restriction) = restriction else { return true };
        match (restriction.kind.as_str(), restriction.value.as_str()) {
            ("role", "Administrators") => self.may(who, issue, Access::Admin),
            ("role", _) => self.may(who, issue, Access::Member),
            (_, "jira-administrators") => self.admins.contains(&who),
            _ => true,
        }
    }

    /// The comments of an issue that the person may read, oldest first.
    pub(crate) fn visible_comments<'a>(&self, who: Who, issue: &'a Issue) -> Vec<&'a Comment> {
        let is_visible =
            |comment: &&Comment| self.is_visible_to(who, issue, comment.visibility.as_ref());
        issue.comments.iter().filter(is_visible).collect()
    }

    /// The transitions that lead on from the issue's status, for someone who may use them.
    pub(crate) fn open_transitions(&self, who: Who, issue: &Issue) -> Vec<&Transition> {
        let Some(project) =
            self.project(issue.project).filter(|project| project.may(who, Access::Member))
        else {
            return Vec::new();
        };
        let is_open =
            |entry: &&Transition| entry.from.is_empty() || entry.from.contains(&issue.status);
        project.workflow.transitions.iter().filter(is_open).collect()
    }
}
