//! Values that are chosen from a list: options, priorities, versions, components, and options below
//! options.

use serde_json::{Value, json};

use crate::jira::client::{
    names::compare::{Picked, folded, pick},
    wire::FieldMeta,
};

use super::{
    fault::{FieldFault, fault, quoted},
    input::{Reference, reference},
    kind::Kind,
    resolved::Resolved,
};

/// How many allowed values an error lists.
const LISTED_MAX: usize = 25;

/// One value by id or by any of its names. The list decides which id a name means; an id that it
/// lacks is Jira's to judge.
pub(super) fn choice(meta: &FieldMeta, value: &Value) -> Result<Resolved, FieldFault> {
    let given = reference(value)
        .filter(|given| given.child.is_none() || Kind::of(&meta.schema) == Kind::Cascading);
    let Some(given) = given else {
        return Err(fault(meta, format!("{} names no value", quoted(value))));
    };
    chosen(meta, &meta.allowed_values, &given)
}

fn chosen(
    meta: &FieldMeta,
    allowed: &[Value],
    given: &Reference<'_>,
) -> Result<Resolved, FieldFault> {
    if let Some(id) = &given.id {
        return by_id(meta, allowed, id, given.name);
    }
    let words = given.words.as_deref().or(given.name);
    let Some(words) = words else {
        let key = given.key.unwrap_or_default();
        return Ok(Resolved::new(json!({ "key": key }), key));
    };
    if allowed.is_empty() {
        let is_option = matches!(Kind::of(&meta.schema).item(), Kind::Option | Kind::Cascading);
        return Ok(Resolved::new(
            json!({ if is_option { "value" } else { "name" }: words }),
            words,
        ));
    }
    match find(meta, allowed, words)? {
        Some(found) => Ok(Resolved::new(link(found), shown(found).unwrap_or(words))),
        None => Err(not_allowed(meta, words, allowed)),
    }
}

fn is_group(meta: &FieldMeta) -> bool {
    meta.schema.kind == "group" || meta.schema.items == "group"
}

/// What reading showed may come back whole: id and name. When they name two things, neither is
/// guessed.
fn by_id(
    meta: &FieldMeta,
    allowed: &[Value],
    id: &str,
    name: Option<&str>,
) -> Result<Resolved, FieldFault> {
    let Some(found) = with_id(allowed, id) else {
        let member = if is_group(meta) { "groupId" } else { "id" };
        return Ok(Resolved::new(json!({ member: id }), id));
    };
    let other = name.filter(|name| {
        let folded = folded(name);
        !names(found).into_iter().flatten().any(|own| self::folded(own) == folded)
    });
    match other {
        Some(other) => {
            let own = shown(found).unwrap_or_default();
            Err(fault(meta, format!("id {id} is '{own}', not '{other}'")))
        }
        None => Ok(Resolved::new(link(found), shown(found).unwrap_or(id))),
    }
}

/// An option and the one below it: as `Parent > Child`, as a list of both, or in the form of the
/// API. Names may hold `>` themselves, so every place where the text can be cut is tried.
pub(super) fn cascading(meta: &FieldMeta, value: &Value) -> Result<Resolved, FieldFault> {
    let allowed = &*meta.allowed_values;
    if let Value::Array(levels) = value
        && let [parent, child] = levels.as_slice()
    {
        return both(meta, parent, Some(child));
    }
    let Some(given) = reference(value) else {
        return Err(fault(meta, format!("{} names no value", quoted(value))));
    };
    let Some(words) = given.words.as_deref() else { return both(meta, value, given.child) };
    if let Some(parent) = find(meta, allowed, words)? {
        return Ok(Resolved::new(link(parent), shown(parent).unwrap_or(words)));
    }
    let mut below = None;
    for (at, _) in words.match_indices('>') {
        let (first, second) =
            (words.get(..at).unwrap_or_default(), words.get(at + 1..).unwrap_or_default());
        if allowed.is_empty() {
            return Ok(pair(
                json!({ "value": first.trim() }),
                json!({ "value": second.trim() }),
                first,
                second,
            ));
        }
        if let Some(parent) = find(meta, allowed, first)? {
            let children = children(parent);
            if let Some(child) = find(meta, children, second)? {
                return Ok(pair(
                    link(parent),
                    link(child),
                    shown(parent).unwrap_or(first),
                    shown(child).unwrap_or(second),
                ));
            }
            below.get_or_insert((second.trim(), children));
        }
    }
    match below {
        Some((second, children)) => Err(not_allowed(meta, second, children)),
        None if allowed.is_empty() => Ok(Resolved::new(json!({ "value": words }), words)),
        None => Err(not_allowed(meta, words, allowed)),
    }
}

