//! Rich text as the HTML of `renderedFields`: blocks and their text, without Jira's styling.

use serde_json::Value as Json;

use crate::adf;

/// The document as HTML, one element a block.
pub(crate) fn html(document: &Json) -> String {
    let blocks = document.get("content").and_then(Json::as_array);
    blocks.into_iter().flatten().map(block).collect()
}

fn block(node: &Json) -> String {
    let text = escape(&adf::plain_text(node)).replace('\n', "<br/>");
    match node.get("type").and_then(Json::as_str) {
        Some("heading") => {
            let level = node.pointer("/attrs/level").and_then(Json::as_u64).unwrap_or(1);
            format!("<h{level}>{text}</h{level}>")
        }
        Some("codeBlock") => format!("<pre>{text}</pre>"),
        Some("rule") => "<hr/>".to_owned(),
        Some("blockquote") => format!("<blockquote><p>{text}</p></blockquote>"),
        _ => format!("<p>{text}</p>"),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
