//! A text as agents give it: Markdown, or the JSON text of an ADF document.

use serde_json::Value;

use super::node::Node;
use super::read::to_markdown;
use super::write::{Person, from_markdown};

/// Values of a document as JSON text; three to five of them make one node.
const VALUES_MAX: usize = 30_000;

/// Why a text that begins like an ADF document is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotADocument {
    /// It breaks off, or is no JSON for another reason.
    #[error("it is no JSON")]
    Json,
    /// It has more values than are built.
    #[error("it has more than {VALUES_MAX} values")]
    TooMuch,
    /// A member that every document has is missing or wrong.
    #[error(
        "it needs \"type\":\"doc\", \"version\":1, a list as \"content\", and a \"type\" in every node"
    )]
    Shape,
}

/// A text as a document: the one that it spells as JSON, or what its Markdown says.
pub fn from_text(
    text: &str,
    people: &dyn Fn(&str) -> Option<Person>,
) -> Result<Node, NotADocument> {
    Ok(document(text)?.unwrap_or_else(|| from_markdown(text, people)))
}

/// The document that a text spells as JSON; none when it is Markdown.
pub fn document(text: &str) -> Result<Option<Node>, NotADocument> {
    if !text.trim_start().starts_with('{') {
        return Ok(None);
    }
    if !json_borrow::has_at_most(text, VALUES_MAX) {
        return if begins_a_document(text) { Err(NotADocument::TooMuch) } else { Ok(None) };
    }
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(_) if begins_a_document(text) => return Err(NotADocument::Json),
        Err(_) => return Ok(None),
    };
    if value.get("type").and_then(Value::as_str) != Some("doc") {
        return Ok(None);
    }
    let is_whole = value.get("version").and_then(Value::as_f64) == Some(1.0)
        && value.get("content").is_some_and(Value::is_array);
    let document = Node::from(value);
    if is_whole && all(&document, |node| !node.kind.is_empty()) {
        Ok(Some(document))
    } else {
        Err(NotADocument::Shape)
    }
}

/// Whether a document shows nothing at all: no blocks, or only empty paragraphs.
pub fn is_blank(document: &Node) -> bool {
    document.content.iter().all(|block| block.kind == "paragraph" && to_markdown(block).is_empty())
}

/// How many characters of text a document holds.
pub fn text_chars(document: &Node) -> usize {
    let mut chars = 0;
    all(document, |node| {
        chars += node.text.as_deref().map_or(0, |text| text.chars().count());
        true
    });
    chars
}

/// Whether it holds for a node and all below it.
fn all(node: &Node, mut holds: impl FnMut(&Node) -> bool) -> bool {
    let mut pending = vec![node];
    while let Some(node) = pending.pop() {
        if !holds(node) {
            return false;
        }
        pending.extend(&node.content);
    }
    true
}

/// Whether JSON that broke off was a document: no prose begins like this.
fn begins_a_document(text: &str) -> bool {
    let start: String = text.chars().filter(|c| !c.is_whitespace()).take(26).collect();
    ["{\"type\":\"doc\"", "{\"version\":1,\"type\":\"doc\""]
        .iter()
        .any(|known| start.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_told_from_markdown() {
        for (text, expected) in [
            ("# Plan", Ok(None)),
            ("{\"a\": 1}", Ok(None)),
            ("{not json", Ok(None)),
            ("see {\"type\":\"doc\"}", Ok(None)),
            (
                " {\"version\":1, \"type\":\"doc\", \"content\":[{\"type\":\"paragraph\"}]} ",
                Ok(Some(1)),
            ),
            ("{\"type\":\"doc\",\"version\":1,\"content\":[]}", Ok(Some(0))),
            ("{\"type\": \"doc\", \"version\":1,\"content\":[{\"type\"", Err(NotADocument::Json)),
            ("{\"type\":\"doc\",\"content\":[]}", Err(NotADocument::Shape)),
            ("{\"type\":\"doc\",\"version\":1,\"content\":{}}", Err(NotADocument::Shape)),
            (
                "{\"type\":\"doc\",\"version\":1,\"content\":[{\"content\":[]}]}",
                Err(NotADocument::Shape),
            ),
        ] {
            let blocks =
                document(text).map(|document| document.map(|document| document.content.len()));
            assert_eq!(blocks, expected, "{text}");
        }
    }

    #[test]
    fn what_shows_nothing_is_blank() {
        let read = |text: &str| from_text(text, &|_| None).unwrap();
        for blank in [
            "#",
            "<br>",
            "> [!NOTE]",
            "![]()",
            "> ---",
            " ",
            "{\"type\":\"doc\",\"version\":1,\"content\":[{\"type\":\"paragraph\"}]}",
        ] {
            assert!(is_blank(&read(blank)), "{blank}");
        }
        for text in ["a", "---", "- [ ]", "@[a]", "![](https://x.y/z.png)", "2026-12-24"] {
            assert!(!is_blank(&read(text)), "{text}");
        }
        assert_eq!(text_chars(&read("- äö\n- `c` **d**")), 5);
    }
}
