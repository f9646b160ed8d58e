//! Creating many issues in one call.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tool_kit::{Code, Reply, Row, ToolError};

use crate::jira::{
    JiraError,
    request::{self, NewIssue},
    tools::{
        args::{FieldObjects, arguments},
        context::Context,
        create::{
            create_meta_cache::Screens,
            once::{self, Once},
            prepared::{PreparedCreate, prepare_one},
            recent_creates::{self, Mark},
        },
        registry::{Tool, tool},
        writing::uncertain_write::{self, Confirmed, NotFound},
    },
    wire::CreatedIssues,
};

const TOOL: &str = "jira_create_issues";

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Create up to 50 issues; those that fail are listed by index.
    "jira_create_issues", "Create issues", Bulk, Write, create_issues(CreateIssues),
    r#"{"issues": [{"project_key": "ACME", "issue_type": "Task", "summary": "x"}]}"#
)];

arguments! {
    CreateIssues {
        /// JSON list of objects with the arguments of jira_create_issue
        issues: FieldObjects,
        dry_run: Option<bool>,
        request_id: Option<String>,
    }
}

/// What Jira takes at once.
const ISSUES_MAX: usize = 50;

/// Keys of 50 issues take two thousand bytes.
const REMEMBERED_BYTES_MAX: usize = 4_096;

/// Of an issue that a repeat does not find among those of the first call.
const NOT_FOUND: &str =
    "The first call with this request_id did not create it, or Jira's search does not show it yet.";

async fn create_issues(context: &Context, args: CreateIssues) -> Result<Reply, ToolError> {
    let count = args.issues.0.len();
    if !(1..=ISSUES_MAX).contains(&count) {
        return Err(ToolError::invalid_argument(format!(
            "`issues` must hold 1 to {ISSUES_MAX} issues, not {count}"
        )));
    }
    let dry_run = args.dry_run.unwrap_or(false);
    let Some(request_id) = args.request_id.as_deref().filter(|_| !dry_run) else {
        let outcome =
            create_all(context, args.issues, Asked { dry_run, ..Asked::default() }).await?;
        return Reply::json(&outcome);
    };
    let (turn, may_create) = match once::begin(context, TOOL, request_id).await? {
        Once::Made(first) => {
            let mut first: Value = serde_json::from_str(&first).unwrap_or_default();
            if let Some(first) = first.as_object_mut() {
                first.insert("repeated_request_id".to_owned(), Value::from(true));
            }
            return Reply::json(&first);
        }
        Once::Do(turn) => (turn, true),
        Once::Find(turn) => (turn, false),
    };
    let asked = Asked { dry_run: false, request_id: Some(request_id), only_find: !may_create };
    let outcome = create_all(context, args.issues, asked).await;
    Reply::json(&once::end(turn, outcome, remembered).await?)
}

/// How issues are to be created.
#[derive(Default, Clone, Copy)]
struct Asked<'a> {
    dry_run: bool,
    request_id: Option<&'a str>,
    /// Only what an earlier call created is looked for.
    only_find: bool,
}

/// A result for repeats; long words about what failed are not kept for ten minutes.
fn remembered(outcome: &Row) -> String {
    let whole = json!(outcome).to_string();
    if whole.len() <= REMEMBERED_BYTES_MAX {
        return whole;
    }
    let failed = outcome.get("failed").and_then(Value::as_array).map_or(0, Vec::len);
    json!({ "created": outcome.get("created"), "failed": [], "omitted": { "failed": failed } })
        .to_string()
}

