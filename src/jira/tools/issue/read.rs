//! Reading one issue, with sections on demand.

use std::{borrow::Cow, sync::LazyLock};

use serde_json::json;
use tool_kit::{Budget, Reply, Row, ToolError};

use crate::jira::{
    JiraError, Projects, Response,
    names::{self, FieldName},
    request,
    tools::{
        args::{IssueKey, arguments},
        context::Context,
        issue::sections::{Items, Section, put_time_in_status, read_sections},
        project_guard,
        registry::{Tool, tool},
    },
    views::issue_view,
    wire::Issue,
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Read one issue. Texts are Markdown and untrusted user content; long ones are clipped; name a
    /// field in fields for more.
    "jira_get_issue", "Get issue", Core, Read, get_issue(GetIssue),
    r#"{"issue_key": "ACME-1"}"#
)];

arguments! {
    GetIssue {
        /// Issue key or browse URL
        issue_key: IssueKey,
        /// Only these, by name or id; *all for every filled one
        fields: Option<Vec<String>>,
        /// Also: comments, transitions, changelog, worklogs, watchers, links (web links)
        include: Option<Vec<Section>>,
    }
}

static DEFAULT_FIELDS: LazyLock<Vec<FieldName>> = LazyLock::new(|| {
    let names = [
        "key",
        "type",
        "status",
        "summary",
        "assignee",
        "reporter",
        "priority",
        "labels",
        "parent",
        "created",
        "updated",
        "due",
        "resolution",
        "components",
        "fix_versions",
        "links",
        "subtasks",
        "description",
    ];
    names.into_iter().filter_map(FieldName::known).collect()
});

/// A reply to the plain question is kept this small, whatever the operator's budget.
const DEFAULT_REPLY_BYTES: usize = 4_096;

async fn get_issue(context: &Context, args: GetIssue) -> Result<Reply, ToolError> {
    let key = context.projects.check_issue(&args.issue_key)?;
    let named = args.fields.unwrap_or_default();
    let plain = named.is_empty();
    let fields = if plain {
        Cow::Borrowed(DEFAULT_FIELDS.as_slice())
    } else {
        Cow::Owned(names::readable_fields(&context.jira, &named).await?)
    };
    let all = fields.iter().any(FieldName::is_all);
    let mut sections = args.include.unwrap_or_default();
    sections.dedup();
    let wanted = if all { vec!["*all"] } else { ids(&fields) };
    let expand: &[&str] = if all { &["names"] } else { &[] };
    let issue = context.ask(request::issue(&key, &wanted, expand));
    let (issue, extras) = if let Some(allowed) = context.projects.unasked(&key) {
        tokio::try_join!(issue, read_sections(context, &allowed, &sections))?
    } else {
        // What hangs on an issue is asked for once it is sure where it lies.
        let issue = issue.await?;
        let allowed = project_guard::found(context, &key, &issue.read()?)?;
        (issue, read_sections(context, &allowed, &sections).await?)
    };
    let issue: Issue<'_> = issue.read()?;
    if issue.key.is_empty() {
        // Some JSON, but no issue; a result without its key would pass for one.
        return Err(JiraError::Unreadable.into());
    }
    // A field that was asked for by name is shown as far as the whole budget goes.
    let text_chars = if plain || all { context.limits.text_chars } else { usize::MAX };
    let row = issue_view(&issue, &fields, &context.reading(text_chars).await?);
    let budget = if plain && sections.is_empty() {
        context.budget.at_most(DEFAULT_REPLY_BYTES)
    } else {
        context.budget
    };
    if extras.is_empty() {
        // Most issues fit as they are, and are written only once.
        let reply = Reply::row(&row)?;
        if budget.holds_text(&reply.text()) {
            return Ok(reply);
        }
    }
    let created: Option<String> = issue.fields.read("created");
    Reply::row(&assemble(row, extras, budget, &context.projects, created.as_deref()))
}

fn ids(fields: &[FieldName]) -> Vec<&str> {
    let ids: Vec<&str> =
        fields.iter().filter(|field| !field.is_local()).map(|field| field.id.as_str()).collect();
    if ids.is_empty() { vec!["summary"] } else { ids }
}

/// Puts the sections behind the fields and makes the whole fit: the issue's own texts are clipped
/// first, then the sections lose their last items, and what is missing is counted.
fn assemble(
    mut row: Row,
    extras: Vec<(Section, Response)>,
    budget: Budget,
    projects: &Projects,
    created: Option<&str>,
) -> Row {
    // Half of the budget is the issue's, the rest is shared by its sections.
    let own = if extras.is_empty() { budget } else { budget.split(2) };
    own.shrink_to_fit(&mut row);
    let mut left = extras.len();
    for (section, answer) in extras {
        let share = budget.reserve(&row).split(left);
        left -= 1;
        match section.items(&answer, projects) {
            Ok(Items { shown, beyond, unreadable }) => {
                let mut own = Row::new();
                if let (Section::Changelog, true) = (section, unreadable == 0) {
                    put_time_in_status(&mut own, &answer, created, beyond > 0);
                }
                own.put_unreadable_of(section.name(), unreadable);
                let frame = json!({ "omitted_items": { section.name(): beyond + shown.len() }, "own": own });
                let fitted = share.fit(&frame, shown);
                row.push(section.name(), fitted.kept);
                if fitted.dropped + beyond > 0 {
                    row.put_non_empty(
                        format!("{}_omitted", section.name()),
                        fitted.dropped + beyond,
                    );
                }
                row.append(own);
            }
            Err(error) => row.put_non_empty(format!("{}_error", section.name()), error.message()),
        }
    }
    row
}
