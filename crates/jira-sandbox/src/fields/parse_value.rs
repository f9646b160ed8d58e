//! What a client writes under a field, checked the way Jira checks it.

use serde_json::Value as Json;

use super::duration::parse_duration;
use crate::{
    adf, clock, language,
    model::{Access, FieldDef, FieldKind, FieldOption, Issue, Project, Site, Value, Who},
};

const TEXT_CHARS_MAX: usize = 32_767;
const LINE_CHARS_MAX: usize = 255;

/// Where a value is written, and by whom.
#[derive(Clone, Copy)]
pub(crate) struct WriteContext<'a> {
    pub(crate) site: &'a Site,
    pub(crate) project: &'a Project,
    pub(crate) who: Who,
}

/// Why a value is refused: at its field, or (some rich text) without naming one.
pub(crate) enum ValueError {
    AtField(String),
    General(String),
}

fn refuse<T>(text: impl Into<String>) -> Result<T, ValueError> {
    Err(ValueError::AtField(text.into()))
}

/// `Ok(None)` clears the field.
pub(crate) fn parse_value(
    context: WriteContext,
    field: &FieldDef,
    json: &Json,
) -> Result<Option<Value>, ValueError> {
    if json.is_null() {
        return match field.kind {
            FieldKind::Priority => refuse("Priority is required."),
            _ => Ok(None),
        };
    }
    let value = match field.kind {
        FieldKind::Text | FieldKind::Url => text(field, json)?,
        FieldKind::Team => team(context.site, json)?,
        FieldKind::Rich => rich(json)?,
        FieldKind::Number => Some(Value::Number(
            json.as_f64().map_or_else(|| refuse("Operation value must be a number"), Ok)?,
        )),
        FieldKind::Date => day(json)?,
        FieldKind::Instant => instant(json)?,
        FieldKind::Labels => labels(json)?,
        FieldKind::Lines => lines(json)?,
        FieldKind::EpicLink => Some(Value::Ref(epic(context, json)?)),
        FieldKind::Person => Some(Value::Person(person(context, field, json)?)),
        FieldKind::People => {
            let people = items(json)?
                .iter()
                .map(|item| person(context, field, item))
                .collect::<Result<_, _>>()?;
            Some(Value::People(people))
        }
        FieldKind::Choice => Some(Value::Choice(choice(&field.options, json)?.id)),
        FieldKind::Choices => {
            let chosen = items(json)?.iter().map(|item| Ok(choice(&field.options, item)?.id));
            Some(Value::Choices(chosen.collect::<Result<_, _>>()?))
        }
        FieldKind::Cascade => {
            let parent = choice(&field.options, json)?;
            let child = json.get("child").filter(|child| !child.is_null());
            let child = child
                .map(|child| choice(&parent.children, child).map(|child| child.id))
                .transpose()?;
            Some(Value::Cascade(parent.id, child))
        }
        FieldKind::Priority => {
            let names = context.site.priorities.iter().map(|p| (p.id, p.name.as_str()));
            Some(Value::Ref(named("Priority", names, json)?))
        }
        FieldKind::Resolution => {
            let names = context.site.resolutions.iter().map(|r| (r.id, r.name.as_str()));
            Some(Value::Ref(named("Resolution", names, json)?))
        }
        FieldKind::Components => {
            let all = || context.project.components.iter().map(|c| (c.id, c.name.as_str()));
            let ids = items(json)?.iter().map(|item| named("Component", all(), item));
            Some(Value::Refs(ids.collect::<Result<_, _>>()?))
        }
        FieldKind::Versions => {
            let all = || context.project.versions.iter().map(|v| (v.id, v.name.as_str()));
            let ids = items(json)?.iter().map(|item| named("Version", all(), item));
            Some(Value::Refs(ids.collect::<Result<_, _>>()?))
        }
        FieldKind::Parent => Some(Value::Ref(parent(context, json)?)),
        FieldKind::Sprint => Some(Value::Refs(vec![sprint(context.site, json)?])),
        FieldKind::Estimates => Some(estimates(json)?),
        FieldKind::Type | FieldKind::Project | FieldKind::ReadOnly => {
            return refuse("The field cannot be set.");
        }
    };
    Ok(value)
}

