//! Settings of agents: each wrong one is named with what is expected, and no secret is ever shown.

use std::fs;

use jira_mcp_bridge::config::{Config, Source};
use serde_json::json;

use super::{World, history, open, refused, texts};
use crate::support::{Run, Stdio};

/// What must never be shown.
const HIDDEN: &str = "hunter2";

fn problems(pairs: &[(&str, &str)]) -> Vec<String> {
    let all = [("TOOLSETS", "agent")].iter().chain(pairs).copied();
    let problems = Config::read(&Source::of(all)).err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

/// One problem with these parts in it; none where there are no parts.
#[track_caller]
fn check(pairs: &[(&str, &str)], expected: &[&str]) {
    let found = problems(pairs);
    let count = usize::from(!expected.is_empty());
    assert_eq!(found.len(), count, "{pairs:?}: {found:#?}");
    for part in expected {
        assert!(found[0].contains(part), "{pairs:?}: no {part:?} in {found:#?}");
    }
    assert!(!format!("{found:?}").contains(HIDDEN), "{found:#?}");
}

#[test]
fn direct_line_is_opened_in_one_way() {
    let endpoint = "https://a.b.environment.api.powerplatform.com/token?api-version=1";
    check(&[("DIRECT_LINE_SECRET", "aB3._-")], &[]);
    check(&[("DIRECT_LINE_SECRET", "a"), ("DIRECT_LINE_SECRET_PREVIOUS", "b")], &[]);
    check(&[("DIRECT_LINE_SECRET_PREVIOUS", "b")], &[]);
    check(&[("DIRECT_LINE_TOKEN_ENDPOINT", endpoint)], &[]);
    check(&[], &["DIRECT_LINE_SECRET", "needed for TOOLSETS=agent", "COPILOT_ENVIRONMENT_ID"]);
    check(&[("DIRECT_LINE_SECRET", " ")], &["DIRECT_LINE_SECRET", "needed"]);
    for wrong in ["hunter2 x", "hunter2/", "hünter2hunter2", "\"hunter2\""] {
        check(&[("DIRECT_LINE_SECRET", wrong)], &["DIRECT_LINE_SECRET", "secret 1"]);
        let both = [("DIRECT_LINE_SECRET", "a"), ("DIRECT_LINE_SECRET_PREVIOUS", wrong)];
        check(&both, &["DIRECT_LINE_SECRET", "secret 2"]);
    }
    let two = [("DIRECT_LINE_SECRET", "hunter2"), ("DIRECT_LINE_TOKEN_ENDPOINT", endpoint)];
    check(&two, &["DIRECT_LINE_TOKEN_ENDPOINT", "beside a secret"]);
    let two = [("DIRECT_LINE_SECRET", "hunter2"), ("DIRECT_LINE_SECRET_FILE", "/none")];
    check(&two, &["DIRECT_LINE_SECRET_FILE", "beside a secret"]);
    check(&[("DIRECT_LINE_SECRET_FILE", "/none")], &["DIRECT_LINE_SECRET_FILE", "cannot be read"]);
    check(
        &[("DIRECT_LINE_SECRET_FILE", "/dev/null")],
        &["DIRECT_LINE_SECRET_FILE", "not a regular file"],
    );
}

#[test]
fn a_file_of_secrets_holds_one_or_two() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets");
    let of = |text: &str, expected: &[&str]| {
        fs::write(&path, text).unwrap();
        check(&[("DIRECT_LINE_SECRET_FILE", path.to_str().unwrap())], expected);
    };
    of("one\n", &[]);
    of("\u{FEFF}one\r\n\r\ntwo", &[]);
    of("", &["no secret"]);
    of("hunter2\nb\nc\n", &["more than 2"]);
    of("good\nhunter2 x\n", &["secret 2"]);
    of(&"x".repeat(70_000), &["64 KiB"]);
}

#[test]
fn addresses_are_secure_and_nothing_but_addresses() {
    let secret = ("DIRECT_LINE_SECRET", "a");
    for good in [
        "https://europe.directline.botframework.com",
        "https://europe.directline.botframework.com/v3/directline/",
        "http://127.0.0.1:3978/v3/directline",
        "http://[::1]:1",
    ] {
        check(&[secret, ("DIRECT_LINE_ENDPOINT", good)], &[]);
    }
    for (wrong, expected) in [
        ("http://europe.example", "https://"),
        ("http://127.0.0.1.example", "https://"),
        ("europe.example", "absolute URL"),
        ("https://u:hunter2@europe.example", "user name"),
        ("https://europe.example?key=hunter2", "query"),
        ("https://europe.example/hunter2", "path"),
    ] {
        let pairs = [secret, ("DIRECT_LINE_ENDPOINT", wrong)];
        check(&pairs, &["DIRECT_LINE_ENDPOINT", expected]);
    }
    let pairs = [("DIRECT_LINE_TOKEN_ENDPOINT", "http://hunter2.example/token")];
    check(&pairs, &["DIRECT_LINE_TOKEN_ENDPOINT", "https://"]);
    check(&[("COPILOT_DIRECT_URL", "http://hunter2.example/x")], &["COPILOT_DIRECT_URL", "https"]);
}

