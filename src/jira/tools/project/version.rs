//! Creating and changing versions of a project.

use moment::Direction;
use serde_json::{Map, Value, json};
use tool_kit::{Code, Reply, Row, ToolError, args::Said, clean, clip};

use crate::jira::{
    AllowedProject, names, request,
    tools::{
        args::{ProjectKey, arguments, nearest, shown},
        context::Context,
        registry::{Tool, tool},
    },
    wire::{ApproximateCount, LenientText, ProjectHead, SearchPage, VersionDetail},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Create a version, or change the one of that name.
    "jira_save_version", "Save version", Manage, Idempotent, save_version(SaveVersion),
    r#"{"project_key": "ACME", "name": "9"}"#
)
.needs(&["manage:jira-project"])];

arguments! {
    SaveVersion {
        project_key: ProjectKey,
        name: String,
        new_name: Said<String>,
        description: Said<String>,
        start_date: Said<String>,
        release_date: Said<String>,
        released: Option<bool>,
        archived: Option<bool>,
        dry_run: Option<bool>,
    }
}

impl SaveVersion {
    /// The arguments that are there and say nothing. They change nothing, which is told.
    fn empty(&self) -> Vec<&'static str> {
        let all = [
            ("new_name", &self.new_name),
            ("description", &self.description),
            ("start_date", &self.start_date),
            ("release_date", &self.release_date),
        ];
        all.into_iter().filter(|(_, said)| said.is_empty()).map(|(name, _)| name).collect()
    }
}

/// Jira's limit for a version's name, in characters.
const NAME_CHARS_MAX: usize = 255;

const TEXT_CHARS: usize = 500;

/// As much of a description as tells which one was written.
const DESCRIPTION_CHARS: usize = 80;

/// How many of its open issues a released version names.
const OPEN_NAMED_MAX: u32 = 5;

async fn save_version(context: &Context, args: SaveVersion) -> Result<Reply, ToolError> {
    let project = context.projects.check_project(&args.project_key)?;
    let name = checked_name("name", &args.name)?;
    let new_name = args.new_name.value().map(|name| checked_name("new_name", name)).transpose()?;
    let mut body = Map::new();
    let dates = [
        ("startDate", "start_date", &args.start_date),
        ("releaseDate", "release_date", &args.release_date),
    ];
    for (field, argument, date) in dates {
        if let Some(date) = date.value() {
            let day = context.day(argument, date, Direction::Future).await?;
            body.insert(field.to_owned(), Value::from(day.to_string()));
        }
    }
    let others = [
        ("name", new_name.map(Value::from)),
        ("description", args.description.value().map(|text| Value::from(text.as_str()))),
        ("released", args.released.map(Value::from)),
        ("archived", args.archived.map(Value::from)),
    ];
    body.extend(others.into_iter().filter_map(|(field, value)| Some((field.to_owned(), value?))));
    let answer = context.ask(request::versions(&project)).await?;
    let versions: Vec<VersionDetail<'_>> = answer.read()?;
    match pick(&versions, name) {
        Some(version) => change(context, version, body, &args).await,
        None if new_name.is_some() => Err(unknown(name, &versions)),
        None => {
            create(
                context,
                (&args, &project),
                name,
                body,
                versions.iter().find_map(|one| one.project_id),
            )
            .await
        }
    }
}

/// The version of exactly this name, or else of this name in other letters.
fn pick<'v, 'a>(versions: &'v [VersionDetail<'a>], name: &str) -> Option<&'v VersionDetail<'a>> {
    let same = |version: &&VersionDetail<'_>| names::same_letters(&version.name, name);
    versions.iter().find(|version| version.name == name).or_else(|| versions.iter().find(same))
}

async fn change(
    context: &Context,
    version: &VersionDetail<'_>,
    mut body: Map<String, Value>,
    args: &SaveVersion,
) -> Result<Reply, ToolError> {
    let releases = body.get("released") == Some(&Value::Bool(true));
    let before = view(version);
    // What is as wished already needs no write, so that a repeat changes nothing.
    body.retain(|field, value| before.get(label(field)) != Some(value));
    let after: Map<String, Value> =
        body.iter().map(|(field, value)| (label(field).to_owned(), value.clone())).collect();
    if args.dry_run.unwrap_or(false) {
        let mut held = before.clone();
        let changed: Vec<&str> = after.keys().map(String::as_str).collect();
        held.retain(&changed);
        let mut reply = Row::new();
        reply.put_non_empty("id", version.id.as_ref());
        reply.put_non_empty("dry_run", true);
        reply.push("before", json!(held));
        reply.push("after", Value::Object(after));
        reply.put_non_empty("left_unchanged", json!(args.empty()));
        put_open(context, &mut reply, version, releases).await;
        return Reply::json(&reply);
    }
    let mut reply = if after.is_empty() {
        acknowledge(version, "updated", false, after)
    } else {
        let request = request::update_version(&version.id, &Value::Object(body.clone()));
        let answer = context.ask(request).await.map_err(explain)?;
        acknowledge(&answer.read()?, "updated", true, after)
    };
    reply.put_non_empty("left_unchanged", json!(args.empty()));
    put_open(context, &mut reply, version, releases).await;
    Reply::json(&reply)
}

