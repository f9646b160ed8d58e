//! What a client writes under a field, checked the way Jira checks it.

use serde_json::Value as Json;

use super::duration::parse_duration;
use crate::{
    adf, clock, language,
    model::{Access, FieldDef, Issue, Kind, Opt, Project, Site, Value, Who},
};

const TEXT_CHARS_MAX: usize = 32_767;
const LINE_CHARS_MAX: usize = 255;

/// Where a value is written.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) site: &'a Site,
    pub(crate) project: &'a Project,
    pub(crate) who: Who,
}

/// Why a value is refused: at its field, or (some rich text) without naming one.
pub(crate) enum Bad {
    Field(String),
    General(String),
}

fn bad<T>(text: impl Into<String>) -> Result<T, Bad> {
    Err(Bad::Field(text.into()))
}

/// `Ok(None)` clears the field.
pub(crate) fn parse(scene: Scene, field: &FieldDef, json: &Json) -> Result<Option<Value>, Bad> {
    if json.is_null() {
        return match field.kind {
            Kind::Priority => bad("Priority is required."),
            _ => Ok(None),
        };
    }
    let value = match field.kind {
        Kind::Text | Kind::Url => text(field, json)?,
        Kind::Team => team(scene.site, json)?,
        Kind::Rich => rich(json)?,
        Kind::Number => Some(Value::Number(
            json.as_f64().map_or_else(|| bad("Operation value must be a number"), Ok)?,
        )),
        Kind::Date => day(json)?,
        Kind::Instant => instant(json)?,
        Kind::Labels => labels(json)?,
        Kind::Lines => lines(json)?,
        Kind::EpicLink => Some(Value::Ref(epic(scene, json)?)),
        Kind::Person => Some(Value::Person(person(scene, field, json)?)),
        Kind::People => {
            let people = items(json)?
                .iter()
                .map(|item| person(scene, field, item))
                .collect::<Result<_, _>>()?;
            Some(Value::People(people))
        }
        Kind::Choice => Some(Value::Choice(choice(&field.options, json)?.id)),
        Kind::Choices => {
            let chosen = items(json)?.iter().map(|item| Ok(choice(&field.options, item)?.id));
            Some(Value::Choices(chosen.collect::<Result<_, _>>()?))
        }
        Kind::Cascade => {
            let parent = choice(&field.options, json)?;
            let child = json.get("child").filter(|child| !child.is_null());
            let child = child
                .map(|child| choice(&parent.children, child).map(|child| child.id))
                .transpose()?;
            Some(Value::Cascade(parent.id, child))
        }
        Kind::Priority => {
            let names = scene.site.priorities.iter().map(|p| (p.id, p.name.as_str()));
            Some(Value::Ref(named("Priority", names, json)?))
        }
        Kind::Resolution => {
            let names = scene.site.resolutions.iter().map(|r| (r.id, r.name.as_str()));
            Some(Value::Ref(named("Resolution", names, json)?))
        }
        Kind::Components => {
            let all = || scene.project.components.iter().map(|c| (c.id, c.name.as_str()));
            let ids = items(json)?.iter().map(|item| named("Component", all(), item));
            Some(Value::Refs(ids.collect::<Result<_, _>>()?))
        }
        Kind::Versions => {
            let all = || scene.project.versions.iter().map(|v| (v.id, v.name.as_str()));
            let ids = items(json)?.iter().map(|item| named("Version", all(), item));
            Some(Value::Refs(ids.collect::<Result<_, _>>()?))
        }
        Kind::Parent => Some(Value::Ref(parent(scene, json)?)),
        Kind::Sprint => Some(Value::Refs(vec![sprint(scene.site, json)?])),
        Kind::Estimates => Some(estimates(json)?),
        Kind::Type | Kind::Project | Kind::ReadOnly => return bad("The field cannot be set."),
    };
    Ok(value)
}

