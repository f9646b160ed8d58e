//! What the signed-in user may do, in a project, on an issue, or anywhere.

use tool_kit::{Reply, Row, ToolError};

use crate::jira::{
    AllowedIssue, AllowedProject, JiraError, request,
    tools::{
        args::{IssueKey, ProjectKey, arguments, nearest, shown},
        context::Context,
        project_guard,
        registry::{Tool, tool},
        search::advice,
    },
    wire::Permissions,
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// What the user may do in a project, on an issue, or anywhere.
    "jira_my_permissions", "My permissions", Context, Read, my_permissions(MyPermissions),
    r#"{"project_key": "ACME"}"#
)];

arguments! {
    MyPermissions {
        project_key: Option<ProjectKey>,
        issue_key: Option<IssueKey>,
        /// e.g. create issues
        permission: Option<Vec<String>>,
    }
}

/// The permissions that decide whether most tools work. Jira has dozens more.
pub(in crate::jira::tools) const DECISIVE: &[&str] = &[
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

/// Exists only on sites with Jira Software, and one unknown permission makes Jira refuse the whole
/// question.
const SPRINTS: &str = "MANAGE_SPRINTS_PERMISSION";

async fn my_permissions(context: &Context, args: MyPermissions) -> Result<Reply, ToolError> {
    let project =
        args.project_key.as_ref().map(|key| context.projects.check_project(key)).transpose()?;
    let issue = match &args.issue_key {
        Some(key) => Some(project_guard::allowed(context, key).await?),
        None => None,
    };
    let asked = asked(args.permission.as_deref().unwrap_or_default())?;
    // The issue says more than its project, and Jira looks at one of them only.
    let (issue, project) = (issue.as_ref(), project.as_ref().filter(|_| issue.is_none()));
    let answer = match held(context, &asked, project, issue).await {
        Ok(answer) => answer,
        Err(JiraError::NotFound { texts }) if project.is_some() => {
            let error = JiraError::NotFound { texts }.into();
            return Err(advice::unknown_project(
                context,
                project.map(AllowedProject::as_str).unwrap_or_default(),
                error,
            )
            .await);
        }
        Err(error) => return Err(error.into()),
    };
    let (can, cannot) = split(answer);
    let mut reply = Row::new();
    reply.put_non_empty("issue", issue.map(|issue| issue.as_str()));
    reply.put_non_empty("project", project.map(AllowedProject::as_str));
    reply.push("can", can);
    reply.push("cannot", cannot);
    Reply::json(&reply)
}

/// The keys of the permissions that are asked for by key or in words; without any, those that
/// decide most.
fn asked(given: &[String]) -> Result<Vec<&'static str>, ToolError> {
    let given: Vec<&str> =
        given.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    if given.is_empty() {
        return Ok(DECISIVE.to_vec());
    }
    let mut keys = Vec::with_capacity(given.len());
    for name in given {
        let words = words(name);
        let known = || DECISIVE.iter().chain(FURTHER).copied();
        let alias =
            || WORDS.iter().find(|(said, _)| said.contains(&words.as_str())).map(|(_, key)| *key);
        let found = known().find(|key| self::words(key) == words).or_else(alias);
        let Some(key) = found else {
            let said: Vec<String> = known().map(str::to_lowercase).collect();
            let near = nearest(&words.replace(' ', "_"), said.iter().map(String::as_str));
            let near = near.map(|near| format!("Did you mean {near}? ")).unwrap_or_default();
            return Err(ToolError::invalid_argument(format!(
                "'{}' is no permission known here.",
                shown(name)
            ))
            .hint(format!("{near}Known are: {}.", said.join(", "))));
        };
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(keys)
}

/// A permission in plain words: its key says them, and people leave out or add a plural.
fn words(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.to_lowercase().trim_end_matches('s').to_owned())
        .filter(|word| word != "permission")
        .collect();
    words.join(" ")
}

