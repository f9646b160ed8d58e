//! Closes a call: its answer as MCP has it, cleaned on its one way out, its audit line, its
//! counters and its span.

use auth::{Caller, TokenVerdict};
use rmcp::model::{
    CallToolResponse, CallToolResult, ContentBlock, InputRequiredResult, MetaObject,
};
use tool_kit::{Block, Code, Preview, Reply, Tool, ToolError, clean, clean_json};

use crate::{
    mcp::{
        blocks, consent,
        open_page::{self, OpenPage},
        provenance,
        server::Server,
    },
    telemetry::audit,
};

use super::opened::{Call, Outcome};

impl Server {
    /// Answers a tool call: with the reply, the error, or a question to its user.
    pub(super) fn close(&self, call: Call<'_>, outcome: Outcome) -> CallToolResponse {
        let code = outcome.as_ref().err().map(ToolError::code);
        tell_verdict(&call, &outcome);
        let preview = preview(&outcome).filter(|_| call.consent.is_asked());
        let caller = call.open.caller();
        let question = preview
            .and_then(|one| consent::question(call.tool, one, |text| sayable(caller, text)))
            .or_else(|| page_question(&call, &outcome));
        if let Some(mut question) = question {
            self.mark_modern(&call, &mut question.meta);
            self.record(call, code, consent::bytes(&question));
            return CallToolResponse::from(question);
        }
        let said = said(&call, outcome);
        let bytes_sent = bytes(&said);
        let mut result = match said {
            Ok(said) => self.result(&call, said),
            Err(refused) => CallToolResult::error(vec![ContentBlock::text(refused.envelope)]),
        };
        self.mark_modern(&call, &mut result.meta);
        self.record(call, code, bytes_sent);
        result.into()
    }

    /// The same for a read that is no tool call.
    pub(super) fn close_read(&self, call: Call<'_>, outcome: Outcome) -> Result<Said, Refused> {
        let code = outcome.as_ref().err().map(ToolError::code);
        tell_verdict(&call, &outcome);
        let said = said(&call, outcome);
        self.record(call, code, bytes(&said));
        said
    }

    fn result(&self, call: &Call<'_>, said: Said) -> CallToolResult {
        let is_structured = self.0.settings.structured_content;
        let structured = is_structured.then(|| serde_json::from_str(&said.text).ok()).flatten();
        let mut result = CallToolResult::success(blocks::content(said.text, said.blocks));
        result.structured_content = structured;
        result.meta = provenance::of(call.product, call.tool);
        result
    }

    /// Clients of 2026-07-28 are told which server a result is from.
    fn mark_modern(&self, call: &Call<'_>, meta: &mut Option<MetaObject>) {
        if call.is_modern {
            self.put_server_info(meta.get_or_insert_default());
        }
    }

    /// Writes the audit line, counts the call and ends its span.
    fn record(&self, mut call: Call<'_>, code: Option<Code>, bytes_sent: usize) {
        let (caller, usage) = (call.open.caller(), call.open.usage());
        let line = audit::Line {
            tool: call.tool.name,
            subject: call.open.subject(code.is_none()),
            request_id: caller.request_id(),
            trace_id: call.trace_id.as_deref(),
            user: caller.key(),
            session: caller.session(),
            outcome: code,
            jira_calls: usage.requests,
            bytes_from_jira: usage.bytes_read,
            bytes_sent,
            elapsed: call.started.elapsed(),
        };
        line.write();
        if let (Some(watch), Some(arguments)) = (&self.0.settings.watch, &call.watched) {
            watch.ended(&line, arguments);
        }
        self.record_call(&line, call.span.as_mut());
    }
}

/// What a tool answers, as it may leave.
pub(in crate::mcp) struct Said {
    /// JSON, through [`sayable`].
    pub(in crate::mcp) text: String,
    pub(in crate::mcp) blocks: Vec<Block>,
}

