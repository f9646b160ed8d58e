//! Nothing secret and nothing of Jira's content is ever written or sent, at any level: the real
//! binary, every tool, at trace, with traces and metrics on.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::every_tool;
use crate::support::{Process, Receiver, gateway_secret};

const ALL_SETS: &str = "core,context,collab,agile,bulk,manage,destructive,jsm";
/// Texts that short stand in our own lines too, by chance.
const TEXT_CHARS_MIN: usize = 12;

/// A call of every tool. `$name` stands for the value that an earlier reply gave under that name,
/// and a tool that asks for consent is called a second time with its token.
fn calls() -> Vec<(&'static str, Value)> {
    let acme = |more: Value| {
        let mut arguments = json!({"issue_key": "ACME-5"});
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        arguments
    };
    let mut calls = vec![
        ("jira_whoami", json!({"include_permissions": true, "project_key": "ACME"})),
        ("jira_search", json!({"jql": "project = ACME AND summary ~ \"quietword\""})),
        (
            "jira_search",
            json!({"jql": "project = ACME", "max_results": 50, "fields": "*navigable"}),
        ),
        ("jira_get_issue", acme(json!({"include": "comments,changelog,worklogs,links"}))),
        ("jira_get_issue", json!({"issue_key": "quietword"})),
        (
            "jira_create_issue",
            json!({"project_key": "ACME", "issue_type": "Task", "summary": "quietword in a summary", "description": "quietword"}),
        ),
        ("jira_update_issue", acme(json!({"append_description": "quietword in a description"}))),
        ("jira_update_issue", acme(json!({"assignee": "quietword"}))),
        (
            "jira_update_issue_summary",
            json!({"issue_key": "ACME-6", "summary": "quietword in a headline"}),
        ),
        ("jira_add_comment", acme(json!({"body": "quietword in a comment"}))),
        (
            "jira_update_comment",
            acme(json!({"comment_id": "$comment_id", "body": "quietword again"})),
        ),
        ("jira_get_comments", acme(json!({}))),
        ("jira_delete_comment", acme(json!({"comment_id": "$comment_id"}))),
        ("jira_list_transitions", acme(json!({}))),
        ("jira_transition_issue", acme(json!({"transition": "quietword"}))),
        (
            "jira_transition_issue",
            acme(json!({"transition": "In Progress", "comment": "quietword"})),
        ),
        ("jira_get_projects", json!({})),
        ("jira_get_create_fields", json!({"project_key": "ACME", "issue_type": "Task"})),
        ("jira_find_users", json!({"query": "quietword"})),
        ("jira_find_users", json!({"query": "anna"})),
        (
            "jira_link_issues",
            json!({"from_key": "ACME-5", "relation": "blocks", "to_key": "ACME-6", "comment": "quietword"}),
        ),
        ("jira_list_links", json!({"issue_key": "ACME-6"})),
        (
            "jira_add_remote_link",
            acme(
                json!({"url": "https://quietword.example.org/a", "title": "quietword in a title"}),
            ),
        ),
        (
            "jira_add_worklog",
            acme(json!({"time_spent": "1h", "comment": "quietword in a worklog"})),
        ),
        ("jira_list_worklogs", acme(json!({}))),
        ("jira_delete_worklog", acme(json!({"worklog_id": "$worklog_id"}))),
        ("jira_watch_issue", acme(json!({}))),
        ("jira_get_changelog", acme(json!({}))),
        (
            "jira_add_attachment",
            acme(json!({"file_name": "quietword.txt", "text": "quietword in a file"})),
        ),
        ("jira_list_attachments", acme(json!({}))),
        ("jira_get_attachment", json!({"attachment_id": "$attachment_id"})),
        ("jira_delete_attachment", acme(json!({"attachment_id": "$attachment_id"}))),
    ];
    // A tool that has no words of its own here is called as its row says.
    let known: BTreeSet<&str> = calls.iter().map(|(tool, _)| *tool).collect();
    calls.extend(every_tool::calls().into_iter().filter(|(tool, _)| !known.contains(tool)));
    calls
}

