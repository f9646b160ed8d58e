//! Planning, starting and completing sprints.

use jiff::{Timestamp, tz::TimeZone};
use moment::{self, Clock, DayTime, Direction, parse_jira};
use serde_json::{Map, Value, json};
use tool_kit::{Reply, Row, ToolError, WriteOutcome, args::Said, clean};

use crate::jira::{
    JiraError,
    names::BoardName,
    request::agile::{self, scopes},
    tools::{
        args::{Argument, Shape, arguments, keywords, shown},
        context::{Context, no_moment},
        registry::{Tool, tool},
        writing::uncertain_write::is_lost,
    },
    views::{SprintView, on_clock},
    wire::{Sprint, ValuePage},
};

use super::{boards::no_sprints, reach};

pub(super) const CREATE_SPRINT: Tool = tool!(
    /// Plan a new sprint on a board.
    "jira_create_sprint", "Create sprint", Agile, Write, create_sprint(CreateSprint),
    r#"{"board_id": 1, "name": "x"}"#
)
.needs(&["write:sprint:jira-software"])
.also(&[scopes::SPRINTS, scopes::BOARDS]);

pub(super) const UPDATE_SPRINT: Tool = tool!(
    /// Change, start or complete a sprint.
    "jira_update_sprint", "Update sprint", Agile, Write, update_sprint(UpdateSprint),
    r#"{"sprint_id": 1, "name": "x"}"#
)
.needs(&["write:sprint:jira-software"])
.also(&[scopes::SPRINTS, scopes::BOARDS]);

arguments! {
    CreateSprint {
        board_id: String,
        name: String,
        /// e.g. 2026-11-23, next monday
        start_date: Option<String>,
        /// The same; +14d is from the start
        end_date: Option<String>,
        goal: Option<String>,
        dry_run: Option<bool>,
    }
}

keywords! {
    /// What a sprint can be made.
    NewState { Active = "active", Closed = "closed" }
}

impl Argument for NewState {
    const SHAPE: Shape = Shape::Text;

    fn read(value: Value) -> Result<Self, String> {
        Self::parse(&String::read(value)?)
    }
}

arguments! {
    UpdateSprint {
        sprint_id: String,
        name: Said<String>,
        start_date: Said<String>,
        end_date: Said<String>,
        goal: Said<String>,
        /// active starts, closed completes it
        state: Option<NewState>,
        dry_run: Option<bool>,
    }
}

impl UpdateSprint {
    /// The arguments that are there and say nothing. They change nothing, which is told.
    fn empty(&self) -> Vec<&'static str> {
        let all = [
            ("name", &self.name),
            ("start_date", &self.start_date),
            ("end_date", &self.end_date),
            ("goal", &self.goal),
        ];
        all.into_iter().filter(|(_, said)| said.is_empty()).map(|(name, _)| name).collect()
    }
}

async fn create_sprint(context: &Context, args: CreateSprint) -> Result<Reply, ToolError> {
    let created = create(context, &args).await;
    reach::naming_scopes(context, &[scopes::WRITE_SPRINT], created).await
}

async fn create(context: &Context, args: &CreateSprint) -> Result<Reply, ToolError> {
    let mut body = Map::new();
    body.insert("name".to_owned(), Value::from(name(&args.name)?));
    dates(context, &mut body, args.start_date.as_deref(), args.end_date.as_deref(), None).await?;
    if let Some(goal) = &args.goal {
        body.insert("goal".to_owned(), Value::from(goal.trim()));
    }
    let board = reach::board(context, &args.board_id).await?;
    body.insert("originBoardId".to_owned(), Value::from(board.id));
    if board.kind == "kanban" {
        return Err(no_sprints(
            JiraError::Invalid {
                status: 400,
                texts: Vec::new(),
                fields: Vec::new(),
                elements: Vec::new(),
            },
            &board,
        ));
    }
    if args.dry_run.unwrap_or(false) {
        return Reply::json(
            &json!({ "dry_run": true, "would_create": shown_on_clock(context, &body).await }),
        );
    }
    let answer = match context.jira.call(agile::create_sprint(&Value::Object(body.clone()))).await {
        Err(error) => return Err(lost(context, error, &board, &args.name).await),
        Ok(answer) => answer,
    };
    let made: Sprint<'_> = answer.read()?;
    let mut reply = acknowledged(context, &made);
    reply.put_non_empty("board_id", board.id);
    reply.put_non_empty("created", true);
    Reply::json(&reply)
}

