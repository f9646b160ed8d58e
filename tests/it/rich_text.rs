//! Writing rich text: what is kept, what is refused, who is mentioned.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Bridge, Fault};

async fn issue(bridge: &Bridge, description: Option<&str>) -> Value {
    let mut asked = json!({"project_key": "ACME", "issue_type": "Task", "summary": "x"});
    if let Some(text) = description {
        asked["description"] = json!(text);
    }
    bridge.anna("jira_create_issue", asked).await["key"].clone()
}

async fn description(bridge: &Bridge, key: &Value) -> Value {
    let asked = json!({"issue_key": key, "fields": ["description"]});
    bridge.anna("jira_get_issue", asked).await["description"].clone()
}

fn says(fault: &Value, member: &str, part: &str) {
    assert!(
        fault[member].as_str().is_some_and(|text| text.contains(part)),
        "{part} is missing in {fault}"
    );
}

#[tokio::test]
async fn a_description_can_be_set_where_there_was_none() {
    let bridge = Bridge::start().await;
    let key = issue(&bridge, None).await;
    bridge
        .anna(
            "jira_update_issue",
            json!({"issue_key": key, "description": "hello", "dry_run": true}),
        )
        .await;
    bridge.anna("jira_update_issue", json!({"issue_key": key, "description": "hello"})).await;
    assert_eq!(description(&bridge, &key).await, "hello");
}

#[tokio::test]
async fn a_clipped_text_is_not_written_back() {
    let bridge = Bridge::start().await;
    let long = "para lorem ipsum ".repeat(300);
    let key = issue(&bridge, Some(&format!("# Plan\n\n{long}\n\n# End\n\nx"))).await;
    let read = bridge.anna("jira_get_issue", json!({"issue_key": key})).await;
    let clipped = read["description"].as_str().unwrap().replace("lorem", "LOREM");
    assert!(clipped.contains("… [+"), "{clipped}");
    for arguments in [
        json!({"issue_key": key, "description": clipped}),
        json!({"issue_key": key, "description": clipped, "replace_rich_text": true}),
        json!({"issue_key": key, "description": clipped, "section": "Plan"}),
        json!({"issue_key": key, "description": format!("{clipped}\n\nmore")}),
    ] {
        let fault = bridge.refused("jira_update_issue", arguments).await;
        says(&fault, "hint", "append_description");
    }
    let fault =
        bridge.refused("jira_add_comment", json!({"issue_key": key, "body": clipped})).await;
    says(&fault, "message", "clipped");
    let made = bridge.anna("jira_add_comment", json!({"issue_key": key, "body": long})).await;
    let read = bridge.anna("jira_get_comments", json!({"issue_key": key})).await;
    let clipped = &read["comments"][0]["body"];
    let mut asked = json!({"issue_key": key, "comment_id": made["comment_id"], "body": clipped});
    let fault = bridge.refused("jira_update_comment", asked.clone()).await;
    says(&fault, "hint", "max_results 1");
    asked["body"] = json!("short");
    asked["dry_run"] = json!(true);
    let shown = bridge.anna("jira_update_comment", asked).await;
    assert_eq!(shown["before"]["body"], long.trim_end(), "a dry run shows all of it");
    assert_eq!(bridge.upstream.count(&Method::PUT, ""), 0);
}

#[tokio::test]
async fn a_section_keeps_what_markdown_cannot_say() {
    let bridge = Bridge::start().await;
    let heading = |text: &str| json!({"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": text}]});
    let words = json!({"type": "paragraph", "content": [{"type": "text", "text": "old"}]});
    let expand = json!({"type": "expand", "attrs": {"title": "t"}, "content": [words]});
    let document = json!({"type": "doc", "version": 1, "content": [heading("Plan"), words, expand, heading("End"), words]});
    let key = issue(&bridge, Some(&document.to_string())).await;
    let mut asked =
        json!({"issue_key": key, "section": "## Plan", "description": "## Plan\n\nnew"});
    says(
        &bridge.refused("jira_update_issue", asked.clone()).await,
        "message",
        "cannot keep: expand",
    );
    let end = json!({"issue_key": key, "section": "end", "description": "## End\n\nnew", "dry_run": true});
    let shown = bridge.anna("jira_update_issue", end).await;
    assert_eq!(shown["after"]["description"], "[…]\n\n## End\n\nnew\n\n[…]");
    asked["replace_rich_text"] = json!(true);
    bridge.anna("jira_update_issue", asked).await;
    assert_eq!(description(&bridge, &key).await, "## Plan\n\nnew\n\n## End\n\nold");
}