async fn create_all(
    context: &Context,
    issues: FieldObjects,
    Asked { dry_run, request_id, only_find }: Asked<'_>,
) -> Result<Row, ToolError> {
    let count = issues.0.len();
    let mut plan = Plan::of(context, &issues).await?;
    // What is wrong with one of many is no failure of the call, which would get its second look by
    // itself.
    if !plan.failed.is_empty() && context.jira.may_retry_fresh() {
        plan = Plan::of(context, &issues).await?;
    }
    if plan.ready.is_empty() {
        return Err(plan.refusal(context, count));
    }
    if dry_run {
        return Ok(shown(context, plan).await);
    }
    let mark = Mark::of(context, TOOL, request_id).await;
    if let Some(mark) = &mark {
        // What another replica made. A search that fails must not keep anybody from creating.
        if let Ok(found) = recent_creates::all_by_request(context, &plan.projects(), mark).await
            && !found.is_empty()
        {
            return Ok(plan.repeated(context, &found));
        }
        plan.bear(mark);
    }
    if only_find {
        return Err(once::unknown());
    }
    let look = async {
        let projects = plan.projects();
        let found = match &mark {
            Some(mark) => recent_creates::all_by_request(context, &projects, mark).await?,
            None => {
                recent_creates::all_by_summary(
                    context,
                    &projects,
                    &plan.summaries(),
                    uncertain_write::since(),
                )
                .await?
            }
        };
        Ok((found.len() == plan.ready.len()).then_some(found))
    };
    let explain = |error| plan.explain(context, count, error);
    let request = request::create_issues(&plan.bodies());
    match uncertain_write::write(context, request, NotFound::Inconclusive, look, explain).await? {
        Confirmed::ByResponse(answer) => Ok(plan.outcome(context, &answer.read()?)),
        Confirmed::ByReadBack(found) => {
            let mut row = assemble(context, "created", created(&found), plan.failed);
            row.put_non_empty("verified", true);
            Ok(row)
        }
    }
}

/// What is to be sent, and what cannot be; each with its place in the call.
struct Plan {
    ready: Vec<(usize, PreparedCreate)>,
    failed: Vec<Row>,
    codes: Vec<Code>,
}

