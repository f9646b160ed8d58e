//! What the signed-in user may do, in a project, on an issue, or anywhere.

use crate::{
    jira::{JiraError, request, wire::PermissionAnswer},
    trim::Row,
};

use super::{
    Context, Reply, Tool, ToolError, advice,
    args::{IssueKey, ProjectKey, arguments},
    place,
    registry::tool,
};

pub(super) const TOOLS: &[Tool] = &[tool!(
    /// What the user may do in a project or on an issue; without either, anywhere.
    "jira_my_permissions", "My permissions", Context, Read, my_permissions(MyPermissions)
)];

arguments! {
    MyPermissions {
        project_key: Option<ProjectKey>,
        issue_key: Option<IssueKey>,
    }
}

/// The permissions that decide whether most tools work. Jira has dozens more.
pub(super) const DECISIVE: &[&str] = &[
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "ASSIGN_ISSUES",
    "TRANSITION_ISSUES",
    "ADD_COMMENTS",
    "DELETE_ISSUES",
    "LINK_ISSUES",
    "WORK_ON_ISSUES",
    "CREATE_ATTACHMENTS",
    SPRINTS,
    "ADMINISTER_PROJECTS",
];

/// The others that some tool or argument depends on.
const FURTHER: &[&str] = &[
    "ASSIGNABLE_USER",
    "SCHEDULE_ISSUES",
    "RESOLVE_ISSUES",
    "CLOSE_ISSUES",
    "MOVE_ISSUES",
    "EDIT_OWN_COMMENTS",
    "EDIT_ALL_COMMENTS",
    "DELETE_OWN_COMMENTS",
    "DELETE_ALL_COMMENTS",
    "DELETE_OWN_ATTACHMENTS",
    "DELETE_ALL_ATTACHMENTS",
    "EDIT_OWN_WORKLOGS",
    "EDIT_ALL_WORKLOGS",
    "DELETE_OWN_WORKLOGS",
    "DELETE_ALL_WORKLOGS",
    "VIEW_VOTERS_AND_WATCHERS",
    "MANAGE_WATCHERS",
    "BULK_CHANGE",
    "USER_PICKER",
    "ADMINISTER",
];

/// Exists only on sites with Jira Software, and one unknown permission makes Jira refuse the whole question.
const SPRINTS: &str = "MANAGE_SPRINTS_PERMISSION";

async fn my_permissions(context: &Context, args: MyPermissions) -> Result<Reply, ToolError> {
    if let Some(project) = &args.project_key {
        context.projects.check_project(project)?;
    }
    if let Some(issue) = &args.issue_key {
        place::check_issue(context, issue).await?;
    }
    let all: Vec<&str> = DECISIVE.iter().chain(FURTHER).copied().collect();
    // The issue says more than its project, and Jira looks at one of them only.
    let issue = args.issue_key.as_ref().map(IssueKey::as_str);
    let project = args.project_key.as_ref().map(ProjectKey::as_str).filter(|_| issue.is_none());
    let answer = match held(context, &all, project, issue).await {
        Ok(answer) => answer,
        Err(JiraError::NotFound { texts }) if project.is_some() => {
            let error = JiraError::NotFound { texts }.into();
            return Err(advice::unknown_project(context, project.unwrap_or_default(), error).await);
        }
        Err(error) => return Err(error.into()),
    };
    let (can, cannot) = split(answer);
    let mut reply = Row::new();
    reply.put("issue", issue);
    reply.put("project", project);
    reply.set("can", can);
    reply.set("cannot", cannot);
    Reply::json(&reply)
}

/// Which of these permissions the caller has. Where Jira does not know the one for sprints, it is left out.
pub(super) async fn held(
    context: &Context,
    keys: &[&str],
    project: Option<&str>,
    issue: Option<&str>,
) -> Result<PermissionAnswer, JiraError> {
    let asked = context.jira.call(request::my_permissions(keys, project, issue)).await;
    let answer = match asked {
        Err(JiraError::Invalid { texts, .. }) if texts.iter().any(|text| text.contains(SPRINTS)) => {
            let known: Vec<&str> = keys.iter().copied().filter(|key| *key != SPRINTS).collect();
            context.jira.call(request::my_permissions(&known, project, issue)).await?
        }
        other => other?,
    };
    answer.read()
}

/// The keys of what the caller may and may not do.
pub(super) fn split(answer: PermissionAnswer) -> (Vec<String>, Vec<String>) {
    let (can, cannot): (Vec<_>, Vec<_>) =
        answer.permissions.into_iter().partition(|(_, permission)| permission.have_permission);
    let keys = |entries: Vec<(String, _)>| entries.into_iter().map(|(key, _)| key).collect();
    (keys(can), keys(cannot))
}