fn text(field: &FieldDef, json: &Json) -> Result<Option<Value>, ValueError> {
    let Some(text) = json.as_str() else { return refuse("Operation value must be a string") };
    let too_long = text.chars().count() > LINE_CHARS_MAX;
    if field.id == "summary" {
        if text.trim().is_empty() {
            return refuse("You must specify a summary of the issue.");
        }
        if text.contains(['\n', '\r']) {
            return refuse("The summary is invalid because it contains newline characters.");
        }
        if too_long {
            return refuse("Summary can't exceed 255 characters.");
        }
    } else if field.kind == FieldKind::Url && !text.is_empty() && url::Url::parse(text).is_err() {
        return refuse("Not a valid URL");
    } else if field.kind == FieldKind::Text && too_long {
        return refuse(
            "The entered text is too long. It exceeds the allowed limit of 255 characters.",
        );
    }
    Ok((!text.is_empty()).then(|| Value::Text(text.to_owned())))
}

fn rich(json: &Json) -> Result<Option<Value>, ValueError> {
    match adf::check(json) {
        Err(adf::AdfError::NotADocument) => refuse(
            "Operation value must be an Atlassian Document (see the Atlassian Document Format)",
        ),
        Err(adf::AdfError::Invalid) => Err(ValueError::General("INVALID_INPUT".into())),
        Ok(()) if json.to_string().chars().count() > TEXT_CHARS_MAX => refuse(
            "The entered text is too long. It exceeds the allowed limit of 32,767 characters.",
        ),
        Ok(()) => {
            let empty = json.get("content").and_then(Json::as_array).is_none_or(Vec::is_empty);
            Ok((!empty).then(|| Value::Rich(json.clone())))
        }
    }
}

fn team(site: &Site, json: &Json) -> Result<Option<Value>, ValueError> {
    match json.as_str() {
        Some("") => Ok(None),
        Some(id) if site.teams.iter().any(|team| team.id == id) => {
            Ok(Some(Value::Text(id.to_owned())))
        }
        Some(id) => refuse(format!("Team Id '{id}' is not valid")),
        None => refuse(format!("Team Id '{json}' is not valid")),
    }
}

fn instant(json: &Json) -> Result<Option<Value>, ValueError> {
    match json.as_str() {
        Some("") => Ok(None),
        Some(text) => match clock::strict_time(text) {
            Some(ms) => Ok(Some(Value::Instant(ms))),
            None => refuse(format!("Error parsing time: {text}")),
        },
        None => refuse("Operation value must be a string"),
    }
}

fn day(json: &Json) -> Result<Option<Value>, ValueError> {
    match json.as_str() {
        Some("") => Ok(None),
        Some(text) if clock::is_day(text) => Ok(Some(Value::Text(text.to_owned()))),
        Some(text) => refuse(format!("Error parsing date string: {text}")),
        None => refuse("Operation value must be a string"),
    }
}

fn labels(json: &Json) -> Result<Option<Value>, ValueError> {
    let mut labels = Vec::new();
    for item in items(json)? {
        let Some(label) = item.as_str() else { return refuse("Operation value must be a string") };
        if label.chars().any(char::is_whitespace) {
            return refuse(format!("The label '{label}' contains spaces which is invalid."));
        }
        if label.chars().count() > LINE_CHARS_MAX {
            return refuse(format!("The label '{label}' exceeds 255 characters."));
        }
        if !labels.iter().any(|known| known == label) {
            labels.push(label.to_owned());
        }
    }
    labels.sort();
    Ok((!labels.is_empty()).then_some(Value::Labels(labels)))
}

fn lines(json: &Json) -> Result<Option<Value>, ValueError> {
    let text = |item: &Json| {
        item.as_str().map_or_else(|| refuse("data was not a string"), |text| Ok(text.to_owned()))
    };
    let lines = items(json)?.iter().map(text).collect::<Result<Vec<_>, _>>()?;
    Ok((!lines.is_empty()).then_some(Value::Labels(lines)))
}

/// A bare key, where `parent` takes an object.
fn epic(context: WriteContext, json: &Json) -> Result<u64, ValueError> {
    let Some(key) = json.as_str() else {
        return Err(ValueError::General("String value expected as the Epic Key.".to_owned()));
    };
    let issue = context.site.visible_issue(context.who, key);
    let is_epic =
        |issue: &&Issue| context.site.issue_type(issue.type_id).is_some_and(|kind| kind.level == 1);
    let found = issue.filter(is_epic);
    found.map_or_else(
        || refuse(format!("Issue '{key}' must be of type 'Epic'.")),
        |issue| Ok(issue.id),
    )
}

