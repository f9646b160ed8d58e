//! Which node may stand in which: what the schema allows, less what only its newest versions do.
//! Source: npm `@atlaskit/adf-schema` 57.7.22, `full.json`.

/// Whether `child` may stand in `parent`. Task lists in list items are newer than the backend may
/// be, so they are not allowed here; in a table cell Markdown can say no block but a paragraph.
pub(crate) fn allows(parent: &str, child: &str) -> bool {
    match parent {
        "doc" => matches!(
            child,
            "paragraph"
                | "heading"
                | "bulletList"
                | "orderedList"
                | "taskList"
                | "codeBlock"
                | "blockquote"
                | "panel"
                | "rule"
                | "table"
                | "mediaSingle"
        ),
        "panel" => matches!(
            child,
            "paragraph"
                | "heading"
                | "bulletList"
                | "orderedList"
                | "taskList"
                | "codeBlock"
                | "rule"
                | "mediaSingle"
        ),
        "listItem" | "blockquote" => {
            matches!(
                child,
                "paragraph" | "bulletList" | "orderedList" | "codeBlock" | "mediaSingle"
            )
        }
        "tableCell" | "tableHeader" => child == "paragraph",
        "mediaSingle" => child == "media",
        "bulletList" | "orderedList" => child == "listItem",
        "taskList" => matches!(child, "taskItem" | "taskList"),
        "table" => child == "tableRow",
        "tableRow" => matches!(child, "tableCell" | "tableHeader"),
        "codeBlock" => child == "text",
        "paragraph" | "heading" | "taskItem" => {
            matches!(
                child,
                "text" | "hardBreak" | "mention" | "status" | "date" | "emoji" | "inlineCard"
            )
        }
        _ => false,
    }
}