#[test]
fn direct_to_engine_needs_a_place_and_stands_alone() {
    let id = ("COPILOT_ENVIRONMENT_ID", "a47151cf-4f34-488f-b377-ebe84e17b478");
    let schema = ("COPILOT_AGENT_SCHEMA", "cr123_agent");
    check(&[id, schema], &[]);
    check(&[id, schema, ("COPILOT_CLOUD", "Gov")], &[]);
    check(&[("COPILOT_DIRECT_URL", "https://x.example/bots/a")], &[]);
    check(&[id], &["COPILOT_AGENT_SCHEMA", "COPILOT_DIRECT_URL"]);
    check(&[schema], &["COPILOT_ENVIRONMENT_ID", "COPILOT_DIRECT_URL"]);
    check(&[id, schema, ("COPILOT_CLOUD", "hunter2")], &["COPILOT_CLOUD"]);
    check(&[("COPILOT_ENVIRONMENT_ID", "hunter2/.."), schema], &["COPILOT_ENVIRONMENT_ID"]);
    check(&[id, ("COPILOT_AGENT_SCHEMA", "hunter2/..")], &["COPILOT_AGENT_SCHEMA"]);
    for both in [id, schema, ("COPILOT_CLOUD", "Prod"), ("COPILOT_DIRECT_URL", "https://x.example")]
    {
        check(&[("DIRECT_LINE_SECRET", "hunter2"), both], &[both.0, "beside DIRECT_LINE_*"]);
    }
}

#[test]
fn times_have_bounds() {
    let secret = ("DIRECT_LINE_SECRET", "a");
    for (name, good, wrong) in [
        ("AGENT_REPLY_TIMEOUT_MS", ["1000", "120000"], ["999", "120001", "soon"]),
        ("CONVERSATION_IDLE_MS", ["1000", "86400000"], ["0", "999", "-1"]),
    ] {
        for good in good {
            check(&[secret, (name, good)], &[]);
        }
        for wrong in wrong {
            check(&[secret, (name, wrong)], &[name]);
        }
    }
    // Without the set nothing of all this is looked at.
    check(&[("TOOLSETS", "core"), ("DIRECT_LINE_SECRET", "hunter2 x")], &[]);
}

#[test]
fn a_file_of_agents_has_a_table_for_each() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agents.toml");
    let file = ("AGENTS_FILE", path.to_str().unwrap());
    let of = |text: &str, expected: &[&str]| {
        fs::write(&path, text).unwrap();
        check(&[file], expected);
    };
    of(
        "[sales]\ndirect_line_secret = \"a\"\n[hr]\ncopilot_direct_url = \"https://x.example\"",
        &[],
    );
    of("[sales]\nDIRECT_LINE_SECRET = \"a\"", &[]);
    of("", &["AGENTS_FILE", "1 to 50 agents"]);
    of("[sales]\ndirect_line_secret = \"hunter2", &["AGENTS_FILE", "no TOML"]);
    of("sales = \"hunter2\"", &["sales", "expected a table"]);
    of("[sales]\ndirect_line_secret = \"hunter2 x\"", &["sales: direct_line_secret", "secret 1"]);
    of("[sales]\ndirect_line_secret = 7", &["sales: direct_line_secret", "expected a text"]);
    of("[sales]", &["sales: direct_line_secret", "needed"]);
    of(
        "[sales]\ndirect_line_secret = \"a\"\nhunter2 = \"b\"",
        &["sales", "no setting of an agent"],
    );
    of("[\"sales team\"]\ndirect_line_secret = \"hunter2\"", &["the name of a table"]);
    of(
        "[sales]\ndirect_line_secret = \"hunter2\"\ncopilot_direct_url = \"https://x.example\"",
        &["sales: copilot_direct_url", "beside"],
    );
    check(&[("AGENTS_FILE", "/none")], &["AGENTS_FILE", "cannot be read"]);
    fs::write(&path, "[sales]\ndirect_line_secret = \"a\"").unwrap();
    let both = [file, ("DIRECT_LINE_SECRET", "hunter2")];
    check(&both, &["DIRECT_LINE_SECRET", "beside AGENTS_FILE"]);
}

