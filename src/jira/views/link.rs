//! Links as they read from one issue's side, and links to pages elsewhere.

use serde::Serialize;

use crate::jira::client::wire;

use super::field::{compact, id, in_words, short_text};

/// Names and titles are clipped to this many characters.
const TITLE_CHARS: usize = 200;

/// Texts of a linked issue, and phrases, are clipped to this many characters.
const LINKED_CHARS: usize = 80;

/// A link from one issue to another, as it reads from this side.
#[derive(Debug, Serialize)]
pub struct LinkView {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    relation: String,
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
}

impl LinkView {
    /// The key of the issue at the other end.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Reads a link; none when it has no other end.
    pub fn of(link: &wire::IssueLink<'_>) -> Option<Self> {
        let (relation, other) = match (&*link.outward_issue, &*link.inward_issue) {
            (Some(other), _) => (&link.kind.outward, other),
            (None, Some(other)) => (&link.kind.inward, other),
            (None, None) => return None,
        };
        let text = |id: &str| {
            let shown = compact(other.fields.raw(id)?, LINKED_CHARS)?;
            Some(in_words(&shown))
        };
        Some(Self {
            id: None,
            relation: short_text(relation, LINKED_CHARS),
            key: id(&other.key),
            status: text("status"),
            summary: text("summary"),
        })
    }

    /// The same with the link's own id, for who may want to remove it.
    pub fn with_id(link: &wire::IssueLink<'_>) -> Option<Self> {
        let id = Some(id(&link.id)).filter(|id| !id.is_empty());
        Self::of(link).map(|view| Self { id, ..view })
    }
}

/// A link from an issue to a page elsewhere.
#[derive(Debug, Serialize)]
pub struct WebLinkView {
    url: String,
    title: String,
}

impl From<&wire::RemoteLink<'_>> for WebLinkView {
    fn from(link: &wire::RemoteLink<'_>) -> Self {
        Self {
            url: short_text(&link.object.url, 1_000),
            title: short_text(&link.object.title, TITLE_CHARS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: &str) {
        let link: wire::IssueLink<'_> = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&LinkView::with_id(&link)).unwrap(), expected);
    }

    #[test]
    fn a_link_reads_from_the_issue_it_was_found_on() {
        let kind =
            r#""type":{"id":"1","name":"Blocks","inward":"is blocked by","outward":"blocks"}"#;
        check(
            &format!(
                r#"{{"id":"9",{kind},"outwardIssue":{{"key":"A-2","fields":{{"summary":"Two"}}}}}}"#
            ),
            r#"{"id":"9","relation":"blocks","key":"A-2","summary":"Two"}"#,
        );
        check(
            &format!(r#"{{{kind},"inwardIssue":{{"key":"A-3"}}}}"#),
            r#"{"relation":"is blocked by","key":"A-3"}"#,
        );
        check(&format!("{{{kind}}}"), "null");
    }
}
