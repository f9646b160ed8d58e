//! A check of written documents that needs no schema file: which node may stand in which, and what
//! each needs.

use std::collections::HashSet;

use serde_json::Value;

/// What is wrong with a document, or `Ok`. Written from the older published content rules, on
/// purpose without looking at the table the code itself uses.
pub(super) fn check(document: &Value) -> Result<(), String> {
    if document["type"] != "doc" || document["version"] != 1 || !document["content"].is_array() {
        return Err("not a document".to_owned());
    }
    let text = document.to_string();
    if text.contains(":null") || text.contains("\"attrs\":{}") || text.contains("\"marks\":[]") {
        return Err(format!("null or empty member in {text}"));
    }
    let mut ids = HashSet::new();
    let mut pending = vec![(document, "", 0)];
    while let Some((node, parent, depth)) = pending.pop() {
        let kind = node["type"].as_str().ok_or("node without type")?;
        check_node(kind, node, parent).map_err(|problem| format!("{problem}: {node}"))?;
        if let Some(id) = node["attrs"]["localId"].as_str()
            && !ids.insert(id)
        {
            return Err(format!("local id {id} twice"));
        }
        if depth > 60 {
            return Err("too deep".to_owned());
        }
        pending.extend(
            node["content"].as_array().into_iter().flatten().map(|child| (child, kind, depth + 1)),
        );
    }
    Ok(())
}

const INLINE: &str = "text hardBreak mention status date emoji inlineCard";

fn children_of(kind: &str) -> &'static str {
    match kind {
        "" => "doc",
        "doc" => {
            "paragraph heading bulletList orderedList taskList codeBlock blockquote panel rule table \
             mediaSingle mediaGroup decisionList blockCard embedCard expand extension bodiedExtension layoutSection"
        }
        "panel" => {
            "paragraph heading bulletList orderedList taskList codeBlock rule decisionList blockCard mediaSingle"
        }
        "mediaSingle" => "media",
        "listItem" | "blockquote" => "paragraph bulletList orderedList codeBlock mediaSingle",
        "bulletList" | "orderedList" => "listItem",
        "taskList" => "taskItem taskList",
        "table" => "tableRow",
        "tableRow" => "tableCell tableHeader",
        "tableCell" | "tableHeader" => {
            "paragraph bulletList orderedList codeBlock blockquote panel rule heading"
        }
        "paragraph" | "heading" | "taskItem" => INLINE,
        "codeBlock" => "text",
        _ => "",
    }
}

fn check_node(kind: &str, node: &Value, parent: &str) -> Result<(), String> {
    if !children_of(parent).split_whitespace().any(|allowed| allowed == kind) {
        return Err(format!("{kind} in {parent:?}"));
    }
    let content = node["content"].as_array().map_or(&[][..], Vec::as_slice);
    let attrs = &node["attrs"];
    let first = content.first().and_then(|first| first["type"].as_str()).unwrap_or_default();
    let ok = match kind {
        "blockquote" | "panel" | "bulletList" | "orderedList" | "table" | "tableRow"
        | "tableCell" | "tableHeader" => {
            !content.is_empty() && (kind != "panel" || attrs["panelType"].is_string())
        }
        "listItem" => first == "paragraph",
        "taskList" => first == "taskItem" && attrs["localId"].is_string(),
        "taskItem" => {
            attrs["localId"].is_string()
                && ["TODO", "DONE"].contains(&attrs["state"].as_str().unwrap_or(""))
        }
        "heading" => (1..=6).contains(&attrs["level"].as_u64().unwrap_or(0)),
        "mediaSingle" => content.len() == 1 && attrs["layout"] == "center",
        "media" => {
            attrs["type"] == "external"
                && attrs["url"].as_str().is_some_and(|url| url.starts_with("http"))
        }
        "codeBlock" => content.iter().all(|text| text.get("marks").is_none()),
        "text" => check_text(node, parent),
        "mention" => attrs["id"].as_str().is_some_and(|id| !id.is_empty()),
        "status" => {
            attrs["text"].as_str().is_some_and(|text| !text.is_empty())
                && attrs["color"].is_string()
        }
        "date" => attrs["timestamp"].as_str().is_some_and(|ms| ms.parse::<i64>().is_ok()),
        "inlineCard" => attrs["url"].as_str().is_some_and(|url| url.starts_with("http")),
        _ => true,
    };
    if ok { Ok(()) } else { Err(format!("malformed {kind}")) }
}

fn check_text(node: &Value, parent: &str) -> bool {
    let text = node["text"].as_str().unwrap_or_default();
    let marks: Vec<&str> = node["marks"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|mark| mark["type"].as_str())
        .collect();
    let unique: HashSet<&&str> = marks.iter().collect();
    let code_alone =
        !marks.contains(&"code") || marks.iter().all(|mark| ["code", "link"].contains(mark));
    let safe = node["marks"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|mark| mark["attrs"]["href"].as_str())
        .all(|href| {
            ["http://", "https://", "mailto:"]
                .iter()
                .any(|scheme| href.to_ascii_lowercase().starts_with(scheme))
        });
    let known = marks
        .iter()
        .all(|mark| ["strong", "em", "strike", "code", "link", "subsup"].contains(mark));
    let one_line = parent == "codeBlock" || !text.contains(['\n', '\r']);
    !text.is_empty() && one_line && code_alone && safe && known && unique.len() == marks.len()
}

#[test]
fn finds_what_is_wrong() {
    let doc = |content: Value| serde_json::json!({"type": "doc", "version": 1, "content": content});
    let text = serde_json::json!({"type": "text", "text": "a"});
    assert!(check(&doc(serde_json::json!([{"type": "paragraph", "content": [text]}]))).is_ok());
    for wrong in [
        serde_json::json!([text]),
        serde_json::json!([{"type": "paragraph", "content": [{"type": "text", "text": ""}]}]),
        serde_json::json!([{"type": "paragraph", "attrs": {}}]),
        serde_json::json!([{"type": "bulletList", "content": [{"type": "listItem", "content": [{"type": "rule"}]}]}]),
        serde_json::json!([{"type": "heading", "attrs": {"level": 7}}]),
    ] {
        assert!(check(&doc(wrong.clone())).is_err(), "{wrong}");
    }
}