#[test]
fn what_is_wrong_is_said_on_standard_error_and_nothing_starts() {
    for command in ["serve", "stdio", "check"] {
        let settings = [("TOOLSETS", "agent".to_owned())];
        let ended = Run::start(&[command], &settings).end();
        assert!(ended.code.is_some_and(|code| code != 0), "{command}: {}", ended.text);
        assert!(ended.text.contains("DIRECT_LINE_SECRET"), "{command}: {}", ended.text);
        let wrong = [
            ("TOOLSETS", "agent".to_owned()),
            ("DIRECT_LINE_SECRET", "hunter2 x".to_owned()),
            ("DIRECT_LINE_ENDPOINT", "https://u:hunter2@x.example".to_owned()),
        ];
        let ended = Run::start(&[command], &wrong).end();
        assert!(!ended.text.contains(HIDDEN), "{command}: {}", ended.text);
        for name in ["DIRECT_LINE_SECRET", "DIRECT_LINE_ENDPOINT"] {
            assert!(ended.text.contains(name), "{command}: {}", ended.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_agents_each_call_names_one() {
    let (sales, staff) = tokio::join!(World::start(), World::start());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agents.toml");
    let table = |name: &str, world: &World| {
        let [secret, _] = world.agent.secrets();
        let url = world.settings.directline_url();
        format!("[{name}]\ndirect_line_endpoint = \"{url}\"\ndirect_line_secret = \"{secret}\"\n")
    };
    fs::write(&path, table("sales", &sales) + &table("staff", &staff)).unwrap();
    let settings =
        [("TOOLSETS", "agent".to_owned()), ("AGENTS_FILE", path.to_str().unwrap().to_owned())];
    let bridge = sales.bridge_of(&settings, &[]).await;
    let listed = bridge.rpc("anna", "tools/list", json!({})).await;
    for tool in listed["result"]["tools"].as_array().unwrap() {
        assert_eq!(tool["inputSchema"]["properties"]["agent"]["type"], "string", "{tool}");
    }
    let to_staff = bridge.call("anna", "send_message", json!({"message": "hi", "agent": "staff"}));
    let ((id, _), to_staff) = tokio::join!(open(&bridge, "anna", "the first"), to_staff);
    let said = |world: &World| {
        let all = world.agent.conversations();
        all.iter().flat_map(|one| one.heard()).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!((said(&sales), said(&staff)), (vec!["the first".into()], vec!["hi".into()]));
    let refusal = refused(&bridge, "anna", json!({"message": "hi", "agent": "hr"})).await;
    assert_eq!(refusal["error"], "invalid_argument", "{refusal}");
    assert!(refusal["hint"].as_str().unwrap().contains("sales, staff"), "{refusal}");
    // An id says whose it is, and is nothing with another agent.
    let other = to_staff.value["conversationId"].as_str().unwrap();
    assert_eq!(texts(&history(&bridge, "anna", other).await), ["hi", "You said: hi"]);
    let wrong = json!({"message": "hi", "conversationId": id, "agent": "staff"});
    assert_eq!(refused(&bridge, "anna", wrong).await["error"], "not_found");
    // One agent alone has no name that anybody would have to know.
    let only = sales.bridge().await.rpc("anna", "tools/list", json!({})).await;
    assert!(!only.to_string().contains("\"agent\":{"), "{only}");
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_stand_beside_jira_and_may_be_narrowed_away() {
    let world = World::start().await;
    let bridge = world.bridge_with(&[("TOOLSETS", "core,agent")]).await;
    let names = bridge.tool_names("/mcp", &[]).await;
    assert!(names.iter().any(|name| name == "jira_search"), "{names:?}");
    assert!(names.iter().any(|name| name == "send_message"), "{names:?}");
    let narrowed = bridge.tool_names("/mcp/x/agent", &[]).await;
    assert_eq!(narrowed.len(), 4, "{narrowed:?}");
    assert!(open(&bridge, "anna", "hi").await.1["response"].is_string());
    // Over stdio Jira then wants somebody to be.
    let mut settings = world.direct_line();
    settings[0].1 = "core,agent".to_owned();
    let mut stdio = Stdio::start(&settings);
    assert_ne!(stdio.exit_code(), 0);
    assert!(stdio.everything().contains("JIRA_ACCESS_TOKEN"), "{}", stdio.everything());
}
