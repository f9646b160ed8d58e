//! Whether an issue holds what was just written to it.

use adf::{self, Document};
use jiff::Timestamp;
use moment::parse_jira;
use serde_json::{Value, value::RawValue};
use tool_kit::ToolError;

use crate::jira::{
    AllowedIssue,
    names::{self, PersonScope},
    request::{self, IssueBody},
    tools::context::Context,
    wire::{CommentPage, Issue},
};

/// Comments of one page of the look, Jira's own default.
const COMMENTS: u32 = 100;

/// Pages of the look. Who finds this many newer comments has not seen all that could be the one.
const PAGES_MAX: u32 = 5;

/// The id of the caller's comment with this body, if one was made since then; an error where there
/// are too many since then to tell.
pub(in crate::jira::tools) async fn comment(
    context: &Context,
    key: &AllowedIssue,
    body: Option<&Document>,
    since: Timestamp,
) -> Result<Option<String>, ToolError> {
    let me = names::person(&context.jira, "me", PersonScope::Everyone).await?;
    let sent = body.map(Document::markdown).unwrap_or_default();
    let cannot_tell =
        || ToolError::internal("the comments since then do not tell whether it is among them");
    let (mut start_at, mut seen_last) = (0, None::<String>);
    for _ in 0..PAGES_MAX {
        let answer = context.ask(request::comments(key, start_at, COMMENTS, true)).await?;
        let page: CommentPage<'_> = answer.read()?;
        // Newest first: what is added meanwhile shows some twice, what is deleted would hide one
        // between two pages. The last of one page is asked for again with the next, and must be
        // there.
        if seen_last
            .is_some_and(|last| page.comments.iter().all(|comment| comment.id.as_str() != last))
        {
            return Err(cannot_tell());
        }
        let mut reached_older = false;
        for comment in &page.comments {
            let created = parse_jira(&comment.created).ok_or_else(cannot_tell)?;
            let is_mine =
                comment.author.as_ref().is_some_and(|author| author.account_id == me.account_id);
            reached_older |= created < since;
            if is_mine
                && created >= since
                && comment.body.read().as_ref().is_some_and(|body| adf::to_markdown(body) == sent)
            {
                return Ok(Some(comment.id.clone().into_owned()));
            }
        }
        let received = u32::try_from(page.comments.len()).unwrap_or(u32::MAX);
        if reached_older || start_at.saturating_add(received) >= page.total {
            return Ok(None);
        }
        if received < 2 {
            return Err(cannot_tell());
        }
        start_at = start_at.saturating_add(received - 1);
        seen_last = page.comments.last().map(|comment| comment.id.clone().into_owned());
    }
    Err(cannot_tell())
}

/// What an edit wrote.
pub(in crate::jira::tools) struct Edit<'a> {
    /// What Jira was told.
    pub(in crate::jira::tools) body: &'a IssueBody,
    /// The description as it was, where it was changed.
    pub(in crate::jira::tools) description_before: Option<&'a RawValue>,
}

/// Whether an edit arrived.
///
/// Jira takes an edit as a whole, so a description that changed decides for all: appending to it
/// twice would do harm, while other values may well read differently from how they are written.
pub(in crate::jira::tools) async fn edit(
    context: &Context,
    key: &AllowedIssue,
    edit: Edit<'_>,
) -> Result<Option<()>, ToolError> {
    let (fields, operations) = (&edit.body.fields, &edit.body.update.operations);
    let ids: Vec<&str> = fields.names().chain(operations.keys().map(String::as_str)).collect();
    let answer = context.ask(request::issue(key, &ids, &[])).await?;
    let issue: Issue<'_> = answer.read()?;
    let stored = |id: &str| issue.fields.read::<Value>(id).unwrap_or_default();
    let described = fields.text("description").map(Document::markdown);
    if let Some(after) =
        described.or_else(|| fields.values.get("description").map(|_| String::new()))
    {
        let before = edit.description_before.and_then(|raw| json_borrow::from_str(raw.get()).ok());
        let (before, now) = (markdown(before.as_ref()), markdown(Some(&stored("description"))));
        if before != after {
            return match now {
                now if now == after => Ok(Some(())),
                now if now == before => Ok(None),
                _ => Err(ToolError::internal("the description is neither the old nor the new one")),
            };
        }
    }
    let arrived = fields
        .values
        .iter()
        .filter(|(id, _)| *id != "description")
        .all(|(id, sent)| matches_stored(&stored(id), sent))
        && fields.texts.iter().all(|(id, sent)| markdown(Some(&stored(id))) == sent.markdown())
        && operations.iter().all(|(id, sent)| is_changed(&stored(id), sent));
    Ok(arrived.then_some(()))
}

