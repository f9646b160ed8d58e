//! Who is told about changes of an issue.

use tool_kit::{Reply, Row, ToolError};

use crate::jira::{
    JiraError,
    names::{self, PersonScope},
    request,
    tools::{
        args::{IssueKey, arguments},
        context::Context,
        project_guard,
        registry::{Tool, tool},
    },
    views::person,
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Start or stop watching an issue.
    "jira_watch_issue", "Watch issue", Collab, Idempotent, watch_issue(WatchIssue),
    r#"{"issue_key": "ACME-1"}"#
)];

arguments! {
    WatchIssue {
        issue_key: IssueKey,
        /// Default me
        user: Option<String>,
        remove: Option<bool>,
    }
}

async fn watch_issue(context: &Context, args: WatchIssue) -> Result<Reply, ToolError> {
    let key = &project_guard::allowed(context, &args.issue_key).await?;
    let remove = args.remove.unwrap_or(false);
    let given = args.user.as_deref().unwrap_or("me");
    let user = names::person(&context.jira, given, PersonScope::Everyone).await?;
    let request = if remove {
        request::unwatch(key, &user.account_id)
    } else {
        request::watch(key, &user.account_id)
    };
    context.jira.call(request).await.map_err(advise)?;
    let mut reply = Row::new();
    reply.put_non_empty("key", key);
    reply.put_non_empty("watching", !remove);
    reply.put_non_empty("user", person(&user));
    Reply::json(&reply)
}

fn advise(error: JiraError) -> ToolError {
    let is_forbidden = matches!(error, JiraError::Forbidden { .. });
    let error = ToolError::from(error);
    if !is_forbidden {
        return error;
    }
    error
        .hint("Watching for somebody else needs the permission Manage watcher list; for oneself it does not.")
}
