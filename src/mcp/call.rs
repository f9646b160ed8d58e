//! One tool call: admitted, run, bounded, answered and audited.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use auth::{Caller, TokenVerdict, VerdictSlot};
use futures_util::FutureExt;
use limit::Refusal;
use metrics::{Span, Trace, labels::Limit};
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock};
use serde_json::{Map, Value};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    jira::views::{self, Budget},
    policy::{Policy, Verdict},
    telemetry::audit,
    tools::{Code, Context, Given, Progress, Reply, TextsMade, Tool, ToolError, named_hosts},
};

use super::{
    blocks,
    consent::{self, Answer},
    handler::Server,
    provenance,
};

/// The upstream call ends by itself at the deadline and knows what it leaves behind; this is for
/// all else.
const DEADLINE_SLACK: Duration = Duration::from_secs(1);

/// What is to be run, for whom, under which rules.
pub(super) struct Call<'a> {
    pub(super) tool: &'static Tool,
    pub(super) policy: &'a Policy,
    pub(super) caller: Caller,
    /// Takes what Jira said of the caller's token when the call is over.
    pub(super) verdict: VerdictSlot,
    /// Where the client says the call stands, and the HTTP request that brought it.
    pub(super) traces: Traces,
    /// Fires when nobody waits for the answer any more.
    pub(super) gone: &'a CancellationToken,
    /// The client speaks 2026-07-28.
    pub(super) is_modern: bool,
    /// The client can ask its user for consent.
    pub(super) can_ask: bool,
    /// What the user said when asked.
    pub(super) answer: Option<Answer>,
    /// Where the tool says how far it is.
    pub(super) progress: Progress,
}

/// The traces that a call may belong to: the message's own goes before that of the request which
/// carried it.
#[derive(Debug, Default)]
pub(super) struct Traces {
    pub(super) message: Trace,
    pub(super) request: Trace,
}

impl Server {
    /// Runs a tool and writes its audit line. The reply's JSON-RPC id takes `id_bytes` of the
    /// budget.
    pub(super) async fn run(
        &self,
        call: Call<'_>,
        mut arguments: Map<String, Value>,
        id_bytes: usize,
    ) -> CallToolResponse {
        let started = Instant::now();
        let deadline = started + self.0.settings.call_deadline;
        let subject = audit::subject(&arguments);
        let asks = call.can_ask && consent::is_asked_by(call.tool);
        let answer = call.answer.filter(|_| asks);
        let is_refused = answer == Some(Answer::Refused);
        if asks {
            consent::put_answer(&mut arguments, answer);
        }
        // Whoever pastes an address means that issue, and the one of that key on no other site.
        let hosts = named_hosts(&arguments);
        let mut given = Given::new(arguments).of_tool(call.tool.name, !self.is_pinned());
        let site = given.take_text("site").or_else(|| hosts.first().cloned());
        let mut span = self.tool_span(call.tool, &call.traces);
        let trace = span.as_ref().map(Span::trace).unwrap_or_default();
        let trace_id = trace.id();
        let metrics = self.0.signals.metrics();
        let _running = metrics.tool_calls_in_flight.hold();
        let granted = self.0.jira.granted(&call.caller, site.as_deref());
        let verdict = call.policy.judge(call.tool, granted.as_deref());
        let mut context = self.context(call.caller, site, call.policy, deadline, id_bytes);
        context.jira = context.jira.within(trace);
        context.progress = call.progress;
        context.named_hosts = hosts;
        let outcome = if is_refused {
            Err(consent::refused())
        } else {
            self.admitted(call.tool, verdict, given, &context, deadline, call.gone).await
        };
        let code = outcome.as_ref().err().map(ToolError::code);
        let caller = context.jira.caller();
        let missing = outcome.as_ref().err().and_then(ToolError::missing_scope);
        let missing_scopes = missing.map(|missing| scopes(call.tool, missing));
        call.verdict.fill(TokenVerdict { missing_scopes, ..context.jira.token_verdict() });
        let outcome = outcome.map_err(|error| error.fenced(&context.projects));
        let mut result = self.result(call.tool, outcome, context.budget, caller);
        let mut question = asks.then(|| consent::question(call.tool, &result)).flatten();
        if call.is_modern {
            let meta = if let Some(question) = &mut question {
                &mut question.meta
            } else {
                &mut result.meta
            };
            self.put_server_info(meta.get_or_insert_default());
        }
        let line = audit::Line {
            tool: call.tool.name,
            subject: self.0.known_projects.shown(&subject, code.is_none()),
            request_id: caller.request_id(),
            trace_id: trace_id.as_deref(),
            user: caller.key(),
            outcome: code,
            jira_calls: context.jira.calls(),
            bytes_from_jira: context.jira.bytes(),
            bytes_sent: question.as_ref().map_or_else(|| blocks::bytes(&result), consent::bytes),
            elapsed: started.elapsed(),
        };
        line.write();
        self.count(&line, span.as_mut());
        question.map_or_else(|| result.into(), CallToolResponse::from)
    }

    /// Runs a tool if its caller has not used up their share.
    async fn admitted(
        &self,
        tool: &Tool,
        verdict: Verdict,
        given: Given,
        call: &Context,
        deadline: Instant,
        gone: &CancellationToken,
    ) -> Result<Reply, ToolError> {
        let _place =
            self.0.limiter.admit(&call.jira.caller().key(), Instant::now()).map_err(|refusal| {
                self.0.signals.metrics().limited.inc(limit(&refusal));
                refused(&refusal)
            })?;
        if let Verdict::Lacks(scope) = verdict {
            return Err(ToolError::insufficient_scope(&scope));
        }
        let running = guarded(tool, given, call, deadline);
        if !tool.effect.is_read() {
            // A write that has begun is finished, so that its outcome can be known and audited.
            return running.await;
        }
        tokio::select! {
            outcome = running => outcome,
            // Nobody waits for the answer any more; dropping the call stops its request to Jira.
            () = gone.cancelled() => Err(ToolError::new(Code::Cancelled, "The client took the call back.")),
        }
    }

