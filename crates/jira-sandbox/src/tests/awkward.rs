//! The awkward site: what it sends, and what it lets whom do.

use std::collections::BTreeSet;

use super::{Client, Json, NOW, Sandbox, document, json};

fn client() -> Client {
    Client::over(Sandbox::awkward(NOW))
}

#[tokio::test]
async fn half_an_emoji_is_sent_as_an_escape() {
    let client = client();
    for path in [
        "/api/3/issue/ACME-100?fields=summary",
        "/api/3/issue/ACME-101?fields=description",
        "/api/3/issue/ACME-102/comment",
        "/api/3/issue/ACME-102/worklog",
        "/api/3/issue/ACME-102/changelog",
        "/api/3/issue/ACME-103/remotelink",
        "/api/3/field",
        "/api/3/project/OPS",
        "/agile/1.0/board/1/sprint",
    ] {
        let response = client.response("anna", "GET", path, None).await;
        assert_eq!(response.status().as_u16(), 200, "{path}");
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(text.contains("\\ud83d") && !text.contains('\u{F83D}'), "{path}: {text}");
        assert!(
            serde_json::from_str::<Json>(&text).is_err(),
            "{path}: a strict reader takes offence"
        );
    }
    let response = Client::open().response("anna", "GET", "/api/3/issue/ACME-100", None).await;
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    assert!(
        !String::from_utf8(bytes.to_vec()).unwrap().contains("\\ud83d"),
        "not on the standard site"
    );
}

#[tokio::test]
async fn some_may_assign_but_not_edit() {
    let client = client();
    let (_, me) = client.get("anna", "/api/3/myself").await;
    let edit = json!({ "fields": { "assignee": { "accountId": me["accountId"] } } });
    assert_eq!(
        client.get("carla", "/api/3/issue/ACME-1/editmeta").await.1,
        json!({ "fields": {} })
    );
    assert_eq!(client.ask("carla", "PUT", "/api/3/issue/ACME-1", Some(edit.clone())).await.0, 403);
    let assign = |who: &'static str, issue: &'static str, to: Json| {
        let client = &client;
        async move {
            let path = format!("/api/3/issue/{issue}/assignee");
            client.ask(who, "PUT", &path, Some(json!({ "accountId": to }))).await.0
        }
    };
    assert_eq!(assign("carla", "ACME-1", me["accountId"].clone()).await, 204);
    let (_, issue) = client.get("carla", "/api/3/issue/ACME-1?fields=assignee").await;
    assert_eq!(issue["fields"]["assignee"]["displayName"], "Anna Admin");

    let (_, screen) = client.get("anna", "/api/3/issue/OPS-1/editmeta").await;
    assert!(
        screen["fields"].get("assignee").is_none() && screen["fields"].get("summary").is_some()
    );
    assert_eq!(client.ask("anna", "PUT", "/api/3/issue/OPS-1", Some(edit)).await.0, 400);
    for to in [me["accountId"].clone(), json!("-1"), Json::Null] {
        assert_eq!(assign("anna", "OPS-1", to).await, 204);
    }
}