/// Who releases a version is told what is not done in it. Without an answer nothing is said: the
/// version is released.
async fn put_open(context: &Context, reply: &mut Row, version: &VersionDetail<'_>, releases: bool) {
    if !releases {
        return;
    }
    let jql = format!("fixVersion = {} AND statusCategory != Done ORDER BY key", version.id);
    let fields = ["status".to_owned()];
    let Ok(answer) =
        context.jira.call(request::search(&jql, &fields, OPEN_NAMED_MAX + 1, None)).await
    else {
        return;
    };
    let Ok(page) = answer.read::<SearchPage<'_>>() else { return };
    let seen = page.issues.iter().filter(|issue| context.projects.holds_issue(&issue.key));
    let keys: Vec<&str> = seen.map(|issue| issue.key.as_ref()).collect();
    let mut count = keys.len() as u64;
    if page.next_page_token.is_some() || keys.len() > OPEN_NAMED_MAX as usize {
        let answer = context.jira.call(request::approximate_count(&jql)).await;
        let counted = answer.ok().and_then(|answer| answer.read::<ApproximateCount>().ok());
        count = counted.map_or(count, |counted| counted.count.max(count));
    }
    if count > 0 {
        reply.put_non_empty("open_issues", count);
    }
    reply.put_non_empty(
        "open",
        json!(keys.iter().take(OPEN_NAMED_MAX as usize).collect::<Vec<_>>()),
    );
}

async fn project_id_of(context: &Context, key: &AllowedProject) -> Result<u64, ToolError> {
    let answer = context.ask(request::project_head(key)).await?;
    let project: ProjectHead<'_> = answer.read()?;
    project.id.parse().map_err(|_| ToolError::internal("a project has no numeric id"))
}

async fn create(
    context: &Context,
    (args, project): (&SaveVersion, &AllowedProject),
    name: &str,
    mut body: Map<String, Value>,
    project_id: Option<u64>,
) -> Result<Reply, ToolError> {
    body.insert("name".to_owned(), Value::from(name));
    if args.dry_run.unwrap_or(false) {
        return Reply::json(&json!({ "dry_run": true, "would_create": body }));
    }
    let id = match project_id {
        Some(id) => id,
        None => project_id_of(context, project).await?,
    };
    body.insert("projectId".to_owned(), Value::from(id));
    let answer =
        context.ask(request::create_version(&Value::Object(body))).await.map_err(explain)?;
    let made: VersionDetail<'_> = answer.read()?;
    let mut reply = acknowledged(&made, "created", true);
    let view = view(&made);
    for date in ["start_date", "release_date"] {
        reply.put_non_empty(date, view.get(date).cloned());
    }
    Reply::json(&reply)
}

fn acknowledge(
    version: &VersionDetail<'_>,
    verb: &'static str,
    done: bool,
    mut changed: Map<String, Value>,
) -> Row {
    if let Some(Value::String(text)) = changed.get_mut("description") {
        *text = clip(text, DESCRIPTION_CHARS).into_owned();
    }
    let mut reply = acknowledged(version, verb, done);
    reply.put_non_empty("changed", Value::Object(changed));
    reply
}

fn acknowledged(version: &VersionDetail<'_>, verb: &'static str, done: bool) -> Row {
    let mut reply = Row::new();
    reply.put_non_empty("id", version.id.as_ref());
    reply.put_non_empty("name", clean(&version.name).as_ref());
    reply.put_non_empty("released", version.released);
    reply.put_non_empty(verb, done);
    reply
}

fn view(version: &VersionDetail<'_>) -> Row {
    let text = |text: Option<&str>| text.map(|text| clip(&clean(text), TEXT_CHARS).into_owned());
    let mut row = Row::new();
    row.put_non_empty("name", text(Some(&version.name)));
    row.put_non_empty("description", text(version.description.as_deref()));
    row.put_non_empty("start_date", version.start_date.as_ref().and_then(LenientText::text));
    row.put_non_empty("release_date", version.release_date.as_ref().and_then(LenientText::text));
    row.put_non_empty("released", version.released);
    row.put_non_empty("archived", version.archived);
    row
}

/// Our name for a field of Jira's version.
fn label(field: &str) -> &str {
    match field {
        "startDate" => "start_date",
        "releaseDate" => "release_date",
        other => other,
    }
}

fn checked_name<'n>(argument: &str, name: &'n str) -> Result<&'n str, ToolError> {
    let name = name.trim();
    if (1..=NAME_CHARS_MAX).contains(&name.chars().count()) {
        return Ok(name);
    }
    Err(ToolError::invalid_argument(format!(
        "`{argument}` must have 1 to {NAME_CHARS_MAX} characters"
    )))
}

fn unknown(name: &str, versions: &[VersionDetail<'_>]) -> ToolError {
    let error =
        ToolError::new(Code::NotFound, format!("There is no version '{}' to rename.", shown(name)));
    let Some(near) = nearest(name, versions.iter().map(|version| version.name.as_ref())) else {
        return error.hint("Nothing was changed. Look the versions up with jira_get_project.");
    };
    error.hint(format!("Nothing was changed. Did you mean '{near}'?"))
}

/// Jira answers 404 to those who may not administer the project.
fn explain(error: ToolError) -> ToolError {
    match error.code() {
        Code::NotFound | Code::Forbidden => error.hint(
            "Nothing was changed. Versions are written by administrators of the project only.",
        ),
        Code::InvalidArgument => {
            error.hint("Nothing was changed. Correct what Jira names and repeat the call.")
        }
        _ => error,
    }
}
