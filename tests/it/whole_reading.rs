//! Answers are whole: what Jira's answers hold is shown, or it is said that it is not.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::support::Bridge;

/// Bodies of requests that were sent to Jira.
type Sent = Arc<Mutex<Vec<Value>>>;

const SCOPES: [&str; 3] = ["read:jira-work", "write:jira-work", "read:jira-user"];

/// A Jira that answers each path with one text, and 404 to all others.
async fn over(answers: Vec<(&'static str, String)>) -> (Bridge, Sent) {
    let site = |id: &str, name: &str| json!({"id": id, "url": "https://example.atlassian.net", "name": name, "scopes": SCOPES});
    on_sites(json!([site("c-1", "example")]), answers).await
}

async fn on_sites(sites: Value, answers: Vec<(&'static str, String)>) -> (Bridge, Sent) {
    let sent = Sent::default();
    let log = Arc::clone(&sent);
    let router = Router::new().fallback(async move |request: Request| -> Response {
        let path = request.uri().path().to_owned();
        let body = to_bytes(request.into_body(), usize::MAX).await.unwrap_or_default();
        log.lock().unwrap().extend(serde_json::from_slice::<Value>(&body));
        if path.ends_with("accessible-resources") {
            return axum::Json(sites.clone()).into_response();
        }
        let found =
            answers.iter().find(|(end, _)| path.ends_with(end)).map(|(_, text)| text.clone());
        let (status, text) =
            found.map_or((StatusCode::NOT_FOUND, "{}".to_owned()), |text| (StatusCode::OK, text));
        (status, [(header::CONTENT_TYPE, "application/json")], Bytes::from(text)).into_response()
    });
    let tokens = vec![("anna".to_owned(), "a-token-of-the-tests".to_owned())];
    (Bridge::over(router, tokens, &[("TOOLSETS", "core,context,collab,agile,bulk")]).await, sent)
}

#[tokio::test]
async fn what_cannot_be_read_of_a_list_is_counted_and_the_rest_is_shown() {
    let comments = r#"{"total": 5, "comments": [
        {"id": 1, "author": {"displayName": "An app"}, "body": {"type": "doc", "content": [{"type": "invention",
            "content": [{"type": "text", "text": "kept"}]}]}, "created": "2026-11-01T10:00:00.000+0100"},
        "no comment", null,
        {"id": "2", "author": "Anna", "body": null, "created": null, "visibility": null},
        {"id": "3", "author": null, "body": {"type": "doc", "content": [{"type": "paragraph", "content": [
            {"type": "text", "text": "half \udc00"}]}]}, "jsdPublic": false}]}"#;
    let deep = format!(
        r#"{{"total":1,"comments":[{{"id":"4","body":{}{}}}]}}"#,
        r#"{"content":["#.repeat(90),
        "]}".repeat(90)
    );
    let (bridge, _) =
        over(vec![("/P-1/comment", comments.to_owned()), ("/P-2/comment", deep)]).await;
    let read = bridge.anna("jira_get_comments", json!({"issue_key": "P-1"})).await;
    assert_eq!(
        read,
        json!({"comments": [
            {"id": "1", "author": "An app", "created": "2026-11-01T10:00+01:00", "body": "kept"},
            {"id": "2", "author": "[unreadable]", "created": "", "body": ""},
            {"id": "3", "created": "", "internal": true, "body": "half \u{FFFD}"},
        ], "total": 5, "unreadable": 1})
    );
    let read = bridge.anna("jira_get_comments", json!({"issue_key": "P-2"})).await;
    assert_eq!(read["comments"][0]["body"], "[unreadable]", "{read}");
}

#[tokio::test]
async fn two_fields_of_one_name_are_told_apart_where_both_hold_a_value() {
    let fields = json!([{"id": "customfield_1", "name": "Story Points"}, {"id": "customfield_2", "name": "Story Points"}]);
    let issue = |key: &str, one: Value, two: Value| json!({"key": key, "fields": {"customfield_1": one, "customfield_2": two}});
    let issues = json!({"issues": [issue("P-1", json!(5), json!(8)), issue("P-2", json!(5), Value::Null), issue("P-3", Value::Null, json!(8.0))]});
    let (bridge, _) =
        over(vec![("/rest/api/3/field", fields.to_string()), ("/search/jql", issues.to_string())])
            .await;
    let found =
        bridge.anna("jira_search", json!({"jql": "project = P", "fields": ["Story Points"]})).await;
    assert_eq!(
        found["issues"],
        json!([
            {"key": "P-1", "Story Points (customfield_1)": 5, "Story Points (customfield_2)": 8},
            {"key": "P-2", "Story Points": 5},
            {"key": "P-3", "Story Points": 8},
        ])
    );
}