#[tokio::test]
async fn a_text_that_leaves_nothing_is_refused() {
    let bridge = Bridge::start().await;
    for text in ["#", "<br>", "> [!NOTE]", "![]()", "> ---"] {
        for (tool, argument) in [
            ("jira_add_comment", "body"),
            ("jira_update_issue", "description"),
            ("jira_update_issue", "append_description"),
        ] {
            let mut asked = json!({"issue_key": "ACME-2", "replace_rich_text": true});
            if tool == "jira_add_comment" {
                asked = json!({"issue_key": "ACME-2"});
            }
            asked[argument] = json!(text);
            says(&bridge.refused(tool, asked).await, "message", "empty");
        }
    }
}

#[tokio::test]
async fn a_document_as_json_text_is_that_document() {
    let bridge = Bridge::start().await;
    let text = r#"{"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":"Hello"}]}]}"#;
    let key = issue(&bridge, None).await;
    let mut asked = json!({"issue_key": key, "description": text, "dry_run": true});
    assert_eq!(
        bridge.anna("jira_update_issue", asked.clone()).await["after"]["description"],
        "Hello"
    );
    asked["dry_run"] = json!(false);
    bridge.anna("jira_update_issue", asked).await;
    assert_eq!(description(&bridge, &key).await, "Hello");
    bridge.anna("jira_add_comment", json!({"issue_key": key, "body": text})).await;
    let read = bridge.anna("jira_get_comments", json!({"issue_key": key})).await;
    assert_eq!(read["comments"][0]["body"], "Hello");
    let broken = json!({"issue_key": key, "body": &text[..60]});
    says(&bridge.refused("jira_add_comment", broken).await, "message", "ADF document");
}

#[tokio::test]
async fn who_may_not_browse_users_mentions_those_who_can_be_assigned() {
    let bridge = Bridge::start().await;
    let asked = json!({"issue_key": "ACME-2", "body": "Look, @[Ben Developer]"});
    // Who is not found is looked for once more by the beginning of the name.
    for closed in
        [&[Fault::Status(200, "[]"), Fault::Status(200, "[]")][..], &[Fault::Status(403, "{}")]]
    {
        for fault in closed {
            bridge.upstream.fail("/user/search", fault.clone());
        }
        bridge.anna("jira_add_comment", asked.clone()).await;
    }
    let read =
        bridge.anna("jira_get_comments", json!({"issue_key": "ACME-2", "max_results": 1})).await;
    assert!(read["comments"][0]["body"].as_str().unwrap().contains("](accountid:"), "{read}");
    let fault = bridge
        .refused("jira_add_comment", json!({"issue_key": "ACME-2", "body": "@[Nobody Here]"}))
        .await;
    says(&fault, "hint", "@[accountid:");
}

#[tokio::test]
async fn limits_of_text_are_told() {
    let bridge = Bridge::start().await;
    let long = "word ".repeat(8_000);
    let fault =
        bridge.refused("jira_add_comment", json!({"issue_key": "ACME-2", "body": long})).await;
    says(&fault, "message", "39999 characters");
    assert_eq!(bridge.upstream.count(&Method::POST, "/comment"), 0);
    for body in ["CONTENT_LIMIT_EXCEEDED", "INVALID_INPUT"] {
        let answer: &'static str = match body {
            "INVALID_INPUT" => r#"{"errorMessages":["INVALID_INPUT"],"errors":{}}"#,
            _ => r#"{"errorMessages":["CONTENT_LIMIT_EXCEEDED"],"errors":{}}"#,
        };
        bridge.upstream.fail("/comment", Fault::Status(400, answer));
        let fault =
            bridge.refused("jira_add_comment", json!({"issue_key": "ACME-2", "body": "x"})).await;
        says(&fault, "hint", "32,767");
        bridge.upstream.fail("/issue/ACME-2", Fault::Status(400, answer));
        let update = json!({"issue_key": "ACME-2", "summary": "x"});
        says(
            &bridge.refused("jira_update_issue_summary", update).await,
            "hint",
            "jira_add_attachment",
        );
    }
}
