//! Changing the text of a comment, without losing what Markdown cannot say or who may see it.

use adf::Document;
use serde_json::{Map, Value, json};
use tool_kit::{Reply, Row, ToolError};

use crate::jira::{
    JiraError,
    names::PersonScope,
    request::{self, Body},
    tools::{
        args::{IssueKey, arguments},
        context::Context,
        parts::comments::comment_id,
        project_guard,
        registry::{Tool, tool},
        writing::{
            audience::{self, internal_property, may_have_customers},
            rich_text::{self, Target, check_replace_node},
            text,
        },
    },
    views::CommentView,
    wire::{Comment, Issue, Visibility},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Replace a comment's text.
    "jira_update_comment", "Update comment", Collab, Idempotent, update_comment(UpdateComment),
    r#"{"issue_key": "ACME-1", "comment_id": "1", "body": "x"}"#
)];

arguments! {
    UpdateComment {
        issue_key: IssueKey,
        comment_id: String,
        body: String,
        replace_rich_text: Option<bool>,
        dry_run: Option<bool>,
    }
}

async fn update_comment(context: &Context, args: UpdateComment) -> Result<Reply, ToolError> {
    let id = comment_id("comment_id", &args.comment_id)?;
    let key = &project_guard::allowed(context, &args.issue_key).await?;
    let (answer, issue) = tokio::try_join!(
        context.ask(request::comment(key, &id)),
        context.ask(request::issue(key, &[audience::PROJECT], &[])),
    )?;
    let has_customers = may_have_customers(&issue.read::<Issue<'_>>()?);
    let before: Comment<'_> = answer.read()?;
    // An edit leaves it as it is who reads the comment, and says so where there are customers.
    let seen_by_customers = before.jsd_public.as_ref().copied().filter(|_| has_customers);
    let stored = before.body.read();
    if stored.is_unreadable() && !args.replace_rich_text.unwrap_or(false) {
        return Err(ToolError::invalid_argument("The comment's text could not be read, so what would be lost is unknown.")
            .hint("Nothing was changed. Add a further comment, or set replace_rich_text to true if the user accepts the loss."));
    }
    if let Some(stored) = stored.as_ref() {
        check_replace_node(stored, &args.body, args.replace_rich_text.into(), Target::Comment)?;
    }
    let document = text::body(context, &args.body, PersonScope::AssignableTo(key)).await?;
    if args.dry_run.unwrap_or(false) {
        let mut reply = Row::new();
        reply.put_non_empty("key", key);
        reply.put_non_empty("dry_run", true);
        // Whole, as far as the reply may be: it is the only way to read all of a long comment.
        reply.push("before", json!(CommentView::of(&before, usize::MAX)));
        reply.push("after", rich_text::shown(&args.body).as_ref());
        reply.put_non_empty("customers_see_it", seen_by_customers);
        context.budget.shrink_to_fit(&mut reply);
        return Reply::json(&reply);
    }
    let is_unsure = has_customers && before.jsd_public.is_unreadable();
    if before.visibility.is_unreadable() || is_unsure {
        return Err(ToolError::internal(
            "who may see the comment could not be read, so nothing was changed",
        ));
    }
    // A reply is seen by whoever sees its thread, and Jira refuses to be told so.
    let is_internal = *before.jsd_public == Some(false);
    let limit = before.visibility.as_ref().filter(|_| before.parent_id.is_none());
    let request = request::update_comment(key, &id, &new_body(document, limit, is_internal));
    context.jira.call(request).await.map_err(advise)?;
    let mut reply = Row::new();
    reply.put_non_empty("key", key);
    reply.put_non_empty("comment_id", id);
    reply.put_non_empty("updated", true);
    reply.put_non_empty("customers_see_it", seen_by_customers);
    Reply::json(&reply)
}

/// Who may see the comment is said again, so that no edit can make a restricted or internal
/// comment public.
fn new_body(document: Document, visibility: Option<&Visibility<'_>>, is_internal: bool) -> Body {
    let mut body = Body::with_text("body", document);
    if is_internal {
        body.values.insert("properties".to_owned(), internal_property());
    }
    if let Some(limit) = visibility {
        let mut same = Map::new();
        same.insert("type".to_owned(), Value::from(limit.kind.as_ref()));
        // A group's name may change; its identifier does not.
        match &limit.identifier {
            Some(identifier) => {
                same.insert("identifier".to_owned(), Value::from(identifier.as_ref()))
            }
            None => same.insert("value".to_owned(), Value::from(limit.value.as_ref())),
        };
        body.values.insert("visibility".to_owned(), Value::Object(same));
    }
    body
}

fn advise(error: JiraError) -> ToolError {
    let is_refusal = matches!(error, JiraError::Invalid { .. });
    let error = ToolError::from(error);
    if !is_refusal {
        return error;
    }
    error.hint(
        "Nothing was changed. Authors edit their own comments; others need the permission Edit all comments.",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    #[test]
    fn ids_and_addresses_of_comments_are_read() {
        for (given, expected) in [
            (" 10001 ", Some("10001")),
            (
                "https://x.atlassian.net/browse/A-1?focusedCommentId=10002&page=c#comment",
                Some("10002"),
            ),
            ("", None),
            ("../worklog/1", None),
            ("12a", None),
            ("1234567890123456789", None),
        ] {
            assert_eq!(comment_id("comment_id", given).ok().as_deref(), expected, "{given}");
        }
    }

    #[test]
    fn an_edit_never_widens_who_may_see_a_comment() {
        let check = |json: &str, expected: Value| {
            let comment: Comment<'_> = serde_json::from_str(json).unwrap();
            let text = Document::from(RawValue::from_string("{}".to_owned()).unwrap());
            assert_eq!(
                json!(new_body(
                    text,
                    comment.visibility.as_ref(),
                    *comment.jsd_public == Some(false)
                )),
                expected
            );
        };
        check("{}", json!({"body": {}}));
        let internal = internal_property();
        check(r#"{"jsdPublic":false}"#, json!({"body": {}, "properties": internal}));
        check(r#"{"jsdPublic":true}"#, json!({"body": {}}));
        check(
            r#"{"visibility":{"type":"role","value":"Administrators"}}"#,
            json!({"body": {}, "visibility": {"type": "role", "value": "Administrators"}}),
        );
        check(
            r#"{"visibility":{"type":"group","value":"devs","identifier":"g-1"}}"#,
            json!({"body": {}, "visibility": {"type": "group", "identifier": "g-1"}}),
        );
    }
}
