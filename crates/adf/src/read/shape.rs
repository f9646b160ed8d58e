//! What kind of node is what, and the labels that stand for nodes Markdown has no words for.

use std::borrow::Cow;

use crate::node::Node;

/// Whether a node of this type stands inside a line.
pub(super) fn is_inline(node: &Node) -> bool {
    matches!(
        node.kind.as_ref(),
        "text"
            | "hardBreak"
            | "mention"
            | "emoji"
            | "date"
            | "status"
            | "inlineCard"
            | "placeholder"
            | "inlineExtension"
            | "mediaInline"
    )
}

/// `[extension: key]`, followed by the text the extension carries for readers that do not know it.
pub(super) fn extension_label(node: &Node) -> String {
    let key = node.attr("extensionKey").or_else(|| node.attr("extensionType")).unwrap_or("unknown");
    match node.attr("text") {
        Some(text) => format!("[extension: {key}] {text}"),
        None => format!("[extension: {key}]"),
    }
}

/// The document that an extension carries as JSON text: a table that stood in a table is kept so.
/// Source: npm `@atlaskit/adf-utils`, `transformNestedTablesIncomingDocument`.
pub(super) fn nested(node: &Node) -> Option<Node> {
    let json = node.attrs.get("parameters")?.get("adf")?.as_str()?;
    serde_json::from_str(json).ok().filter(|nested: &Node| nested.kind == "doc")
}

/// What is shown for a node of which nothing else can be shown.
pub(super) fn unsupported_label(node: &Node) -> String {
    let kind = if node.kind.is_empty() { "unknown" } else { node.kind.as_ref() };
    format!("[unsupported: {kind}]")
}

/// What an item or a cell holds. Anything else that stands in its place is taken for what it would
/// hold.
pub(super) fn inside(node: &Node) -> &[Node] {
    match node.kind.as_ref() {
        "listItem" | "decisionItem" | "tableCell" | "tableHeader" => &node.content,
        _ => std::slice::from_ref(node),
    }
}

/// The cells of a row; anything else that stands among rows is taken for one cell.
pub(super) fn cells(row: &Node) -> &[Node] {
    if row.kind == "tableRow" { &row.content } else { std::slice::from_ref(row) }
}

/// The bold start of a decision.
pub(super) fn decision_label(node: &Node) -> &'static str {
    if node.attr("state") == Some("UNDECIDED") { "Undecided:" } else { "Decision:" }
}

/// The characters of an emoji, or its name.
pub(super) fn emoji(node: &Node) -> Cow<'_, str> {
    let text = node.attr("text").filter(|text| !text.is_ascii());
    Cow::Borrowed(
        text.or_else(|| node.attr("shortName")).or_else(|| node.attr("text")).unwrap_or("[emoji]"),
    )
}

/// Containers that may be empty without meaning anything by it.
pub(super) fn is_known_container(node: &Node) -> bool {
    matches!(
        node.kind.as_ref(),
        "doc"
            | "paragraph"
            | "listItem"
            | "blockquote"
            | "panel"
            | "caption"
            | "mediaGroup"
            | "layoutColumn"
            | "tableRow"
            | "tableCell"
            | "tableHeader"
            | "bodiedSyncBlock"
            | "bulletList"
            | "orderedList"
            | "taskList"
            | "decisionList"
            | "table"
            | "layoutSection"
            | "mediaSingle"
            | "text"
    )
}