    fn context(
        &self,
        caller: Caller,
        site: Option<String>,
        policy: &Policy,
        deadline: Instant,
        id_bytes: usize,
    ) -> Context {
        let settings = &self.0.settings;
        Context {
            jira: self.0.jira.session(caller, site, deadline),
            limits: settings.limits,
            budget: Budget::new(settings.reply_bytes_max, id_bytes, settings.structured_content),
            projects: policy.projects().clone(),
            repeats: Arc::clone(&self.0.repeats),
            seal_keys: self.0.seal_keys.clone(),
            hidden_tools: self.hidden_by(policy),
            progress: Progress::default(),
            texts: TextsMade::default(),
            named_hosts: Vec::new(),
        }
    }

    fn result(
        &self,
        tool: &Tool,
        outcome: Result<Reply, ToolError>,
        budget: Budget,
        caller: &Caller,
    ) -> CallToolResult {
        match outcome.and_then(|reply| within(budget, reply)) {
            Ok(reply) => {
                let (text, beside) = reply.into_parts();
                let text = sayable(caller, text);
                let structured = self
                    .0
                    .settings
                    .structured_content
                    .then(|| serde_json::from_str(&text).ok())
                    .flatten();
                let mut result = CallToolResult::success(blocks::content(text, beside));
                result.structured_content = structured;
                result.meta = provenance::of(tool);
                result
            }
            Err(error) => {
                let request_id = caller.request_id();
                let mut text = error.envelope(request_id).to_string();
                if !budget.holds_text(&text) {
                    text = error.in_short().envelope(request_id).to_string();
                }
                CallToolResult::error(vec![ContentBlock::text(sayable(caller, text))])
            }
        }
    }
}

/// Tools fit their results into the budget; what still exceeds it is refused rather than sent.
fn within(budget: Budget, reply: Reply) -> Result<Reply, ToolError> {
    if budget.holds_text(reply.text()) {
        return Ok(reply);
    }
    Err(ToolError::new(Code::PayloadTooLarge, "The result does not fit into one reply.").hint(
        "Ask for less at once. A write is not undone by this: read before repeating one that was no dry_run.",
    ))
}

/// Runs a tool to its reply or its error; nothing that happens inside can leave the client without
/// an answer.
async fn guarded(
    tool: &Tool,
    given: Given,
    context: &Context,
    deadline: Instant,
) -> Result<Reply, ToolError> {
    let running = AssertUnwindSafe(attempt(tool, given, context)).catch_unwind();
    match tokio::time::timeout_at(deadline + DEADLINE_SLACK, running).await {
        Ok(Ok(result)) => result,
        // rmcp runs tools in a task of its own, where a panic would leave the client waiting for
        // ever.
        Ok(Err(_panic)) => Err(ToolError::internal("the tool stopped unexpectedly")),
        Err(_elapsed) => Err(too_long(tool)),
    }
}

/// All that a token needs for a tool: a client that asks for just these must not come back for
/// more.
fn scopes(tool: &Tool, missing: &str) -> String {
    let mut all: Vec<&str> = tool.scopes.to_vec();
    all.extend(missing.split(' ').filter(|scope| !tool.scopes.contains(scope)));
    all.join(" ")
}

/// A write that was cut may have happened.
fn too_long(tool: &Tool) -> ToolError {
    let error = ToolError::new(Code::UpstreamTimeout, "The call took too long.");
    if tool.effect.is_read() {
        return error.retryable(None);
    }
    error
        .hint("The change may or may not have been made. Read the issue before trying again.")
        .with("outcome", "unknown")
}

/// A failure may come from what Jira said minutes ago, so the tool gets a second look before
/// anybody is told.
async fn attempt(tool: &Tool, given: Given, context: &Context) -> Result<Reply, ToolError> {
    if !context.named_hosts.is_empty() {
        // Boxed: few calls name an address, and every call would carry its size.
        Box::pin(context.check_hosts()).await?;
    }
    let outcome = (tool.run)(context, given.clone()).await;
    if outcome.is_err() && context.jira.may_retry_fresh() {
        return (tool.run)(context, given).await;
    }
    outcome
}

/// A reply as it may leave: without what cannot be seen, and without the token if an upstream
/// echoed it.
fn sayable(caller: &Caller, text: String) -> String {
    // In this order, for hidden signs between its letters would hide a token from the search for
    // it.
    caller.redact(views::clean_json(text))
}

/// The limit that a refusal is counted under.
fn limit(refusal: &Refusal) -> Limit {
    match refusal {
        Refusal::Rate { .. } => Limit::Rate,
        Refusal::Concurrency => Limit::Concurrency,
        Refusal::Full => Limit::Callers,
    }
}

fn refused(refusal: &Refusal) -> ToolError {
    let wait_s = match refusal {
        Refusal::Rate { retry_after } => retry_after.as_secs().max(1),
        Refusal::Concurrency | Refusal::Full => 1,
    };
    ToolError::new(Code::Overloaded, format!("The bridge refuses the call: {refusal}."))
        .hint(format!("Wait {wait_s} seconds, then repeat it; make fewer calls at the same time."))
        .retryable(Some(wait_s))
}
