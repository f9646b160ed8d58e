//! Tools that behave as none of ours should.

use std::{future::pending, sync::Arc, time::Duration};

use auth::{Bearer, Caller, Identity, KeyedHasher, VerdictSlot};
use limit::{Limiter, LimiterSettings};
use metrics::Signals;
use rmcp::model::CallToolResponse;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;
use upstream::{self, Upstream};

use super::{
    Server, Settings,
    call::{Call, Traces},
};
use crate::{
    jira::{self, Jira, Projects},
    policy::{self, Policy},
    tools::{self, Effect, Limits, Running, SealKeys, Tool},
};

fn server() -> Server {
    let limits = Limits { results_default: 25, results_max: 50, text_chars: 2_000 };
    let settings = Settings {
        server_name: "test".to_owned(),
        call_deadline: Duration::from_millis(20),
        reply_bytes_max: 90_000,
        structured_content: false,
        limits,
    };
    let api_base = "https://api.atlassian.com".parse().unwrap();
    let jira = jira::Settings {
        api_base,
        site: None,
        site_address: None,
        api_host: None,
        media_hosts: Vec::new(),
        route: jira::Route::ApiGateway,
    };
    let jira = Jira::new(jira, Upstream::new(&upstream::Settings::new("test")).unwrap());
    let policy = Policy::new(policy::Settings {
        toolsets: tools::Toolset::ALL.iter().copied().collect(),
        read_only: false,
        tools_deny: std::collections::BTreeSet::new(),
        projects: Projects::default(),
    });
    let limiter = Limiter::new(LimiterSettings::default());
    Server::new(
        settings,
        policy,
        Arc::new(jira),
        limiter,
        SealKeys::random().unwrap(),
        Signals::default(),
    )
}

/// What a client is told by a tool that does this.
async fn told(
    effect: Effect,
    run: for<'a> fn(&'a tools::Context, tools::Given) -> Running<'a>,
) -> Value {
    let tool: &'static Tool =
        Box::leak(Box::new(Tool { effect, run, ..*tools::named("jira_whoami").unwrap() }));
    let server = server();
    let bearer = Bearer::from_token("a-token-of-a-test").unwrap();
    let identity = Identity::of_credential(bearer, &KeyedHasher::random().unwrap());
    let caller = Caller::new(identity, "r-1".into(), None);
    let gone = CancellationToken::new();
    let policy = Policy::new(policy::Settings {
        toolsets: tools::Toolset::ALL.iter().copied().collect(),
        read_only: false,
        tools_deny: std::collections::BTreeSet::new(),
        projects: Projects::default(),
    });
    let call = Call {
        tool,
        policy: &policy,
        caller,
        verdict: VerdictSlot::default(),
        traces: Traces::default(),
        gone: &gone,
        is_modern: false,
        can_ask: false,
        answer: None,
        progress: tools::Progress::default(),
    };
    let reply = server.run(call, Map::new(), 1).await;
    let CallToolResponse::Complete(result) = reply else { panic!("no result: {reply:?}") };
    assert_eq!(result.is_error, Some(true));
    serde_json::from_str(&result.content[0].as_text().unwrap().text).unwrap()
}

#[tokio::test]
async fn a_tool_that_panics_is_answered_as_a_fault_of_the_bridge() {
    let error = told(Effect::Read, |_, _| Box::pin(async { panic!("a user's words") })).await;
    assert_eq!((&error["error"], &error["request_id"]), (&"internal".into(), &"r-1".into()));
    assert!(!error.to_string().contains("words"), "{error}");
}

#[tokio::test]
async fn a_tool_that_never_ends_is_cut_and_a_write_is_not_called_repeatable() {
    let read = told(Effect::Read, |_, _| Box::pin(pending())).await;
    assert_eq!((&read["error"], &read["retryable"]), (&"upstream_timeout".into(), &true.into()));
    let write = told(Effect::Write, |_, _| Box::pin(pending())).await;
    assert_eq!((&write["error"], &write["retryable"]), (&"upstream_timeout".into(), &false.into()));
    assert_eq!(write["outcome"], "unknown");
}
