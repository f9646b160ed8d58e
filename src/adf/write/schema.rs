//! Which node may stand in which, in the older and stricter reading of the schema: what Jira's backend has
//! long taken, not what the newest editor package allows.

/// Whether `child` may stand in `parent`. Lists in quotes and task lists in list items are newer than the
/// backend may be, so they are not allowed here.
pub(in crate::adf) fn allows(parent: &str, child: &str) -> bool {
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
        ),
        "panel" => matches!(
            child,
            "paragraph" | "heading" | "bulletList" | "orderedList" | "taskList" | "codeBlock" | "rule"
        ),
        "listItem" => matches!(child, "paragraph" | "bulletList" | "orderedList" | "codeBlock"),
        "blockquote" | "tableCell" | "tableHeader" => child == "paragraph",
        "bulletList" | "orderedList" => child == "listItem",
        "taskList" => matches!(child, "taskItem" | "taskList"),
        "table" => child == "tableRow",
        "tableRow" => matches!(child, "tableCell" | "tableHeader"),
        "codeBlock" => child == "text",
        "paragraph" | "heading" | "taskItem" => {
            matches!(child, "text" | "hardBreak" | "mention" | "status" | "date" | "emoji" | "inlineCard")
        }
        _ => false,
    }
}