#[tokio::test]
async fn every_field_in_a_search_is_as_small_as_in_an_issue() {
    let page = |list: &str, item: Value| json!({list: [item], "total": 7, "startAt": 0, "maxResults": 20, "self": "x"});
    let comment = json!({"id": "1", "author": {"displayName": "Anna"}, "updateAuthor": {}, "body": {"type": "doc", "content": []}});
    let worklog = json!({"id": "2", "timeSpent": "1h", "updateAuthor": {"displayName": "Anna"}});
    let issues = json!({"names": {"customfield_1": "Team"}, "issues": [{"key": "P-1", "fields": {
        "summary": "A", "customfield_1": {"id": "t", "title": "Blue"}, "customfield_2": "{}", "timeoriginalestimate": 7200,
        "aggregatetimeoriginalestimate": 7200, "timetracking": {"originalEstimate": "2h", "originalEstimateSeconds": 7200},
        "comment": page("comments", comment), "worklog": page("worklogs", worklog), "votes": {"votes": 0, "hasVoted": false},
        "watches": {"watchCount": 2, "isWatching": true, "self": "x"}, "lastViewed": "2026-11-01T10:00:00.000+0100",
    }}]});
    let (bridge, sent) = over(vec![("/search/jql", issues.to_string())]).await;
    let found = bridge.anna("jira_search", json!({"jql": "project = P", "fields": ["*all"]})).await;
    assert_eq!(
        found["issues"][0],
        json!({
            "key": "P-1", "summary": "A", "Team": "Blue", "time_tracking": {"originalEstimate": "2h"},
            "comments": [{"id": "1", "author": "Anna", "created": "", "body": ""}], "comments_omitted": 6,
            "worklogs": [{"id": "2", "started": "", "time": "1h"}], "worklogs_omitted": 6,
            "watches": {"isWatching": true, "watchCount": 2},
        })
    );
    assert_eq!(sent.lock().unwrap()[0]["expand"], "names");
}

#[tokio::test]
async fn a_reply_names_the_comment_it_answers() {
    let (bridge, sent) = over(vec![
        (
            "/issue/P-1/comment",
            json!({"id": "12", "total": 1, "comments": [{"id": "12", "parentId": 10}]}).to_string(),
        ),
        (
            "/issue/P-1",
            json!({"key": "P-1", "fields": {"project": {"projectTypeKey": "software"}}})
                .to_string(),
        ),
        (
            "/comment/12",
            json!({"id": "12", "parentId": 10, "visibility": {"type": "role", "value": "Staff"}})
                .to_string(),
        ),
    ])
    .await;
    let read = bridge.anna("jira_get_comments", json!({"issue_key": "P-1"})).await;
    assert_eq!(read["comments"][0]["reply_to"], "10", "{read}");
    let reply = json!({"issue_key": "P-1", "body": "x", "reply_to": "https://example.atlassian.net/browse/P-1?focusedCommentId=10"});
    bridge.anna("jira_add_comment", reply).await;
    bridge
        .anna("jira_update_comment", json!({"issue_key": "P-1", "comment_id": 12, "body": "y"}))
        .await;
    let sent = sent.lock().unwrap().clone();
    assert_eq!(sent[0]["parentId"], 10);
    assert!(sent[1].get("visibility").is_none(), "{sent:?}");
    let wrong = bridge
        .refused("jira_add_comment", json!({"issue_key": "P-1", "body": "x", "reply_to": "Anna"}))
        .await;
    assert!(wrong["message"].as_str().unwrap().contains("reply_to"), "{wrong}");
}

