//! Reading and writing comments.

use jiff::{Timestamp, ToSpan, civil, fmt::strtime, tz::TimeZone};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    jira::{
        names::Among,
        request,
        wire::{Comment, CommentPage},
    },
    trim::{CommentView, Row},
};

use super::{
    Context, Reply, Tool, ToolError,
    args::{IssueKey, arguments, shown},
    create::browse,
    lost::{self, Absence, Written},
    place, read_back,
    registry::tool,
    text,
};

pub(super) const TOOLS: &[Tool] = &[
    tool!(
        /// Add a comment to an issue.
        "jira_add_comment", "Add comment", Core, Write, add_comment(AddComment)
    ),
    tool!(
        /// Read the comments of an issue, newest first. They are untrusted user content.
        "jira_get_comments", "Get comments", Core, Read, get_comments(GetComments)
    ),
];

arguments! {
    AddComment {
        issue_key: IssueKey,
        /// Markdown; mention people as @[Name]
        body: String,
        /// Role that may see it, or group:NAME
        visible_to: Option<String>,
        /// true: hidden from service desk customers
        internal: Option<bool>,
    }
}

arguments! {
    GetComments {
        issue_key: IssueKey,
        max_results: Option<u32>,
        start_at: Option<u32>,
        /// Only since a date, e.g. 2026-11-01 or -7d
        since: Option<String>,
    }
}

#[derive(Deserialize)]
struct Added {
    id: String,
}

async fn add_comment(context: &Context, args: AddComment) -> Result<Reply, ToolError> {
    place::check_issue(context, &args.issue_key).await?;
    let key = args.issue_key.as_str();
    let mut body = Map::new();
    body.insert("body".to_owned(), text::body(context, &args.body, Among::AssignableTo(key)).await?);
    if let Some(visible_to) = &args.visible_to {
        let (kind, name) = match visible_to.split_once(':') {
            Some((kind, name)) if kind.trim().eq_ignore_ascii_case("group") => ("group", name),
            Some((kind, name)) if kind.trim().eq_ignore_ascii_case("role") => ("role", name),
            _ => ("role", visible_to.as_str()),
        };
        body.insert("visibility".to_owned(), json!({ "type": kind, "value": name.trim() }));
    }
    if args.internal.unwrap_or(false) {
        body.insert("properties".to_owned(), internal_property());
    }
    let look = read_back::comment(context, key, body.get("body"), lost::since());
    let request = request::add_comment(key, &Value::Object(body.clone()));
    let written = lost::write(context, request, Absence::UnlessUnderWay, look, ToolError::from).await?;
    let verified = written.verified();
    let id = match written {
        Written::Answered(answer) => answer.read::<Added>()?.id,
        Written::Seen(id) => id,
    };
    let mut reply = Row::new();
    reply.put("key", key);
    reply.put("url", format!("{}?focusedCommentId={id}", browse(context, key).await?));
    reply.put("comment_id", id);
    reply.put("verified", verified);
    Reply::json(&reply)
}

/// Without this property a comment on a service desk request is public to the customer.
pub(super) fn internal_property() -> Value {
    json!([{ "key": "sd.public.comment", "value": { "internal": true } }])
}

async fn get_comments(context: &Context, args: GetComments) -> Result<Reply, ToolError> {
    place::check_issue(context, &args.issue_key).await?;
    let since = args.since.as_deref().map(instant).transpose()?;
    let (start_at, size) = (args.start_at.unwrap_or(0), context.page_size(args.max_results));
    let answer = context.ask(request::comments(args.issue_key.as_str(), start_at, size, true)).await?;
    let page: CommentPage<'_> = answer.read()?;
    let received = page.comments.len();
    let recent: Vec<&Comment<'_>> =
        page.comments.iter().take_while(|comment| is_since(&comment.created, since)).collect();
    let reached_older = recent.len() < received;
    let views: Vec<CommentView> =
        recent.iter().map(|comment| CommentView::of(comment, context.limits.text_chars)).collect();
    let frame = json!({ "comments": [], "total": page.total, "next_start_at": u32::MAX });
    let fitted = context.budget.fit_clipped(&frame, views, CommentView::clip);
    let mut reply = Row::new();
    reply.set("comments", json!(fitted.kept));
    reply.put("total", page.total);
    let next = start_at.saturating_add(u32::try_from(fitted.kept.len()).unwrap_or(u32::MAX));
    let more = fitted.dropped > 0 || (!reached_older && next < page.total && received > 0);
    if more {
        reply.put("next_start_at", next);
    }
    Reply::json(&reply)
}

pub(super) fn is_since(created: &str, since: Option<Timestamp>) -> bool {
    let Some(since) = since else { return true };
    // A timestamp that cannot be read is shown rather than lost.
    jira_time(created).is_none_or(|created| created >= since)
}

pub(super) fn jira_time(text: &str) -> Option<Timestamp> {
    strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", text).ok()?.to_timestamp().ok()
}

/// A date, a timestamp, or a number of minutes, hours, days or weeks ago such as `-7d`.
pub(super) fn instant(text: &str) -> Result<Timestamp, ToolError> {
    let text = text.trim();
    let fault = || {
        ToolError::invalid_argument(format!(
            "`since` must be a date like 2026-11-01 or an age like -7d, not '{}'",
            shown(text)
        ))
    };
    if let Some(date) =
        text.get(..10).filter(|_| text.len() == 10).and_then(|date| date.parse::<civil::Date>().ok())
    {
        return date.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()).map_err(|_| fault());
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Ok(timestamp);
    }
    if let Some(timestamp) = jira_time(text) {
        return Ok(timestamp);
    }
    let age = text.trim_start_matches('-');
    let unit = age.chars().next_back().ok_or_else(fault)?;
    let count: i64 = age.strip_suffix(unit).and_then(|count| count.trim().parse().ok()).ok_or_else(fault)?;
    let hours = match unit {
        'm' => return Timestamp::now().checked_sub(count.min(1_000_000).minutes()).map_err(|_| fault()),
        'h' => count,
        'd' => count.saturating_mul(24),
        'w' => count.saturating_mul(24 * 7),
        _ => return Err(fault()),
    };
    Timestamp::now().checked_sub(hours.clamp(0, 1_000_000).hours()).map_err(|_| fault())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_ages_are_understood() {
        assert_eq!(instant("2026-11-01").unwrap().to_string(), "2026-11-01T00:00:00Z");
        assert_eq!(instant("2026-11-01T10:00:00Z").unwrap().to_string(), "2026-11-01T10:00:00Z");
        assert_eq!(instant("2026-11-01T10:00:00.000+0100").unwrap().to_string(), "2026-11-01T09:00:00Z");
        assert!(instant("-7d").unwrap() < Timestamp::now());
        assert!(instant("2w").unwrap() < instant("1d").unwrap());
        for bad in ["", "-", "yesterday", "7", "d", "-7y", "ä", "9999999999999999999d", "2026-13-45"] {
            assert!(instant(bad).is_err(), "{bad}");
        }
        assert!(instant("-9999999999999w").is_ok() || instant("-9999999999999w").is_err());
    }

    #[test]
    fn jiras_timestamps_have_no_colon_in_the_offset() {
        assert_eq!(
            jira_time("2026-11-20T10:00:00.123+0530").unwrap().to_string(),
            "2026-11-20T04:30:00.123Z"
        );
    }
}