/// Why it does not, as it may leave.
pub(in crate::mcp) struct Refused {
    pub(in crate::mcp) code: Code,
    /// The error's envelope: JSON, through [`sayable`].
    pub(in crate::mcp) envelope: String,
}

/// What a client is sent, for the audit: text, and pictures in base64.
fn bytes(said: &Result<Said, Refused>) -> usize {
    match said {
        Ok(said) => said.text.len() + said.blocks.iter().map(Block::bytes).sum::<usize>(),
        Err(refused) => refused.envelope.len(),
    }
}

/// The one way out of an outcome: nothing else of it reaches a client.
fn said(call: &Call<'_>, outcome: Outcome) -> Result<Said, Refused> {
    let caller = call.open.caller();
    match outcome {
        Ok(reply) => {
            let (text, blocks) = reply.into_parts();
            Ok(Said { text: sayable(caller, text), blocks })
        }
        Err(error) => {
            let (code, request_id) = (error.code(), caller.request_id());
            let mut envelope = error.envelope(request_id).to_string();
            if !call.budget.holds_text(&envelope) {
                envelope = error.in_short().envelope(request_id).to_string();
            }
            Err(Refused { code, envelope: sayable(caller, envelope) })
        }
    }
}

/// What would be done, where that is what the call came to.
fn preview(outcome: &Outcome) -> Option<&Preview> {
    match outcome {
        Ok(Reply::Preview(preview)) => Some(preview),
        Ok(Reply::Done(_)) => None,
        Err(error) => error.preview(),
    }
}

/// The request to open a page, where the call failed for want of it and has not asked yet.
fn page_question(call: &Call<'_>, outcome: &Outcome) -> Option<InputRequiredResult> {
    let error = outcome.as_ref().err().filter(|_| call.open_page == OpenPage::Ask)?;
    let caller = call.open.caller();
    open_page::question(error, caller.request_id(), |text| caller.redact(clean(text).into_owned()))
}

/// Tells the edge what the upstream said of the caller's token.
fn tell_verdict(call: &Call<'_>, outcome: &Outcome) {
    let missing = outcome.as_ref().err().and_then(ToolError::missing_scope);
    let missing = missing.filter(|_| call.open.caller().credentials().speak_for_the_bearer());
    let missing_scopes = missing.map(|missing| scopes(call.tool, missing));
    call.token_verdict.fill(TokenVerdict { missing_scopes, ..call.open.token_verdict() });
}

/// All that a token needs for a tool: a client that asks for just these must not come back for
/// more.
fn scopes(tool: &Tool, missing: &str) -> String {
    let mut all: Vec<&str> = tool.scopes.to_vec();
    all.extend(missing.split(' ').filter(|scope| !tool.scopes.contains(scope)));
    all.join(" ")
}

/// A reply as it may leave: without what cannot be seen, and without the token if an upstream
/// echoed it.
fn sayable(caller: &Caller, text: String) -> String {
    // In this order, for hidden signs between its letters would hide a token from the search for
    // it.
    caller.redact(clean_json(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tool_kit::Row;

    use super::*;

    #[test]
    fn only_what_is_a_preview_is_asked_about() {
        let shown = Preview { shown: Row::new(), token: "t".to_owned(), expires_in_s: 600 };
        let stale = ToolError::new(Code::ConfirmationRequired, "Too old.");
        assert_eq!(preview(&Ok(Reply::Preview(shown.clone()))), Some(&shown));
        assert_eq!(preview(&Err(stale.with_preview(shown.clone()))), Some(&shown));
        let looks_alike = json!({"preview": {"key": "P-1"}, "confirm": "token"});
        assert_eq!(preview(&Reply::json(&looks_alike)), None);
        assert_eq!(preview(&Err(ToolError::new(Code::NotFound, "x"))), None);
    }

    #[test]
    fn pictures_count() {
        let picture = Block::Image { base64: "aGk=".to_owned(), media_type: "image/png" };
        assert_eq!(bytes(&Ok(Said { text: "{}".to_owned(), blocks: vec![picture] })), 6);
    }
}