/// An absent document and an empty one read the same.
fn markdown(document: Option<&Value>) -> String {
    let node: adf::Node = document
        .and_then(|document| serde_json::from_value(document.clone()).ok())
        .unwrap_or_default();
    adf::to_markdown(&node)
}

/// Whether a value as Jira shows it is the one that was sent; Jira shows more than it is sent.
fn matches_stored(stored: &Value, sent: &Value) -> bool {
    match (stored, sent) {
        (Value::Array(stored), Value::Null) => stored.is_empty(),
        (_, Value::Object(document)) if document.get("type").is_some_and(|kind| kind == "doc") => {
            markdown(Some(stored)) == markdown(Some(sent))
        }
        (Value::Object(stored), Value::Object(sent)) => sent.iter().all(|(name, sent)| {
            stored.get(name).is_some_and(|stored| matches_stored(stored, sent))
        }),
        (Value::Array(stored), Value::Array(sent)) => {
            stored.len() == sent.len()
                && sent.iter().all(|sent| stored.iter().any(|stored| matches_stored(stored, sent)))
        }
        // A sprint is sent as its number and shown as a list of sprints.
        (Value::Array(stored), sent) => stored.iter().any(|stored| matches_stored(stored, sent)),
        (Value::Object(stored), sent @ (Value::String(_) | Value::Number(_))) => {
            stored.get("id").is_some_and(|id| matches_stored(id, sent))
        }
        (Value::Number(stored), Value::Number(sent)) => stored.as_f64() == sent.as_f64(),
        (Value::Number(number), Value::String(text))
        | (Value::String(text), Value::Number(number)) => number.to_string() == *text,
        (Value::String(stored), Value::String(sent)) => {
            stored == sent
                || parse_jira(stored).is_some_and(|stored| parse_jira(sent) == Some(stored))
        }
        (stored, sent) => stored == sent,
    }
}

/// Whether a list holds what was added to it and lacks what was taken away.
fn is_changed(stored: &Value, operations: &Value) -> bool {
    let has = |value: &Value| {
        stored.as_array().is_some_and(|stored| stored.iter().any(|one| matches_stored(one, value)))
    };
    let operations = operations.as_array().map(Vec::as_slice).unwrap_or_default();
    operations
        .iter()
        .all(|sent| sent.get("add").is_none_or(has) && !sent.get("remove").is_some_and(has))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_recognised_in_jiras_fuller_form() {
        for (stored, sent, expected) in [
            (json!(null), json!(null), true),
            (json!([]), json!(null), true),
            (json!("x"), json!(null), false),
            (json!({"id": "3", "name": "Medium", "self": "s"}), json!({"id": "3"}), true),
            (json!({"id": "3"}), json!({"id": "2"}), false),
            (json!(null), json!({"id": "2"}), false),
            (json!({"accountId": "a", "displayName": "A"}), json!({"accountId": "a"}), true),
            (json!([{"id": "1"}, {"id": "2"}]), json!([{"id": "2"}, {"id": "1"}]), true),
            (json!([{"id": "1"}]), json!([{"id": "2"}, {"id": "1"}]), false),
            (json!([{"id": 7, "name": "S"}]), json!(7), true),
            (
                json!({"id": "10", "child": {"id": "11", "value": "v"}}),
                json!({"id": "10", "child": {"id": "11"}}),
                true,
            ),
            (json!(5.0), json!(5), true),
            (json!("2026-11-20T10:00:00.000+0100"), json!("2026-11-20T09:00:00Z"), true),
            (json!("2026-11-20"), json!("2026-11-21"), false),
        ] {
            assert_eq!(matches_stored(&stored, &sent), expected, "{stored} {sent}");
        }
    }

    #[test]
    fn labels_are_there_or_gone() {
        let stored = json!(["a", "b"]);
        for (sent, expected) in [
            (json!({"add": "a"}), true),
            (json!({"add": "c"}), false),
            (json!({"remove": "c"}), true),
            (json!({"remove": "a"}), false),
        ] {
            assert_eq!(is_changed(&stored, &json!([sent])), expected, "{sent}");
        }
    }
}
