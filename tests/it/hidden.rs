//! What cannot be seen reaches no agent and no user: a Jira whose every name, text and complaint
//! hides something, against every tool, every way in, and every error.
//!
//! The judge is the list below, which is the one of the Unicode standard and not of the program.

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode, header};
use jira_sandbox::Sandbox;
use serde_json::{Map, Value, json};

use crate::{
    every_tool::{ALL_SETS, calls},
    support::{Bridge, NOW_MS},
};

/// Bidirectional controls and isolates, zero width, tags, ESC, C1, fillers.
const HIDDEN: &str =
    "\u{202E}\u{2066}\u{200B}\u{2060}\u{E0041}\u{E007F}\u{1B}\u{9B}\u{7F}\u{FEFF}\u{AD}\u{3164}";

/// Members whose texts people write, or administrators.
const WRITTEN: [&str; 26] = [
    "name",
    "displayName",
    "text",
    "summary",
    "description",
    "body",
    "label",
    "title",
    "goal",
    "inward",
    "outward",
    "filename",
    "value",
    "fromString",
    "toString",
    "timeSpent",
    "comment",
    "untranslatedName",
    "message",
    "mimeType",
    "field",
    "clauseNames",
    "displayValue",
    "jql",
    "helpText",
    "relationship",
];

fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{8}' | '\u{B}'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{200E}' | '\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Every string and member name of an answer, of the JSON that stands in it as text as well.
fn assert_visible(value: &Value, what: &str) {
    let check = |text: &str| {
        let before = std::iter::once(' ').chain(text.chars());
        // A sign that makes the one before it a picture is seen with it.
        let found = before.zip(text.chars()).find(|(before, c)| {
            let joins = matches!(c, '\u{FE0F}' | '\u{200D}');
            let is_picture = !before.is_ascii()
                && !before.is_whitespace()
                && (!is_hidden(*before) || *before == '\u{FE0F}');
            is_hidden(*c) && !(joins && is_picture)
        });
        assert!(found.is_none(), "{what}: {found:?} in {text:?}");
    };
    match value {
        Value::String(text) => {
            check(text);
            if let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                assert_visible(&inner, what);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| assert_visible(item, what)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            check(name);
            assert_visible(value, what);
        }),
        _ => {}
    }
}

/// The text with something hidden behind its first sign and at its end.
fn poisoned(text: &str) -> String {
    let mut signs = text.chars();
    let first = signs.next().map(String::from).unwrap_or_default();
    format!("{first}{HIDDEN}{}{HIDDEN}", signs.as_str())
}

fn poison(value: Value, is_written: bool) -> Value {
    match value {
        Value::String(text) if is_written => Value::from(poisoned(&text)),
        Value::Array(items) => items.into_iter().map(|item| poison(item, is_written)).collect(),
        Value::Object(members) => {
            // `names` has the display names of fields by id.
            let poison = |(name, value): (String, Value)| {
                let is_written = WRITTEN.contains(&name.as_str())
                    || (name.starts_with("customfield_") && value.is_string());
                (name, poison(value, is_written))
            };
            Value::Object(members.into_iter().map(poison).collect::<Map<_, _>>())
        }
        other => other,
    }
}

/// What the hostile Jira does.
#[derive(Clone, Copy)]
enum Mood {
    /// Answers as Jira would, with hidden signs in all that is written by people.
    Answers,
    /// The same, but every write is refused with words.
    RefusesWrites(u16),
    /// Everything is refused with words.
    Refuses(u16),
}

