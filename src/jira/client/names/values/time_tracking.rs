//! Time tracking: one field of Jira's that people know as two.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::jira::client::{
    names::{compare::folded, fields::find_meta, scalar::scalar},
    wire::FieldMeta,
};

use super::{
    fault::{FieldFault, fault, quoted},
    resolved::Resolved,
};

const FIELD: &str = "timetracking";

/// The estimates, under the names that screens, Jira's API and people give them.
const ESTIMATES: &[(&str, &[&str])] = &[
    ("originalEstimate", &["originalestimate", "timeoriginalestimate", "estimate"]),
    ("remainingEstimate", &["remainingestimate", "timeestimate"]),
];

fn estimate(name: &str) -> Option<&'static str> {
    let bare: String = folded(name).chars().filter(|c| c.is_alphanumeric()).collect();
    ESTIMATES
        .iter()
        .find(|(_, names)| names.contains(&bare.as_str()))
        .map(|(estimate, _)| *estimate)
}

/// The values, with estimates that stand for themselves put into the one field that takes them.
pub(super) fn with_time_tracking<'g>(
    metas: &[FieldMeta],
    given: &'g Map<String, Value>,
) -> Result<Cow<'g, Map<String, Value>>, FieldFault> {
    // A custom field may have such a name of its own.
    let is_estimate = |name: &str| estimate(name).filter(|_| find_meta(metas, name).is_err());
    if !given.keys().any(|name| is_estimate(name).is_some()) {
        return Ok(Cow::Borrowed(given));
    }
    let (mut rest, mut estimates) = (Map::new(), Map::new());
    for (name, value) in given {
        match is_estimate(name) {
            Some(estimate) => {
                if estimates.insert(estimate.to_owned(), value.clone()).is_some() {
                    return Err(FieldFault::Twice { field: name.clone() });
                }
            }
            None => {
                rest.insert(name.clone(), value.clone());
            }
        }
    }
    if rest.keys().any(|name| find_meta(metas, name).is_ok_and(|meta| meta.id() == FIELD)) {
        return Err(FieldFault::Twice { field: FIELD.to_owned() });
    }
    rest.insert(FIELD.to_owned(), Value::Object(estimates));
    Ok(Cow::Owned(rest))
}

/// Jira takes an object only, and durations as texts.
pub(super) fn time_tracking(meta: &FieldMeta, value: &Value) -> Result<Resolved, FieldFault> {
    let unread = |value: &Value| fault(meta, format!("{} is no estimate", quoted(value)));
    let Value::Object(map) = value else { return Err(unread(value)) };
    let mut written = Map::new();
    for (name, value) in map {
        // What reading showed may come back whole, in seconds too.
        if name.ends_with("Seconds") {
            continue;
        }
        let Some(name) = estimate(name) else { return Err(unread(&Value::from(name.as_str()))) };
        let text = scalar(value).filter(|text| is_duration(text)).ok_or_else(|| unread(value))?;
        written.insert(name.to_owned(), Value::from(text));
    }
    if written.is_empty() {
        return Err(unread(value));
    }
    Ok(Resolved::new(Value::Object(written.clone()), Value::Object(written)))
}

/// `2d`, `1w 2d 3h 4m`, `1.5h`, `90m`; a bare number means something else on each site.
fn is_duration(text: &str) -> bool {
    let mut parts = text.split_whitespace().peekable();
    parts.peek().is_some()
        && parts.all(|part| {
            let number = part.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let unit = part.get(number.len()..).unwrap_or_default().to_ascii_lowercase();
            matches!(unit.as_str(), "w" | "d" | "h" | "m")
                && number.parse::<f64>().is_ok_and(|n| n >= 0.0)
        })
}
