//! Finding people, to assign to or to mention.

use serde_json::json;
use tool_kit::{Reply, Row, ToolError};

use crate::jira::{
    AllowedIssue, AllowedProject,
    request::{self, scope},
    tools::{
        args::{IssueKey, ProjectKey, arguments, shown},
        context::Context,
        project_guard,
        registry::{Tool, tool},
    },
    views::UserView,
    wire::{List, User},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Find people by name or e-mail, or all who can be assigned somewhere.
    "jira_find_users", "Find users", Core, Read, find_users(FindUsers),
    r#"{"query": "ben"}"#
)
.needs(&[scope::READ_USER])];

arguments! {
    FindUsers {
        query: Option<String>,
        /// Project or issue key
        assignable_in: Option<String>,
        max_results: Option<u32>,
    }
}

/// Jira cuts a window of all people and only then looks who fits, so that a short page is not the
/// end, nor is an empty one. Source: JRACLOUD-71293, and the description of `GET
/// /user/assignable/search`.
const WINDOW: u32 = 200;

/// Jira looks at the first thousand people only.
const PEOPLE_MAX: u32 = 1_000;

/// Pages of so many people are those of a site that shows fewer at once than it is asked for.
const CAPS: [usize; 2] = [50, 100];

/// Among whom people are looked for.
enum SearchScope<'a> {
    Everyone,
    Project(&'a AllowedProject),
    Issue(&'a AllowedIssue),
}

async fn find_users(context: &Context, args: FindUsers) -> Result<Reply, ToolError> {
    let query = args.query.as_deref().map(str::trim).unwrap_or_default();
    let project = args.assignable_in.as_deref().and_then(ProjectKey::parse);
    let issue = args.assignable_in.as_deref().and_then(IssueKey::parse);
    let (allowed_issue, allowed_project);
    let among = match (&args.assignable_in, &project, &issue) {
        (None, ..) if query.is_empty() => {
            return Err(ToolError::invalid_argument("`query` is required without `assignable_in`").hint(
                "Pass part of a name, or assignable_in with a project or issue key to see everybody there.",
            ));
        }
        (None, ..) => SearchScope::Everyone,
        (_, _, Some(issue)) if issue.project().is_some() => {
            allowed_issue = project_guard::allowed(context, issue).await?;
            SearchScope::Issue(&allowed_issue)
        }
        (_, Some(project), _) => {
            allowed_project = context.projects.check_project(project)?;
            SearchScope::Project(&allowed_project)
        }
        (Some(given), None, _) => {
            return Err(ToolError::invalid_argument(format!(
                "`assignable_in` must be a project or issue key, not '{}'",
                shown(given)
            )));
        }
    };
    let default = query.is_empty().then_some(context.limits.results_max);
    let size = context.page_size(args.max_results.or(default)) as usize;
    let (people, is_end, unreadable) = found(context, query, &among, size).await?;
    let is_more = people.len() > size || !is_end;
    let views: Vec<UserView> = people.into_iter().take(size).collect();
    let fitted = context.budget.fit(&json!({ "users": [], "omitted": size, "more": MORE }), views);
    let mut reply = Row::new();
    reply.push("users", json!(fitted.kept));
    if fitted.dropped > 0 {
        reply.put_non_empty("omitted", fitted.dropped);
    }
    reply.put_unreadable(unreadable);
    if is_more {
        reply.put_non_empty("more", MORE);
    }
    Reply::json(&reply)
}

const MORE: &str = "There are more: use a longer query, or a larger max_results.";

/// The people, at least one more than `size` where there are as many, whether nobody was left to
/// look at, and how many could not be read.
async fn found(
    context: &Context,
    query: &str,
    among: &SearchScope<'_>,
    size: usize,
) -> Result<(Vec<UserView>, bool, usize), ToolError> {
    let (mut people, mut unreadable) = (Vec::new(), 0);
    let (mut start_at, mut window) = (0, WINDOW.max(u32::try_from(size).unwrap_or(PEOPLE_MAX) + 1));
    while start_at < PEOPLE_MAX {
        let request = match among {
            SearchScope::Everyone => request::users(query, window),
            SearchScope::Project(key) => request::assignable_users(query, Some(key), None, window),
            SearchScope::Issue(key) => request::assignable_users(query, None, Some(key), window),
        };
        let answer = context.ask(request.starting_at(start_at)).await?;
        let page: List<User<'_>> = answer.read()?;
        unreadable += page.unreadable();
        let is_app =
            |user: &&User<'_>| user.account_type.as_deref().is_some_and(|kind| kind == "app");
        people.extend(page.iter().filter(|user| !is_app(user)).map(UserView::from));
        // A name that was found needs no second look; who wants everybody gets everybody.
        if people.len() > size || !(query.is_empty() || people.is_empty()) {
            return Ok((people, true, unreadable));
        }
        if CAPS.contains(&page.received()) {
            start_at += u32::try_from(page.received()).unwrap_or(window);
        } else {
            start_at += window;
            window = PEOPLE_MAX.saturating_sub(start_at);
        }
    }
    let is_end = people.len() < PEOPLE_MAX as usize;
    Ok((people, is_end, unreadable))
}