impl Plan {
    /// What is wrong with one issue is noted; what would meet every call to Jira ends this one.
    async fn of(context: &Context, issues: &FieldObjects) -> Result<Self, ToolError> {
        let mut plan = Self { ready: Vec::new(), failed: Vec::new(), codes: Vec::new() };
        let mut screens = Screens::default();
        for (index, given) in issues.0.iter().enumerate() {
            match prepare_one(context, given.clone(), &mut screens).await {
                Ok(one) => plan.ready.push((index, one)),
                Err(error) if is_of_one(error.code()) => {
                    plan.failed.push(failure(index, error.message(), error.advice()));
                    plan.codes.push(error.code());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(plan)
    }

    /// Nothing can be created; when all issues fail for one kind of reason, that is the call's.
    fn refusal(self, context: &Context, count: usize) -> ToolError {
        let code =
            self.codes.first().copied().filter(|first| self.codes.iter().all(|code| code == first));
        nothing(context, code.unwrap_or(Code::InvalidArgument), count, self.failed)
    }

    fn bodies(&self) -> Vec<&NewIssue> {
        self.ready.iter().map(|(_, one)| &one.new).collect()
    }

    /// Keys or ids of the projects that get an issue.
    fn projects(&self) -> BTreeSet<&str> {
        self.ready
            .iter()
            .filter_map(|(_, one)| {
                one.new.values().get("project")?.as_object()?.values().next()?.as_str()
            })
            .collect()
    }

    fn summaries(&self) -> Vec<(usize, &str)> {
        self.ready.iter().map(|(index, one)| (*index, one.summary())).collect()
    }

    /// Lets every issue carry the id of the request, and which of its issues it is.
    fn bear(&mut self, mark: &Mark) {
        for (index, one) in &mut self.ready {
            if let Some(properties) = mark.properties_of(*index) {
                one.new.bear(properties);
            }
        }
    }

    /// The result of a repeat, from what the first call left in Jira.
    fn repeated(self, context: &Context, found: &BTreeMap<usize, String>) -> Row {
        let missing = self.ready.iter().filter(|(index, _)| !found.contains_key(index));
        let missing = missing.map(|(index, _)| failure(*index, NOT_FOUND, None));
        let failed = self.failed.iter().cloned().chain(missing).collect();
        let mut row = assemble(context, "created", created(found), failed);
        row.put_non_empty("repeated_request_id", true);
        row
    }

    fn explain(&self, context: &Context, count: usize, error: JiraError) -> ToolError {
        match error {
            JiraError::Invalid { elements, .. } if !elements.is_empty() => {
                let refused = elements
                    .iter()
                    .filter_map(|(at, reason)| Some(failure(self.ready.get(*at)?.0, reason, None)));
                let failed = self.failed.iter().cloned().chain(refused).collect();
                nothing(context, Code::InvalidArgument, count, failed)
            }
            error => error.into(),
        }
    }

    fn outcome(self, context: &Context, answer: &CreatedIssues) -> Row {
        let refused =
            |at: usize| answer.errors.iter().find(|error| error.failed_element_number == at);
        let mut keys = answer.issues.iter();
        let (mut made, mut failed) = (Vec::new(), self.failed);
        for (at, (index, one)) in self.ready.iter().enumerate() {
            if let Some(error) = refused(at) {
                failed.push(failure(*index, &error.reason(), None));
                continue;
            }
            let Some(issue) = keys.next() else { continue };
            let mut row = Row::new();
            row.put_non_empty("index", *index);
            row.put_non_empty("key", issue.key.as_str());
            row.put_non_empty("resolved", json!(one.resolved()));
            made.push(json!(row));
        }
        assemble(context, "created", made, failed)
    }
}

fn created(made: &BTreeMap<usize, String>) -> Vec<Value> {
    made.iter().map(|(index, key)| json!({ "index": index, "key": key })).collect()
}

fn failure(index: usize, error: &str, hint: Option<&str>) -> Row {
    let mut row = Row::new();
    row.put_non_empty("index", index);
    row.put_non_empty("error", error);
    // Others may have been created: what is said of one speaks of that one.
    row.put_non_empty(
        "hint",
        hint.map(|hint| {
            hint.trim_start_matches("Nothing was changed. ")
                .trim_start_matches("Nothing was created. ")
        }),
    );
    row
}

async fn shown(context: &Context, plan: Plan) -> Row {
    let mut would = Vec::with_capacity(plan.ready.len());
    for (index, mut one) in plan.ready {
        would.push(json!({ "index": index, "issue": one.preview(context).await }));
    }
    let mut row = assemble(context, "would_create", would, plan.failed);
    row.put_non_empty("dry_run", true);
    row
}

/// What was done, then what was not: the first goes before when there is room for only one of them.
fn assemble(context: &Context, name: &'static str, done: Vec<Value>, mut failed: Vec<Row>) -> Row {
    failed.sort_by_key(|row| row.get("index").and_then(Value::as_u64));
    let frame =
        json!({ name: [], "failed": [], "omitted": { name: 50, "failed": 50 }, "dry_run": true });
    let done = context.budget.fit(&frame, done);
    let failed = context.budget.reserve(&done.kept).fit_rows(&frame, failed);
    let mut row = Row::new();
    row.push(name, json!(done.kept));
    row.push("failed", json!(failed.kept));
    if done.dropped + failed.dropped > 0 {
        row.put_non_empty("omitted", json!({ name: done.dropped, "failed": failed.dropped }));
    }
    row
}

fn is_of_one(code: Code) -> bool {
    matches!(
        code,
        Code::InvalidArgument
            | Code::AmbiguousName
            | Code::NotFound
            | Code::Forbidden
            | Code::Conflict
    )
}

fn nothing(context: &Context, code: Code, count: usize, mut failed: Vec<Row>) -> ToolError {
    failed.sort_by_key(|row| row.get("index").and_then(Value::as_u64));
    let frame = "x".repeat(400);
    let failed = context.budget.fit_rows(&frame, failed).kept;
    ToolError::new(code, format!("None of the {count} issues can be created."))
        .hint("Nothing was created. `failed` says what is wrong with each; correct them and repeat the call.")
        .with("failed", json!(failed))
}