/// When the answer to a create was lost, the board tells what became of it.
async fn lost(context: &Context, error: JiraError, board: &BoardName, name: &str) -> ToolError {
    let unsure = is_lost(&error);
    let error = ToolError::from(error);
    if !unsure {
        return error;
    }
    let Ok(answer) = context.ask(agile::sprints(board.id, "future", 0, 50)).await else {
        return error;
    };
    let Ok(page) = answer.read::<ValuePage<Sprint<'_>>>() else { return error };
    let same = page.values.iter().filter(|sprint| sprint.name.trim() == name.trim());
    let found: Vec<SprintView> = same.map(SprintView::from).collect();
    if found.is_empty() {
        return error
            .hint("A look at the board shows no future sprint of that name: it was not created. Try again.")
            .outcome(WriteOutcome::NotDone);
    }
    error
        .hint(
            "The board has a future sprint of that name: it was most likely created. Do not create it again.",
        )
        .outcome(WriteOutcome::ProbablyDone)
        .with("found", json!(found))
}

async fn update_sprint(context: &Context, args: UpdateSprint) -> Result<Reply, ToolError> {
    let updated = update(context, &args).await;
    reach::naming_scopes(context, &[scopes::SPRINTS, scopes::WRITE_SPRINT], updated).await
}

async fn update(context: &Context, args: &UpdateSprint) -> Result<Reply, ToolError> {
    let answer = reach::sprint(context, &args.sprint_id, &[]).await?;
    let sprint: Sprint<'_> = answer.read()?;
    let body = change(context, args, &sprint).await?;
    if args.dry_run.unwrap_or(false) {
        let after = shown_on_clock(context, &body).await;
        let before = SprintView::from(&sprint).on_clock(context.jira.known_zone().as_ref());
        let mut reply = Row::new();
        reply.put_non_empty("dry_run", true);
        reply.push("before", json!(before));
        reply.push("after", json!(after));
        reply.put_non_empty("left_unchanged", json!(args.empty()));
        return Reply::json(&reply);
    }
    let mut shown = shown_on_clock(context, &body).await;
    let mut changed = Row::new();
    for (argument, key) in ["name", "start_date", "end_date", "goal", "state"].into_iter().zip([
        "name",
        "startDate",
        "endDate",
        "goal",
        "state",
    ]) {
        // A result holds no empty texts, so what is cleared is said in a word.
        let value =
            shown.remove(key).map(|value| if value == "" { Value::from("none") } else { value });
        changed.put_non_empty(argument, value.unwrap_or_default());
    }
    let answer = context.ask(agile::update_sprint(sprint.id, &Value::Object(body.clone()))).await?;
    let after: Sprint<'_> = answer.read()?;
    let mut reply = acknowledged(context, &after);
    reply.put_non_empty("updated", true);
    reply.put_non_empty("changed", json!(changed));
    reply.put_non_empty("left_unchanged", json!(args.empty()));
    Reply::json(&reply)
}

/// What a write made of a sprint, without the goal, which may be long.
fn acknowledged(context: &Context, sprint: &Sprint<'_>) -> Row {
    let view = json!(SprintView::from(sprint).on_clock(context.jira.known_zone().as_ref()));
    let mut row = Row::new();
    for name in ["id", "name", "state", "start", "end"] {
        row.put_non_empty(name, view.get(name).cloned().unwrap_or_default());
    }
    row
}

