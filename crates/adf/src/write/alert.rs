//! Quotes that are panels: `> [!NOTE]` alone on its line, which the parser knows, or with a title
//! behind it.

use pulldown_cmark::BlockQuoteKind;

use crate::node::Node;

/// The panel in the color GitHub gives the alert, or a plain quote.
pub(super) fn quote(kind: Option<BlockQuoteKind>) -> Node {
    let panel = match kind {
        None => return Node::new("blockquote"),
        Some(BlockQuoteKind::Note) => "info",
        Some(BlockQuoteKind::Important) => "note",
        Some(BlockQuoteKind::Warning) => "warning",
        Some(BlockQuoteKind::Caution) => "error",
        Some(BlockQuoteKind::Tip) => "success",
    };
    Node::new("panel").with_attr("panelType", panel)
}

/// The panel that a marker at the start of a text means, and the bytes it takes.
pub(super) fn marker(text: &str) -> Option<(&'static str, usize)> {
    let (kind, rest) = text.strip_prefix("[!")?.split_once(']')?;
    let panel = match kind.to_ascii_uppercase().as_str() {
        "NOTE" | "INFO" => "info",
        "IMPORTANT" => "note",
        "WARNING" => "warning",
        "CAUTION" | "ERROR" => "error",
        "TIP" | "SUCCESS" => "success",
        _ => return None,
    };
    // What is folded at first elsewhere is a panel here.
    let after = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    after.chars().next().is_none_or(char::is_whitespace).then(|| (panel, text.len() - after.len()))
}
