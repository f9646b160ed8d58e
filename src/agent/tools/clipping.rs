//! Results that fit: long texts are clipped before a message is left out, and both is said.

use serde_json::{Value, json};
use tool_kit::{Budget, Reply, Row, ToolError, clip};

/// Text lengths, one after the other.
const CLIPS_CHARS: [usize; 16] = [
    200_000, 100_000, 60_000, 40_000, 30_000, 20_000, 14_000, 9_000, 6_000, 3_600, 2_000, 1_000,
    500, 200, 100, 40,
];

/// Where to read what was clipped.
const HINT: &str =
    "Texts were clipped to fit. get_conversation_history with limit 1 shows more of the last one.";

/// A result that fits, as JSON: `frame`, and `messages` behind it. Of too many messages the last
/// ones stay.
pub(super) fn fit(budget: Budget, frame: Row, messages: &[Row]) -> Result<Reply, ToolError> {
    let whole = joined(frame, messages);
    if budget.holds(&whole) {
        return Reply::json(&whole);
    }
    let mut row = whole;
    for chars in CLIPS_CHARS {
        row = clipped(&row, chars);
        row.push("hint", HINT);
        if budget.holds(&row) {
            return Reply::json(&row);
        }
    }
    // Only many messages are still too large.
    let messages = row.get("messages").and_then(Value::as_array).cloned().unwrap_or_default();
    row.remove("messages");
    let mut omitted = 0;
    let mut kept = messages.as_slice();
    loop {
        let mut reply = row.clone();
        reply.push("messages", kept.to_vec());
        reply.push("messagesOmitted", omitted);
        if budget.holds(&reply) || kept.is_empty() {
            return Reply::json(&reply);
        }
        // Halves, so that a thousand messages cost ten looks.
        let half = kept.len().div_ceil(2);
        omitted += half;
        kept = kept.get(half..).unwrap_or_default();
    }
}

fn joined(mut frame: Row, messages: &[Row]) -> Row {
    frame.push("messages", json!(messages));
    frame
}

/// The same with texts of at most so many characters, and with a word about it.
pub(super) fn clipped(row: &Row, chars: usize) -> Row {
    let mut shorter = Row::new();
    for (name, value) in row.fields() {
        if !matches!(name, "clipped" | "hint") {
            shorter.push(name.to_owned(), clip_value(name, value, chars));
        }
    }
    shorter.push("clipped", true);
    shorter
}

/// Clips texts; what names something, or is sent back as it is, stays whole or goes.
fn clip_value(name: &str, value: &Value, chars: usize) -> Value {
    match value {
        Value::String(text) => match name {
            "id" | "conversationId" | "activityId" | "timestamp" | "type" | "from" | "status"
            | "contentType" | "delivery" => value.clone(),
            "url" | "message" if text.chars().count() > chars => Value::Null,
            _ => clip(text, chars).into(),
        },
        Value::Array(items) => items.iter().map(|item| clip_value(name, item, chars)).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| {
                // Half of a value is another one.
                let is_whole = name != "value" || value.to_string().len() <= chars;
                let value =
                    if name == "value" { value.clone() } else { clip_value(name, value, chars) };
                (name.clone(), if is_whole { value } else { Value::Null })
            });
            Value::Object(members.filter(|(name, value)| is_kept(name, value)).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// Keys that are always there keep their null.
fn is_kept(name: &str, value: &Value) -> bool {
    !value.is_null() || matches!(name, "id" | "timestamp" | "activityId")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(count: usize, chars: usize) -> Vec<Row> {
        let row = |n: usize| {
            let mut row = Row::new();
            row.push("id", format!("c|{n:07}"));
            row.push("text", "x".repeat(chars));
            row.push("attachments", json!([{ "url": format!("https://x/{}", "y".repeat(chars)) }]));
            row
        };
        (0..count).map(row).collect()
    }

    proptest! {
        #[test]
        fn every_result_fits_and_says_what_it_left_out(
            count in 0_usize..60, chars in 0_usize..3_000, bytes in 2_000_usize..20_000,
        ) {
            let budget = Budget::new(bytes, 1, false);
            let mut frame = Row::new();
            frame.push("conversationId", "c1_x");
            frame.push("response", "z".repeat(chars));
            let reply = fit(budget, frame, &rows(count, chars)).unwrap();
            let text = reply.text().into_owned();
            prop_assert!(budget.holds_text(&text), "{}", text.len());
            let shown: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&shown["conversationId"], "c1_x");
            let kept = shown["messages"].as_array().unwrap();
            let omitted = shown["messagesOmitted"].as_u64().unwrap_or_default();
            prop_assert_eq!(kept.len() as u64 + omitted, count as u64);
            let is_whole = shown["response"].as_str().unwrap().len() == chars
                && kept.len() == count
                && kept.iter().all(|row| row["text"].as_str().unwrap().len() == chars)
                && kept.iter().all(|row| row["attachments"][0]["url"].is_string());
            prop_assert_eq!(is_whole, shown.get("clipped").is_none());
            for row in kept {
                // A shortened address would lead somewhere else.
                let url = row["attachments"][0]["url"].as_str();
                prop_assert!(url.is_none_or(|url| url.len() == "https://x/".len() + chars));
            }
        }
    }
}
