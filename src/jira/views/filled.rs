//! Which fields an issue holds a value in, for who asks for all of them.

use std::collections::HashMap;

use json_borrow::Raw;
use tool_kit::clean;

use crate::jira::client::{
    names::FieldName,
    wire::{Issue, Text},
};

/// Times that `timetracking` says in words.
const TIMES: [&str; 5] =
    ["timespent", "timeestimate", "timeoriginalestimate", "progress", "aggregateprogress"];

/// Fields of one issue that are shown.
const SHOWN_MAX: usize = 1_000;

/// Every field that holds a value, under its display name. Left out is what is no value of the
/// issue's own: when this user looked at it, a ratio that other fields give, and what is said
/// twice.
///
/// The first thousand, and how many more there are: no issue that people use holds as many.
pub(super) fn fields(issue: &Issue<'_>, names: Option<Raw<'_>>) -> (Vec<FieldName>, usize) {
    let names: HashMap<String, Text<'_>> =
        names.and_then(|names| names.read().ok()).unwrap_or_default();
    let held = issue.fields.iter().filter(|(id, raw)| says_something(issue, id, *raw));
    let (mut shown, mut omitted) = (Vec::new(), 0);
    for (id, _) in held {
        if shown.len() == SHOWN_MAX {
            omitted += 1;
            continue;
        }
        // Cleaned here already: two names that look the same have to be told apart.
        let name = names.get(id).map(|name| clean(name));
        let label = name.as_deref().filter(|name| !name.is_empty()).unwrap_or(id);
        let own = FieldName::known(id).filter(|known| !known.is_custom());
        shown.push(own.unwrap_or(FieldName { id: id.to_owned(), label: label.to_owned().into() }));
    }
    (shown, omitted)
}

fn says_something(issue: &Issue<'_>, id: &str, raw: Raw<'_>) -> bool {
    let has_times = || issue.fields.raw("timetracking").is_some_and(|raw| raw.get() != "{}");
    // The sum over an issue without subtasks is the issue's own time.
    let own = id.strip_prefix("aggregate").and_then(|own| issue.fields.raw(own));
    match id {
        "lastViewed" | "workratio" => false,
        "comment" | "worklog" => !raw.get().contains("\"total\":0"),
        "votes" => !raw.get().contains("\"votes\":0"),
        "watches" => !raw.get().contains("\"watchCount\":0"),
        "progress" | "aggregateprogress" if raw.get().contains("\"total\":0") => false,
        _ if own == Some(raw) => false,
        _ if TIMES.contains(&id) => !has_times(),
        // What the development panel holds where nothing was developed.
        _ => raw.get() != r#""{}""#,
    }
}
