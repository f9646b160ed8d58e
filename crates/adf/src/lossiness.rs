//! Names what a document holds that Markdown, as written here, cannot say: what a replacement would
//! destroy.

use std::collections::BTreeSet;

use serde_json::Value;

use super::node::{Mark, Node};
use super::write::{allows, emoji_text, is_account_id, is_safe_link, status_color};

/// The node and mark types of a document that would be lost on the way to Markdown and back,
/// sorted, each once.
///
/// Where only a use of a type is lost the entry says which: `bulletList in tableCell`, `merged
/// cells`, `mention without id`. Layout that is set by dragging (column widths, table width) does
/// not count; colors do.
pub fn unsupported_in_markdown(node: &Node) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut pending = vec![node];
    while let Some(node) = pending.pop() {
        if let Some(reason) = lost_by_itself(node) {
            found.insert(reason);
        }
        for mark in node.marks.iter().filter(|mark| !is_supported_mark(mark, node)) {
            found.insert(mark.kind.to_string());
        }
        let place = node.kind.as_ref();
        if is_supported(place) {
            for child in node
                .content
                .iter()
                .filter(|child| is_supported(&child.kind) && !allows(place, &child.kind))
            {
                let place = if place == "tableHeader" { "tableCell" } else { place };
                found.insert(format!("{} in {place}", child.kind));
            }
        }
        if place == "table" {
            lost_in_table(node, &mut found);
        }
        pending.extend(&node.content);
    }
    found.into_iter().collect()
}

/// Types that [`super::from_markdown`] can produce.
fn is_supported(kind: &str) -> bool {
    matches!(
        kind,
        "doc" | "text" | "hardBreak" | "mention" | "status" | "date" | "emoji" | "inlineCard"
    ) || allows("doc", kind)
        || matches!(
            kind,
            "media" | "listItem" | "taskItem" | "tableRow" | "tableCell" | "tableHeader"
        )
}

fn lost_by_itself(node: &Node) -> Option<String> {
    let lost = match node.kind.as_ref() {
        "mention" if !node.attr("id").is_some_and(is_account_id) => "mention without id",
        "mention" if node.attr("userType").is_some_and(|kind| kind != "DEFAULT") => {
            "mention of a group or an app"
        }
        "date" if super::read::date(node).is_none() => "date without a day",
        "status" if node.attr("text").is_none_or(|text| text.trim().is_empty()) => {
            "status without text"
        }
        "status" if node.attr("color").is_some_and(|color| status_color(color).is_none()) => {
            "status color"
        }
        "emoji" if !is_sayable_emoji(node) => "emoji",
        "inlineCard"
            if !node
                .attr("url")
                .is_some_and(|url| is_safe_link(url) && url.starts_with("http")) =>
        {
            "inlineCard"
        }
        "mediaSingle" if !is_plain_image(node) => "mediaSingle",
        "media" if !is_on_web(node) => "media",
        "panel" => match node.attr("panelType") {
            Some("info" | "note" | "warning" | "error" | "success") => return None,
            other => return Some(format!("panel {}", other.unwrap_or("without type"))),
        },
        kind if is_supported(kind) => return None,
        "" => "node without type",
        kind => kind,
    };
    Some(lost.to_owned())
}

fn is_sayable_emoji(node: &Node) -> bool {
    let name = node.attr("shortName").unwrap_or_default().trim_matches(':');
    node.attr("text").is_some_and(|text| !text.is_ascii()) || emoji_text(name).is_some()
}

fn is_supported_mark(mark: &Mark, node: &Node) -> bool {
    match mark.kind.as_ref() {
        "strong" | "em" | "strike" | "code" => true,
        "link" => mark.attrs.get("href").and_then(Value::as_str).is_some_and(is_safe_link),
        "subsup" => {
            // Raised text is shown with no mark but a link.
            let is_known = mark
                .attrs
                .get("type")
                .and_then(Value::as_str)
                .is_some_and(|kind| ["sub", "sup"].contains(&kind));
            is_known
                && node.marks.iter().all(|other| ["subsup", "link"].contains(&other.kind.as_ref()))
        }
        _ => false,
    }
}

/// Whether a `mediaSingle` is nothing but one image in the middle, in its own size.
fn is_plain_image(node: &Node) -> bool {
    let plain = node
        .attrs
        .non_null()
        .all(|(name, value)| name == "localId" || name == "layout" && value == "center");
    plain && node.content.len() == 1
}

/// Whether media is an image by its address, with no more to it than a description.
fn is_on_web(node: &Node) -> bool {
    let known = |name: &str| ["type", "url", "alt", "localId"].contains(&name);
    node.attr("type") == Some("external")
        && node.attr("url").is_some_and(|url| is_safe_link(url) && url.starts_with("http"))
        && node.attrs.non_null().all(|(name, _)| known(name))
}

fn lost_in_table(table: &Node, found: &mut BTreeSet<String>) {
    if table.attrs.get("isNumberColumnEnabled").and_then(Value::as_bool) == Some(true) {
        found.insert("numbered table rows".to_owned());
    }
    for (index, row) in table.content.iter().enumerate() {
        let headers = row.content.iter().filter(|cell| cell.kind == "tableHeader").count();
        if headers > 0 && (index > 0 || headers < row.content.len()) {
            found.insert("tableHeader outside the first row".to_owned());
        }
        for cell in &row.content {
            if ["colspan", "rowspan"]
                .iter()
                .any(|span| cell.number(span).is_some_and(|cells| cells > 1))
            {
                found.insert("merged cells".to_owned());
            }
            if cell.attr("background").is_some() {
                found.insert("cell background".to_owned());
            }
        }
    }
}
