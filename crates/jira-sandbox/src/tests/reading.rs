//! Reads: sizes and shapes of real answers, and paging that loses nothing.

use std::collections::BTreeSet;

use super::{Client, Json, json};

#[tokio::test]
async fn search_walks_every_issue_once() {
    let client = Client::open();
    for (who, count) in [("anna", 360), ("ben", 288), ("carla", 180)] {
        let keys = client.keys(who, "created > -1000d ORDER BY updated DESC", 37).await;
        assert_eq!(keys.len(), count, "{who}");
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), count);
    }
}

#[tokio::test]
async fn search_answers_as_documented() {
    let client = Client::open();
    let search = |body: Json| client.post("anna", "/api/3/search/jql", body);
    let (_, page) = search(json!({ "jql": "key = ACME-7" })).await;
    assert_eq!(page["issues"][0].as_object().unwrap().len(), 1, "only the id without fields");
    assert!(page.get("total").is_none());
    for bad in [
        json!({ "jql": "" }),
        json!({ "jql": "ORDER BY created" }),
        json!({ "jql": "project = ACME", "startAt": 0 }),
        json!({ "jql": "project = ACME", "maxResults": "5" }),
        json!({ "jql": "project = ACME", "nextPageToken": "bm90IG91cnM" }),
        json!({ "jql": "project = ACME AND nofield = 1" }),
        json!({ "jql": "project = " }),
    ] {
        let (status, answer) = search(bad.clone()).await;
        assert_eq!(status, 400, "{bad}");
        assert!(
            !answer["errorMessages"].as_array().unwrap().is_empty() && answer["errors"].is_object()
        );
    }
    let (_, first) = search(json!({ "jql": "project = ACME", "maxResults": 5 })).await;
    let other = json!({ "jql": "project = MOB", "nextPageToken": first["nextPageToken"] });
    assert_eq!(search(other).await.0, 400, "a token belongs to its query");
    let (_, page) =
        search(json!({ "jql": "project = ACME", "maxResults": 5000, "fields": ["summary"] })).await;
    assert_eq!(page["issues"].as_array().unwrap().len(), 100);
    let (_, count) = client
        .post("anna", "/api/3/search/approximate-count", json!({ "jql": "project = ACME" }))
        .await;
    assert_eq!(count, json!({ "count": 180 }));
    assert_eq!(client.get("anna", "/api/3/search?jql=project=ACME").await.0, 410);
}

#[tokio::test]
async fn issues_have_the_weight_of_real_ones() {
    let client = Client::open();
    let mut sizes = Vec::new();
    for number in 1..=30 {
        let (_, issue) = client.get("anna", &format!("/api/3/issue/ACME-{number}")).await;
        let custom = issue["fields"]
            .as_object()
            .unwrap()
            .iter()
            .filter(|(id, _)| id.starts_with("customfield_"));
        let (empty, filled): (Vec<_>, Vec<_>) = custom.partition(|(_, value)| value.is_null());
        assert!(empty.len() > 110 && filled.len() >= 2, "{number}");
        sizes.push(issue.to_string().len());
    }
    sizes.sort_unstable();
    assert!(sizes[0] > 9_000 && sizes[sizes.len() - 1] > 40_000, "{sizes:?}");
}

#[tokio::test]
async fn issue_fields_follow_the_request() {
    let client = Client::open();
    let fields = |query: &'static str| {
        let client = &client;
        async move {
            let (_, issue) =
                client.get("anna", &format!("/api/3/issue/acme-1?fields={query}")).await;
            let names: Vec<_> = issue["fields"].as_object().unwrap().keys().cloned().collect();
            names
        }
    };
    assert_eq!(fields("summary,status").await, ["status", "summary"]);
    assert!(fields("*all,-comment").await.iter().all(|name| name != "comment"));
    assert!(fields("-description").await.len() > 100);
    assert!(fields("*navigable").await.iter().all(|name| name != "attachment"));
    let (_, issue) = client
        .get(
            "anna",
            "/api/3/issue/ACME-1?expand=names,schema,renderedFields,transitions,editmeta,changelog",
        )
        .await;
    for part in ["names", "schema", "renderedFields", "transitions", "editmeta", "changelog"] {
        assert!(issue.get(part).is_some(), "{part}");
    }
}

