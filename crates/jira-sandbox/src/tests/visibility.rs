//! Who sees and may do what, and how Jira and its gateway refuse.

use super::{Client, Json, document, json};

#[tokio::test]
async fn each_token_sees_its_own_projects() {
    let client = Client::open();
    for (who, expected) in [
        ("anna", vec!["ACME", "MOB", "OPS"]),
        ("ben", vec!["ACME", "MOB"]),
        ("carla", vec!["ACME"]),
        ("femi", vec!["OPS"]),
    ] {
        let (_, page) = client.get(who, "/api/3/project/search").await;
        let keys: Vec<_> =
            page["values"].as_array().unwrap().iter().map(|p| p["key"].as_str().unwrap()).collect();
        assert_eq!(keys, expected, "{who}");
    }
    let (status, absent) = client.get("ben", "/api/3/issue/OPS-1").await;
    assert_eq!((status, absent), client.get("ben", "/api/3/issue/NONE-1").await);
    assert_eq!(status, 404);
    let search = json!({ "jql": "project = OPS" });
    let (status, answer) = client.post("ben", "/api/3/search/jql", search).await;
    assert_eq!(status, 400);
    assert_eq!(
        answer["errorMessages"][0],
        "The value 'OPS' does not exist for the field 'project'."
    );
}

#[tokio::test]
async fn the_gateway_refuses_in_its_own_words() {
    let client = Client::open();
    for who in ["nobody", "emil"] {
        let (status, body) = client.get(who, "/api/3/myself").await;
        assert_eq!((status, body), (401, json!({ "code": 401, "message": "Unauthorized" })));
    }
    let body = json!({ "body": document("hello") });
    let (status, answer) = client.post("dana", "/api/3/issue/ACME-1/comment", body).await;
    assert_eq!(
        (status, answer["message"].as_str()),
        (401, Some("Unauthorized; scope does not match"))
    );
    assert_eq!(client.get("ben", "/agile/1.0/board").await.0, 401);
    assert_eq!(client.get("anna", "/agile/1.0/board").await.0, 200);
    assert_eq!(client.raw("anna", "GET", "/ex/jira/nowhere/rest/api/3/myself", None).await.0, 404);
    assert_eq!(client.get("anna", "/api/3/nothing/here").await.0, 404);
    assert_eq!(client.ask("anna", "PATCH", "/api/3/myself", None).await.0, 405);
}

#[tokio::test]
async fn a_guest_reads_and_changes_nothing() {
    let client = Client::open();
    assert_eq!(client.get("carla", "/api/3/issue/ACME-1").await.0, 200);
    let create = json!({ "fields": { "project": { "key": "ACME" }, "issuetype": { "name": "Task" }, "summary": "no" } });
    assert_eq!(client.post("carla", "/api/3/issue", create).await.0, 403);
    let edit = json!({ "fields": { "summary": "no" } });
    assert_eq!(client.ask("carla", "PUT", "/api/3/issue/ACME-1", Some(edit)).await.0, 403);
    assert_eq!(
        client
            .post("carla", "/api/3/issue/ACME-1/comment", json!({ "body": document("no") }))
            .await
            .0,
        400
    );
    let (_, transitions) = client.get("carla", "/api/3/issue/ACME-1/transitions").await;
    assert_eq!(transitions["transitions"], json!([]));
    let (_, types) = client.get("carla", "/api/3/issue/createmeta/ACME/issuetypes").await;
    assert_eq!(types["total"], 0);
    let (_, mine) = client
        .get(
            "carla",
            "/api/3/mypermissions?permissions=BROWSE_PROJECTS,CREATE_ISSUES&projectKey=ACME",
        )
        .await;
    assert_eq!(mine["permissions"]["BROWSE_PROJECTS"]["havePermission"], true);
    assert_eq!(mine["permissions"]["CREATE_ISSUES"]["havePermission"], false);
}

#[tokio::test]
async fn restricted_comments_are_hidden() {
    let client = Client::open();
    let body = json!({ "body": document("secret"), "visibility": { "type": "role", "value": "Administrators" } });
    let (status, made) = client.post("anna", "/api/3/issue/ACME-2/comment", body.clone()).await;
    assert_eq!(status, 201);
    let path = format!("/api/3/issue/ACME-2/comment/{}", made["id"].as_str().unwrap());
    assert_eq!(client.get("anna", &path).await.0, 200);
    assert_eq!(client.get("ben", &path).await.0, 404);
    assert_eq!(client.post("ben", "/api/3/issue/ACME-2/comment", body).await.0, 400);
}

#[tokio::test]
async fn one_grant_may_cover_two_sites() {
    let client = Client::open();
    let (_, sites) = client.raw("femi", "GET", "/oauth/token/accessible-resources", None).await;
    let ids: Vec<Json> = sites.as_array().unwrap().iter().map(|site| site["id"].clone()).collect();
    assert_eq!(ids, client.sandbox.cloud_ids());
    let second = format!("/ex/jira/{}/rest/api/3", client.sandbox.cloud_ids()[1]);
    let (status, issue) = client.raw("femi", "GET", &format!("{second}/issue/LAB-1"), None).await;
    assert_eq!((status, issue["key"].as_str()), (200, Some("LAB-1")));
    assert_eq!(client.raw("anna", "GET", &format!("{second}/myself"), None).await.0, 404);
}
