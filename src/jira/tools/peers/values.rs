//! Arguments of other servers in our words.

use serde_json::{Map, Value, json};
use tool_kit::{ToolError, args::shown};

use crate::jira::tools::args::given_twice;

use super::table::{Alias, Take};

/// Sections of an issue that other servers call otherwise, and ours.
const SECTIONS: &[(&str, &str)] = &[
    ("comments", "comments"),
    ("comment", "comments"),
    ("transitions", "transitions"),
    ("changelog", "changelog"),
    ("worklogs", "worklogs"),
    ("worklog", "worklogs"),
    ("watchers", "watchers"),
    ("links", "links"),
    ("remotelinks", "links"),
];

/// The arguments of one call as they are translated.
#[derive(Debug, Default)]
pub(super) struct Translation {
    arguments: Map<String, Value>,
    /// What keeps the call from being made, each with the way out.
    problems: Vec<String>,
    /// What another argument has to say, and what to do where it does not.
    announced: Option<(&'static str, String)>,
}

impl Translation {
    /// Sets one of ours. What two of theirs say differently is refused.
    pub(super) fn put(&mut self, ours: &str, value: Value, theirs: &str) {
        if value.is_null() {
            return;
        }
        match self.arguments.get(ours) {
            None => drop(self.arguments.insert(ours.to_owned(), value)),
            Some(known) if *known == value => {}
            Some(_) => self.refuse(theirs, &format!("says `{ours}` a second time; pass it once")),
        }
    }

    fn refuse(&mut self, theirs: &str, way_out: &str) {
        self.problems.push(format!("`{}` {way_out}", shown(theirs)));
    }

    /// Takes one of theirs.
    pub(super) fn take(&mut self, theirs: &str, value: Value, take: &Take) {
        if value.is_null() && !matches!(take, Take::Clears(_)) {
            return;
        }
        match take {
            Take::As(ours) => self.put(ours, value, theirs),
            Take::Name(ours) => match name(&value) {
                Some(name) => self.put(ours, name, theirs),
                None => self.refuse(theirs, "must be a name, a key or an id"),
            },
            Take::Kind(ours) => match held(&value, &["name", "id"]) {
                Some(kind) => self.put(ours, kind, theirs),
                None => self.refuse(theirs, "must be a name or an id"),
            },
            Take::Text(ours) => {
                let text = if value.is_object() { Value::from(value.to_string()) } else { value };
                self.put(ours, text, theirs);
            }
            Take::Clears(ours) => {
                let is_cleared = value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
                let value = if is_cleared { Some(Value::from("none")) } else { name(&value) };
                match value {
                    Some(value) => self.put(ours, value, theirs),
                    None => self.refuse(theirs, "must be a name or an id, or empty for nobody"),
                }
            }
            Take::Single(ours) => match list(&value).as_deref() {
                Some([one]) => self.put(ours, Value::from(one.as_str()), theirs),
                _ => self.refuse(theirs, "must name one issue here; call once for each"),
            },
            Take::Fields => self.fields(theirs, &value),
            Take::Sections => self.sections(theirs, &value),
            Take::CommentCount => match number(&value) {
                Some(0) => {}
                Some(_) => self.section("comments"),
                None => self.refuse(theirs, "must be a number"),
            },
            Take::Visibility => match audience(&value) {
                Some(audience) => self.put("visible_to", Value::from(audience), theirs),
                None => self.refuse(
                    theirs,
                    "must name a role or a group, as in {\"type\":\"role\",\"value\":\"Developers\"}; leave it out for all",
                ),
            },
            Take::Public => match flag(&value) {
                Some(is_public) => self.put("internal", Value::from(!is_public), theirs),
                None => self.refuse(theirs, "must be true or false"),
            },
            Take::ProjectQuery => match name(&value).as_ref().and_then(Value::as_str) {
                Some(project) if is_key(project) => {
                    self.put("jql", json!(format!("project = \"{project}\" ORDER BY created DESC")), theirs);
                }
                _ => self.refuse(theirs, "must be the key of a project"),
            },
            Take::Moot => {}
            Take::Only(accepted, way_out) => {
                let given = list(&value).unwrap_or_else(|| vec![value.to_string()]);
                let is_fine = |one: &String| one.is_empty() || accepted.iter().any(|fine| fine.eq_ignore_ascii_case(one));
                if !given.iter().all(is_fine) {
                    self.refuse(theirs, way_out);
                }
            }
            Take::Announces { accepted, ours, way_out } => {
                self.take(theirs, value.clone(), &Take::Only(accepted, way_out));
                let is_plain = |one: &str| one.is_empty() || one.eq_ignore_ascii_case("auto");
                if !value.as_str().is_some_and(is_plain) {
                    self.announced = Some((ours, format!("`{}` {way_out}", shown(theirs))));
                }
            }
            // Models fill what they leave out with empty texts.
            Take::No(_) if value.as_str().is_some_and(|text| text.trim().is_empty()) => {}
            Take::No(way_out) => self.refuse(theirs, way_out),
        }
    }

