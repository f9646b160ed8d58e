//! Files on issues through the whole product: what comes back as what, where bytes may come from,
//! what is refused.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use axum::{extract::Request, middleware::from_fn};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, Method};
use jira_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{Bridge, Fault, part};

const CONTENT: &str = "/attachment/content/";
const MEDIA: &str = "/_media/";

fn png(bytes: usize) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.resize(bytes, 7);
    png
}

/// Adds a file to ACME-1 as anna; its id.
async fn add(bridge: &Bridge, name: &str, content: &[u8]) -> String {
    let arguments =
        json!({"issue_key": "ACME-1", "file_name": name, "base64": STANDARD.encode(content)});
    let made = bridge.anna("jira_add_attachment", arguments).await;
    assert_eq!(part(&made, &["key", "bytes"]), json!({"key": "ACME-1", "bytes": content.len()}));
    made["attachment_id"].as_str().unwrap().to_owned()
}

/// All content blocks of a successful read, and the bytes of the whole reply.
async fn blocks(bridge: &Bridge, arguments: Value) -> (Vec<Value>, usize) {
    let params = json!({"name": "jira_get_attachment", "arguments": arguments});
    let reply = bridge.rpc("anna", "tools/call", params).await;
    assert_eq!(reply["result"]["isError"], false, "{reply}");
    (reply["result"]["content"].as_array().unwrap().clone(), reply.to_string().len())
}

#[tokio::test]
async fn a_file_that_was_added_is_listed_and_read() {
    let bridge = Bridge::start().await;
    let text = "first line\nsecond “line”\n";
    let made = bridge
        .anna(
            "jira_add_attachment",
            json!({"issue_key": "acme-1", "file_name": "../no\"tes.txt", "text": text}),
        )
        .await;
    assert_eq!(made["name"], "no_tes.txt");
    let listed = bridge.anna("jira_list_attachments", json!({"issue_key": "ACME-1"})).await;
    assert_eq!(
        listed["attachments"][0],
        json!({
            "id": made["attachment_id"], "name": "no_tes.txt", "type": "text/plain", "bytes": text.len(),
            "created": "2026-11-20T13:00+01:00",
        })
    );
    let asked = json!({"attachment_id": made["attachment_id"]});
    let read = bridge.anna("jira_get_attachment", asked).await;
    assert_eq!(part(&read, &["name", "text"]), json!({"name": "no_tes.txt", "text": text}));
    let asked = json!({"attachment_id": made["attachment_id"], "issue_key": "ACME-1"});
    assert_eq!(bridge.anna("jira_get_attachment", asked).await["text"], text);
    let issue = json!({"issue_key": "ACME-1", "fields": ["attachments"]});
    let issue = bridge.anna("jira_get_issue", issue).await;
    assert!(
        issue["attachments"].as_array().unwrap().contains(&listed["attachments"][0]),
        "{issue}"
    );
    for hidden in ["avatar", "thumbnail", "accountId", "rest/api", "_media"] {
        assert!(!format!("{listed}{issue}").contains(hidden), "{hidden}");
    }
}

