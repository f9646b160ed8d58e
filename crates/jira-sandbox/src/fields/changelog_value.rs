//! A stored value in the words of the changelog: an id and a text, either may be absent.

use jiff::tz::TimeZone;

use crate::{
    adf, clock,
    model::{FieldDef, FieldOption, Site, Value},
};

type Pair = (Option<String>, Option<String>);

/// `from`/`fromString` (or `to`/`toString`) of a change to this value.
pub(crate) fn changelog_value(site: &Site, field: &FieldDef, value: Option<&Value>) -> Pair {
    let Some(value) = value else { return (None, None) };
    let text = |text: String| (None, Some(text));
    match value {
        Value::Text(plain) => text(plain.clone()),
        Value::Rich(document) => text(adf::plain_text(document)),
        Value::Json(any) => text(any.to_string()),
        Value::Number(number) => text(number.to_string()),
        Value::Instant(ms) => text(clock::jira_time(*ms, &TimeZone::UTC)),
        Value::Labels(labels) => text(labels.join(" ")),
        Value::Person(who) => joined(std::slice::from_ref(who), |who| {
            let person = site.people.get(*who)?;
            Some((person.account_id.clone(), person.name.clone()))
        }),
        Value::People(people) => joined(people, |who| {
            let person = site.people.get(*who)?;
            Some((person.account_id.clone(), person.name.clone()))
        }),
        Value::Choice(id) => joined(&[*id], |id| Some(option(field.option(*id)?))),
        Value::Choices(ids) => joined(ids, |id| Some(option(field.option(*id)?))),
        Value::Cascade(id, child) => {
            let chosen = field.option(*id);
            let child = chosen.and_then(|o| o.children.iter().find(|c| Some(c.id) == *child));
            let names: Vec<_> = chosen.into_iter().chain(child).map(|o| o.value.as_str()).collect();
            (Some(id.to_string()), Some(names.join(" - ")))
        }
        Value::Ref(id) => joined(&[*id], |id| Some((id.to_string(), name(site, &field.id, *id)?))),
        Value::Refs(ids) => joined(ids, |id| Some((id.to_string(), name(site, &field.id, *id)?))),
        Value::Estimates(original, _) => {
            let seconds = original.unwrap_or(0).to_string();
            (Some(seconds.clone()), Some(seconds))
        }
    }
}

fn option(option: &FieldOption) -> (String, String) {
    (option.id.to_string(), option.value.clone())
}

fn joined<T>(items: &[T], name: impl Fn(&T) -> Option<(String, String)>) -> Pair {
    let (ids, texts): (Vec<_>, Vec<_>) = items.iter().filter_map(name).unzip();
    (Some(ids.join(", ")), Some(texts.join(", ")))
}

fn name(site: &Site, field: &str, id: u64) -> Option<String> {
    match field {
        "priority" => site.priority(id).map(|priority| priority.name.clone()),
        "resolution" => site.resolution(id).map(|resolution| resolution.name.clone()),
        "parent" => site.issues.get(&id).map(|issue| issue.key.clone()),
        "components" => site
            .projects
            .iter()
            .flat_map(|p| &p.components)
            .find(|c| c.id == id)
            .map(|c| c.name.clone()),
        "fixVersions" | "versions" => site
            .projects
            .iter()
            .flat_map(|p| &p.versions)
            .find(|v| v.id == id)
            .map(|v| v.name.clone()),
        _ => site.sprint(id).map(|sprint| sprint.name.clone()),
    }
}
