//! Tools that behave as none of ours should, in a product that is not ours either.

pub(super) mod product;

use std::time::Duration;

use auth::{Bearer, Caller, Identity, KeyedHasher, VerdictSlot};
use limit::{Limiter, LimiterSettings};
use metrics::Signals;
use rmcp::model::{CallToolRequestParams, CallToolResponse, RequestId};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tool_kit::{Progress, Tool, Toolset};

use crate::policy::{self, Policy};

use super::{
    Server, Settings,
    call::{ToolRequest, Traces},
};

use product::{Behaviour, READ, WRITE, products};

/// Everything is allowed.
pub(super) fn policy() -> Policy {
    Policy::new(policy::Settings {
        toolsets: Toolset::ALL.iter().copied().collect(),
        read_only: false,
        tools_deny: std::collections::BTreeSet::new(),
        roles: None,
    })
}

fn server(behaviour: Behaviour) -> Server {
    let settings = Settings {
        server_name: "test".to_owned(),
        call_deadline: Duration::from_millis(20),
        reply_bytes_max: 90_000,
        structured_content: false,
        custom_events: false,
        watch: None,
    };
    let limiter = Limiter::new(LimiterSettings::default());
    Server::new(settings, policy(), products(behaviour), limiter, Signals::default())
}

/// What a client is told by a tool that does this.
async fn answer(tool: &Tool, behaviour: Behaviour) -> (bool, Value) {
    let bearer = Bearer::from_token("a-token-of-a-test").unwrap();
    let identity = Identity::of_credential(bearer, &KeyedHasher::random().unwrap());
    let caller = Caller::new(identity, "r-1".into(), None);
    let request = ToolRequest {
        caller: Some(caller),
        verdict: VerdictSlot::default(),
        narrowing: None,
        traces: Traces::default(),
        cancelled: &CancellationToken::new(),
        is_modern: false,
        can_ask: false,
        can_open_page: false,
        progress: Progress::default(),
        id: &RequestId::Number(1),
    };
    let params = CallToolRequestParams::new(tool.name);
    let reply = server(behaviour).call(params, request).await.unwrap();
    let CallToolResponse::Complete(result) = reply else { panic!("no result: {reply:?}") };
    let text = &result.content[0].as_text().unwrap().text;
    (result.is_error == Some(true), serde_json::from_str(text).unwrap())
}

#[tokio::test]
async fn a_tool_that_panics_is_answered_as_a_fault_of_the_bridge() {
    let (is_error, error) = answer(&READ, Behaviour::Panic).await;
    assert!(is_error);
    assert_eq!((&error["error"], &error["request_id"]), (&"internal".into(), &"r-1".into()));
    assert!(!error.to_string().contains("words"), "{error}");
}

#[tokio::test]
async fn a_tool_that_never_ends_is_cut_and_a_write_is_not_called_repeatable() {
    let (_, read) = answer(&READ, Behaviour::Hang).await;
    assert_eq!((&read["error"], &read["retryable"]), (&"upstream_timeout".into(), &true.into()));
    let (_, write) = answer(&WRITE, Behaviour::Hang).await;
    assert_eq!((&write["error"], &write["retryable"]), (&"upstream_timeout".into(), &false.into()));
    assert_eq!(write["outcome"], "unknown");
}

#[tokio::test]
async fn a_product_of_any_upstream_is_served() {
    assert_eq!(
        answer(&READ, Behaviour::Answer).await,
        (false, serde_json::json!({"text": "read"}))
    );
}
