//! What a create is answered with: the new issue, a preview, or what an earlier call made.

use serde_json::json;
use tool_kit::{IdempotencyScope, Reply, Row, ToolError};

use crate::jira::tools::context::Context;

/// What came of a create.
#[derive(Default)]
pub(in crate::jira::tools) struct CreateResult {
    pub(in crate::jira::tools) key: String,
    pub(in crate::jira::tools) url: String,
    /// Whether it had to be looked up, for Jira's answer was lost.
    pub(in crate::jira::tools) verified: Option<bool>,
    /// What became of the caller's words.
    pub(in crate::jira::tools) resolved: Row,
    /// What would have been created, of a dry run.
    pub(in crate::jira::tools) preview: Option<Row>,
    /// Whether an earlier call made it.
    pub(in crate::jira::tools) is_repeat: bool,
}

impl CreateResult {
    /// The acknowledgement, or the preview of a dry run.
    pub(in crate::jira::tools) fn reply(self) -> Result<Reply, ToolError> {
        if let Some(preview) = self.preview {
            return Reply::json(&json!({ "dry_run": true, "would_create": preview }));
        }
        let mut reply = Row::new();
        reply.put_non_empty("key", self.key);
        reply.put_non_empty("url", self.url);
        reply.put_non_empty("created", true);
        reply.put_non_empty("resolved", json!(self.resolved));
        reply.put_non_empty("verified", self.verified);
        Reply::json(&reply)
    }

    /// What an earlier call with the same `request_id` made here, as a dry run finds it.
    pub(in crate::jira::tools) async fn made_before(
        context: &Context,
        tool: &'static str,
        request_id: &str,
    ) -> Result<Option<Self>, ToolError> {
        let scope = IdempotencyScope { tool, tenant: &context.jira.site().await?.id };
        let caller = context.jira.caller().key();
        let key = context.idempotency_keys.made(caller, scope, request_id).await;
        Ok(key.map(Self::repeat_of))
    }

    /// That an earlier call made `key`.
    pub(in crate::jira::tools) fn repeat_of(key: String) -> Self {
        Self { key, is_repeat: true, ..Self::default() }
    }

    /// Says that an earlier call made it.
    pub(in crate::jira::tools) async fn reply_to_repeat(
        self,
        context: &Context,
    ) -> Result<Reply, ToolError> {
        let url = browse(context, &self.key).await?;
        Reply::json(
            &json!({ "key": self.key, "url": url, "created": false, "repeated_request_id": true }),
        )
    }
}

/// The address of an issue in a browser.
pub(in crate::jira::tools) async fn browse(
    context: &Context,
    key: &str,
) -> Result<String, ToolError> {
    Ok(format!("{}/browse/{key}", context.jira.site().await?.url))
}
