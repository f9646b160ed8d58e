//! Writes: what Jira accepts, what it refuses and how, and that reads see it at once.

use super::{Client, Json, document, json};

async fn create(client: &Client, fields: Json) -> (u16, Json) {
    client.post("anna", "/api/3/issue", json!({ "fields": fields })).await
}

#[tokio::test]
async fn a_created_issue_is_there_at_once() {
    let client = Client::open();
    let fields = json!({
        "project": { "key": "ACME" }, "issuetype": { "name": "Task" }, "summary": "Brand new",
        "description": document("text"), "labels": ["b", "a"], "priority": { "name": "High" },
        "customfield_10036": 5, "customfield_10020": 7, "parent": { "key": "ACME-1" },
        "customfield_10037": { "value": "Europe", "child": { "value": "France" } },
    });
    let (status, made) = create(&client, fields).await;
    assert_eq!((status, made["key"].as_str()), (201, Some("ACME-181")), "{made}");
    let (_, issue) = client.get("anna", "/api/3/issue/ACME-181").await;
    let shown = &issue["fields"];
    assert_eq!(
        (&shown["labels"], &shown["priority"]["name"]),
        (&json!(["a", "b"]), &json!("High"))
    );
    assert_eq!(shown["customfield_10020"][0]["state"], "active");
    assert_eq!(shown["customfield_10037"]["child"]["value"], "France");
    assert_eq!(shown["parent"]["key"], "ACME-1");
    assert_eq!(shown["creator"]["displayName"], "Anna Admin");
    assert_eq!(client.keys("anna", "summary ~ \"Brand new\"", 10).await, ["ACME-181"]);
}

#[tokio::test]
async fn wrong_fields_are_refused_by_name() {
    let client = Client::open();
    let base =
        json!({ "project": { "key": "ACME" }, "issuetype": { "name": "Task" }, "summary": "x" });
    for (field, value, expected) in [
        ("project", json!({ "key": "NONE" }), "valid project is required"),
        ("issuetype", json!({ "name": "Incident" }), "Specify a valid issue type"),
        ("summary", Json::Null, "You must specify a summary of the issue."),
        (
            "summary",
            json!("a\nb"),
            "The summary is invalid because it contains newline characters.",
        ),
        ("summary", json!("x".repeat(256)), "Summary can't exceed 255 characters."),
        (
            "nofield",
            json!(1),
            "Field 'nofield' cannot be set. It is not on the appropriate screen, or unknown.",
        ),
        (
            "description",
            json!("plain"),
            "Operation value must be an Atlassian Document (see the Atlassian Document Format)",
        ),
        (
            "description",
            document(&"x".repeat(32_768)),
            "The entered text is too long. It exceeds the allowed limit of 32,767 characters.",
        ),
        ("labels", json!(["a b"]), "The label 'a b' contains spaces which is invalid."),
        ("priority", json!({ "name": "Urgent" }), "Priority name 'Urgent' is not valid"),
        ("components", json!([{ "name": "Nope" }]), "Component name 'Nope' is not valid"),
        ("customfield_10036", json!("five"), "Operation value must be a number"),
        ("duedate", json!("soon"), "Error parsing date string: soon"),
        ("customfield_10043", json!([{ "value": "Fax" }]), "Option value 'Fax' is not valid"),
    ] {
        let mut fields = base.clone();
        fields[field] = value;
        let (status, answer) = create(&client, fields).await;
        assert_eq!((status, answer["errors"][field].as_str()), (400, Some(expected)), "{answer}");
        assert!(answer["errorMessages"].is_array());
    }
    let broken =
        json!({ "type": "doc", "version": 1, "content": [{ "type": "text", "text": "loose" }] });
    let mut fields = base.clone();
    fields["description"] = broken;
    assert_eq!(create(&client, fields).await.1["errorMessages"], json!(["INVALID_INPUT"]));
    let bug =
        json!({ "project": { "key": "MOB" }, "issuetype": { "name": "Bug" }, "summary": "x" });
    assert_eq!(
        create(&client, bug).await.1["errors"]["customfield_10101"],
        "Severity is required."
    );
    let twice = json!({ "fields": { "labels": ["a"] }, "update": { "labels": [{ "add": "b" }] } });
    assert_eq!(client.ask("anna", "PUT", "/api/3/issue/ACME-1", Some(twice)).await.0, 400);
}

#[tokio::test]
async fn edits_are_kept_and_remembered() {
    let client = Client::open();
    let (_, before) = client.get("anna", "/api/3/issue/ACME-40/changelog").await;
    let edit = json!({ "fields": { "summary": "Renamed" }, "update": { "labels": [{ "set": ["x"] }, { "add": "y" }, { "remove": "x" }] } });
    assert_eq!(client.ask("ben", "PUT", "/api/3/issue/ACME-40", Some(edit)).await.0, 204);
    let (_, issue) = client.get("anna", "/api/3/issue/ACME-40?fields=summary,labels,updated").await;
    assert_eq!(
        (&issue["fields"]["summary"], &issue["fields"]["labels"]),
        (&json!("Renamed"), &json!(["y"]))
    );
    assert_eq!(issue["fields"]["updated"], "2026-11-20T11:00:00.000+0100");
    let (_, after) = client.get("anna", "/api/3/issue/ACME-40/changelog").await;
    assert_eq!(after["total"].as_u64(), before["total"].as_u64().map(|total| total + 1));
    let quiet = Some(json!({ "fields": { "summary": "Again" } }));
    assert_eq!(
        client.ask("ben", "PUT", "/api/3/issue/ACME-40?notifyUsers=false", quiet.clone()).await.0,
        403
    );
    let (status, issue) = client
        .ask("anna", "PUT", "/api/3/issue/ACME-40?notifyUsers=false&returnIssue=true", quiet)
        .await;
    assert_eq!((status, issue["fields"]["summary"].as_str()), (200, Some("Again")));
}

