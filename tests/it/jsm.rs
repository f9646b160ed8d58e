//! Service desks, as agents of a desk and its customers use them.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Bridge, Fault, part};

async fn bridge() -> Bridge {
    Bridge::with(&[("TOOLSETS", "core,jsm")]).await
}

/// The keys of open changes, those with one approval and those with two.
async fn open_changes(bridge: &Bridge) -> (Vec<String>, Vec<String>) {
    let jql = "project = OPS AND issuetype = Change AND statusCategory != Done ORDER BY key";
    let found = bridge.anna("jira_search", json!({"jql": jql, "max_results": 50})).await;
    let (mut one, mut two) = (Vec::new(), Vec::new());
    for issue in found["issues"].as_array().unwrap() {
        let asked = json!({"issue_key": issue["key"], "include": "approvals"});
        let request = bridge.call("anna", "jira_get_request", asked).await;
        match request.value["approvals"].as_array().map(Vec::len) {
            Some(1) => one.push(issue["key"].as_str().unwrap().to_owned()),
            Some(2) => two.push(issue["key"].as_str().unwrap().to_owned()),
            _ => assert_eq!(request.value["error"], "not_found", "{}", request.value),
        }
    }
    (one, two)
}

#[tokio::test]
async fn desks_types_and_queues_are_found_by_any_of_their_names() {
    let bridge = bridge().await;
    let desks = bridge.anna("jira_list_service_desks", json!({"query": "oper"})).await;
    let ops = json!({"id": "1", "key": "OPS", "name": "Operations"});
    assert_eq!(desks, json!({"service_desks": [ops], "total": 1}));
    for given in ["1", "ops", "Operations", " operations "] {
        let types = bridge.anna("jira_list_request_types", json!({"service_desk": given})).await;
        assert_eq!(types["total"], 5, "{given}: {types}");
    }
    let asked = json!({"service_desk": "OPS", "request_type": "report an incident"});
    let form = bridge.anna("jira_list_request_types", asked).await;
    let required: Vec<&Value> = form["required"].as_array().unwrap().iter().collect();
    assert_eq!(required.len(), 2, "{form}");
    assert_eq!(required[1]["values"][0], "Extensive", "{form}");
    assert_eq!(form["on_behalf_of"], true);
    let fault = bridge.refused("jira_list_request_types", json!({"service_desk": "HR"})).await;
    assert_eq!(fault["candidates"], json!(["Operations (OPS, id 1)"]));
    let asked = json!({"service_desk": "OPS", "query": "laptop"});
    let found = bridge.anna("jira_list_request_types", asked).await;
    assert_eq!(found["request_types"][0]["name"], "Order hardware", "{found}");
    let queues = bridge.anna("jira_list_queues", json!({"service_desk": "OPS"})).await;
    assert_eq!(queues["total"], 4, "{queues}");
    for queue in queues["queues"].as_array().unwrap() {
        let asked = json!({"service_desk": "OPS", "queue_id": queue["name"], "max_results": 50});
        let page = bridge.anna("jira_get_queue_issues", asked).await;
        assert_eq!(queue["count"], page["issues"].as_array().unwrap().len(), "{queue} {page}");
    }
}

#[tokio::test]
async fn no_page_loses_an_item() {
    let bridge = Bridge::with(&[("TOOLSETS", "jsm"), ("MAX_RESPONSE_BYTES", "2500")]).await;
    let small = bridge;
    let wide = Bridge::with(&[("TOOLSETS", "jsm")]).await;
    for (tool, list, arguments) in [
        ("jira_list_request_types", "request_types", json!({"service_desk": "OPS"})),
        ("jira_list_queues", "queues", json!({"service_desk": "OPS"})),
        ("jira_get_queue_issues", "issues", json!({"service_desk": "OPS", "queue_id": "31"})),
    ] {
        let whole = |size: u32| {
            let mut asked = arguments.clone();
            asked["max_results"] = json!(size);
            asked
        };
        let all = wide.anna(tool, whole(50)).await;
        assert_eq!(all.get("next_start_at"), None, "{tool}: {all}");
        for (bridge, size) in [(&wide, 1), (&wide, 2), (&small, 50)] {
            let (mut seen, mut asked) = (Vec::new(), whole(size));
            loop {
                let page = bridge.anna(tool, asked.clone()).await;
                seen.extend(page[list].as_array().unwrap().iter().cloned());
                match page.get("next_start_at") {
                    Some(next) => asked["start_at"] = next.clone(),
                    None => break,
                }
            }
            assert_eq!(json!(seen), all[list], "{tool} by {size}");
        }
    }
}

