//! Short names for the nodes of the Atlassian Document Format.

use serde_json::{Value as Json, json};

use crate::json::object;

pub(crate) fn doc(content: Vec<Json>) -> Json {
    object([("type", "doc".into()), ("version", 1.into()), ("content", content.into())])
}

pub(crate) fn text(text: &str) -> Json {
    json!({ "type": "text", "text": text })
}

/// Text with one plain mark, such as `strong` or `code`.
pub(crate) fn marked(plain: &str, mark: &str) -> Json {
    json!({ "type": "text", "text": plain, "marks": [{ "type": mark }] })
}

/// Text with one mark that has attributes.
pub(crate) fn styled(plain: &str, mark: &str, attrs: Json) -> Json {
    let mark = object([("type", mark.into()), ("attrs", attrs)]);
    object([("type", "text".into()), ("text", plain.into()), ("marks", vec![mark].into())])
}

pub(crate) fn link(plain: &str, href: &str) -> Json {
    styled(plain, "link", json!({ "href": href }))
}

/// A node that is all children.
pub(crate) fn node(kind: &str, content: Vec<Json>) -> Json {
    object([("type", kind.into()), ("content", content.into())])
}

/// A node with attributes and children.
pub(crate) fn rich(kind: &str, attrs: Json, content: Vec<Json>) -> Json {
    object([("type", kind.into()), ("attrs", attrs), ("content", content.into())])
}

/// A node that is all attributes.
pub(crate) fn leaf(kind: &str, attrs: Json) -> Json {
    object([("type", kind.into()), ("attrs", attrs)])
}

pub(crate) fn paragraph(content: Vec<Json>) -> Json {
    node("paragraph", content)
}

pub(crate) fn para(plain: &str) -> Json {
    paragraph(vec![text(plain)])
}

pub(crate) fn heading(level: u64, plain: &str) -> Json {
    rich("heading", json!({ "level": level }), vec![text(plain)])
}

pub(crate) fn item(content: Vec<Json>) -> Json {
    node("listItem", content)
}

pub(crate) fn bullets(items: &[&str]) -> Json {
    node("bulletList", items.iter().map(|plain| item(vec![para(plain)])).collect())
}

pub(crate) fn numbered(items: &[&str]) -> Json {
    rich(
        "orderedList",
        json!({ "order": 1 }),
        items.iter().map(|plain| item(vec![para(plain)])).collect(),
    )
}

pub(crate) fn code(language: &str, source: &str) -> Json {
    rich("codeBlock", json!({ "language": language }), vec![text(source)])
}

pub(crate) fn panel(kind: &str, content: Vec<Json>) -> Json {
    rich("panel", json!({ "panelType": kind }), content)
}

pub(crate) fn rule() -> Json {
    json!({ "type": "rule" })
}

pub(crate) fn hard_break() -> Json {
    json!({ "type": "hardBreak" })
}

pub(crate) fn mention(account_id: &str, name: &str) -> Json {
    leaf("mention", json!({ "id": account_id, "text": format!("@{name}"), "accessLevel": "" }))
}

pub(crate) fn status(label: &str, color: &str) -> Json {
    leaf("status", json!({ "text": label, "color": color, "localId": "5f0c3d", "style": "" }))
}

pub(crate) fn date(ms: i64) -> Json {
    leaf("date", json!({ "timestamp": ms.to_string() }))
}

pub(crate) fn emoji(name: &str, id: &str, symbol: &str) -> Json {
    leaf("emoji", json!({ "shortName": name, "id": id, "text": symbol }))
}

/// Task items as `(done, text)`.
pub(crate) fn tasks(id: &str, items: &[(bool, &str)]) -> Json {
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
pub(crate) fn table(rows: &[&[&str]]) -> Json {
    let cell = |kind: &str, plain: &str| rich(kind, json!({}), vec![para(plain)]);
    let shown = rows.iter().enumerate().map(|(at, row)| {
        let kind = if at == 0 { "tableHeader" } else { "tableCell" };
        node("tableRow", row.iter().map(|plain| cell(kind, plain)).collect())
    });
    rich("table", json!({ "isNumberColumnEnabled": false, "layout": "default" }), shown.collect())
}