fn text(field: &FieldDef, json: &Json) -> Result<Option<Value>, Bad> {
    let Some(text) = json.as_str() else { return bad("Operation value must be a string") };
    let too_long = text.chars().count() > LINE_CHARS_MAX;
    if field.id == "summary" {
        if text.trim().is_empty() {
            return bad("You must specify a summary of the issue.");
        }
        if text.contains(['\n', '\r']) {
            return bad("The summary is invalid because it contains newline characters.");
        }
        if too_long {
            return bad("Summary can't exceed 255 characters.");
        }
    } else if field.kind == Kind::Url && !text.is_empty() && url::Url::parse(text).is_err() {
        return bad("Not a valid URL");
    } else if field.kind == Kind::Text && too_long {
        return bad(
            "The entered text is too long. It exceeds the allowed limit of 255 characters.",
        );
    }
    Ok((!text.is_empty()).then(|| Value::Text(text.to_owned())))
}

fn rich(json: &Json) -> Result<Option<Value>, Bad> {
    match adf::check(json) {
        Err(adf::Wrong::NotADocument) => {
            bad("Operation value must be an Atlassian Document (see the Atlassian Document Format)")
        }
        Err(adf::Wrong::Invalid) => Err(Bad::General("INVALID_INPUT".into())),
        Ok(()) if json.to_string().chars().count() > TEXT_CHARS_MAX => {
            bad("The entered text is too long. It exceeds the allowed limit of 32,767 characters.")
        }
        Ok(()) => {
            let empty = json.get("content").and_then(Json::as_array).is_none_or(Vec::is_empty);
            Ok((!empty).then(|| Value::Rich(json.clone())))
        }
    }
}

fn team(site: &Site, json: &Json) -> Result<Option<Value>, Bad> {
    match json.as_str() {
        Some("") => Ok(None),
        Some(id) if site.teams.iter().any(|team| team.id == id) => {
            Ok(Some(Value::Text(id.to_owned())))
        }
        Some(id) => bad(format!("Team Id '{id}' is not valid")),
        None => bad(format!("Team Id '{json}' is not valid")),
    }
}

fn instant(json: &Json) -> Result<Option<Value>, Bad> {
    match json.as_str() {
        Some("") => Ok(None),
        Some(text) => match clock::strict_time(text) {
            Some(ms) => Ok(Some(Value::Instant(ms))),
            None => bad(format!("Error parsing time: {text}")),
        },
        None => bad("Operation value must be a string"),
    }
}

fn day(json: &Json) -> Result<Option<Value>, Bad> {
    match json.as_str() {
        Some("") => Ok(None),
        Some(text) if clock::is_day(text) => Ok(Some(Value::Text(text.to_owned()))),
        Some(text) => bad(format!("Error parsing date string: {text}")),
        None => bad("Operation value must be a string"),
    }
}

fn labels(json: &Json) -> Result<Option<Value>, Bad> {
    let mut labels = Vec::new();
    for item in items(json)? {
        let Some(label) = item.as_str() else { return bad("Operation value must be a string") };
        if label.chars().any(char::is_whitespace) {
            return bad(format!("The label '{label}' contains spaces which is invalid."));
        }
        if label.chars().count() > LINE_CHARS_MAX {
            return bad(format!("The label '{label}' exceeds 255 characters."));
        }
        if !labels.iter().any(|known| known == label) {
            labels.push(label.to_owned());
        }
    }
    labels.sort();
    Ok((!labels.is_empty()).then_some(Value::Labels(labels)))
}

fn lines(json: &Json) -> Result<Option<Value>, Bad> {
    let text = |item: &Json| {
        item.as_str().map_or_else(|| bad("data was not a string"), |text| Ok(text.to_owned()))
    };
    let lines = items(json)?.iter().map(text).collect::<Result<Vec<_>, _>>()?;
    Ok((!lines.is_empty()).then_some(Value::Labels(lines)))
}

/// A bare key, where `parent` takes an object.
fn epic(scene: Scene, json: &Json) -> Result<u64, Bad> {
    let Some(key) = json.as_str() else {
        return Err(Bad::General("String value expected as the Epic Key.".to_owned()));
    };
    let issue = scene.site.visible_issue(scene.who, key);
    let is_epic =
        |issue: &&Issue| scene.site.issue_type(issue.type_id).is_some_and(|kind| kind.level == 1);
    let found = issue.filter(is_epic);
    found
        .map_or_else(|| bad(format!("Issue '{key}' must be of type 'Epic'.")), |issue| Ok(issue.id))
}

