//! Where somebody is mentioned since a time: in comments and descriptions.
//!
//! JQL cannot say it. Its text search finds names and, on some sites, account ids, and on others
//! comments not at all. So where few issues changed since then, all of them are read; else those
//! that text search finds, and those that the person has to do with, and the reply says so. What
//! counts as a mention is decided by the documents themselves.
//!
//! A call reads at most 150 issues: 6 pages, the history of their descriptions, and further
//! comments of at most 20 of them. That is at most 34 calls to Jira, and mostly 3 or 4.

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde_json::json;
use tool_kit::{Reply, Row, ToolError};

use crate::jira::{
    names::{self, PersonScope},
    request,
    tools::{
        args::{ProjectKey, arguments},
        context::Context,
        parts::comments,
        registry::{Tool, tool},
        scope::confined,
        search::jql_search,
    },
    wire::{ApproximateCount, SearchPage},
};

use super::mentioned::{Harvest, Search, edited_descriptions, read_issue};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Comments and descriptions that mention somebody: untrusted user content.
    "jira_get_mentions", "Get mentions", Context, Read, get_mentions(GetMentions),
    "{}"
)];

arguments! {
    GetMentions {
        user: Option<String>,
        /// Default -14d
        since: Option<String>,
        project_key: Option<ProjectKey>,
        next_page_token: Option<String>,
    }
}

const SINCE: &str = "-14d";

/// Up to so many changed issues are all read.
const READ_ALL_MAX: u64 = 150;

/// Issues on one of Jira's pages: each may carry twenty comments.
const PAGE: u32 = 25;

/// Pages that one call reads, those among them that are read again for fewer issues.
const PAGES_MAX: usize = 6;

const FIELDS: [&str; 7] =
    ["summary", "description", "comment", "created", "updated", "creator", "status"];

async fn get_mentions(context: &Context, args: GetMentions) -> Result<Reply, ToolError> {
    let (given, mut token) = match &args.next_page_token {
        Some(token) => page_token(token).map(|(given, token)| (Some(given), Some(token)))?,
        None => (None, None),
    };
    let search = search(context, &args, given).await?;
    let reading = context.reading(context.limits.text_chars).await?;
    let browse = jql_search::browse(&reading, &[]);
    let mut frame = Row::new();
    frame.put_non_empty("browse", browse.as_str());
    frame.put_non_empty("searched", if search.is_whole { "all" } else { NARROWED });
    let tail = json!({ "mentions": [], "next_page_token": "x".repeat(700), "comments_unread": ["x".repeat(300)], "complete": false });
    let room = context.budget.reserve(&frame).reserve(&tail);
    let mut harvest = Harvest::default();
    let (mut size, mut is_again, mut is_whole) = (PAGE, false, true);
    for _ in 0..PAGES_MAX {
        let ids: Vec<String> = FIELDS.iter().map(|id| (*id).to_owned()).collect();
        let answer =
            context.ask(request::search(&search.jql, &ids, size, token.as_deref())).await?;
        let page: SearchPage<'_> = answer.read()?;
        let edited = edited_descriptions(context, &search, &page).await?;
        let (kept, received) = (harvest.rows.len(), page.issues.len());
        let mut fitting = 0;
        for issue in &page.issues {
            let before = harvest.rows.len();
            if context.projects.holds_issue(&issue.key) {
                read_issue(context, &search, issue, &edited, &mut harvest).await?;
            }
            if !room.holds(&harvest.rows) {
                if before == 0 {
                    // One issue alone: its texts give way, and what still does not fit is said.
                    let fitted = room.fit_rows(&json!([]), std::mem::take(&mut harvest.rows));
                    frame.put_non_empty(
                        "mentions_omitted",
                        (fitted.dropped > 0).then_some(fitted.dropped),
                    );
                    harvest.rows = fitted.kept;
                    fitting += 1;
                } else {
                    harvest.rows.truncate(before);
                }
                break;
            }
            fitting += 1;
        }
        let next = page.next_page_token.as_deref().map(str::to_owned);
        if fitting == received || (is_again && fitting > 0) {
            // A Jira that answers more than it is asked for, or the same token again, leaves
            // issues that no page leads to.
            let is_stuck = next.is_some() && next == token;
            is_whole &= fitting == received && !is_stuck;
            (size, is_again) = (PAGE, false);
            token = next.filter(|_| !is_stuck);
            if token.is_none() {
                break;
            }
        } else if fitting == 0 {
            // This page begins with what did not fit any more.
            break;
        } else {
            // A page of just that size has the token that leads behind it.
            harvest.rows.truncate(kept);
            size = u32::try_from(fitting).unwrap_or(PAGE);
            is_again = true;
        }
    }
    frame.put_non_empty("complete", (!is_whole).then_some(false));
    reply(frame, &harvest, token.map(|token| search.token(&token)))
}

