//! The service desk: its pages, its clocks, who sees what, creates and approvals.

use serde_json::{Value as Json, json};

use super::{Client, document};

async fn values(client: &Client, who: &str, path: &str) -> Vec<Json> {
    let (status, page) = client.get(who, path).await;
    assert_eq!(status, 200, "{path}: {page}");
    page["values"].as_array().unwrap().clone()
}

#[tokio::test]
async fn pages_count_with_start_and_limit() {
    let client = Client::open();
    let path = "/servicedeskapi/servicedesk/OPS/requesttype";
    let all = values(&client, "anna", path).await;
    let (mut seen, mut start) = (Vec::new(), 0);
    loop {
        let (_, page) = client.get("anna", &format!("{path}?start={start}&limit=2")).await;
        assert_eq!((&page["start"], &page["limit"]), (&json!(start), &json!(2)));
        let values = page["values"].as_array().unwrap();
        assert_eq!(page["size"], values.len());
        seen.extend(values.iter().cloned());
        let next = page["_links"].get("next");
        assert_eq!(page["isLastPage"], json!(next.is_none()));
        if next.is_none() {
            break;
        }
        start += values.len();
    }
    assert_eq!((seen.len(), seen), (5, all));
    assert_eq!(client.get("anna", &format!("{path}?start=x")).await.0, 400);
    // What the portal hides is not found by a search.
    assert_eq!(values(&client, "anna", &format!("{path}?searchQuery=request")).await.len(), 1);
}

#[tokio::test]
async fn a_desk_is_named_by_its_id_or_its_project_and_seen_by_its_people() {
    let client = Client::open();
    for given in ["1", "OPS", "10002"] {
        let (_, desk) = client.get("femi", &format!("/servicedeskapi/servicedesk/{given}")).await;
        assert_eq!((&desk["id"], &desk["projectKey"]), (&json!("1"), &json!("OPS")));
    }
    assert_eq!(values(&client, "carla", "/servicedeskapi/servicedesk").await, Vec::<Json>::new());
    let (status, refused) = client.get("carla", "/servicedeskapi/servicedesk/1").await;
    assert_eq!(status, 404);
    assert!(refused["errorMessage"].is_string(), "{refused}");
    // Scopes of their own: those of the platform do not help.
    let (status, refused) = client.get("ben", "/servicedeskapi/servicedesk").await;
    assert_eq!((status, &refused["message"]), (401, &json!("Unauthorized; scope does not match")));
}

#[tokio::test]
async fn a_request_has_clocks_that_run_stand_still_or_have_ended() {
    let client = Client::open();
    let queue = "/servicedeskapi/servicedesk/1/queue";
    let waiting = values(&client, "anna", &format!("{queue}/33/issue")).await;
    let open = values(&client, "anna", &format!("{queue}/31/issue")).await;
    let (_, counted) = client.get("anna", &format!("{queue}/31?includeCount=true")).await;
    assert!(counted["issueCount"].as_u64().unwrap() >= open.len() as u64 && open.len() > 9);
    let mut states = std::collections::BTreeSet::new();
    let closed = client.keys("anna", "project = OPS AND statusCategory = Done", 100).await;
    let keys = waiting.iter().chain(&open).map(|issue| issue["key"].as_str().unwrap().to_owned());
    for key in keys.chain(closed) {
        let (code, page) = client.get("anna", &format!("/servicedeskapi/request/{key}/sla")).await;
        if code == 404 {
            states.insert("no request");
            continue;
        }
        let resolution = &page["values"][1];
        let ongoing = &resolution["ongoingCycle"];
        let cycle = if ongoing.is_null() { &resolution["completedCycles"][0] } else { ongoing };
        let left = cycle["remainingTime"]["millis"].as_i64().unwrap();
        assert_eq!(cycle["breached"], json!(left < 0), "{cycle}");
        states.insert(match (ongoing.is_null(), &ongoing["paused"], cycle["breached"] == true) {
            (true, ..) => "completed",
            (_, Json::Bool(true), _) => "paused",
            (_, _, true) => "breached",
            _ => "running",
        });
    }
    let all = ["breached", "completed", "no request", "paused", "running"];
    assert_eq!(states.into_iter().collect::<Vec<_>>(), all);
}

#[tokio::test]
async fn who_takes_part_sees_a_request_but_not_its_clocks() {
    let client = Client::open();
    let mine = "/servicedeskapi/request/OPS-1";
    let (status, request) = client.get("carla", mine).await;
    assert_eq!((status, &request["issueKey"]), (200, &json!("OPS-1")));
    assert_eq!(values(&client, "carla", &format!("{mine}/participant")).await.len(), 2);
    assert_eq!(client.get("carla", &format!("{mine}/sla")).await.0, 403);
    assert_eq!(client.get("carla", "/servicedeskapi/request/OPS-2").await.0, 404);
    assert_eq!(client.get("carla", "/servicedeskapi/servicedesk/1/queue").await.0, 404);
}

#[tokio::test]
async fn a_request_is_made_in_a_customers_name_and_approved_once() {
    let client = Client::open();
    let path = "/servicedeskapi/request";
    let greta =
        crate::seed::sites(crate::Seed::Standard, super::NOW)[0].people[6].account_id.clone();
    let mut body = json!({
        "serviceDeskId": "1", "requestTypeId": "22", "raiseOnBehalfOf": greta,
        "requestFieldValues": { "summary": "New switch", "description": document("a") },
    });
    // Documents only when the request says so, and all that the form wants.
    assert_eq!(client.post("anna", path, body.clone()).await.0, 400);
    body["isAdfRequest"] = json!(true);
    let (status, refused) = client.post("anna", path, body.clone()).await;
    assert_eq!(status, 400);
    assert!(refused["errorMessage"].as_str().unwrap().contains("customfield_10005"), "{refused}");
    body["requestFieldValues"]["customfield_10005"] = json!({ "value": "Normal" });
    let (status, made) = client.post("anna", path, body.clone()).await;
    assert_eq!((status, &made["reporter"]["displayName"]), (201, &json!("Greta Tester")), "{made}");
    body["requestFieldValues"]["customfield_10036"] = json!(3);
    assert_eq!(client.post("anna", path, body).await.0, 400);
    let list = format!("{path}/{}/approval", made["issueKey"].as_str().unwrap());
    let open = values(&client, "anna", &list).await;
    assert_eq!(
        (&open[0]["finalDecision"], &open[0]["canAnswerApproval"]),
        (&json!("pending"), &json!(true))
    );
    let one = format!("{list}/{}", open[0]["id"].as_str().unwrap());
    let approve = json!({ "decision": "approve" });
    assert_eq!(client.post("anna", &one, json!({ "decision": "perhaps" })).await.0, 400);
    let (status, after) = client.post("anna", &one, approve.clone()).await;
    assert_eq!((status, &after["finalDecision"]), (200, &json!("approved")));
    assert!(after["completedDate"]["epochMillis"].is_number());
    assert_eq!(client.post("femi", &one, approve).await.0, 409);
}
