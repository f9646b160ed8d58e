//! Queries about links, versions and the past, and what completes them.

use super::{Client, Json, json};

#[tokio::test]
async fn the_past_is_searched_by_the_history() {
    let client = Client::open();
    let task =
        json!({ "project": { "key": "ACME" }, "issuetype": { "name": "Task" }, "summary": "walk" });
    let (_, made) = client.post("anna", "/api/3/issue", json!({ "fields": task })).await;
    let key = made["key"].as_str().unwrap();
    let path = format!("/api/3/issue/{key}");
    let edit = json!({ "fields": { "priority": { "name": "Low" }, "fixVersions": [{ "name": "2.3" }, { "name": "2.4" }] } });
    assert_eq!(client.ask("ben", "PUT", &path, Some(edit)).await.0, 204);
    for id in ["21", "41"] {
        let body = json!({ "transition": { "id": id } });
        assert_eq!(client.post("anna", &format!("{path}/transitions"), body).await.0, 204);
    }
    for (jql, finds) in [
        ("status WAS 'In Progress' BY currentUser()", true),
        ("status CHANGED FROM 'In Progress' TO Done AFTER -1d", true),
        ("status CHANGED TO Done BEFORE -1d", false),
        ("status CHANGED TO Done BY 'ben@example.com'", false),
        ("resolution CHANGED TO Done ON 2026-11-20", true),
        ("priority WAS Medium", true),
        ("priority CHANGED FROM Medium TO Low BY 'Ben Developer'", true),
        ("fixVersion CHANGED TO '2.4'", true),
        ("fixVersion WAS EMPTY", true),
        ("NOT assignee CHANGED", true),
    ] {
        let jql = format!("key = {key} AND {jql}");
        let (status, page) = client
            .post("anna", "/api/3/search/jql", json!({ "jql": jql, "fields": ["key"] }))
            .await;
        assert_eq!(
            (status, page["issues"].as_array().map(Vec::len)),
            (200, Some(usize::from(finds))),
            "{jql}: {page}"
        );
    }
}

#[tokio::test]
async fn links_are_searched_by_phrase_and_by_end() {
    let client = Client::open();
    let link = json!({
        "type": { "name": "Blocks" }, "inwardIssue": { "key": "ACME-2" }, "outwardIssue": { "key": "ACME-3" },
    });
    assert_eq!(client.post("anna", "/api/3/issueLink", link).await.0, 201);
    let found = |jql: &'static str, key: &'static str| {
        let client = &client;
        async move { client.keys("anna", jql, 100).await.contains(&key.to_owned()) }
    };
    assert!(found("issueLinkType = blocks", "ACME-2").await);
    assert!(!found("issueLinkType = blocks AND key in (ACME-3)", "ACME-3").await);
    assert!(found("issueLinkType = 'is blocked by'", "ACME-3").await);
    assert!(found("issueLinkType in ('is blocked by', Cloners)", "ACME-3").await);
    assert!(
        found("issueLink = ACME-3", "ACME-2").await && found("issueLink = ACME-2", "ACME-3").await
    );
    let (status, answer) =
        client.post("anna", "/api/3/search/jql", json!({ "jql": "issueLinkType = eats" })).await;
    let expected = json!(["The value 'eats' does not exist for the field 'issueLinkType'."]);
    assert_eq!((status, &answer["errorMessages"]), (400, &expected));

    let child = &client.keys("anna", "project = ACME AND issuetype = Sub-task", 50).await[0];
    let (_, issue) = client.get("anna", &format!("/api/3/issue/{child}?fields=parent")).await;
    let above = issue["fields"]["parent"]["key"].as_str().unwrap();
    let below =
        client.keys("anna", &format!("issuekey in portfolioChildIssuesOf({above})"), 100).await;
    assert!(below.contains(child) && !below.contains(&above.to_owned()));
}

#[tokio::test]
async fn versions_are_found_by_their_state() {
    let client = Client::open();
    for (function, version) in
        [("latestReleasedVersion(ACME)", "2.2"), ("earliestUnreleasedVersion(ACME)", "2.3")]
    {
        let by_function = client.keys("anna", &format!("fixVersion = {function}"), 100).await;
        let by_name =
            client.keys("anna", &format!("project = ACME AND fixVersion = '{version}'"), 100).await;
        assert!(!by_name.is_empty() && by_function == by_name, "{function}");
    }
    let (_, data) = client.get("anna", "/api/3/jql/autocompletedata").await;
    let names = |list: &str| -> Vec<String> {
        data[list]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["value"].as_str().unwrap().to_owned())
            .collect()
    };
    let functions = names("visibleFunctionNames");
    for function in
        ["latestReleasedVersion()", "earliestUnreleasedVersion()", "portfolioChildIssuesOf()"]
    {
        assert!(functions.contains(&function.to_owned()), "{function}");
    }
    assert!(
        ["issueLink", "issueLinkType"]
            .iter()
            .all(|name| names("visibleFieldNames").contains(&(*name).to_owned()))
    );
    let fields = data["visibleFieldNames"].as_array().unwrap();
    let status = fields.iter().find(|field| field["value"] == "status").unwrap();
    assert!(
        ["was", "was not in", "changed"]
            .iter()
            .all(|name| status["operators"].to_string().contains(name))
    );
    let path = "/api/3/jql/autocompletedata/suggestions?fieldName=issueLinkType&fieldValue=block";
    assert_eq!(client.get("anna", path).await.1["results"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn votes_and_watchers_answer_as_documented() {
    let client = Client::open();
    let (_, me) = client.get("dana", "/api/3/myself").await;
    for (path, count, own, list) in [
        ("/api/3/issue/ACME-2/votes", "votes", "hasVoted", "voters"),
        ("/api/3/issue/ACME-2/watchers", "watchCount", "isWatching", "watchers"),
    ] {
        let (status, shown) = client.get("dana", path).await;
        let people = shown[list].as_array().unwrap();
        assert_eq!(
            (status, shown[count].as_u64()),
            (200, u64::try_from(people.len()).ok()),
            "{shown}"
        );
        let is_one = people.iter().any(|person| person["accountId"] == me["accountId"]);
        assert_eq!(shown[own], json!(is_one), "{shown}");
    }
    let desk_watches = client.ask("ben", "POST", "/api/3/issue/ACME-2/watchers", None).await;
    assert_eq!(desk_watches, (204, Json::Null), "without a body, the caller");
    assert_eq!(client.get("ben", "/api/3/issue/ACME-2/watchers").await.1["isWatching"], true);
}
