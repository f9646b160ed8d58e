//! Links, work logs and watchers, as a client meets them.

use serde_json::json;

use super::{Client, document};

#[tokio::test]
async fn the_inward_issue_is_the_source_of_a_link() {
    let client = Client::open();
    let link = json!({
        "type": { "name": "Blocks" }, "inwardIssue": { "key": "ACME-2" }, "outwardIssue": { "key": "ACME-3" },
    });
    for _ in 0..2 {
        let (status, body) = client.post("anna", "/api/3/issueLink", link.clone()).await;
        assert_eq!((status, body.is_null()), (201, true), "a repeated link is made once: {body}");
    }
    for (key, end, other) in
        [("ACME-2", "outwardIssue", "ACME-3"), ("ACME-3", "inwardIssue", "ACME-2")]
    {
        let (_, issue) = client.get("anna", &format!("/api/3/issue/{key}?fields=issuelinks")).await;
        let links = issue["fields"]["issuelinks"].as_array().unwrap();
        let own = links
            .iter()
            .filter(|link| link["type"]["name"] == "Blocks" && link[end]["key"] == other);
        assert_eq!(own.count(), 1, "{issue}");
    }
    for (who, field, value, expected) in [
        ("anna", "type", json!({ "name": "Eats" }), 404),
        ("anna", "outwardIssue", json!({ "key": "ACME-99999" }), 404),
        ("anna", "outwardIssue", json!({ "key": "ACME-2" }), 400),
        ("carla", "type", json!({ "id": "10000" }), 404),
        ("dana", "type", json!({ "id": "10000" }), 401),
    ] {
        let mut wrong = link.clone();
        wrong[field] = value;
        assert_eq!(client.post(who, "/api/3/issueLink", wrong).await.0, expected, "{who} {field}");
    }
}

#[tokio::test]
async fn a_global_id_makes_a_remote_link_once() {
    let client = Client::open();
    let path = "/api/3/issue/ACME-2/remotelink";
    let link = |title: &str| json!({ "globalId": "g", "object": { "url": "https://x.example", "title": title } });
    let (first, made) = client.post("anna", path, link("one")).await;
    let (second, again) = client.post("anna", path, link("two")).await;
    assert_eq!((first, second, made["id"] == again["id"]), (201, 200, true));
    let (_, listed) = client.get("anna", &format!("{path}?globalId=g")).await;
    assert_eq!(listed[0]["object"]["title"], "two");
    assert_eq!(client.post("anna", path, link("")).await.0, 400);
    assert_eq!(client.post("carla", path, link("x")).await.0, 403);
}

#[tokio::test]
async fn work_is_logged_in_the_documented_form_only() {
    let client = Client::open();
    let path = "/api/3/issue/ACME-2/worklog";
    let log = json!({
        "timeSpent": "1h 30m", "started": "2026-11-20T10:00:00.000+0100", "comment": document("done"),
    });
    let (status, made) = client
        .post("anna", &format!("{path}?adjustEstimate=new&newEstimate=2h"), log.clone())
        .await;
    assert_eq!((status, &made["timeSpentSeconds"]), (201, &json!(5_400)), "{made}");
    assert_eq!(made["started"], "2026-11-20T10:00:00.000+0100");
    let (_, issue) = client.get("anna", "/api/3/issue/ACME-2?fields=timetracking").await;
    assert_eq!(issue["fields"]["timetracking"]["remainingEstimate"], "2h");
    for (field, value) in [
        ("timeSpent", json!("soon")),
        ("timeSpent", json!("0m")),
        ("timeSpentSeconds", json!(60)),
        ("started", json!("2026-11-20T10:00:00.000Z")),
        ("started", json!("2026-11-20T10:00:00+01:00")),
        ("comment", json!("plain")),
    ] {
        let mut wrong = log.clone();
        wrong[field] = value;
        assert_eq!(client.post("anna", path, wrong).await.0, 400, "{field}");
    }
    assert_eq!(
        client.post("anna", &format!("{path}?adjustEstimate=new"), log.clone()).await.0,
        400
    );
    assert_eq!(client.post("carla", path, log).await.0, 400);
}

#[tokio::test]
async fn the_watcher_list_is_for_administrators() {
    let client = Client::open();
    let path = "/api/3/issue/ACME-2/watchers";
    let (_, me) = client.get("ben", "/api/3/myself").await;
    let (_, other) = client.get("anna", "/api/3/myself").await;
    assert_eq!(client.post("ben", path, me["accountId"].clone()).await.0, 204);
    assert_eq!(client.get("ben", path).await.1["isWatching"], true);
    let address = format!("{path}?accountId={}", me["accountId"].as_str().unwrap());
    assert_eq!(client.ask("ben", "DELETE", &address, None).await.0, 204);
    assert_eq!(client.get("ben", path).await.1["isWatching"], false);
    assert_eq!(client.ask("ben", "DELETE", path, None).await.0, 400);
    assert_eq!(client.post("ben", path, other["accountId"].clone()).await.0, 403);
    assert_eq!(client.post("anna", path, json!("nobody")).await.0, 404);
    assert_eq!(client.post("anna", path, json!({})).await.0, 400);
}
