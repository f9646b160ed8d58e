//! Short names for the nodes of the Atlassian Document Format.

use serde_json::{Value as Json, json};

use crate::json::object;

pub(super) fn doc(content: Vec<Json>) -> Json {
    object([("type", "doc".into()), ("version", 1.into()), ("content", content.into())])
}

pub(super) fn text(text: &str) -> Json {
    json!({ "type": "text", "text": text })
}

/// Text with one plain mark, such as `strong` or `code`.
pub(super) fn marked(plain: &str, mark: &str) -> Json {
    json!({ "type": "text", "text": plain, "marks": [{ "type": mark }] })
}

/// Text with one mark that has attributes.
pub(super) fn styled(plain: &str, mark: &str, attrs: Json) -> Json {
    let mark = object([("type", mark.into()), ("attrs", attrs)]);
    object([("type", "text".into()), ("text", plain.into()), ("marks", vec![mark].into())])
}

pub(super) fn link(plain: &str, href: &str) -> Json {
    styled(plain, "link", json!({ "href": href }))
}

/// A node that is all children.
pub(super) fn node(kind: &str, content: Vec<Json>) -> Json {
    object([("type", kind.into()), ("content", content.into())])
}

/// A node with attributes and children.
pub(super) fn rich(kind: &str, attrs: Json, content: Vec<Json>) -> Json {
    object([("type", kind.into()), ("attrs", attrs), ("content", content.into())])
}

/// A node that is all attributes.
pub(super) fn leaf(kind: &str, attrs: Json) -> Json {
    object([("type", kind.into()), ("attrs", attrs)])
}

pub(super) fn paragraph(content: Vec<Json>) -> Json {
    node("paragraph", content)
}

pub(super) fn para(plain: &str) -> Json {
    paragraph(vec![text(plain)])
}

pub(super) fn heading(level: u64, plain: &str) -> Json {
    rich("heading", json!({ "level": level }), vec![text(plain)])
}

pub(super) fn item(content: Vec<Json>) -> Json {
    node("listItem", content)
}

pub(super) fn bullets(items: &[&str]) -> Json {
    node("bulletList", items.iter().map(|plain| item(vec![para(plain)])).collect())
}

pub(super) fn numbered(items: &[&str]) -> Json {
    rich(
        "orderedList",
        json!({ "order": 1 }),
        items.iter().map(|plain| item(vec![para(plain)])).collect(),
    )
}

pub(super) fn code(language: &str, source: &str) -> Json {
    rich("codeBlock", json!({ "language": language }), vec![text(source)])
}

pub(super) fn panel(kind: &str, content: Vec<Json>) -> Json {
    rich("panel", json!({ "panelType": kind }), content)
}

pub(super) fn rule() -> Json {
    json!({ "type": "rule" })
}

pub(super) fn hard_break() -> Json {
    json!({ "type": "hardBreak" })
}

pub(super) fn mention(account_id: &str, name: &str) -> Json {
    leaf("mention", json!({ "id": account_id, "text": format!("@{name}"), "accessLevel": "" }))
}

pub(super) fn status(label: &str, color: &str) -> Json {
    leaf("status", json!({ "text": label, "color": color, "localId": "5f0c3d", "style": "" }))
}

pub(super) fn date(ms: i64) -> Json {
    leaf("date", json!({ "timestamp": ms.to_string() }))
}

pub(super) fn emoji(name: &str, id: &str, symbol: &str) -> Json {
    leaf("emoji", json!({ "shortName": name, "id": id, "text": symbol }))
}

/// Task items as `(done, text)`.
pub(super) fn tasks(id: &str, items: &[(bool, &str)]) -> Json {
    let shown = items.iter().enumerate().map(|(at, (done, plain))| {
        let state = if *done { "DONE" } else { "TODO" };
        rich(
            "taskItem",
            json!({ "localId": format!("{id}-{at}"), "state": state }),
            vec![text(plain)],
        )
    });
    rich("taskList", json!({ "localId": id }), shown.collect())
}

/// A table of plain texts whose first row is a header.
pub(super) fn table(rows: &[&[&str]]) -> Json {
    let cell = |kind: &str, plain: &str| rich(kind, json!({}), vec![para(plain)]);
    let shown = rows.iter().enumerate().map(|(at, row)| {
        let kind = if at == 0 { "tableHeader" } else { "tableCell" };
        node("tableRow", row.iter().map(|plain| cell(kind, plain)).collect())
    });
    rich("table", json!({ "isNumberColumnEnabled": false, "layout": "default" }), shown.collect())
}