#[tokio::test]
async fn transitions_follow_each_workflow() {
    let client = Client::open();
    let go = |key: &'static str, body: Json| {
        let client = &client;
        async move { client.post("anna", &format!("/api/3/issue/{key}/transitions"), body).await }
    };
    let task =
        json!({ "project": { "key": "ACME" }, "issuetype": { "name": "Task" }, "summary": "walk" });
    create(&client, task).await;
    assert_eq!(go("ACME-181", json!({ "transition": { "id": "99" } })).await.0, 400);
    assert_eq!(go("ACME-181", json!({ "transition": { "id": "41" } })).await.0, 204);
    let (_, issue) =
        client.get("anna", "/api/3/issue/ACME-181?fields=status,resolution,resolutiondate").await;
    assert_eq!(
        (&issue["fields"]["status"]["name"], &issue["fields"]["resolution"]["name"]),
        (&json!("Done"), &json!("Done"))
    );
    assert_eq!(issue["fields"]["resolutiondate"], "2026-11-20T11:00:00.000+0100");

    let task =
        json!({ "project": { "key": "MOB" }, "issuetype": { "name": "Task" }, "summary": "walk" });
    create(&client, task).await;
    let (status, answer) = go("MOB-109", json!({ "transition": { "id": "31" } })).await;
    assert_eq!((status, answer["errors"].as_object().unwrap().len()), (400, 0), "{answer}");

    let incident = json!({ "project": { "key": "OPS" }, "issuetype": { "name": "Incident" }, "summary": "down" });
    create(&client, incident).await;
    let (_, open) =
        client.get("anna", "/api/3/issue/OPS-73/transitions?expand=transitions.fields").await;
    let close = open["transitions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["name"] == "Close")
        .unwrap();
    assert_eq!(close["fields"]["resolution"]["required"], true);
    let (status, answer) = go("OPS-73", json!({ "transition": { "id": "51" } })).await;
    assert_eq!(
        (status, answer["errors"]["resolution"].as_str()),
        (400, Some("Resolution is required."))
    );
    let full = json!({
        "transition": { "id": "51" }, "fields": { "resolution": { "name": "Won't Do" } },
        "update": { "comment": [{ "add": { "body": document("closing") } }] },
    });
    assert_eq!(go("OPS-73", full).await.0, 204);
    let (_, issue) =
        client.get("anna", "/api/3/issue/OPS-73?fields=status,resolution,comment").await;
    assert_eq!(
        (&issue["fields"]["status"]["name"], &issue["fields"]["comment"]["total"]),
        (&json!("Closed"), &json!(1))
    );
}

#[tokio::test]
async fn comments_can_be_made_changed_and_removed() {
    let client = Client::open();
    let path = "/api/3/issue/OPS-1/comment";
    for (body, at) in
        [(json!({}), "/errors/comment"), (json!({ "body": "plain" }), "/errors/comment")]
    {
        let (status, answer) = client.post("anna", path, body).await;
        assert_eq!((status, answer.pointer(at).is_some()), (400, true), "{answer}");
    }
    let internal = json!({ "body": document("one"), "properties": [{ "key": "sd.public.comment", "value": { "internal": true } }] });
    let (_, made) = client.post("anna", path, internal).await;
    assert_eq!(made["jsdPublic"], false);
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    assert_eq!(
        client.ask("femi", "PUT", &one, Some(json!({ "body": document("two") }))).await.0,
        400
    );
    let (status, edited) =
        client.ask("anna", "PUT", &one, Some(json!({ "body": document("two") }))).await;
    assert_eq!((status, &edited["body"]), (200, &document("two")));
    assert_eq!(client.ask("anna", "DELETE", &one, None).await.0, 204);
    assert_eq!(client.get("anna", &one).await.0, 404);
    let (_, page) =
        client.get("anna", "/api/3/issue/ACME-30/comment?startAt=100&orderBy=-created").await;
    assert_eq!(
        (page["total"].as_u64(), page["comments"].as_array().unwrap().len()),
        (Some(120), 20)
    );
}

#[tokio::test]
async fn assigning_and_deleting() {
    let client = Client::open();
    let assign = |body: Json| client.ask("ben", "PUT", "/api/3/issue/ACME-50/assignee", Some(body));
    assert_eq!(assign(json!({ "accountId": Json::Null })).await.0, 204);
    let (_, issue) = client.get("ben", "/api/3/issue/ACME-50?fields=assignee").await;
    assert_eq!(issue["fields"]["assignee"], Json::Null);
    assert_eq!(assign(json!({ "accountId": "-1" })).await.0, 204);
    assert_eq!(assign(json!({ "accountId": "nobody" })).await.0, 400);
    assert_eq!(client.ask("ben", "DELETE", "/api/3/issue/ACME-50", None).await.0, 403);
    let subtask = client.keys("anna", "project = ACME AND issuetype = Sub-task", 50).await;
    let (_, child) =
        client.get("anna", &format!("/api/3/issue/{}?fields=parent", subtask[0])).await;
    let parent = format!("/api/3/issue/{}", child["fields"]["parent"]["key"].as_str().unwrap());
    assert_eq!(client.ask("anna", "DELETE", &parent, None).await.0, 400);
    assert_eq!(
        client.ask("anna", "DELETE", &format!("{parent}?deleteSubtasks=true"), None).await.0,
        204
    );
    assert_eq!(client.get("anna", &format!("/api/3/issue/{}", subtask[0])).await.0, 404);
}
