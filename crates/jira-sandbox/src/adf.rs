//! The parts of the Atlassian Document Format that Jira enforces when it stores rich text.
//!
//! Source: npm `@atlaskit/adf-schema`, `full.json`, in the subset a site accepts today.

use serde_json::Value as Json;

/// Nesting that no honest document reaches; deeper ones are refused before they cost a stack.
const DEPTH_MAX: usize = 64;

const INLINE: &[&str] = &[
    "text",
    "hardBreak",
    "mention",
    "emoji",
    "date",
    "status",
    "inlineCard",
    "placeholder",
    "inlineExtension",
    "mediaInline",
];
const LISTS: &[&str] = &["bulletList", "orderedList"];
const MARKS: &[&str] = &[
    "strong",
    "em",
    "code",
    "strike",
    "underline",
    "subsup",
    "link",
    "textColor",
    "backgroundColor",
    "annotation",
    "alignment",
    "indentation",
    "border",
    "breakout",
    "fragment",
    "dataConsumer",
    "fontSize",
];

/// Why a value is no rich text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum AdfError {
    /// Not a `doc` node at all, a plain string for instance.
    NotADocument,
    /// A document with a node, mark or attribute where none may stand.
    Invalid,
}

/// # Errors
/// What Jira would refuse, by kind.
pub(crate) fn check(document: &Json) -> Result<(), AdfError> {
    let is_document = document.get("type").and_then(Json::as_str) == Some("doc")
        && document.get("version").and_then(Json::as_u64) == Some(1)
        && document.get("content").is_some_and(Json::is_array);
    if !is_document {
        return Err(AdfError::NotADocument);
    }
    if children_fit("doc", document, 0) { Ok(()) } else { Err(AdfError::Invalid) }
}

/// All text of a document, blocks apart by a newline.
pub(crate) fn plain_text(node: &Json) -> String {
    let mut text = String::new();
    collect(node, &mut text, 0);
    text.trim_end().to_owned()
}

/// Whether a document shows nothing: no text but blanks, and nothing else that is to be seen.
pub(crate) fn is_blank(node: &Json) -> bool {
    let children = node.get("content").and_then(Json::as_array);
    match node.get("type").and_then(Json::as_str) {
        Some("doc" | "paragraph") => children.into_iter().flatten().all(is_blank),
        Some("text") => node
            .get("text")
            .and_then(Json::as_str)
            .is_none_or(|text| text.chars().all(char::is_whitespace)),
        Some("hardBreak") => true,
        _ => false,
    }
}

fn collect(node: &Json, text: &mut String, depth: usize) {
    let kind = node.get("type").and_then(Json::as_str).unwrap_or_default();
    let attr =
        |name: &str| node.get("attrs").and_then(|attrs| attrs.get(name)).and_then(Json::as_str);
    match kind {
        "text" => text.push_str(node.get("text").and_then(Json::as_str).unwrap_or_default()),
        "hardBreak" => text.push('\n'),
        "mention" | "status" => text.push_str(attr("text").unwrap_or_default()),
        "emoji" => text.push_str(attr("text").or(attr("shortName")).unwrap_or_default()),
        "inlineCard" | "blockCard" => text.push_str(attr("url").unwrap_or_default()),
        _ => {}
    }
    let children = node.get("content").and_then(Json::as_array);
    if depth < DEPTH_MAX {
        children.into_iter().flatten().for_each(|child| collect(child, text, depth + 1));
    }
    if matches!(
        kind,
        "paragraph" | "heading" | "codeBlock" | "taskItem" | "decisionItem" | "tableRow"
    ) {
        text.push('\n');
    }
}

fn fits(parent: &str, node: &Json, depth: usize) -> bool {
    let Some(kind) = node.get("type").and_then(Json::as_str) else { return false };
    depth < DEPTH_MAX
        && may_hold(parent, kind)
        && marks_fit(node)
        && attributes_fit(kind, node)
        && children_fit(kind, node, depth + 1)
}

fn children_fit(kind: &str, node: &Json, depth: usize) -> bool {
    match node.get("content") {
        None => !matches!(
            kind,
            "doc" | "listItem" | "tableRow" | "tableCell" | "tableHeader" | "panel" | "table"
        ),
        Some(Json::Array(children)) => {
            let needs_one = matches!(
                kind,
                "listItem"
                    | "bulletList"
                    | "orderedList"
                    | "tableRow"
                    | "tableCell"
                    | "tableHeader"
                    | "panel"
                    | "taskList"
                    | "decisionList"
                    | "blockquote"
                    | "mediaSingle"
                    | "expand"
                    | "layoutColumn"
            );
            !(needs_one && children.is_empty())
                && children.iter().all(|child| fits(kind, child, depth))
        }
        Some(_) => false,
    }
}