#[tokio::test]
async fn a_request_tells_its_parts_and_what_could_not_be_read() {
    let bridge = bridge().await;
    let all = "sla, approvals, participants";
    let request =
        bridge.anna("jira_get_request", json!({"issue_key": "OPS-1", "include": all})).await;
    assert_eq!(request["key"], "OPS-1");
    for name in ["type", "status", "reporter", "created", "fields", "url"] {
        assert!(request.get(name).is_some(), "{name}: {request}");
    }
    assert_eq!(request["participants"], json!(["Carla Guest", "Greta Tester"]));
    assert_eq!(request["sla"].as_array().unwrap().len(), 2);
    assert_eq!(request.get("not_read"), None);
    assert!(!request.to_string().contains('@'), "{request}");
    // A customer may not see the clocks; that is said, and not taken for none.
    let asked = json!({"issue_key": "OPS-1", "include": all});
    let theirs = bridge.call("carla", "jira_get_request", asked).await.value;
    assert_eq!(theirs.get("sla"), None, "{theirs}");
    assert!(theirs["not_read"]["sla"].as_str().unwrap().contains("agents"), "{theirs}");
    assert!(theirs["participants"].is_array(), "{theirs}");
    bridge.upstream.fail("/approval", Fault::Status(404, r#"{"errorMessage": "Gone."}"#));
    let asked = json!({"issue_key": "OPS-1", "include": "approvals"});
    let cut = bridge.anna("jira_get_request", asked).await;
    assert!(cut["not_read"]["approvals"].as_str().unwrap().contains("Gone."), "{cut}");
    let fault = bridge.refused("jira_get_request", json!({"issue_key": "OPS-10"})).await;
    assert!(fault["hint"].as_str().unwrap().contains("jira_get_issue"), "{fault}");
}

#[tokio::test]
async fn only_allowed_projects_have_desks_here() {
    let outside = [("TOOLSETS", "jsm"), ("PROJECTS_ALLOW", "ACME")];
    let bridge = Bridge::with(&outside).await;
    let desks = bridge.anna("jira_list_service_desks", json!({})).await;
    assert_eq!(desks, json!({"service_desks": [], "total": 0}));
    let created = json!({"service_desk": "OPS", "request_type": "Get IT help", "summary": "x"});
    let answered = json!({"issue_key": "OPS-1", "decision": "approve"});
    for (tool, arguments, error) in [
        ("jira_list_queues", json!({"service_desk": "1"}), "invalid_argument"),
        ("jira_create_request", created.clone(), "invalid_argument"),
        ("jira_get_request", json!({"issue_key": "OPS-1"}), "forbidden"),
        ("jira_answer_approval", answered, "forbidden"),
    ] {
        assert_eq!(bridge.refused(tool, arguments).await["error"], error, "{tool}");
    }
    assert!(bridge.upstream.seen().iter().all(|one| !one.path.contains("/request")));
    let inside = Bridge::with(&[("TOOLSETS", "jsm"), ("PROJECTS_ALLOW", "OPS")]).await;
    assert_eq!(inside.anna("jira_create_request", created).await["created"], true);
    let request = inside.anna("jira_get_request", json!({"issue_key": "OPS-1"})).await;
    assert_eq!(request["key"], "OPS-1");
}

#[tokio::test]
async fn a_request_is_made_once_and_in_the_name_that_was_meant() {
    let bridge = bridge().await;
    let mut asked = json!({
        "service_desk": "Operations", "request_type": "Report an incident", "summary": "Mail is down",
        "description": "Since **nine**.", "fields": {"How many are affected?": "moderate", "Affected services": ["Mail"]},
        "on_behalf_of": "greta tester", "request_id": "r-1", "dry_run": true,
    });
    let preview = bridge.anna("jira_create_request", asked.clone()).await;
    let shown = &preview["would_create"];
    assert_eq!(shown["on_behalf_of"], "Greta Tester", "{preview}");
    assert_eq!(shown["How many are affected?"], "Moderate", "{preview}");
    assert!(bridge.upstream.seen().iter().all(|one| one.method != Method::POST));
    asked["dry_run"] = json!(false);
    let made = bridge.anna("jira_create_request", asked.clone()).await;
    assert_eq!(made["created"], true, "{made}");
    let again = bridge.anna("jira_create_request", asked.clone()).await;
    assert_eq!((&again["key"], &again["created"]), (&made["key"], &json!(false)), "{again}");
    let read = bridge.anna("jira_get_request", json!({"issue_key": made["key"]})).await;
    assert_eq!(
        part(&read, &["reporter", "summary", "type"]),
        json!({"reporter": "Greta Tester", "summary": "Mail is down", "type": "Report an incident"})
    );
    let issue = bridge.anna("jira_get_issue", json!({"issue_key": made["key"]})).await;
    assert_eq!(issue["description"], "Since **nine**.", "{issue}");
    // Nothing is sent that the form would refuse, or that means several people.
    let sent = || bridge.upstream.seen().iter().filter(|one| one.method == Method::POST).count();
    let before = sent();
    asked["request_id"] = json!("r-2");
    asked["on_behalf_of"] = json!("Ben");
    assert_eq!(
        bridge.refused("jira_create_request", asked.clone()).await["error"],
        "ambiguous_name"
    );
    asked["on_behalf_of"] = json!("Greta Tester");
    asked["fields"] = json!({});
    let fault = bridge.refused("jira_create_request", asked.clone()).await;
    assert_eq!(fault["required"][0]["name"], "How many are affected?", "{fault}");
    asked["fields"] = json!({"How many are affected?": "some"});
    assert_eq!(bridge.refused("jira_create_request", asked).await["error"], "invalid_argument");
    assert_eq!(sent(), before);
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_looked_for_and_not_sent_again() {
    let bridge = bridge().await;
    let path = "/servicedeskapi/request";
    bridge.upstream.fail_on(&Method::POST, path, Fault::LostAfter(Box::new(Fault::Cut)));
    let asked =
        json!({"service_desk": "OPS", "request_type": "Get IT help", "summary": "Lost one"});
    // In the sandbox of the tests time stands still, so what was made is older than the call.
    let fault = bridge.refused("jira_create_request", asked).await;
    assert_eq!(fault["outcome"], "unknown", "{fault}");
    assert_eq!(bridge.upstream.count(&Method::POST, path), 1);
    assert_eq!(bridge.upstream.count(&Method::POST, "/search/jql"), 1);
}

#[tokio::test]
async fn an_approval_is_answered_once_by_whom_it_waits_for() {
    let bridge = bridge().await;
    let (one, two) = open_changes(&bridge).await;
    let (single, several) = (&one[0], &two[0]);
    let approve = |key: &str| json!({"issue_key": key, "decision": "Approved"});
    let fault = bridge.refused("jira_answer_approval", approve(several)).await;
    assert_eq!(
        (&fault["error"], fault["candidates"].as_array().unwrap().len()),
        (&json!("ambiguous_name"), 2)
    );
    let mut asked = approve(single);
    asked["dry_run"] = json!(true);
    let preview = bridge.anna("jira_answer_approval", asked).await;
    assert_eq!(
        (&preview["would"], &preview["approval"]["name"]),
        (&json!("approve"), &json!("Change board"))
    );
    assert!(bridge.upstream.seen().iter().all(|one| !one.path.contains("/approval/")));
    let done = bridge.anna("jira_answer_approval", approve(single)).await;
    assert_eq!(
        part(&done, &["key", "approval", "decision", "final_decision"]),
        json!({"key": single, "approval": "Change board", "decision": "approved", "final_decision": "approved"})
    );
    let fault = bridge.refused("jira_answer_approval", approve(single)).await;
    assert_eq!(fault["error"], "conflict", "{fault}");
    // What waits for Anna and Dana is not Femi's to answer: the other one is meant without a word.
    let request = bridge
        .anna("jira_get_request", json!({"issue_key": several, "include": "approvals"}))
        .await;
    let budget = &request["approvals"][1];
    let mut theirs = json!({"issue_key": several, "decision": "decline", "approval_id": budget["id"], "site": "https://sandbox.atlassian.net"});
    let fault = bridge.call("femi", "jira_answer_approval", theirs.clone()).await.value;
    assert_eq!(fault["error"], "forbidden", "{fault}");
    assert!(fault["hint"].as_str().unwrap().contains("Dana Analyst"), "{fault}");
    theirs.as_object_mut().unwrap().remove("approval_id");
    let done = bridge.call("femi", "jira_answer_approval", theirs).await.value;
    assert_eq!(
        (&done["approval"], &done["final_decision"]),
        (&json!("Change board"), &json!("declined")),
        "{done}"
    );
    bridge.upstream.fail("/approval/", Fault::LostAfter(Box::new(Fault::Cut)));
    let asked = json!({"issue_key": several, "decision": "decline"});
    let done = bridge.anna("jira_answer_approval", asked).await;
    assert_eq!((&done["verified"], &done["approval"]), (&json!(true), &json!("Budget")), "{done}");
    let fault = bridge
        .refused("jira_answer_approval", json!({"issue_key": several, "decision": "maybe"}))
        .await;
    assert_eq!(fault["error"], "invalid_argument");
}

#[tokio::test]
async fn without_the_scopes_there_is_no_tool() {
    let bridge = bridge().await;
    bridge.anna("jira_whoami", json!({})).await;
    let me = bridge.call("ben", "jira_whoami", json!({})).await.value;
    let hidden = me["hidden_tools"].to_string();
    assert!(
        hidden.contains("jira_list_queues") && hidden.contains("read:servicedesk-request"),
        "{me}"
    );
    let fault = bridge.call("ben", "jira_list_queues", json!({"service_desk": "OPS"})).await.value;
    assert_eq!(fault["error"], "insufficient_scope", "{fault}");
}
