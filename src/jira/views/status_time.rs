//! How long an issue stood in each status, told from its history.

use jiff::{Timestamp, fmt::strtime};
use serde_json::{Map, Value};
use tool_kit::{clean, clip};

use crate::jira::client::wire::{ChangeDetails, ChangelogEntry};

const NAME_CHARS: usize = 80;

const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 60 * MINUTE_S;
const DAY_S: i64 = 24 * HOUR_S;

/// The changes of status among the edits that were read.
#[derive(Debug, Default)]
pub struct StatusTimes {
    moves: Vec<Move>,
    /// A change of status that cannot be placed in time: then nobody can tell how long anything
    /// lasted.
    is_unclear: bool,
}

#[derive(Debug)]
struct Move {
    at: Timestamp,
    from: String,
    to: String,
}

impl StatusTimes {
    /// Notes what an edit says about the status. The order of edits does not matter.
    pub fn note(&mut self, edit: &ChangelogEntry<'_>) {
        for change in edit.items.iter().filter(|change| is_of_status(change)) {
            let name = |text: Option<&str>| {
                clip(&clean(text.unwrap_or_default()), NAME_CHARS).into_owned()
            };
            match moment(&edit.created) {
                Some(at) => self.moves.push(Move {
                    at,
                    from: name(change.from_string.as_deref()),
                    to: name(change.to_string.as_deref()),
                }),
                None => self.is_unclear = true,
            }
        }
    }

    /// Whether the status was ever changed.
    pub fn is_empty(&self) -> bool {
        self.moves.is_empty()
    }

    /// Elapsed time by status, in the order in which they were entered, from `since` (when the
    /// issue was created) or the first change on until `now`.
    pub fn shown(mut self, since: Option<&str>, now: Timestamp) -> Option<Value> {
        self.moves.sort_by_key(|change| change.at);
        let first = self.moves.first().filter(|_| !self.is_unclear)?;
        let start = since.and_then(moment).filter(|start| *start <= first.at).unwrap_or(first.at);
        let mut spans: Vec<(&str, i64)> = Vec::new();
        let mut stay = |status, from: Timestamp, to: Timestamp| {
            let seconds = to.as_second() - from.as_second();
            match spans.iter_mut().find(|(name, _)| *name == status) {
                Some((_, all)) => *all += seconds,
                None => spans.push((status, seconds)),
            }
        };
        let mut entered = start;
        for change in &self.moves {
            if change.at > entered {
                stay(change.from.as_str(), entered, change.at);
            }
            entered = change.at;
        }
        if let Some(last) = self.moves.last() {
            stay(last.to.as_str(), entered, now.max(entered));
        }
        let shown: Map<String, Value> = spans
            .into_iter()
            .map(|(status, seconds)| (status.to_owned(), in_words(seconds).into()))
            .collect();
        Some(Value::Object(shown))
    }

    /// The first change that is known.
    pub fn first(&self) -> Option<Timestamp> {
        self.moves.iter().map(|change| change.at).min()
    }
}

fn is_of_status(change: &ChangeDetails<'_>) -> bool {
    match change.field_id.as_deref() {
        Some(id) if !id.is_empty() => id == "status",
        _ => change.field.eq_ignore_ascii_case("status"),
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    text.parse()
        .ok()
        .or_else(|| strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", text).ok()?.to_timestamp().ok())
}

/// The two largest units; days have 24 hours.
fn in_words(seconds: i64) -> String {
    let (days, hours, minutes) =
        (seconds / DAY_S, seconds % DAY_S / HOUR_S, seconds % HOUR_S / MINUTE_S);
    let parts = match (days, hours) {
        (0, 0) => return format!("{minutes}m"),
        (0, _) => [(hours, 'h'), (minutes, 'm')],
        _ => [(days, 'd'), (hours, 'h')],
    };
    let said: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(history: &Value, since: Option<&str>, expected: Option<&Value>) {
        let text = history.to_string();
        let edits: Vec<ChangelogEntry<'_>> = json_borrow::from_str(&text).unwrap();
        let mut times = StatusTimes::default();
        for edit in &edits {
            times.note(edit);
        }
        let shown = times.shown(since, "2026-11-10T10:00:00Z".parse().unwrap());
        assert_eq!(shown.as_ref(), expected, "{history}");
    }

    fn edit(created: &str, from: &str, to: &str) -> Value {
        let item =
            json!({"field": "Status", "fieldId": "status", "fromString": from, "toString": to});
        json!({"created": created, "items": [{"field": "summary", "toString": "x"}, item]})
    }

    #[test]
    fn times_are_summed_by_status_in_any_order_of_edits() {
        let started = edit("2026-11-02T12:00:00.000+0200", "To Do", "In Progress");
        let stopped = edit("2026-11-02T13:30:00.000+0000", "In Progress", "To Do");
        let again = edit("2026-11-04T15:00:00.000+0000", "To Do", "In Progress");
        let created = Some("2026-11-02T09:30:00.000+0000");
        check(&json!([]), created, None);
        check(&json!([started]), created, Some(&json!({"To Do": "30m", "In Progress": "8d"})));
        check(&json!([started]), None, Some(&json!({"In Progress": "8d"})));
        check(
            &json!([again, stopped, started]),
            created,
            Some(&json!({"To Do": "2d 2h", "In Progress": "5d 22h"})),
        );
        check(&json!([edit("some day", "To Do", "Done"), started]), created, None);
        let custom = json!([{"created": "2026-11-02T12:00:00.000+0000", "items": [
            {"field": "status", "fieldId": "customfield_1", "toString": "x"}]}]);
        check(&custom, None, None);
    }

    #[test]
    fn durations_have_two_units_at_most() {
        for (seconds, expected) in [
            (0, "0m"),
            (59, "0m"),
            (3_600, "1h"),
            (4_000, "1h 6m"),
            (86_400, "1d"),
            (273_600, "3d 4h"),
        ] {
            assert_eq!(in_words(seconds), expected);
        }
    }
}