#[tokio::test]
async fn a_comment_whose_audience_is_unreadable_is_not_edited() {
    let comment = json!({"id": "12", "visibility": "somebody"}).to_string();
    let (bridge, sent) = over(vec![("/comment/12", comment)]).await;
    bridge
        .refused("jira_update_comment", json!({"issue_key": "P-1", "comment_id": 12, "body": "y"}))
        .await;
    assert!(sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn text_is_appended_to_a_description_with_half_a_pair() {
    let issue = r#"{"key": "P-1", "fields": {"description": {"type": "doc", "version": 1, "content": [
        {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Cut \ud83d"}]},
        {"type": "panel", "attrs": {"panelType": "info"}, "content": []}]}}}"#;
    let (bridge, sent) =
        over(vec![("/issue/P-1", issue.to_owned()), ("/editmeta", r#"{"fields":{"description":{"name":"Description","key":"description","schema":{"type":"string","system":"description"}}}}"#.to_owned())]).await;
    let asked = json!({"issue_key": "P-1", "append_description": "More"});
    bridge.anna("jira_update_issue", asked).await;
    let sent = sent.lock().unwrap().clone();
    let blocks =
        sent.last().unwrap()["fields"]["description"]["content"].as_array().unwrap().clone();
    assert_eq!(blocks.len(), 3, "{blocks:?}");
    assert_eq!(blocks[0]["content"][0]["text"], "Cut \u{FFFD}");
    assert_eq!(blocks[1], json!({"type": "panel", "attrs": {"panelType": "info"}, "content": []}));
}

#[tokio::test]
async fn a_section_ends_at_a_heading_with_half_a_pair() {
    let heading = |text: &str| {
        format!(
            r#"{{"type": "heading", "attrs": {{"level": 2}}, "content": [{{"type": "text", "text": "{text}"}}]}}"#
        )
    };
    let text = |text: &str| {
        format!(r#"{{"type": "paragraph", "content": [{{"type": "text", "text": "{text}"}}]}}"#)
    };
    let blocks = [heading("Plan"), text("old"), heading(r"Cut \ud83d"), text("stays")].join(",");
    let issue = format!(
        r#"{{"key": "P-1", "fields": {{"description": {{"type": "doc", "version": 1, "content": [{blocks}]}}}}}}"#
    );
    let meta = r#"{"fields":{"description":{"name":"Description","key":"description","schema":{"type":"string","system":"description"}}}}"#;
    let (bridge, sent) = over(vec![("/issue/P-1", issue), ("/editmeta", meta.to_owned())]).await;
    bridge
        .anna(
            "jira_update_issue",
            json!({"issue_key": "P-1", "section": "Plan", "description": "new"}),
        )
        .await;
    let sent = sent.lock().unwrap().last().unwrap().to_string();
    assert!(sent.contains("stays") && sent.contains("new") && !sent.contains("old"), "{sent}");
}

#[tokio::test]
async fn a_history_tells_how_long_an_issue_stood_in_each_status() {
    let change = |at: &str, from: &str, to: &str| json!({"created": at, "items": [{"field": "status", "fieldId": "status", "fromString": from, "toString": to}]});
    let values = json!([
        change("2026-11-02T10:00:00.000+0000", "To Do", "Doing"),
        change("2026-11-04T14:00:00.000+0000", "Doing", "Done")
    ]);
    let history = |total: u32| json!({"total": total, "values": values}).to_string();
    let issue =
        json!({"key": "P-1", "fields": {"created": "2026-11-02T09:00:00.000+0000"}}).to_string();
    let (bridge, _) = over(vec![("/P-1/changelog", history(2)), ("/issue/P-1", issue)]).await;
    for (tool, arguments) in [
        ("jira_get_changelog", json!({"issue_key": "P-1", "fields": "status"})),
        ("jira_get_changelog", json!({"issue_key": "P-1"})),
        ("jira_get_issue", json!({"issue_key": "P-1", "include": "changelog"})),
    ] {
        let read = bridge.anna(tool, arguments).await;
        let times = &read["time_in_status"];
        assert_eq!(
            (&times["To Do"], &times["Doing"]),
            (&json!("1h"), &json!("2d 4h")),
            "{tool}: {read}"
        );
        assert!(read.get("time_in_status_since").is_none(), "{read}");
    }
    let one =
        bridge.anna("jira_get_changelog", json!({"issue_key": "P-1", "max_results": 1})).await;
    assert!(one.get("time_in_status").is_none(), "a part of a history: {one}");
}

#[tokio::test]
async fn sites_of_one_address_are_listed_by_name() {
    let site = |id: &str, name: &str| json!({"id": id, "url": "https://same.example", "name": name, "scopes": SCOPES});
    let sites = json!([site("c-1", "first-domain"), site("c-2", "second-domain")]);
    let me = json!({"accountId": "a", "displayName": "Anna"}).to_string();
    let (bridge, _) = on_sites(sites, vec![("/c-2/rest/api/3/myself", me)]).await;
    let names = json!(["first-domain", "second-domain"]);
    let fault = bridge.refused("jira_get_projects", json!({})).await;
    assert_eq!(
        (&fault["error"], &fault["sites"], &fault["names"]),
        (&json!("ambiguous_site"), &names, &names)
    );
    let all = bridge.anna("jira_whoami", json!({})).await;
    assert_eq!((&all["sites"], &all["site_chosen"]), (&names, &json!(false)), "{all}");
    let mine = bridge.anna("jira_whoami", json!({"site": "second-domain"})).await;
    assert_eq!(mine["site"]["cloud_id"], "c-2", "{mine}");
}