#[tokio::test]
async fn createmeta_names_what_is_required() {
    let client = Client::open();
    let required = |path: &'static str| {
        let client = &client;
        async move {
            let (_, page) = client.get("anna", path).await;
            let fields = page["fields"].as_array().unwrap().clone();
            let names = fields
                .iter()
                .filter(|f| f["required"] == true)
                .map(|f| f["fieldId"].as_str().unwrap().to_owned());
            names.collect::<Vec<_>>()
        }
    };
    let usual = ["project", "issuetype", "summary", "reporter"];
    assert_eq!(required("/api/3/issue/createmeta/ACME/issuetypes/10002").await, usual);
    let bug = required("/api/3/issue/createmeta/MOB/issuetypes/10014").await;
    assert!(bug.contains(&"customfield_10101".to_owned()));
}

#[tokio::test]
async fn people_are_found_by_name() {
    let client = Client::open();
    let names = |path: &'static str| {
        let client = &client;
        async move {
            let (_, people) = client.get("anna", path).await;
            let names: Vec<_> = people
                .as_array()
                .unwrap()
                .iter()
                .map(|p| p["displayName"].as_str().unwrap().to_owned())
                .collect();
            names
        }
    };
    assert_eq!(names("/api/3/user/search?query=ben").await, ["Ben Developer", "Ben Operator"]);
    assert_eq!(
        names("/api/3/user/assignable/search?project=ACME&query=ben").await,
        ["Ben Developer"]
    );
    assert_eq!(client.get("anna", "/api/3/user/search").await.0, 400);
}

#[tokio::test]
async fn histories_of_several_issues_are_those_of_each() {
    let client = Client::open();
    let mut expected = Vec::new();
    for key in ["ACME-9", "MOB-3"] {
        let (_, issue) = client.get("anna", &format!("/api/3/issue/{key}?fields=summary")).await;
        let (_, page) = client.get("anna", &format!("/api/3/issue/{key}/changelog")).await;
        let edits = page["values"].as_array().unwrap().iter();
        expected.extend(edits.map(|edit| (issue["id"].clone(), edit["id"].clone())));
    }
    let ask = async |body: Json| client.post("anna", "/api/3/changelog/bulkfetch", body).await;
    let (mut found, mut body) =
        (Vec::new(), json!({ "issueIdsOrKeys": ["ACME-9", "MOB-3"], "maxResults": 1 }));
    loop {
        let (status, page) = ask(body.clone()).await;
        assert_eq!(status, 200, "{page}");
        for issue in page["issueChangeLogs"].as_array().unwrap() {
            for edit in issue["changeHistories"].as_array().unwrap() {
                assert!(edit["created"].is_i64(), "{edit}");
                found.push((issue["issueId"].clone(), edit["id"].clone()));
            }
        }
        let Some(token) = page.get("nextPageToken") else { break };
        body["nextPageToken"] = token.clone();
    }
    assert_eq!(found.len(), expected.len());
    assert!(found.len() > 2 && expected.iter().all(|edit| found.contains(edit)));
    let (_, of_status) = ask(json!({ "issueIdsOrKeys": ["ACME-9"], "fieldIds": ["status"] })).await;
    assert!(of_status.to_string().contains("\"fieldId\":\"status\""));
    assert!(!of_status.to_string().contains("\"fieldId\":\"assignee\""));
    for bad in [
        json!({}),
        json!({ "issueIdsOrKeys": [] }),
        json!({ "issueIdsOrKeys": ["ACME-9"], "expand": "x" }),
    ] {
        assert_eq!(ask(bad).await.0, 400);
    }
}