/// The body of a partial update, or why Jira would not do it. Source: the notes of the operation.
async fn change(
    context: &Context,
    args: &UpdateSprint,
    sprint: &Sprint<'_>,
) -> Result<Map<String, Value>, ToolError> {
    let mut body = Map::new();
    if let Some(text) = args.name.value() {
        body.insert("name".to_owned(), Value::from(name(text)?));
    }
    if let Some(goal) = args.goal.value() {
        let goal = if goal.trim().eq_ignore_ascii_case("none") { "" } else { goal.trim() };
        body.insert("goal".to_owned(), Value::from(goal));
    }
    let stored = sprint.start_date.as_deref().and_then(parse_jira);
    let day = |day: &'_ Said<String>| day.value().cloned();
    let (start, end) = (day(&args.start_date), day(&args.end_date));
    dates(context, &mut body, start.as_deref(), end.as_deref(), stored).await?;
    let is_dated = body.contains_key("startDate") || body.contains_key("endDate");
    let state = args.state.map(|state| match state {
        NewState::Active => "active",
        NewState::Closed => "closed",
    });
    let title = shown(&clean(&sprint.name));
    if sprint.state == "closed" && (is_dated || state == Some("active")) {
        return Err(ToolError::invalid_argument(format!("Sprint '{title}' is closed."))
            .hint("Of a closed sprint only the name and the goal can be changed."));
    }
    match (state, sprint.state.as_ref()) {
        (None, _) => {}
        (Some(asked), now) if asked == now => {}
        (Some("closed"), "future") => {
            return Err(ToolError::invalid_argument(format!(
                "Sprint '{title}' has not been started."
            ))
            .hint("Only an active sprint can be completed."));
        }
        (Some("active"), _) => {
            let has = |key: &str, stored: bool| stored || body.contains_key(key);
            if !has("startDate", sprint.start_date.is_some())
                || !has("endDate", sprint.end_date.is_some())
            {
                return Err(ToolError::invalid_argument(format!(
                    "Sprint '{title}' has no start or end date."
                ))
                .hint(
                    "Pass start_date and end_date together with state active, e.g. today and +14d.",
                ));
            }
            body.insert("state".to_owned(), Value::from("active"));
        }
        (Some(asked), _) => {
            body.insert("state".to_owned(), Value::from(asked));
        }
    }
    if body.is_empty() {
        let same = state.map(|state| format!(" It is {state} already.")).unwrap_or_default();
        return Err(ToolError::invalid_argument(format!("Nothing to change.{same}"))
            .hint("Pass at least one of name, goal, start_date, end_date and state. An empty argument changes nothing; goal none clears the goal."));
    }
    Ok(body)
}

/// Both dates in Jira's form. A day is the whole of it: a sprint begins with its start and ends
/// with its end. A distance counts from now for the start, and for the end from a start that is
/// given with it.
async fn dates(
    context: &Context,
    body: &mut Map<String, Value>,
    start: Option<&str>,
    end: Option<&str>,
    stored_start: Option<Timestamp>,
) -> Result<(), ToolError> {
    let start = match start {
        Some(text) => {
            Some(context.instant("start_date", text, Direction::Future, DayTime::Start).await?)
        }
        None => None,
    };
    let end = match (end, start) {
        (Some(text), Some(from)) if moment::is_distance(text) => {
            let clock = Clock { now: from, ..context.clock().await? };
            let end = moment::instant(text, &clock, Direction::Future, DayTime::End);
            Some(end.ok_or_else(|| no_moment("end_date", text))?)
        }
        (Some(text), _) => {
            Some(context.instant("end_date", text, Direction::Future, DayTime::End).await?)
        }
        (None, _) => None,
    };
    if start.or(stored_start).zip(end).is_some_and(|(start, end)| end <= start) {
        return Err(ToolError::invalid_argument("`end_date` must be after `start_date`"));
    }
    for (key, moment) in [("startDate", start), ("endDate", end)] {
        if let Some(moment) = moment {
            body.insert(key.to_owned(), Value::from(written(moment)));
        }
    }
    Ok(())
}

/// As the agile API takes it: ISO 8601 with milliseconds and offset.
fn written(moment: Timestamp) -> String {
    moment.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// What would be sent, its times on the user's clock.
async fn shown_on_clock(context: &Context, body: &Map<String, Value>) -> Map<String, Value> {
    let mut shown = body.clone();
    for key in ["startDate", "endDate"] {
        if let Some(time) = shown.get_mut(key)
            && let Some(moment) = time.as_str().and_then(parse_jira)
        {
            *time = Value::from(on_clock(moment, &context.zone_to_show().await));
        }
    }
    shown
}

fn name(text: &str) -> Result<String, ToolError> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        Err(ToolError::invalid_argument("`name` must not be empty"))
    } else {
        Ok(name)
    }
}