fn items(json: &Json) -> Result<&Vec<Json>, ValueError> {
    json.as_array().map_or_else(|| refuse("data was not an array"), Ok)
}

fn person(context: WriteContext, field: &FieldDef, json: &Json) -> Result<Who, ValueError> {
    let Some(object) = json.as_object() else { return refuse("data was not an object") };
    let Some(id) = object.get("accountId").or_else(|| object.get("id")).and_then(Json::as_str)
    else {
        return refuse(format!("Specify a valid value for {}", field.id));
    };
    if id == "-1" && field.id == "assignee" {
        return Ok(context.project.lead);
    }
    let who = context.site.person_by_account(id);
    let Some(who) = who else { return refuse(format!("Specify a valid value for {}", field.id)) };
    let usable = context.site.people.get(who).is_some_and(|person| person.active);
    if field.id == "assignee" && !(usable && context.project.may(who, Access::Member)) {
        return refuse(format!("User '{id}' cannot be assigned issues."));
    }
    Ok(who)
}

fn choice<'a>(options: &'a [FieldOption], json: &Json) -> Result<&'a FieldOption, ValueError> {
    let Some(object) = json.as_object() else {
        return refuse("Specify a valid 'id' or 'name' for the option");
    };
    if let Some(id) = object.get("id") {
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let found = options.iter().find(|option| option.id.to_string() == id);
        return found.map_or_else(|| refuse(format!("Option id '{id}' is not valid")), Ok);
    }
    let Some(value) = object.get("value").and_then(Json::as_str) else {
        return refuse("Could not find valid 'id' or 'value' in the Parent Option object.");
    };
    let found = options.iter().find(|option| option.value == value);
    found.map_or_else(|| refuse(format!("Option value '{value}' is not valid")), Ok)
}

fn named<'a>(
    what: &str,
    all: impl Iterator<Item = (u64, &'a str)>,
    json: &Json,
) -> Result<u64, ValueError> {
    let Some(object) = json.as_object() else { return refuse("data was not an object") };
    if let Some(id) = object.get("id") {
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let found = all.into_iter().find(|(known, _)| known.to_string() == id);
        return found
            .map_or_else(|| refuse(format!("{what} id '{id}' is not valid")), |(id, _)| Ok(id));
    }
    let Some(name) = object.get("name").and_then(Json::as_str) else {
        return refuse(format!("Specify the {what} (id) or (name) in string format"));
    };
    let found = all.into_iter().find(|(_, known)| language::means(name, known));
    found.map_or_else(|| refuse(format!("{what} name '{name}' is not valid")), |(id, _)| Ok(id))
}

fn parent(context: WriteContext, json: &Json) -> Result<u64, ValueError> {
    let given = json.get("key").or_else(|| json.get("id")).and_then(Json::as_str);
    let Some(given) = given else { return refuse("data was not an object") };
    let found = context.site.visible_issue(context.who, given);
    found.map_or_else(|| refuse("Could not find issue by id or key."), |issue| Ok(issue.id))
}

fn sprint(site: &Site, json: &Json) -> Result<u64, ValueError> {
    let id = json.as_u64().or_else(|| json.as_str()?.parse().ok());
    let Some(id) = id else { return refuse("Number value expected as the Sprint id.") };
    match site.sprint(id) {
        Some(sprint) if sprint.state != "closed" => Ok(id),
        _ => refuse(format!("Sprint with id '{id}' does not exist.")),
    }
}

fn estimates(json: &Json) -> Result<Value, ValueError> {
    if !json.is_object() {
        return refuse("data was not an object");
    }
    let part = |name: &str| match json.get(name).and_then(Json::as_str) {
        None => Ok(None),
        Some(text) => match parse_duration(text) {
            Some(seconds) => Ok(Some(seconds)),
            None => refuse("The original estimate specified is not valid."),
        },
    };
    let original = part("originalEstimate")?;
    Ok(Value::Estimates(original, part("remainingEstimate")?.or(original)))
}