fn items(json: &Json) -> Result<&Vec<Json>, Bad> {
    json.as_array().map_or_else(|| bad("data was not an array"), Ok)
}

fn person(scene: Scene, field: &FieldDef, json: &Json) -> Result<Who, Bad> {
    let Some(object) = json.as_object() else { return bad("data was not an object") };
    let Some(id) = object.get("accountId").or_else(|| object.get("id")).and_then(Json::as_str)
    else {
        return bad(format!("Specify a valid value for {}", field.id));
    };
    if id == "-1" && field.id == "assignee" {
        return Ok(scene.project.lead);
    }
    let who = scene.site.person_by_account(id);
    let Some(who) = who else { return bad(format!("Specify a valid value for {}", field.id)) };
    let usable = scene.site.people.get(who).is_some_and(|person| person.active);
    if field.id == "assignee" && !(usable && scene.project.may(who, Access::Member)) {
        return bad(format!("User '{id}' cannot be assigned issues."));
    }
    Ok(who)
}

fn choice<'a>(options: &'a [Opt], json: &Json) -> Result<&'a Opt, Bad> {
    let Some(object) = json.as_object() else {
        return bad("Specify a valid 'id' or 'name' for the option");
    };
    if let Some(id) = object.get("id") {
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let found = options.iter().find(|option| option.id.to_string() == id);
        return found.map_or_else(|| bad(format!("Option id '{id}' is not valid")), Ok);
    }
    let Some(value) = object.get("value").and_then(Json::as_str) else {
        return bad("Could not find valid 'id' or 'value' in the Parent Option object.");
    };
    let found = options.iter().find(|option| option.value == value);
    found.map_or_else(|| bad(format!("Option value '{value}' is not valid")), Ok)
}

fn named<'a>(
    what: &str,
    all: impl Iterator<Item = (u64, &'a str)>,
    json: &Json,
) -> Result<u64, Bad> {
    let Some(object) = json.as_object() else { return bad("data was not an object") };
    if let Some(id) = object.get("id") {
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let found = all.into_iter().find(|(known, _)| known.to_string() == id);
        return found
            .map_or_else(|| bad(format!("{what} id '{id}' is not valid")), |(id, _)| Ok(id));
    }
    let Some(name) = object.get("name").and_then(Json::as_str) else {
        return bad(format!("Specify the {what} (id) or (name) in string format"));
    };
    let found = all.into_iter().find(|(_, known)| language::means(name, known));
    found.map_or_else(|| bad(format!("{what} name '{name}' is not valid")), |(id, _)| Ok(id))
}

fn parent(scene: Scene, json: &Json) -> Result<u64, Bad> {
    let given = json.get("key").or_else(|| json.get("id")).and_then(Json::as_str);
    let Some(given) = given else { return bad("data was not an object") };
    let found = scene.site.visible_issue(scene.who, given);
    found.map_or_else(|| bad("Could not find issue by id or key."), |issue| Ok(issue.id))
}

fn sprint(site: &Site, json: &Json) -> Result<u64, Bad> {
    let id = json.as_u64().or_else(|| json.as_str()?.parse().ok());
    let Some(id) = id else { return bad("Number value expected as the Sprint id.") };
    match site.sprint(id) {
        Some(sprint) if sprint.state != "closed" => Ok(id),
        _ => bad(format!("Sprint with id '{id}' does not exist.")),
    }
}

fn estimates(json: &Json) -> Result<Value, Bad> {
    if !json.is_object() {
        return bad("data was not an object");
    }
    let part = |name: &str| match json.get(name).and_then(Json::as_str) {
        None => Ok(None),
        Some(text) => match parse_duration(text) {
            Some(seconds) => Ok(Some(seconds)),
            None => bad("The original estimate specified is not valid."),
        },
    };
    let original = part("originalEstimate")?;
    Ok(Value::Estimates(original, part("remainingEstimate")?.or(original)))
}
