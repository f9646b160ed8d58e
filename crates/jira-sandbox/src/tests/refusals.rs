//! What Jira refuses, one case for each rule, and how often an issue may be written.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use super::{Client, Json, NOW, Sandbox, document, json};

const ISSUE: &str = "/api/3/issue/ACME-40";

async fn put(client: &Client, field: &str, value: Json) -> (u16, Json) {
    client.ask("anna", "PUT", ISSUE, Some(json!({ "fields": { field: value } }))).await
}

#[tokio::test]
async fn fields_take_one_form_each() {
    let client = Client::open();
    for (field, value, expected) in [
        (
            "customfield_10046",
            json!("2026-12-24T10:00:00Z"),
            "Error parsing time: 2026-12-24T10:00:00Z",
        ),
        (
            "customfield_10046",
            json!("2026-12-24T10:00:00.000+01:00"),
            "Error parsing time: 2026-12-24T10:00:00.000+01:00",
        ),
        ("customfield_10046", json!("2026-12-24 10:00"), "Error parsing time: 2026-12-24 10:00"),
        ("timetracking", json!("2d"), "data was not an object"),
        (
            "timetracking",
            json!({ "originalEstimate": "soon" }),
            "The original estimate specified is not valid.",
        ),
        ("customfield_10001", json!("Platform squad"), "Team Id 'Platform squad' is not valid"),
        ("customfield_10001", json!({ "id": "x" }), "Team Id '{\"id\":\"x\"}' is not valid"),
        ("priority", Json::Null, "Priority is required."),
    ] {
        let (status, answer) = put(&client, field, value).await;
        assert_eq!((status, answer["errors"][field].as_str()), (400, Some(expected)), "{answer}");
    }
    for (field, value) in [
        ("customfield_10046", json!("2026-12-24T10:00:00.000+0100")),
        ("timetracking", json!({ "originalEstimate": "2d" })),
        ("customfield_10001", json!("7c3d4e5f-2a1b-4c6d-9e8f-0a1b2c3d4e5f")),
    ] {
        assert_eq!(put(&client, field, value).await.0, 204, "{field}");
    }
    let (_, issue) = client.get("ben", ISSUE).await;
    let shown = &issue["fields"];
    assert_eq!(shown["customfield_10001"]["name"], "Platform squad");
    assert_eq!(
        shown["customfield_10046"], "2026-12-24T09:00:00.000+0000",
        "on Ben's clock, in London"
    );
    assert_eq!(shown["timetracking"]["originalEstimate"], "2d");
}

#[tokio::test]
async fn comments_that_show_nothing_are_refused() {
    let client = Client::open();
    let paragraph = |text: Json| json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": text }] });
    for body in [
        json!({ "type": "doc", "version": 1, "content": [] }),
        paragraph(json!([])),
        paragraph(json!([{ "type": "text", "text": "  " }, { "type": "hardBreak" }])),
    ] {
        let (status, answer) =
            client.post("anna", &format!("{ISSUE}/comment"), json!({ "body": body })).await;
        assert_eq!(
            (status, &answer["errors"]["comment"]),
            (400, &json!("Comment body can not be empty!"))
        );
    }
    let long = json!({ "body": document(&"x".repeat(32_768)) });
    let (status, answer) = client.post("anna", &format!("{ISSUE}/comment"), long).await;
    assert_eq!((status, &answer["errorMessages"][0]), (400, &json!("CONTENT_LIMIT_EXCEEDED")));
}

#[tokio::test]
async fn replies_stand_under_their_comment() {
    let client = Client::open();
    let path = format!("{ISSUE}/comment");
    let limit = json!({ "type": "role", "value": "Administrators" });
    let question = json!({ "body": document("Which version?"), "visibility": limit });
    let (_, question) = client.post("anna", &path, question).await;
    let reply = |parent: &Json| json!({ "body": document("2.4"), "parentId": parent });
    let (status, made) = client.post("anna", &path, reply(&question["id"])).await;
    let id: u64 = question["id"].as_str().unwrap().parse().unwrap();
    assert_eq!((status, &made["parentId"]), (201, &json!(id)), "{made}");
    assert_eq!(made["visibility"]["value"], "Administrators", "inherited");
    let below: u64 = made["id"].as_str().unwrap().parse().unwrap();
    let (_, deeper) = client.post("anna", &path, reply(&json!(below))).await;
    assert_eq!(deeper["parentId"], json!(id), "threads are one level deep");
    assert_eq!(client.post("anna", &path, reply(&json!(1))).await.0, 400);

    let one = format!("{path}/{below}");
    let edit = json!({ "body": document("2.5"), "visibility": limit });
    let (status, answer) = client.ask("anna", "PUT", &one, Some(edit)).await;
    assert_eq!(status, 400, "{answer}");
    let (status, edited) =
        client.ask("anna", "PUT", &one, Some(json!({ "body": document("2.5") }))).await;
    assert_eq!((status, &edited["parentId"], &edited["body"]), (200, &json!(id), &document("2.5")));
    let (_, listed) = client.get("ben", &path).await;
    assert!(!listed.to_string().contains("2.5"), "{listed}");
}

#[tokio::test]
async fn an_issue_takes_twenty_writes_in_two_seconds() {
    let now = Arc::new(AtomicI64::new(NOW));
    let read = Arc::clone(&now);
    let sandbox =
        Sandbox::with_clock(Arc::new(move || read.load(Ordering::Relaxed))).with_write_limits();
    let client = Client::over(sandbox);
    let comment = |issue: &'static str| {
        let client = &client;
        async move {
            client
                .post(
                    "anna",
                    &format!("/api/3/issue/{issue}/comment"),
                    json!({ "body": document("x") }),
                )
                .await
                .0
        }
    };
    for _ in 0..20 {
        assert_eq!(comment("ACME-40").await, 201);
    }
    let body = json!({ "body": document("x") });
    let response = client.response("anna", "POST", &format!("{ISSUE}/comment"), Some(body)).await;
    assert_eq!(response.status().as_u16(), 429);
    assert_eq!(response.headers()["retry-after"], "2");
    assert_eq!(response.headers()["ratelimit-reason"], "jira-per-issue-on-write");
    assert_eq!(comment("ACME-41").await, 201, "another issue");
    for _ in 0..4 {
        now.fetch_add(2_000, Ordering::Relaxed);
        for _ in 0..20 {
            assert_eq!(comment("ACME-40").await, 201);
        }
    }
    now.fetch_add(2_000, Ordering::Relaxed);
    assert_eq!(comment("ACME-40").await, 429, "100 in 30 seconds");
    now.fetch_add(20_000, Ordering::Relaxed);
    assert_eq!(comment("ACME-40").await, 201);
}