const NARROWED: &str = "too many issues changed: only those that text search finds for the person, or that the person has to do with";

fn reply(mut reply: Row, harvest: &Harvest, next: Option<String>) -> Result<Reply, ToolError> {
    reply.push("mentions", json!(harvest.rows));
    reply.put_non_empty("comments_unread", json!(harvest.unread));
    reply.put_non_empty("is_last", next.is_none());
    reply.put_non_empty("next_page_token", next);
    Reply::json(&reply)
}

async fn search(
    context: &Context,
    args: &GetMentions,
    given: Option<(Timestamp, bool)>,
) -> Result<Search, ToolError> {
    let project =
        args.project_key.as_ref().map(|key| context.projects.check_project(key)).transpose()?;
    let who = args.user.as_deref().unwrap_or("me");
    let user = names::person(&context.jira, who, PersonScope::Everyone).await?;
    let since = if let Some((since, _)) = given {
        since
    } else {
        let since = comments::since(context, Some(args.since.as_deref().unwrap_or(SINCE))).await?;
        since.unwrap_or_default()
    };
    // The day before covers every time zone that JQL may read it in.
    let day = since.to_zoned(TimeZone::UTC).date();
    let mut changed = format!("updated >= \"{}\"", day.checked_sub(1.day()).unwrap_or(day));
    if let Some(project) = &project {
        changed = format!("project = {} AND {changed}", names::quoted(project.as_str()));
    }
    if let Some(allowed) = context.projects.condition() {
        changed = confined(&allowed, &changed, "")?;
    }
    let is_whole = if let Some((_, is_whole)) = given {
        is_whole
    } else {
        let count = context.ask(request::approximate_count(&changed)).await?;
        count.read::<ApproximateCount>()?.count <= READ_ALL_MAX
    };
    let (account_id, name) = (user.account_id.to_string(), user.display_name.to_string());
    if !is_whole {
        changed = format!("{changed} AND ({})", of_person(&account_id, &name, who == "me"));
    }
    let jql = format!("{changed} ORDER BY updated DESC, key ASC");
    Ok(Search { account_id, name, since, is_whole, jql })
}

/// The issues that a person has to do with, and those whose texts hold the name or the account.
fn of_person(account_id: &str, name: &str, is_me: bool) -> String {
    let phrase = |text: &str| {
        let plain: String = text.chars().filter(|c| !matches!(c, '"' | '\\')).collect();
        format!("text ~ \"\\\"{plain}\\\"\"")
    };
    let id = names::quoted(account_id);
    let watched = if is_me { " OR watcher = currentUser()" } else { "" };
    format!(
        "{} OR {} OR assignee = {id} OR reporter = {id}{watched}",
        phrase(name),
        phrase(account_id)
    )
}

impl Search {
    /// Jira's token is good for the same query only.
    fn token(&self, token: &str) -> String {
        let scope = if self.is_whole { "all" } else { "some" };
        format!("{scope}.{}.{token}", self.since.as_millisecond())
    }
}

/// Since when and in which issues was searched, and Jira's own token.
fn page_token(token: &str) -> Result<((Timestamp, bool), String), ToolError> {
    let read = || {
        let (scope, rest) = token.split_once('.')?;
        let (since, token) = rest.split_once('.')?;
        let since = Timestamp::from_millisecond(since.parse().ok()?).ok()?;
        let is_whole = matches!(scope, "all");
        (is_whole || scope == "some").then(|| ((since, is_whole), token.to_owned()))
    };
    read().ok_or_else(|| {
        ToolError::invalid_argument("`next_page_token` is none of this tool's.")
            .hint("Pass the token of the last reply unchanged, or none for the first page.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_what_was_searched() {
        let search = Search {
            account_id: "a".to_owned(),
            name: "A".to_owned(),
            since: Timestamp::from_millisecond(1_795_168_800_000).unwrap(),
            is_whole: false,
            jql: String::new(),
        };
        let token = search.token("x.y");
        assert_eq!(token, "some.1795168800000.x.y");
        assert_eq!(page_token(&token).unwrap(), ((search.since, false), "x.y".to_owned()));
        for bad in ["", "all.x.y", "other.1.y", "all.1"] {
            assert!(page_token(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        assert_eq!(
            of_person("a:1", "A\" OR x = \"b\\", false),
            r#"text ~ "\"A OR x = b\"" OR text ~ "\"a:1\"" OR assignee = "a:1" OR reporter = "a:1""#
        );
    }
}