    /// Fields from one or two arguments become one object; epics have been parents for years.
    fn fields(&mut self, theirs: &str, value: &Value) {
        if value.as_str().is_some_and(|text| text.trim().is_empty()) {
            return;
        }
        if let Some(name) = value.as_str().and_then(given_twice) {
            return self.refuse(theirs, &format!("gives '{}' twice; pass it once", shown(&name)));
        }
        let Some(given) = object(value) else {
            return self.refuse(theirs, "must be a JSON object of fields");
        };
        let mut all = match self.arguments.remove("fields") {
            Some(known) => object(&known).unwrap_or_default(),
            None => Map::new(),
        };
        for (field, value) in given {
            let is_epic = matches!(field.as_str(), "epicKey" | "epic_link" | "epic_key");
            let field = if is_epic { "parent".to_owned() } else { field };
            if all.get(&field).is_some_and(|known| *known != value) {
                self.refuse(
                    theirs,
                    &format!("says the field '{}' a second time; pass it once", shown(&field)),
                );
            }
            all.insert(field, value);
        }
        self.arguments.insert("fields".to_owned(), Value::Object(all));
    }

    fn sections(&mut self, theirs: &str, value: &Value) {
        let Some(given) = list(value) else {
            return self.refuse(theirs, "must be a list of sections");
        };
        for one in given.iter().filter(|one| !one.is_empty()) {
            let plain: String =
                one.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
            let known = SECTIONS.iter().find(|(name, _)| *name == plain);
            match (known, plain.as_str()) {
                (Some((_, ours)), _) => self.section(ours),
                (None, "all") => SECTIONS.iter().for_each(|(_, ours)| self.section(ours)),
                // Fields are called by their names here, always.
                (None, "names") => {}
                (None, "renderedfields") => {
                    self.refuse(
                        theirs,
                        "cannot be renderedFields: texts are Markdown here; leave it out",
                    );
                }
                (None, _) => self.refuse(
                    theirs,
                    "takes comments, transitions, changelog, worklogs, watchers, links",
                ),
            }
        }
    }

    fn section(&mut self, ours: &str) {
        let held = self.arguments.entry("include").or_insert_with(|| json!([]));
        if let Value::Array(held) = held
            && !held.iter().any(|one| one == ours)
        {
            held.push(Value::from(ours));
        }
    }

    /// The arguments, unless something kept them from being translated.
    pub(super) fn finish(mut self, alias: &Alias) -> Result<Map<String, Value>, ToolError> {
        let announced =
            self.announced.take().filter(|(ours, _)| !self.arguments.contains_key(*ours));
        if let Some((_, problem)) = announced.filter(|_| self.problems.is_empty()) {
            self.problems.push(problem);
        }
        if self.problems.is_empty() {
            return Ok(self.arguments);
        }
        Err(ToolError::invalid_argument(format!("{}.", self.problems.join("; ")))
            .hint(format!("Nothing was done. {} is called {} here.", alias.name, alias.tool)))
    }
}

/// An object, also as JSON text.
pub(super) fn object(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map.clone()),
        Value::String(text) => match serde_json::from_str(text).ok()? {
            Value::Object(map) => Some(map),
            _ => None,
        },
        _ => None,
    }
}

/// A name or id, on its own or in the forms of REST; an account id also with what
/// mcp-atlassian puts before it.
fn name(value: &Value) -> Option<Value> {
    held(value, &["accountId", "account_id", "key", "id", "name", "displayName"])
}

/// The same by the first of these members that an object has.
fn held(value: &Value, names: &[&str]) -> Option<Value> {
    if let Some(map) = object(value) {
        return match names.iter().find_map(|name| map.get(*name))? {
            Value::String(text) if !text.is_empty() => Some(Value::from(text.as_str())),
            Value::Number(number) => Some(Value::from(number.to_string())),
            _ => None,
        };
    }
    match value {
        Value::String(text) => {
            Some(text.strip_prefix("accountid:").map_or(value.clone(), Value::from))
        }
        Value::Number(number) => Some(Value::from(number.to_string())),
        _ => None,
    }
}

/// A list, also as JSON text or with commas between; a scalar is a list of one.
fn list(value: &Value) -> Option<Vec<String>> {
    let scalar = |one: &Value| match one {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(_) | Value::Bool(_) => Some(one.to_string()),
        _ => None,
    };
    match value {
        Value::Array(items) => items.iter().map(scalar).collect(),
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(Value::Array(items)) => items.iter().map(scalar).collect(),
            Ok(Value::Object(_)) => None,
            _ => Some(text.split(',').map(|one| one.trim().to_owned()).collect()),
        },
        other => scalar(other).map(|one| vec![one]),
    }
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn flag(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| value.as_str()?.trim().to_lowercase().parse().ok())
}

/// Who may see a comment, as `jira_add_comment` takes it; none for what names nobody.
fn audience(value: &Value) -> Option<String> {
    let map = object(value)?;
    let text = |name: &str| map.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty());
    let who = text("value")?;
    match text("type")?.to_lowercase().as_str() {
        "group" => Some(format!("group:{who}")),
        "role" => Some(format!("role:{who}")),
        _ => None,
    }
}

fn is_key(project: &str) -> bool {
    !project.is_empty() && project.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