fn refusal(status: u16) -> Response {
    let text = poisoned("That does not work.");
    let body = json!({
        "errorMessages": [text, text], "errors": {poisoned("summary"): text, poisoned("customfield_10016"): {"a": text}},
        "message": text,
    });
    (
        StatusCode::from_u16(status).unwrap(),
        [(header::CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response()
}

fn is_write(request: &Request) -> bool {
    let path = request.uri().path();
    let is_question = ["/search/", "/bulkfetch", "/jql/", "/permissions", "approximate-count"]
        .iter()
        .any(|question| path.contains(question));
    request.method() != Method::GET && !is_question
}

fn hostile(sandbox: Router, mood: Mood) -> Router {
    let answer = move |request: Request, next: Next| async move {
        let is_site_list = request.uri().path().contains("accessible-resources");
        let is_write = is_write(&request);
        match mood {
            Mood::Refuses(status) if !is_site_list => return refusal(status),
            Mood::RefusesWrites(status) if is_write => return refusal(status),
            _ => {}
        }
        let (parts, body) = next.run(request).await.into_parts();
        let bytes = to_bytes(body, 1 << 24).await.unwrap();
        let bytes = match serde_json::from_slice::<Value>(&bytes) {
            Ok(value) => poison(value, false).to_string().into_bytes(),
            Err(_) => bytes.to_vec(),
        };
        let mut response = Response::from_parts(parts, Body::from(bytes));
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response
    };
    sandbox.layer(from_fn(answer))
}

async fn bridge(mood: Mood) -> Bridge {
    let sandbox = Sandbox::seeded(NOW_MS);
    let settings = [ALL_SETS, ("RETRY_MAX", "0"), ("BREAKER_FAILURES", "1000")];
    Bridge::over(hostile(sandbox.router(), mood), sandbox.tokens(), &settings).await
}

#[tokio::test]
async fn no_answer_and_no_error_of_any_tool_hides_anything() {
    let refused = [400, 403, 404, 409, 413, 429].into_iter();
    let moods = refused.flat_map(|status| [Mood::RefusesWrites(status), Mood::Refuses(status)]);
    let mut good = 0;
    for mood in std::iter::once(Mood::Answers).chain(moods) {
        let bridge = bridge(mood).await;
        for (tool, arguments) in calls() {
            let params = json!({"name": tool, "arguments": arguments});
            let reply = bridge.rpc("anna", "tools/call", params).await;
            assert_visible(&reply, tool);
            good +=
                usize::from(matches!(mood, Mood::Answers) && reply["result"]["isError"] != true);
        }
    }
    assert!(good > 25, "{good} calls were answered well: the test tries little");
}

#[tokio::test]
async fn no_question_to_a_user_hides_anything() {
    let bridge = bridge(Mood::Answers).await;
    let mut asked = 0;
    for (tool, arguments) in calls() {
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {"elicitation": {}},
        });
        let params = json!({"name": tool, "arguments": arguments, "_meta": meta});
        let headers = [
            ("MCP-Protocol-Version", "2026-07-28"),
            ("Mcp-Method", "tools/call"),
            ("Mcp-Name", tool),
        ];
        let body = json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": params});
        let reply = bridge.post_to("/mcp", "anna", &headers, &body).await.json();
        assert_visible(&reply, tool);
        asked += usize::from(reply["result"]["resultType"] == "input_required");
    }
    assert!(asked >= 3, "{asked} questions were asked: the test tries little");
}

#[tokio::test]
async fn no_resource_and_no_completion_hides_anything() {
    let settings = [("STRUCTURED_CONTENT", "true"), ALL_SETS];
    let sandbox = Sandbox::seeded(NOW_MS);
    let bridge =
        Bridge::over(hostile(sandbox.router(), Mood::Answers), sandbox.tokens(), &settings).await;
    for uri in ["jira://issue/ACME-1", "jira://issue/NONE-1", "jira://attachment/10001"] {
        let reply = bridge.rpc("anna", "resources/read", json!({"uri": uri})).await;
        assert_visible(&reply, uri);
    }
    for status in [400, 403, 404, 409, 429] {
        let refusing = self::bridge(Mood::Refuses(status)).await;
        for uri in ["jira://issue/ACME-1", "jira://attachment/10001"] {
            let reply = refusing.rpc("anna", "resources/read", json!({"uri": uri})).await;
            assert!(reply["error"]["data"]["error"].is_string(), "{uri} {status}: {reply}");
            assert_visible(&reply, uri);
        }
    }
    let completed = json!({
        "ref": {"type": "ref/resource", "uri": "jira://issue/{issue_key}"},
        "argument": {"name": "issue_key", "value": "AC"},
    });
    assert_visible(&bridge.rpc("anna", "completion/complete", completed).await, "completion");
    let found =
        json!({"name": "jira_search", "arguments": {"jql": "project = ACME", "fields": ["*all"]}});
    let reply = bridge.rpc("anna", "tools/call", found).await;
    assert!(reply["result"]["structuredContent"].is_object(), "{reply}");
    assert_visible(&reply, "structured content");
}