fn both(meta: &FieldMeta, parent: &Value, child: Option<&Value>) -> Result<Resolved, FieldFault> {
    let parent = choice(meta, parent)?;
    let Some(child) = child else { return Ok(parent) };
    let id = parent.json.get("id").and_then(Value::as_str);
    let above = id.and_then(|id| with_id(&meta.allowed_values, id));
    let Some(given) = reference(child) else {
        return Err(fault(meta, format!("{} names no value", quoted(child))));
    };
    let child = chosen(meta, above.map(children).unwrap_or_default(), &given)?;
    let text = |shown: &Value| shown.as_str().unwrap_or_default().to_owned();
    Ok(pair(parent.json, child.json, &text(&parent.shown), &text(&child.shown)))
}

fn pair(mut parent: Value, child: Value, first: &str, second: &str) -> Resolved {
    if let Value::Object(map) = &mut parent {
        map.insert("child".to_owned(), child);
    }
    Resolved::new(parent, format!("{} > {}", first.trim(), second.trim()))
}

/// The elements of a list that was written as one text. The whole text goes before its parts, and a
/// longer part before a shorter one, for names hold commas too.
pub(super) fn parts<'t>(meta: &FieldMeta, text: &'t str) -> Result<Vec<&'t str>, FieldFault> {
    let commas: Vec<usize> =
        text.match_indices(',').map(|(at, _)| at).chain([text.len()]).collect();
    let (mut parts, mut start, mut rest) = (Vec::new(), 0, commas.as_slice());
    while !rest.is_empty() {
        let mut taken = 0;
        // No name holds more commas than this.
        for at in (0..rest.len().min(16)).rev() {
            let part = rest.get(at).and_then(|end| text.get(start..*end)).unwrap_or_default();
            if at > 0 && find(meta, &meta.allowed_values, part)?.is_none() {
                continue;
            }
            if !part.trim().is_empty() {
                parts.push(part.trim());
            }
            taken = at;
            break;
        }
        start = rest.get(taken).map_or(text.len(), |end| end + 1);
        rest = rest.get(taken + 1..).unwrap_or_default();
    }
    Ok(parts)
}

fn find<'v>(
    meta: &FieldMeta,
    allowed: &'v [Value],
    given: &str,
) -> Result<Option<&'v Value>, FieldFault> {
    let given = given.trim();
    if let Some(found) = with_id(allowed, given) {
        return Ok(Some(found));
    }
    match pick(allowed, given, false, names) {
        Picked::One(found) => Ok(Some(found)),
        Picked::Nothing => Ok(None),
        Picked::Several(several) => Err(FieldFault::Value {
            field: meta.label().to_owned(),
            problem: format!("'{given}' fits several values"),
            accepts: "the id of the one that is meant, as {\"id\": \"…\"}",
            allowed: several
                .iter()
                .filter_map(|value| {
                    Some(format!(
                        "{} (id {})",
                        shown(value)?,
                        value.get("id").and_then(Value::as_str)?
                    ))
                })
                .collect(),
        }),
    }
}

fn with_id<'v>(allowed: &'v [Value], id: &str) -> Option<&'v Value> {
    allowed.iter().find(|value| value.get("id").and_then(Value::as_str) == Some(id))
}

/// As a value names itself, and as the site's own language does.
fn names(value: &Value) -> [Option<&str>; 2] {
    [shown(value), value.get("untranslatedName").and_then(Value::as_str)]
}

fn link(allowed: &Value) -> Value {
    match allowed.get("id") {
        Some(id) => json!({ "id": id }),
        None => json!({ "name": shown(allowed) }),
    }
}

fn children(parent: &Value) -> &[Value] {
    parent.get("children").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn shown(allowed: &Value) -> Option<&str> {
    ["name", "value"].iter().find_map(|name| allowed.get(*name)?.as_str())
}

fn not_allowed(meta: &FieldMeta, given: &str, allowed: &[Value]) -> FieldFault {
    FieldFault::Value {
        field: meta.label().to_owned(),
        problem: format!(
            "'{}' is not one of the allowed values",
            quoted(&Value::from(given.trim()))
        ),
        accepts: Kind::of(&meta.schema).accepts(),
        allowed: allowed.iter().filter_map(shown).take(LISTED_MAX).map(str::to_owned).collect(),
    }
}
