//! `start_conversation`: a new conversation, with a greeting or with the answer to a first message.

use serde_json::json;
use tool_kit::{Reply, Row, ToolError, args::Arguments as _, args::RawArguments};

use super::{arguments, clipping, context::Context, reply, send::say};
use crate::agent::client::{Outgoing, TurnEnd, Waiting};

pub(super) async fn start(context: &Context, given: RawArguments) -> Result<Reply, ToolError> {
    let args = arguments::Start::read(given)?;
    let principal = context.principal().await?;
    let agent = context.agent()?;
    let on_behalf = context.on_behalf(agent);
    let asker = context.asker(&principal, &on_behalf);
    let report = context.report();
    let limit = context.wait_until();
    let waiting = Waiting {
        limit,
        report: if context.progress.has_listener() { Some(&report) } else { None },
    };
    let (conversation, greeting) =
        agent.start(&asker, waiting).await.map_err(|error| context.failure(error))?;
    let mut row = Row::new();
    row.push("conversationId", conversation.id());
    row.push("status", "started");
    let Some(text) = args.initial_message else {
        row.push("response", reply::response(&greeting));
        reply::put_offers(&mut row, &greeting);
        return clipping::fit(context.budget, row, &reply::messages(&greeting));
    };
    let outgoing = Outgoing { text, value: None };
    let answer = say(context, &principal, &conversation, (&outgoing, limit), &report).await?;
    let mut turn = Row::new();
    reply::turn(&mut turn, &answer);
    // A conversation that has begun is started, unless there is more to know.
    if answer.end == TurnEnd::Answered {
        turn.remove("status");
    } else {
        row.remove("status");
    }
    row.append(turn);
    row.put_non_empty("greeting", json!(reply::response(&greeting)));
    clipping::fit(context.budget, row, &reply::messages(&answer.messages))
}