/// The same for boards, many issues at once, and all that is asked about a site.
fn more_calls() -> Vec<(&'static str, Value)> {
    vec![
        ("jira_list_boards", json!({})),
        ("jira_get_sprints", json!({"board_id": "1"})),
        (
            "jira_create_sprint",
            json!({"board_id": "1", "name": "quietword", "goal": "quietword in a goal"}),
        ),
        (
            "jira_update_sprint",
            json!({"sprint_id": "$sprint_id", "goal": "quietword in another goal"}),
        ),
        ("jira_get_sprint_issues", json!({"backlog_of_board": "1"})),
        ("jira_move_to_sprint", json!({"issue_keys": "ACME-5", "sprint_id": "backlog"})),
        ("jira_get_issues", json!({"issue_keys": "ACME-1,ACME-2"})),
        (
            "jira_create_issues",
            json!({"issues": "[{\"project_key\":\"ACME\",\"issue_type\":\"Task\",\"summary\":\"quietword of many\"}]"}),
        ),
        ("jira_bulk_edit", json!({"issue_keys": "ACME-7,ACME-8", "add_labels": "quietword"})),
        ("jira_get_task", json!({"task_id": "$task_id"})),
        (
            "jira_save_version",
            json!({"project_key": "ACME", "name": "quietword", "description": "quietword in a version"}),
        ),
        (
            "jira_move_issue",
            json!({"issue_key": "ACME-9", "target_project_key": "OPS", "issue_type": "Task"}),
        ),
        ("jira_delete_issue", json!({"issue_key": "ACME-10", "delete_subtasks": true})),
        ("jira_unlink_issues", json!({"link_id": "10301"})),
        ("jira_get_project", json!({"project_key": "ACME"})),
        ("jira_find_fields", json!({"query": "story"})),
        ("jira_jql_help", json!({"jql": "quietword ="})),
        ("jira_my_permissions", json!({"project_key": "ACME"})),
        ("jira_get_filters", json!({})),
        ("jira_get_mentions", json!({"project_key": "ACME"})),
        ("jira_get_epic_tree", json!({"issue_key": "ACME-1"})),
        ("jira_get_sprint_report", json!({"sprint_id": "ACME Sprint 7"})),
        ("jira_get_dependencies", json!({"jql": "summary ~ quietword"})),
    ]
}

#[tokio::test]
async fn no_secret_and_no_content_at_trace_level() {
    let secret = gateway_secret();
    let receiver = Receiver::start().await;
    let otlp = format!("http://{}", receiver.address);
    let insights = format!("InstrumentationKey=key-of-the-test;IngestionEndpoint={otlp}/");
    let mut process = start(&secret, &otlp, &insights);
    let info: Value = serde_json::from_str(&process.first_line()).unwrap();
    let tokens: Vec<&str> =
        info["tokens"].as_object().unwrap().values().map(|token| token.as_str().unwrap()).collect();
    let mut talk = Talk::new(info["mcp_url"].as_str().unwrap(), &secret);
    for token in &tokens {
        talk.everything(token).await;
    }
    let tools: BTreeSet<&str> = jira_mcp_bridge::jira::tools::all().map(|tool| tool.name).collect();
    let idle: Vec<_> =
        tools.difference(&talk.succeeded).map(|tool| (tool, talk.failed.get(tool))).collect();
    assert!(idle.is_empty(), "each tool must have done its work for somebody: {idle:?}");
    let metrics = metrics(&process).await;
    process.terminate();
    let (code, log) = process.end().await;
    assert_eq!(code, Some(0), "SIGTERM ends with 0");
    assert!(log.lines().count() > 500, "trace must have written something: {log}");
    assert!(talk.texts.len() > 50, "too few texts to look for: {:?}", talk.texts);
    assert!(receiver.spans().1.len() > 300 && receiver.envelopes().len() > 300, "all was traced");
    let [otlp, insights] = receiver.everything();
    let written =
        [("log", &log), ("metrics", &metrics), ("traces", &otlp), ("other traces", &insights)];
    for (place, text) in written.iter().chain(&[("replies", &talk.replies)]) {
        for token in &tokens {
            // Eight characters of the random part would be enough to recognise a token.
            let random = token.rsplit('-').next().unwrap();
            for piece in random.as_bytes().windows(8) {
                let piece = std::str::from_utf8(piece).unwrap();
                assert!(!text.contains(piece), "part of a token is in the {place}");
            }
        }
        for hidden in [secret.as_str(), "@example.com", "sandbox-media", "avatar"] {
            assert!(!text.contains(hidden), "{hidden} is in the {place}");
        }
    }
    let ours = ours();
    for (place, text) in written {
        for hidden in ["quietword", "Bearer sandbox"] {
            assert!(!text.contains(hidden), "{hidden} is in the {place}");
        }
        for told in talk.texts.iter().filter(|told| !ours.contains(told.as_str())) {
            // As it is, and as it would stand in a JSON string.
            let json = serde_json::to_string(told).unwrap();
            let is_written = text.contains(told.as_str()) || text.contains(json.trim_matches('"'));
            assert!(!is_written, "a text from Jira is in the {place}: {told}");
        }
    }
}

fn start(secret: &str, otlp: &str, insights: &str) -> Process {
    let settings = [
        ("LOG_LEVEL", "trace"),
        ("GATEWAY_SHARED_SECRET", secret),
        ("TOOLSETS", ALL_SETS),
        ("ADMIN_ADDR", "127.0.0.1:0"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp),
        ("APPLICATIONINSIGHTS_CONNECTION_STRING", insights),
        ("APPLICATIONINSIGHTS_CUSTOM_EVENTS", "true"),
    ];
    Process::start(&["demo", "--json"], &settings)
}

