//! `send_message`: one message, and the whole answer to it.

use serde_json::json;
use tokio::time::Instant;
use tool_kit::{Code, Reply, Row, ToolError, args::Arguments as _, args::RawArguments};

use super::{arguments, clipping, context::Context, reply};
use crate::agent::client::{self, Conversation, Outgoing, Waiting};

pub(super) async fn send(context: &Context, given: RawArguments) -> Result<Reply, ToolError> {
    let args = arguments::Send::read(given)?;
    let principal = context.principal().await?;
    let report = context.report();
    let limit = context.wait_until();
    let outgoing = Outgoing { text: args.message, value: args.value };
    let conversation = if let Some(id) = &args.conversation_id {
        find(context, &principal, id).await?
    } else {
        let agent = context.agent()?;
        let on_behalf = context.on_behalf(agent);
        let asker = context.asker(&principal, &on_behalf);
        // Nothing was said yet, whatever fails here.
        let waiting = Waiting { limit, report: None };
        agent.open(&asker, waiting).await.map_err(|error| context.failure(error))?
    };
    let answer = say(context, &principal, &conversation, (&outgoing, limit), &report).await?;
    let mut row = Row::new();
    row.push("conversationId", conversation.id());
    reply::turn(&mut row, &answer);
    clipping::fit(context.budget, row, &reply::messages(&answer.messages))
}

/// The conversation that an id opens for this person.
pub(super) async fn find<'a>(
    context: &'a Context,
    principal: &str,
    id: &str,
) -> Result<Conversation<'a>, ToolError> {
    let asker = context.bare_asker(principal);
    let found = context.agents.conversation(id.trim(), context.agent.as_deref(), &asker).await;
    found.map_err(|error| context.failure(error))
}

/// Says something, once, and collects the answer. A failure names the conversation, so that an
/// answer that comes later can be read.
pub(super) async fn say(
    context: &Context,
    principal: &str,
    conversation: &Conversation<'_>,
    (outgoing, limit): (&Outgoing, Instant),
    report: client::Report<'_>,
) -> Result<client::Reply, ToolError> {
    let on_behalf = context.on_behalf(conversation.agent());
    let asker = context.asker(principal, &on_behalf);
    let report = context.progress.has_listener().then_some(report);
    let began = Instant::now();
    let answer = conversation.send(outgoing, &asker, Waiting { limit, report }).await;
    context.count_turn(&answer, began.elapsed());
    let named = |error: ToolError| error.with("conversationId", conversation.id());
    let answer = answer.map_err(|error| {
        let is_gone = error.is_not_found();
        let told = context.failure(error);
        if is_gone { told } else { named(told) }
    })?;
    match reply::spent_quota(&answer.messages) {
        None => Ok(answer),
        Some(code) => Err(named(
            ToolError::new(
                Code::RateLimited,
                format!("The agent's quota is spent, so it says ({}).", code.code),
            )
            .hint(
                "Wait a minute or more before the next message; the operator can raise the quota.",
            )
            .retryable(None)
            .with("agentError", json!(code))
            .with("response", reply::response(&answer.messages))
            .with("delivery", answer.delivery.as_str()),
        )),
    }
}