/// What people say for a permission whose key has other words, without plurals.
const WORDS: &[(&[&str], &str)] = &[
    (
        &["browse", "view", "see", "read", "view issue", "see issue", "read issue", "browse issue"],
        "BROWSE_PROJECTS",
    ),
    (&["create", "create an issue"], "CREATE_ISSUES"),
    (&["edit", "update", "update issue", "change issue"], "EDIT_ISSUES"),
    (&["assign"], "ASSIGN_ISSUES"),
    (
        &["transition", "change statu", "change the statu", "move through workflow"],
        "TRANSITION_ISSUES",
    ),
    (&["comment", "add a comment"], "ADD_COMMENTS"),
    (&["delete", "delete an issue"], "DELETE_ISSUES"),
    (&["link"], "LINK_ISSUES"),
    (&["log work", "add worklog", "worklog", "log time"], "WORK_ON_ISSUES"),
    (&["attach", "attach file", "add attachment", "attachment"], "CREATE_ATTACHMENTS"),
    (&["manage sprint", "sprint"], SPRINTS),
    (
        &["administer project", "administer", "project admin", "manage version"],
        "ADMINISTER_PROJECTS",
    ),
    (&["be assigned", "assignable"], "ASSIGNABLE_USER"),
    (&["schedule", "due date", "set due date"], "SCHEDULE_ISSUES"),
    (&["resolve"], "RESOLVE_ISSUES"),
    (&["close"], "CLOSE_ISSUES"),
    (&["move"], "MOVE_ISSUES"),
    (&["view watcher", "view voter", "see watcher"], "VIEW_VOTERS_AND_WATCHERS"),
    (&["manage watcher list"], "MANAGE_WATCHERS"),
    (&["bulk edit", "make bulk change"], "BULK_CHANGE"),
    (&["browse user", "browse user and group", "find user"], "USER_PICKER"),
    (&["administer jira", "global admin", "jira admin"], "ADMINISTER"),
];

/// Which of these permissions the caller has. Where Jira does not know the one for sprints, it is
/// left out.
pub(in crate::jira::tools) async fn held(
    context: &Context,
    keys: &[&str],
    project: Option<&AllowedProject>,
    issue: Option<&AllowedIssue>,
) -> Result<Permissions, JiraError> {
    let asked = context.jira.call(request::my_permissions(keys, project, issue)).await;
    let answer = match asked {
        Err(JiraError::Invalid { texts, .. })
            if texts.iter().any(|text| text.contains(SPRINTS)) =>
        {
            let known: Vec<&str> = keys.iter().copied().filter(|key| *key != SPRINTS).collect();
            context.jira.call(request::my_permissions(&known, project, issue)).await?
        }
        other => other?,
    };
    answer.read()
}

/// The keys of what the caller may and may not do.
pub(in crate::jira::tools) fn split(answer: Permissions) -> (Vec<String>, Vec<String>) {
    let (can, cannot): (Vec<_>, Vec<_>) =
        answer.permissions.into_iter().partition(|(_, permission)| permission.have_permission);
    let keys = |entries: Vec<(String, _)>| entries.into_iter().map(|(key, _)| key).collect();
    (keys(can), keys(cannot))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: &[&str], expected: Option<&[&str]>) {
        let given: Vec<String> = given.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(asked(&given).ok().as_deref(), expected, "{given:?}");
    }

    #[test]
    fn permissions_are_asked_for_by_key_or_in_words() {
        check(&[], Some(DECISIVE));
        check(&[" "], Some(DECISIVE));
        check(&["create issues"], Some(&["CREATE_ISSUES"]));
        check(&["CREATE_ISSUES", "Create Issue"], Some(&["CREATE_ISSUES"]));
        check(&["log work", "manage sprints"], Some(&["WORK_ON_ISSUES", SPRINTS]));
        check(&["MANAGE_SPRINTS_PERMISSION"], Some(&[SPRINTS]));
        check(&["edit all comments"], Some(&["EDIT_ALL_COMMENTS"]));
        check(&["fly"], None);
    }
}
