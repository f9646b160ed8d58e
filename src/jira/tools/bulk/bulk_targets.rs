//! Which issues a bulk operation is about: by key, or by a query that is answered in full.

use serde_json::{Value, json};
use tool_kit::{Row, ToolError, clean};

use crate::jira::{
    AllowedIssue, NamedIssue, request,
    tools::{
        args::{IssueKey, Jql},
        context::Context,
        issue::{delete::head, read_many::distinct},
    },
    wire::{FetchedIssues, Issue, IssueType, NamedValue, SearchPage, Text},
};

/// What Jira takes in one bulk operation.
pub(in crate::jira::tools) const ISSUES_MAX: usize = 1_000;

/// What Jira answers at once.
const PAGE: u32 = 100;

/// Pages that are read: Jira may answer fewer than it is asked for, even none, before the end.
const PAGES_MAX: usize = 40;

const FIELDS: [&str; 3] = ["summary", "status", "issuetype"];

/// One issue that will be changed.
pub(in crate::jira::tools) struct Target {
    pub(in crate::jira::tools) key: AllowedIssue,
    pub(in crate::jira::tools) project: String,
    /// Issues of one type in one project have one workflow.
    pub(in crate::jira::tools) type_id: String,
    pub(in crate::jira::tools) status: String,
    /// How a preview shows it.
    pub(in crate::jira::tools) row: Row,
}

/// The issues of one operation.
#[derive(Default)]
pub(in crate::jira::tools) struct Targets {
    pub(in crate::jira::tools) issues: Vec<Target>,
    /// Keys that lead to nothing the user can see.
    pub(in crate::jira::tools) missing: Vec<String>,
}

/// The issues that `keys` or `jql` name; exactly one of them has to be given.
pub(in crate::jira::tools) async fn targets(
    context: &Context,
    keys: Option<Vec<IssueKey>>,
    jql: Option<&Jql>,
) -> Result<Targets, ToolError> {
    let keys = distinct(keys.unwrap_or_default());
    let targets = match (keys.as_slice(), jql) {
        ([], None) => return Err(ToolError::invalid_argument("`issue_keys` or `jql` is required")),
        ([], Some(jql)) => by_query(context, jql).await?,
        (keys, None) => by_keys(context, keys).await?,
        (_, Some(_)) => {
            return Err(ToolError::invalid_argument(
                "Either `issue_keys` or `jql` is taken, not both.",
            ));
        }
    };
    if targets.issues.is_empty() {
        return Err(ToolError::new(
            tool_kit::Code::NotFound,
            "There is no such issue that the signed-in user can see.",
        )
        .hint("Nothing was changed. Check the keys, or try the query with jira_search.")
        .with("missing", json!(targets.missing)));
    }
    Ok(targets)
}

async fn by_keys(context: &Context, keys: &[IssueKey]) -> Result<Targets, ToolError> {
    if keys.len() > ISSUES_MAX {
        return Err(too_many());
    }
    let named =
        keys.iter().map(|key| context.projects.check_issue(key)).collect::<Result<Vec<_>, _>>()?;
    let named: Vec<&NamedIssue> = named.iter().collect();
    let mut targets = Targets::default();
    for chunk in named.chunks(PAGE as usize) {
        let answer = context.ask(request::bulk_fetch(chunk, &FIELDS)).await?;
        let fetched: FetchedIssues<'_> = answer.read()?;
        let lost = chunk.iter().map(|key| key.as_str());
        let lost = lost.filter(|key| {
            !fetched.issues.iter().any(|issue| issue.key == *key || issue.id == *key)
        });
        targets.missing.extend(lost.map(str::to_owned));
        targets.take(context, &fetched.issues);
        targets.tell(context, Some(keys.len()));
    }
    Ok(targets)
}

async fn by_query(context: &Context, jql: &Jql) -> Result<Targets, ToolError> {
    let jql = context.projects.restrict(jql)?;
    let fields = FIELDS.map(str::to_owned);
    let (mut targets, mut token) = (Targets::default(), None::<String>);
    for _ in 0..PAGES_MAX {
        let answer = context.ask(request::search(&jql, &fields, PAGE, token.as_deref())).await?;
        let page: SearchPage<'_> = answer.read()?;
        targets.take(context, &page.issues);
        targets.tell(context, None);
        let next = page.next_page_token.map(Text::into_owned);
        if targets.issues.len() > ISSUES_MAX
            || (targets.issues.len() == ISSUES_MAX && next.is_some())
        {
            return Err(too_many());
        }
        if next.is_none() {
            return Ok(targets);
        }
        // A token that comes back again would lead in a circle.
        if next == token {
            break;
        }
        token = next;
    }
    Err(ToolError::internal("Jira's pages did not come to an end").hint(
        "Nothing was changed: which issues the query finds is unknown. Narrow it, or name the issues.",
    ))
}

fn too_many() -> ToolError {
    ToolError::invalid_argument(format!("More than {ISSUES_MAX} issues cannot be changed at once."))
        .hint("Nothing was changed. Narrow the query, or name fewer issues.")
}

impl Targets {
    #[expect(clippy::cast_precision_loss, reason = "a thousand issues at most")]
    fn tell(&self, context: &Context, total: Option<usize>) {
        let found = self.issues.len();
        let done = found + self.missing.len();
        context.progress.report(done as f64, total.map(|total| total as f64), || {
            format!("{found} issues found.")
        });
    }

    fn take(&mut self, context: &Context, issues: &[Issue<'_>]) {
        let allowed =
            issues.iter().filter_map(|issue| Some((context.projects.told(&issue.key)?, issue)));
        for (key, issue) in allowed {
            let target = Target::of(key, issue);
            if !self.issues.iter().any(|known| known.key == target.key) {
                self.issues.push(target);
            }
        }
    }
}

impl Target {
    fn of(key: AllowedIssue, issue: &Issue<'_>) -> Self {
        let status = issue.fields.read::<NamedValue<'_>>("status").and_then(|status| status.name);
        let mut row = head(issue);
        row.retain(&["key", "status", "summary"]);
        Self {
            project: key.project().map(str::to_owned).unwrap_or_default(),
            key,
            type_id: issue
                .fields
                .read::<IssueType>("issuetype")
                .map(|kind| kind.id)
                .unwrap_or_default(),
            status: status.map(|status| clean(&status).into_owned()).unwrap_or_default(),
            row,
        }
    }
}

/// Keys as a preview lists them: not more than a person reads.
pub(in crate::jira::tools) fn some_keys<'k>(keys: impl Iterator<Item = &'k str>) -> Value {
    json!(keys.take(20).collect::<Vec<_>>())
}