#[tokio::test]
async fn a_picture_comes_as_a_picture_whatever_its_name() {
    let bridge = Bridge::start().await;
    let picture = png(3_000);
    let id = add(&bridge, "notes.txt", &picture).await;
    let (blocks, _) = blocks(&bridge, json!({"attachment_id": id})).await;
    let label: Value = serde_json::from_str(blocks[0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(label, json!({"id": id, "name": "notes.txt", "type": "image/png", "bytes": 3_000}));
    let expected =
        json!({"type": "image", "data": STANDARD.encode(&picture), "mimeType": "image/png"});
    assert_eq!(blocks[1..], [expected]);
}

#[tokio::test]
async fn what_is_no_picture_is_not_shown_as_one() {
    let bridge = Bridge::start().await;
    let page =
        "<html><body onload=evil()><script>evil()</script><p>Hello <b>Anna</b></p></body></html>";
    for name in ["page.html", "picture.png", "drawing.svg", "plain.txt"] {
        let id = add(&bridge, name, page.as_bytes()).await;
        let (blocks, _) = blocks(&bridge, json!({"attachment_id": id})).await;
        let shown: Value = serde_json::from_str(blocks[0]["text"].as_str().unwrap()).unwrap();
        assert_eq!((blocks.len(), &shown["text"]), (1, &json!("Hello Anna")), "{name}");
    }
    let id = add(&bridge, "picture.png", b"\x00\x01\x02").await;
    let (blocks, _) = blocks(&bridge, json!({"attachment_id": id})).await;
    assert_eq!((blocks.len(), &blocks[1]["type"]), (2, &json!("resource_link")));
}

#[tokio::test]
async fn other_files_are_named_by_a_link_and_not_loaded() {
    let bridge = Bridge::start().await;
    let id = add(&bridge, "all.zip", b"PK\x03\x04....").await;
    let (shown, _) = blocks(&bridge, json!({"attachment_id": id})).await;
    let label: Value = serde_json::from_str(shown[0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(label["omitted"], "binary");
    let uri = format!("jira://attachment/{id}");
    let link = json!({"type": "resource_link", "uri": uri, "name": "all.zip", "mimeType": "application/zip", "size": 8});
    assert_eq!(shown[1], link);
    assert_eq!(bridge.upstream.count(&Method::GET, CONTENT), 0);
    let id = add(&bridge, "long.log", &[b'x'; 500]).await;
    let (shown, _) = blocks(
        &bridge,
        json!({"attachment_id": format!("jira://attachment/{id}"), "max_bytes": "499"}),
    )
    .await;
    let label: Value = serde_json::from_str(shown[0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(
        part(&label, &["omitted", "limit_bytes"]),
        json!({"omitted": "too_large", "limit_bytes": 499})
    );
    assert_eq!(bridge.upstream.count(&Method::GET, CONTENT), 0);
}

#[tokio::test]
async fn no_reply_is_larger_than_its_budget() {
    for (budget, structured) in [(2_000, "false"), (6_000, "true"), (90_000, "false")] {
        let settings = [
            ("MAX_RESPONSE_BYTES", budget.to_string()),
            ("STRUCTURED_CONTENT", structured.to_owned()),
        ];
        let settings: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let bridge = Bridge::with(&settings).await;
        let log = "a \"quoted\" line of grün\n".repeat(10_000);
        let name = "日本語".repeat(60);
        for (name, content) in [
            (name.as_str(), log.as_bytes()),
            (name.as_str(), &png(600)),
            (name.as_str(), &png(200_000)),
            (name.as_str(), b"\x00\x01"),
        ] {
            let id = add(&bridge, name, content).await;
            let (_, bytes) = blocks(&bridge, json!({"attachment_id": id})).await;
            assert!(bytes <= budget, "{bytes} bytes of {} over {budget}", content.len());
        }
    }
    let bridge = Bridge::start().await;
    let id = add(&bridge, "whole.png", &png(65_000)).await;
    assert_eq!(blocks(&bridge, json!({"attachment_id": id})).await.0[1]["type"], "image");
    let id = add(&bridge, "whole.log", "x".repeat(80_000).as_bytes()).await;
    let read = bridge.anna("jira_get_attachment", json!({"attachment_id": id})).await;
    assert_eq!(
        read["text"].as_str().unwrap().len(),
        80_000,
        "a text is shown as far as the budget goes"
    );
}

#[tokio::test]
async fn nothing_of_the_caller_goes_to_the_media_host() {
    let seen: Arc<Mutex<Vec<HeaderMap>>> = Arc::default();
    let sandbox = Sandbox::seeded(1_795_176_000_000);
    let (tokens, record) = (sandbox.tokens(), Arc::clone(&seen));
    let router =
        sandbox.router().layer(from_fn(move |request: Request, next: axum::middleware::Next| {
            if request.uri().path().contains(MEDIA) {
                record.lock().unwrap().push(request.headers().clone());
            }
            next.run(request)
        }));
    let bridge = Bridge::over(router, tokens, &[]).await;
    let id = add(&bridge, "a.txt", b"hi").await;
    assert_eq!(
        bridge.anna("jira_get_attachment", json!({"attachment_id": id})).await["text"],
        "hi"
    );
    let seen = seen.lock().unwrap();
    let names: BTreeSet<&str> =
        seen.iter().flat_map(HeaderMap::keys).map(http::HeaderName::as_str).collect();
    assert_eq!(seen.len(), 1);
    // Host and what every HTTP client says of itself.
    assert!(
        names.is_subset(&BTreeSet::from(["accept", "accept-encoding", "host", "user-agent"])),
        "{names:?}"
    );
}

#[tokio::test]
async fn a_redirect_to_a_foreign_place_is_refused() {
    for place in [
        "https://evil.example/file?token=x",
        "http://evil.example/",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/hosts",
        "http://user:word@127.0.0.1/",
    ] {
        let bridge = Bridge::start().await;
        let id = add(&bridge, "a.txt", b"hi").await;
        bridge.upstream.fail(CONTENT, Fault::Redirect(place.to_owned()));
        let fault = bridge.refused("jira_get_attachment", json!({"attachment_id": id})).await;
        assert_eq!(
            (&fault["error"], &fault["retryable"]),
            (&json!("upstream_unavailable"), &json!(false))
        );
        assert!(
            !fault.to_string().contains("evil") && !fault.to_string().contains("169.254"),
            "{fault}"
        );
        assert_eq!(bridge.upstream.count(&Method::GET, MEDIA), 0);
    }
}

#[tokio::test]
async fn one_redirect_is_followed_and_not_two() {
    let bridge = Bridge::start().await;
    let id = add(&bridge, "a.txt", b"hi").await;
    let next = format!("http://{}/_media/file/other", bridge.upstream.address);
    bridge.upstream.fail(MEDIA, Fault::Redirect(next));
    let fault = bridge.refused("jira_get_attachment", json!({"attachment_id": id})).await;
    assert!(fault["message"].as_str().unwrap().contains("does not load"), "{fault}");
    assert_eq!(bridge.upstream.count(&Method::GET, MEDIA), 1);
}

#[tokio::test]
async fn a_media_host_that_misbehaves_says_nothing_of_the_sign_in() {
    let bridge = Bridge::start().await;
    let id = add(&bridge, "a.txt", b"hi").await;
    let asked = json!({"attachment_id": id});
    for status in [401, 403, 400] {
        bridge.upstream.fail(MEDIA, Fault::Status(status, "{\"message\":\"sandbox-media\"}"));
        let fault = bridge.refused("jira_get_attachment", asked.clone()).await;
        assert_eq!(
            (&fault["error"], &fault["status"]),
            (&json!("upstream_unavailable"), &json!(status))
        );
        assert!(!fault.to_string().contains("sandbox-media"), "{fault}");
    }
    bridge.upstream.fail(MEDIA, Fault::Status(404, "{}"));
    assert_eq!(bridge.refused("jira_get_attachment", asked.clone()).await["error"], "not_found");
    bridge.upstream.fail(MEDIA, Fault::Huge(1_100_000));
    let fault = bridge.refused("jira_get_attachment", asked.clone()).await;
    assert_eq!(fault["error"], "payload_too_large");
    assert!(fault["hint"].as_str().unwrap().contains("max_bytes"), "{fault}");
    bridge.upstream.fail(MEDIA, Fault::Status(503, "{}"));
    assert_eq!(bridge.anna("jira_get_attachment", asked).await["text"], "hi", "a read is repeated");
}

#[tokio::test]
async fn an_upload_is_never_repeated() {
    let bridge = Bridge::start().await;
    let asked = json!({"issue_key": "ACME-1", "file_name": "a.txt", "text": "hi"});
    for (number, fault) in [
        Fault::Status(500, "{}"),
        Fault::Cut,
        Fault::Status(503, "{}"),
        Fault::NotJson,
        Fault::Html(200),
    ]
    .into_iter()
    .enumerate()
    {
        bridge.upstream.fail("/attachments", fault);
        let fault = bridge.refused("jira_add_attachment", asked.clone()).await;
        assert_eq!((&fault["outcome"], &fault["retryable"]), (&json!("unknown"), &json!(false)));
        assert_eq!(bridge.upstream.count(&Method::POST, "/attachments"), number + 1);
    }
    let (one, two) = (add(&bridge, "twice.txt", b"1").await, add(&bridge, "twice.txt", b"2").await);
    assert_ne!(one, two);
    let listed = bridge.anna("jira_list_attachments", json!({"issue_key": "ACME-1"})).await;
    let ids: Vec<&Value> =
        listed["attachments"].as_array().unwrap().iter().map(|file| &file["id"]).collect();
    assert_eq!(
        ids[..2],
        [&json!(two), &json!(one)],
        "newest first, and one name may be there twice"
    );
}

#[tokio::test]
async fn bad_uploads_are_refused_with_advice() {
    let bridge = Bridge::start().await;
    for (arguments, part) in [
        (json!({"file_name": "a.txt"}), "content is missing"),
        (json!({"file_name": "a.txt", "text": "x", "base64": "eA=="}), "not both"),
        (json!({"file_name": "a.txt", "base64": "not base64"}), "not valid base64"),
        (json!({"file_name": "../..", "text": "x"}), "must be a file name"),
        (json!({"file_name": "a.txt", "path": "/etc/passwd"}), "`path` is not an argument"),
        (json!({"file_name": "a.txt", "text": "x".repeat(750_001)}), "at most 750000"),
    ] {
        let mut arguments = arguments;
        arguments["issue_key"] = json!("ACME-1");
        let fault = bridge.refused("jira_add_attachment", arguments).await;
        assert!(fault["message"].as_str().unwrap().contains(part), "{part} is missing in {fault}");
    }
    assert_eq!(bridge.upstream.count(&Method::POST, "/attachments"), 0);
    let large = json!({"issue_key": "ACME-1", "file_name": "a.txt", "text": "x".repeat(600_000)});
    let fault = bridge.refused("jira_add_attachment", large).await;
    assert_eq!(
        part(&fault, &["error", "status"]),
        json!({"error": "payload_too_large", "status": 413})
    );
    let small = json!({"issue_key": "ACME-1", "file_name": "a.txt", "text": "x"});
    assert_eq!(
        bridge.call("carla", "jira_add_attachment", small.clone()).await.value["error"],
        "forbidden"
    );
    let scope = bridge.call("dana", "jira_add_attachment", small).await.value;
    assert_eq!(
        part(&scope, &["error", "scope"]),
        json!({"error": "insufficient_scope", "scope": "write:jira-work"})
    );
}