#[tokio::test]
async fn searches_for_people_have_windows() {
    let client = client();
    let names = |who: &'static str, path: &'static str| {
        let client = &client;
        async move {
            let (status, people) = client.get(who, path).await;
            assert_eq!(status, 200, "{people}");
            let people = people.as_array().unwrap().clone();
            people.iter().map(|p| p["displayName"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        }
    };
    assert_eq!(names("anna", "/api/3/user/search?query=dan").await, ["Dana Analyst", "Dan"]);
    let path = "/api/3/user/assignable/search?project=ACME&query=test&maxResults=50";
    assert_eq!(names("anna", path).await, ["Tester, Greta"], "a short page");
    let path = "/api/3/user/assignable/search?project=ACME&query=test&maxResults=50&startAt=50";
    assert!(names("anna", path).await.is_empty(), "an empty page");
    let path = "/api/3/user/assignable/search?project=ACME&query=test&maxResults=50&startAt=100";
    assert_eq!(names("anna", path).await, ["Tester"], "and yet not the end");

    assert!(names("ben", "/api/3/user/search?query=dan").await.is_empty(), "without Browse users");
    assert_eq!(
        names("ben", "/api/3/user/assignable/search?project=ACME&query=dan").await,
        ["Dana Analyst", "Dan"]
    );
    let (_, may) = client.get("ben", "/api/3/mypermissions?permissions=USER_PICKER").await;
    assert_eq!(may["permissions"]["USER_PICKER"]["havePermission"], false);
}

#[tokio::test]
async fn a_german_profile_reads_german() {
    let client = client();
    let (_, types) = client.get("greta", "/api/3/issue/createmeta/ACME/issuetypes").await;
    let shown = |name: &str| {
        types["issueTypes"]
            .as_array()
            .unwrap()
            .iter()
            .any(|kind| kind["name"] == name && kind["untranslatedName"] != name)
    };
    assert!(shown("Fehler") && shown("Unteraufgabe"), "{types}");
    let (_, fields) = client.get("greta", "/api/3/field").await;
    assert!(fields.to_string().contains("Zusammenfassung"), "{fields}");
    for kind in ["Fehler", "Bug"] {
        let fields = json!({
            "project": { "key": "ACME" }, "issuetype": { "name": kind }, "summary": "x", "priority": { "name": "Hoch" },
        });
        let (status, made) =
            client.post("greta", "/api/3/issue", json!({ "fields": fields })).await;
        assert_eq!(status, 201, "{made}");
        let path = format!(
            "/api/3/issue/{}?fields=issuetype,priority,status",
            made["key"].as_str().unwrap()
        );
        let (_, german) = client.get("greta", &path).await;
        let named = |field: &str| german["fields"][field]["name"].clone();
        assert_eq!(
            [named("issuetype"), named("priority"), named("status")],
            ["Fehler", "Hoch", "Zu erledigen"]
        );
        let (_, english) = client.get("anna", &path).await;
        assert_eq!(english["fields"]["issuetype"]["name"], "Bug");
    }
    let german = client.keys("greta", "issuetype = Fehler AND status = 'Zu erledigen'", 50).await;
    let english = client.keys("greta", "issuetype = Bug AND status = 'To Do'", 50).await;
    assert!(!german.is_empty() && german == english);
}

#[tokio::test]
async fn an_epic_link_is_the_bare_key_of_the_parent() {
    let client = client();
    let story = &client
        .keys("anna", "project = ACME AND issuetype = Story AND parent is EMPTY", 50)
        .await[0];
    let path = format!("/api/3/issue/{story}");
    let put = |value: Json| {
        client.ask("anna", "PUT", &path, Some(json!({ "fields": { "customfield_10014": value } })))
    };
    let (status, answer) = put(json!({ "key": "ACME-1" })).await;
    assert_eq!(
        (status, &answer["errorMessages"][0]),
        (400, &json!("String value expected as the Epic Key."))
    );
    assert_eq!(put(json!(story)).await.0, 400, "no epic");
    assert_eq!(put(json!("ACME-1")).await.0, 204);
    let (_, issue) = client.get("anna", &path).await;
    assert_eq!(issue["fields"]["customfield_10014"], "ACME-1");
    assert_eq!(issue["fields"]["parent"]["key"], "ACME-1");
    assert_eq!(put(Json::Null).await.0, 204);
    assert_eq!(client.get("anna", &path).await.1["fields"]["customfield_10014"], Json::Null);
}

#[tokio::test]
async fn options_and_lists_hold_what_separates_elsewhere() {
    let client = client();
    let fields = json!({
        "customfield_10060": { "value": "WL: Tools, Development and Support" },
        "customfield_10061": { "value": "Users > 100", "child": { "value": "100 > 500" } },
        "customfield_10063": ["Custom service account created", "one, two"],
        "customfield_10062": 3, "customfield_10036": 5, "priority": { "name": "None" },
    });
    let (status, answer) =
        client.ask("anna", "PUT", "/api/3/issue/ACME-105", Some(json!({ "fields": fields }))).await;
    assert_eq!(status, 204, "{answer}");
    let (_, issue) = client.get("anna", "/api/3/issue/ACME-105").await;
    let shown = &issue["fields"];
    assert_eq!(shown["customfield_10061"]["child"]["value"], "100 > 500");
    assert_eq!(shown["customfield_10063"], fields["customfield_10063"]);
    assert_eq!(
        (&shown["customfield_10036"], &shown["customfield_10062"]),
        (&json!(5.0), &json!(3.0))
    );
    assert_eq!(shown["priority"]["name"], "None");
}

#[tokio::test]
async fn a_transition_takes_more_than_it_announces() {
    let client = client();
    let task =
        json!({ "project": { "key": "ACME" }, "issuetype": { "name": "Task" }, "summary": "walk" });
    let (_, made) = client.post("anna", "/api/3/issue", json!({ "fields": task })).await;
    let path = format!("/api/3/issue/{}", made["key"].as_str().unwrap());
    let (_, shown) =
        client.get("anna", &format!("{path}?expand=transitions,transitions.fields")).await;
    let done =
        shown["transitions"].as_array().unwrap().iter().find(|one| one["id"] == "41").unwrap();
    assert_eq!(done["fields"], json!({}));
    let body =
        json!({ "transition": { "id": "41" }, "fields": { "resolution": { "name": "Won't Do" } } });
    assert_eq!(client.post("anna", &format!("{path}/transitions"), body).await.0, 204);
    let (_, issue) = client.get("anna", &format!("{path}?fields=resolution")).await;
    assert_eq!(issue["fields"]["resolution"]["name"], "Won't Do");
}

#[tokio::test]
async fn everything_else_is_as_on_the_standard_site() {
    let (odd, usual) = (client(), Client::open());
    let all = "project in (ACME, MOB, OPS)";
    let (odd_keys, usual_keys) =
        (odd.keys("anna", all, 100).await, usual.keys("anna", all, 100).await);
    assert_eq!(
        odd_keys.iter().collect::<BTreeSet<_>>(),
        usual_keys.iter().collect::<BTreeSet<_>>()
    );
    for (name, token) in usual.tokens {
        assert_eq!(odd.tokens[&name], token);
    }
    let (status, _) =
        odd.post("anna", "/api/3/issue/ACME-1/comment", json!({ "body": document("x") })).await;
    assert_eq!(status, 201);
}
