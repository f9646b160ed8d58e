//! The window as a browser meets it.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, header},
};
use serde_json::json;
use tower::ServiceExt;

use super::{Client, NOW, document};
use crate::{Sandbox, ToolCall, WindowPerson, WindowSettings, WindowWay};

const ADDRESS: &str = "127.0.0.1:4000";

fn window() -> Client {
    Client::over(Sandbox::seeded(NOW).with_address(&format!("http://{ADDRESS}")))
}

fn settings(sandbox: &Sandbox) -> WindowSettings {
    let people = sandbox.tokens().into_iter().map(|(name, token)| WindowPerson {
        name,
        about: "somebody".to_owned(),
        token,
    });
    let way = WindowWay {
        name: "Client".to_owned(),
        about: "Open it.".to_owned(),
        link: Some("client:open?a=\"b\"".to_owned()),
        text: Some("paste <this>".to_owned()),
    };
    WindowSettings {
        product: "demo".to_owned(),
        tools: "Tools: 3 are on.".to_owned(),
        people: people.collect(),
        ways: vec![way],
    }
}

impl Client {
    async fn look_as(&self, method: &str, path: &str, host: &str) -> (u16, HeaderMap, String) {
        let request = Request::builder().method(method).uri(path).header(header::HOST, host);
        let router = self.sandbox.window_router(settings(&self.sandbox));
        let answer = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (head, body) = answer.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        (head.status.as_u16(), head.headers, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn look(&self, path: &str) -> (u16, String) {
        let (status, _, text) = self.look_as("GET", path, ADDRESS).await;
        (status, text)
    }
}

#[tokio::test]
async fn the_board_shows_issues_where_they_stand() {
    let client = window();
    let (status, text) = client.look("/").await;
    assert_eq!(status, 200);
    for part in ["ACME", "In Progress", "href=\"/browse/ACME-", "None yet."] {
        assert!(text.contains(part), "{part}");
    }
    let (_, ops) = client.look("/?project=OPS").await;
    assert!(ops.contains("/browse/OPS-") && !ops.contains("/browse/ACME-"));
    assert_eq!(client.look("/?project=NONE").await.0, 404);
}

#[tokio::test]
async fn a_person_sees_no_more_than_in_jira() {
    let client = window();
    assert_eq!(client.look("/browse/OPS-1").await.0, 200);
    let (status, text) = client.look("/browse/OPS-1?as=carla").await;
    assert_eq!(status, 404);
    let (_, summary) = client.get("anna", "/api/3/issue/OPS-1?fields=summary").await;
    assert!(!text.contains(summary["fields"]["summary"].as_str().unwrap()), "{text}");
    assert_eq!(client.look("/?project=OPS&as=carla").await.0, 404);
    let (status, text) = client.look("/?as=%3Cscript%3E").await;
    assert_eq!(status, 400);
    assert!(!text.contains("ACME-") && !text.contains("<script>"), "{text}");
}

#[tokio::test]
async fn what_people_wrote_is_never_markup() {
    let client = window();
    let evil = "<script>alert(1)</script><img src=x onerror=alert(2)>";
    let fields = json!({
        "project": { "key": "ACME" }, "issuetype": { "name": "Task" }, "summary": evil,
        "description": document(evil), "labels": ["<b>x</b>"],
    });
    let (_, made) = client.post("anna", "/api/3/issue", json!({ "fields": fields })).await;
    let key = made["key"].as_str().unwrap();
    let comment = json!({ "body": document(evil) });
    client.post("anna", &format!("/api/3/issue/{key}/comment"), comment).await;
    let rename = json!({ "fields": { "summary": format!("{evil} again") } });
    client.ask("anna", "PUT", &format!("/api/3/issue/{key}"), Some(rename)).await;
    client.sandbox.calls().add(ToolCall {
        tool: evil.to_owned(),
        arguments: evil.to_owned(),
        outcome: evil.to_owned(),
        ..ToolCall::default()
    });
    for path in [&format!("/browse/{key}"), "/", "/calls", "/connect"] {
        let (status, text) = client.look(path).await;
        assert_eq!(status, 200, "{path}");
        for part in ["<script>alert", "<img", "<b>x", "a=\"b\"", "<this>"] {
            assert!(!text.contains(part), "{path} holds {part}");
        }
    }
    let (_, issue) = client.look(&format!("/browse/{key}")).await;
    assert!(issue.matches("&lt;script&gt;alert(1)").count() >= 4, "{issue}");
}

#[tokio::test]
async fn a_desks_notes_are_told_from_what_customers_read() {
    let client = window();
    let keys = client.keys("anna", "project = OPS", 50).await;
    let mut seen = (0, 0);
    for key in keys {
        let (_, text) = client.look(&format!("/browse/{key}")).await;
        let (_, shown) =
            client.get("anna", &format!("/api/3/issue/{key}/comment?maxResults=5000")).await;
        let all = shown["comments"].as_array().unwrap();
        let internal = all.iter().filter(|one| one["jsdPublic"] == false).count();
        assert_eq!(text.matches("Internal note").count(), internal, "{key}");
        assert_eq!(text.matches("Reply to the customer").count(), all.len() - internal, "{key}");
        seen = (seen.0 + internal, seen.1 + all.len() - internal);
    }
    assert!(seen.0 > 0 && seen.1 > 0, "{seen:?}");
    let (_, plain) = client.look("/browse/ACME-30").await;
    assert!(!plain.contains("Reply to the customer"));
}

#[tokio::test]
async fn only_requests_for_this_machine_are_answered() {
    let client = window();
    for path in ["/", "/browse/ACME-1", "/calls", "/connect", "/_page/events", "/_page/live.js"] {
        let (status, _, text) = client.look_as("GET", path, "attacker.example:4000").await;
        assert_eq!(status, 403, "{path}");
        assert!(!text.contains("sandbox"), "{path}: {text}");
        assert_eq!(client.look_as("POST", path, ADDRESS).await.0, 405, "{path}");
    }
    let (_, headers, text) = client.look_as("GET", "/connect", ADDRESS).await;
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    assert_eq!(
        (&headers["x-content-type-options"], &headers["cache-control"]),
        (&"nosniff".parse().unwrap(), &"no-store".parse().unwrap())
    );
    for part in [" style=", " onclick", "<style", "http://", "https://"] {
        assert!(!text.contains(part), "{part}");
    }
    for (name, token) in client.sandbox.tokens() {
        assert!(text.contains(&token), "the token of {name}");
    }
    // The sandbox itself is asked by any name, as before.
    assert_eq!(
        client.look_as("GET", "/oauth/token/accessible-resources", "jira.example").await.0,
        401
    );
}

#[tokio::test]
async fn calls_are_shown_with_what_they_cost() {
    let client = window();
    let call = ToolCall {
        tool: "jira_search".to_owned(),
        arguments: json!({ "jql": "project = \"ACME\"" }).to_string(),
        outcome: "ok".to_owned(),
        requests: 2,
        bytes_from_jira: 41_234,
        bytes_sent: 1_234,
        elapsed_ms: 12,
        ..ToolCall::default()
    };
    let live = client.sandbox.world.changes.watch();
    client.sandbox.calls().add(call);
    drop(live);
    let (_, text) = client.look("/calls").await;
    for part in [
        "jira_search",
        "project = \\&quot;ACME\\&quot;",
        "41,234",
        "1,234",
        "10,000",
        "12 ms",
        "in 2 requests",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let (_, board) = client.look("/").await;
    assert!(board.contains("jira_search") && !board.contains("jql"), "arguments are on their page");
}

#[tokio::test]
async fn each_site_has_its_own_name() {
    let client = window();
    let (status, _, text) =
        client.look_as("GET", "/browse/LAB-1", "sandbox-lab.localhost:4000").await;
    assert_eq!(status, 200);
    assert!(text.contains("LAB-1:") && text.contains("femi") && !text.contains("anna"));
    assert_eq!(client.look("/browse/LAB-1").await.0, 404);
}

#[tokio::test]
async fn every_issue_of_the_awkward_site_can_be_shown() {
    let sandbox = Sandbox::awkward(NOW).with_address("http://127.0.0.1:4000");
    let client = Client::over(sandbox);
    for project in ["ACME", "MOB", "OPS"] {
        for number in 1..=60 {
            let (status, text) = client.look(&format!("/browse/{project}-{number}?as=anna")).await;
            assert_eq!((status, text.contains("</html>")), (200, true), "{project}-{number}");
        }
    }
    assert_eq!(client.look("/?as=greta").await.0, 200);
}