/// What operators scrape.
async fn metrics(process: &Process) -> String {
    let address = process.lines("listening")[0]["admin_address"].as_str().unwrap().to_owned();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client.get(format!("http://{address}/metrics")).send().await.unwrap().text().await.unwrap()
}

/// What cannot be sent must not end up in the log instead.
#[tokio::test]
async fn what_no_receiver_takes_is_not_written_either() {
    let secret = gateway_secret();
    let insights = "InstrumentationKey=quietword;IngestionEndpoint=http://127.0.0.1:9/";
    let mut process = start(&secret, "http://127.0.0.1:9", insights);
    let info: Value = serde_json::from_str(&process.first_line()).unwrap();
    let mut talk = Talk::new(info["mcp_url"].as_str().unwrap(), &secret);
    let anna = info["tokens"]["anna"].as_str().unwrap();
    talk.everything(anna).await;
    process.terminate();
    let (code, log) = process.end().await;
    assert_eq!(code, Some(0), "a receiver that is away keeps nobody");
    // Which of the two depends on how long the exporter tries before it gives up.
    let complaints =
        ["traces cannot be sent for now", "traces and metrics could not be sent in time"];
    assert!(complaints.iter().any(|complaint| log.contains(complaint)), "nothing was tried");
    for hidden in [secret.as_str(), "quietword", anna, "@example.com"] {
        assert!(!log.contains(hidden), "{hidden} is in the log");
    }
}

/// What the bridge says about itself stands in replies, too, and may stand in a log.
fn ours() -> String {
    jira_mcp_bridge::jira::tools::all()
        .map(|tool| [tool.title, " ", tool.about, "\n"].concat())
        .collect()
}

struct Talk {
    client: reqwest::Client,
    url: String,
    secret: String,
    known: BTreeMap<String, String>,
    succeeded: BTreeSet<&'static str>,
    failed: BTreeMap<&'static str, Value>,
    texts: BTreeSet<String>,
    replies: String,
}

impl Talk {
    fn new(url: &str, secret: &str) -> Self {
        Self {
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            url: url.to_owned(),
            secret: secret.to_owned(),
            known: BTreeMap::new(),
            succeeded: BTreeSet::new(),
            failed: BTreeMap::new(),
            texts: BTreeSet::new(),
            replies: String::new(),
        }
    }

    async fn everything(&mut self, token: &str) {
        for (tool, mut arguments) in calls().into_iter().chain(more_calls()) {
            for value in arguments.as_object_mut().unwrap().values_mut() {
                let known = value
                    .as_str()
                    .and_then(|text| text.strip_prefix('$'))
                    .map(|name| self.known.get(name));
                if let Some(known) = known {
                    *value = json!(known.map_or("1", String::as_str));
                }
            }
            let shown = self.call(token, tool, &arguments).await;
            if let Some(confirm) = shown.get("confirm").and_then(Value::as_str) {
                arguments["confirm"] = json!(confirm);
                self.call(token, tool, &arguments).await;
            }
        }
        let refused =
            self.client.post(&self.url).header("authorization", format!("Bearer {token}"));
        let refused = refused.header("x-gateway-token", "wrong-quietword").send().await.unwrap();
        assert_eq!(refused.status(), 403);
        self.replies.push_str(&refused.text().await.unwrap());
    }

    async fn call(&mut self, token: &str, tool: &'static str, arguments: &Value) -> Value {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}});
        let request = self
            .client
            .post(&self.url)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("x-gateway-token", &self.secret);
        let answer = request.body(body.to_string()).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{tool}");
        let text = answer.text().await.unwrap();
        self.replies.push_str(&text);
        let answer: Value = serde_json::from_str(&text).unwrap();
        let result = &answer["result"];
        let shown =
            result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{tool}: {answer}"));
        let shown: Value = serde_json::from_str(shown).unwrap();
        if result["isError"] == true {
            self.failed.insert(tool, shown.clone());
        } else {
            if shown.get("confirm").is_none() {
                self.succeeded.insert(tool);
            }
            self.learn(&shown);
        }
        shown
    }

    /// Remembers ids for later calls, and every text that came from Jira.
    fn learn(&mut self, value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    if let Some(id) = value.as_str().filter(|_| name.ends_with("_id")) {
                        self.known.insert(name.clone(), id.to_owned());
                    }
                    self.learn(value);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            Value::String(text) => {
                let lines = text.lines().map(str::trim);
                let telling = lines
                    .filter(|line| line.chars().count() >= TEXT_CHARS_MIN && line.contains(' '));
                self.texts.extend(telling.map(str::to_owned));
            }
            _ => {}
        }
    }
}
