//! `end_conversation`: the agent is told that it is over.

use tool_kit::{Reply, Row, ToolError, args::Arguments as _, args::RawArguments};

use super::{arguments, context::Context, send::find};

pub(super) async fn end(context: &Context, given: RawArguments) -> Result<Reply, ToolError> {
    let args = arguments::End::read(given)?;
    let principal = context.principal().await?;
    let conversation = find(context, &principal, &args.conversation_id).await?;
    let on_behalf = context.on_behalf(conversation.agent());
    let asker = context.asker(&principal, &on_behalf);
    let count = conversation.end(&asker, context.deadline).await;
    let count = count.map_err(|error| context.failure(error))?;
    let mut row = Row::new();
    row.push("conversationId", conversation.id());
    row.push("status", "ended");
    row.push("messageCount", count);
    Reply::json(&row)
}