fn may_hold(parent: &str, child: &str) -> bool {
    let list = LISTS.contains(&child);
    match parent {
        "doc" | "layoutColumn" | "expand" | "nestedExpand" | "tableCell" | "tableHeader"
        | "bodiedExtension" => {
            let everywhere = list
                || matches!(
                    child,
                    "paragraph"
                        | "heading"
                        | "codeBlock"
                        | "blockquote"
                        | "panel"
                        | "rule"
                        | "taskList"
                        | "decisionList"
                        | "mediaSingle"
                        | "mediaGroup"
                        | "blockCard"
                        | "embedCard"
                        | "extension"
                );
            let top = parent == "doc" && matches!(child, "layoutSection" | "bodiedExtension");
            let table =
                child == "table" && !matches!(parent, "tableCell" | "tableHeader" | "nestedExpand");
            let expand = child == "expand" && matches!(parent, "doc" | "layoutColumn")
                || child == "nestedExpand"
                    && !matches!(parent, "doc" | "layoutColumn" | "nestedExpand");
            everywhere || top || table || expand
        }
        "layoutSection" => child == "layoutColumn",
        "paragraph" | "heading" | "taskItem" | "decisionItem" | "caption" => {
            INLINE.contains(&child)
        }
        "codeBlock" => child == "text",
        "bulletList" | "orderedList" => child == "listItem",
        "listItem" => {
            list || matches!(
                child,
                "paragraph" | "codeBlock" | "mediaSingle" | "taskList" | "extension"
            )
        }
        "blockquote" => {
            list || matches!(
                child,
                "paragraph" | "codeBlock" | "mediaSingle" | "mediaGroup" | "extension"
            )
        }
        "panel" => {
            list || matches!(
                child,
                "paragraph"
                    | "heading"
                    | "codeBlock"
                    | "rule"
                    | "taskList"
                    | "decisionList"
                    | "mediaSingle"
                    | "mediaGroup"
                    | "blockCard"
                    | "extension"
            )
        }
        "taskList" => matches!(child, "taskItem" | "taskList"),
        "decisionList" => child == "decisionItem",
        "table" => child == "tableRow",
        "tableRow" => matches!(child, "tableCell" | "tableHeader"),
        "mediaSingle" => matches!(child, "media" | "caption"),
        "mediaGroup" => child == "media",
        _ => false,
    }
}

fn attributes_fit(kind: &str, node: &Json) -> bool {
    let attrs = node.get("attrs").and_then(Json::as_object);
    let text = |name: &str| attrs.and_then(|attrs| attrs.get(name)).and_then(Json::as_str);
    let filled = |name: &str| text(name).is_some_and(|value| !value.is_empty());
    let no_nulls = attrs.is_none_or(|attrs| attrs.values().all(|value| !value.is_null()));
    let enough = match kind {
        "text" => node.get("text").and_then(Json::as_str).is_some_and(|text| !text.is_empty()),
        "heading" => attrs
            .and_then(|a| a.get("level"))
            .and_then(Json::as_u64)
            .is_some_and(|n| (1..=6).contains(&n)),
        "panel" => matches!(
            text("panelType"),
            Some("info" | "note" | "tip" | "warning" | "error" | "success" | "custom")
        ),
        "mention" => filled("id"),
        "emoji" => filled("shortName"),
        "date" => filled("timestamp"),
        "status" => filled("text") && filled("color"),
        "taskList" | "decisionList" => filled("localId"),
        "taskItem" => filled("localId") && matches!(text("state"), Some("TODO" | "DONE")),
        "decisionItem" => filled("localId") && filled("state"),
        "inlineCard" | "blockCard" => attrs.is_some_and(|a| {
            a.contains_key("url") || a.contains_key("data") || a.contains_key("datasource")
        }),
        "media" => matches!(text("type"), Some("file" | "link" | "external")),
        _ => true,
    };
    no_nulls && enough
}

fn marks_fit(node: &Json) -> bool {
    let Some(marks) = node.get("marks") else { return true };
    let Some(marks) = marks.as_array() else { return false };
    let names: Vec<_> =
        marks.iter().filter_map(|mark| mark.get("type").and_then(Json::as_str)).collect();
    let code_alone = !names.contains(&"code")
        || names.iter().all(|n| matches!(*n, "code" | "link" | "annotation"));
    let linked = marks.iter().all(|mark| {
        mark.get("type").and_then(Json::as_str) != Some("link")
            || mark.pointer("/attrs/href").is_some_and(Json::is_string)
    });
    names.len() == marks.len()
        && names.iter().all(|name| MARKS.contains(name))
        && code_alone
        && linked
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn accepts_and_refuses_like_jira() {
        let doc = |content: Json| json!({ "type": "doc", "version": 1, "content": content });
        let paragraph =
            json!({ "type": "paragraph", "content": [{ "type": "text", "text": "a" }] });
        assert_eq!(check(&json!("plain")), Err(AdfError::NotADocument));
        assert_eq!(check(&doc(json!([paragraph]))), Ok(()));
        assert_eq!(check(&doc(json!([{ "type": "text", "text": "a" }]))), Err(AdfError::Invalid));
        let quote = json!([{ "type": "blockquote", "content": [{ "type": "heading", "attrs": { "level": 1 } }] }]);
        assert_eq!(check(&doc(quote)), Err(AdfError::Invalid));
        let empty = json!([{ "type": "paragraph", "content": [{ "type": "text", "text": "" }] }]);
        assert_eq!(check(&doc(empty)), Err(AdfError::Invalid));
        assert_eq!(plain_text(&doc(json!([paragraph, paragraph]))), "a\na");
    }
}
