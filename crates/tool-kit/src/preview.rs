//! What would be done, for the user to see before it is done.

use serde_json::{Map, Value, json};

use super::{row::Row, text::clip};

/// The argument that takes the token of a preview.
pub const CONFIRM: &str = "confirm";

/// The rows of a preview that show the things, and how many there are in all.
const ISSUES: &str = "issues";
const COUNT: &str = "count";

/// What is changed, field by field, and as much of each value as tells what it is.
const CHANGE: &str = "change";
const VALUE_CHARS: usize = 160;

/// A form is for a person; this much of a preview is read.
const QUESTION_CHARS: usize = 2_000;

/// What a call would do, and the token for the call that does it.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// What the user is to see. `issues` names what is changed, `count` says how many there are in
    /// all, `change` what is changed field by field.
    pub shown: Row,
    /// Good for exactly what is shown.
    pub token: String,
    /// How long it is good, in seconds.
    pub expires_in_s: i64,
}

impl Preview {
    /// The result of a call that did nothing yet.
    pub fn to_json(&self) -> String {
        json!({ "preview": self.shown, CONFIRM: self.token, "expires_in_s": self.expires_in_s })
            .to_string()
    }

    /// The question to a person: one line for each thing the preview tells, the issues first:
    /// whatever is cut off, the user sees what is changed. Values stay JSON: a text from an
    /// upstream in quotes cannot pass for our words.
    ///
    /// What is shown goes through `sayable` as JSON before anything is clipped: of what must not
    /// leave, no beginning may leave either. None when it does not come back as an object.
    pub fn question(&self, title: &str, sayable: impl FnOnce(String) -> String) -> Option<String> {
        let shown: Map<String, Value> =
            serde_json::from_str(&sayable(json!(self.shown).to_string())).ok()?;
        Some(question(title, &shown))
    }
}

fn question(title: &str, preview: &Map<String, Value>) -> String {
    let head = format!("{title}? Nothing is done unless you agree.");
    let issues =
        preview.get(ISSUES).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let total =
        preview.get(COUNT).and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok());
    let named = named(issues, total.unwrap_or(issues.len()));
    let (of_issues, others): (Vec<_>, Vec<_>) =
        preview.iter().partition(|(name, _)| *name == ISSUES);
    let (count, others): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|(name, _)| *name == COUNT);
    let line = |(name, value): (&String, &Value)| format!("{name}: {value}");
    // Every field that is changed is named, however long the values of others are.
    let lines = |(name, value): (&String, &Value)| match value {
        Value::Object(members) if name == CHANGE => {
            let short = |(field, value): (&String, &Value)| {
                format!("{field}: {}", clip(&value.to_string(), VALUE_CHARS))
            };
            members.iter().map(short).collect::<Vec<_>>().join("\n")
        }
        value => format!("{name}: {value}"),
    };
    let told = count.into_iter().map(line).chain(named);
    let told = told.chain(others.into_iter().map(lines)).chain(of_issues.into_iter().map(line));
    let lines = std::iter::once(head).chain(told).collect::<Vec<_>>().join("\n");
    clip(&lines, QUESTION_CHARS).into_owned()
}

/// The keys of the issues, as many as half of a message holds, and how many more there are.
fn named(issues: &[Value], total: usize) -> Option<String> {
    let keys: Vec<&str> = issues.iter().filter_map(|issue| issue.get("key")?.as_str()).collect();
    let mut chars = 0;
    let fitting = keys.iter().take_while(|key| {
        chars += key.len() + 2;
        chars <= QUESTION_CHARS / 2
    });
    let shown = fitting.count();
    let listed = keys.get(..shown).filter(|listed| !listed.is_empty())?.join(", ");
    let more = total.saturating_sub(shown);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!("{ISSUES}: {listed}{more}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_for_a_person_to_read() {
        let mut shown = Row::new();
        shown.push("summary", "x".repeat(9_000));
        let preview = Preview { shown, token: String::new(), expires_in_s: 600 };
        assert!(
            preview.question("Edit", |text| text).unwrap().chars().count() < QUESTION_CHARS + 30
        );
    }

    #[test]
    fn what_must_not_leave_is_taken_out_before_texts_are_clipped() {
        let secret = "s3cret".repeat(100);
        let mut shown = Row::new();
        shown.push("change", json!({ "summary": format!("you sent {secret}") }));
        let preview = Preview { shown, token: String::new(), expires_in_s: 600 };
        let question = preview.question("Edit", |text| text.replace(&secret, "***")).unwrap();
        assert!(question.contains("you sent ***") && !question.contains("s3cret"), "{question}");
    }

    #[test]
    fn the_issues_come_first_and_are_counted() {
        let rows = |count: usize| -> Vec<Value> {
            (1..=count)
                .map(|n| json!({"key": format!("LONGER-{n}"), "summary": "y".repeat(200)}))
                .collect()
        };
        let labels: Vec<String> = (0..13).map(|n| format!("{n}{}", "l".repeat(250))).collect();
        let preview = json!({"count": 40, "change": {"labels": labels}, "issues": rows(40)});
        let told = question("Edit", preview.as_object().unwrap());
        let named: Vec<String> = (1..=40).map(|n| format!("LONGER-{n}")).collect();
        assert_eq!(told.lines().nth(1), Some("count: 40"), "{told}");
        assert_eq!(
            told.lines().nth(2),
            Some(format!("issues: {}", named.join(", ")).as_str()),
            "{told}"
        );
        let long = "z".repeat(900);
        let change = json!({"a": long, "b": long, "c": long, "assignee": "Dana"});
        let told = question(
            "Edit",
            json!({"count": 1, "change": change, "issues": rows(1)}).as_object().unwrap(),
        );
        for field in ["a: ", "b: ", "c: ", "assignee: \"Dana\""] {
            assert!(
                told.lines().any(|line| line.starts_with(field)),
                "{field} is not named: {told}"
            );
        }
        let preview = json!({"count": 1000, "issues": rows(500)});
        let told = question("Edit", preview.as_object().unwrap());
        let line = told.lines().nth(2).unwrap();
        let shown = line.matches("LONGER-").count();
        assert!(
            (50..500).contains(&shown) && line.ends_with(&format!(" and {} more", 1000 - shown)),
            "{line}"
        );
    }
}
