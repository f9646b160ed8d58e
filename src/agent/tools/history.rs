//! `get_conversation_history`: what was said, as the service keeps it, by pages from the newest on.

use serde_json::{Value, json};
use tool_kit::{Reply, Row, ToolError, args::Arguments as _, args::RawArguments};

use super::{
    arguments::{self, PageToken},
    clipping::clipped,
    context::Context,
    reply,
    send::find,
};
use crate::agent::client;

const LIMIT_MAX: u32 = 100;

/// The least that the last message of a page is clipped to.
const CLIPS_CHARS: [usize; 15] = [
    400_000, 200_000, 120_000, 85_000, 70_000, 55_000, 40_000, 24_000, 12_000, 6_000, 3_000, 1_000,
    300, 100, 20,
];

pub(super) async fn history(context: &Context, given: RawArguments) -> Result<Reply, ToolError> {
    let args = arguments::History::read(given)?;
    let principal = context.principal().await?;
    let conversation = find(context, &principal, &args.conversation_id).await?;
    let on_behalf = context.on_behalf(conversation.agent());
    let asker = context.asker(&principal, &on_behalf);
    let limit = args.limit.unwrap_or(LIMIT_MAX).min(LIMIT_MAX);
    let limit = usize::try_from(limit).unwrap_or_default();
    let before = args.page_token.map(|PageToken(number)| number);
    let page = conversation.history(limit, before, &asker, context.deadline).await;
    let page = page.map_err(|error| context.failure(error))?;
    Reply::json(&shown(context.budget, conversation.id(), &page))
}

/// As many of the newest messages of a page as fit; older ones are on the next.
fn shown(budget: tool_kit::Budget, id: &str, page: &client::History) -> Row {
    let mut rows: Vec<Row> = page.messages.iter().map(reply::message).collect();
    let first = page.before.unwrap_or(0);
    let mut clips = CLIPS_CHARS.iter();
    let mut dropped = 0;
    loop {
        let before = if dropped > 0 { Some(first + dropped) } else { page.before };
        let row = frame(id, &rows, page, before);
        if budget.holds(&row) {
            return row;
        }
        if rows.len() > 1 {
            let half = rows.len() / 2;
            rows.drain(..half);
            dropped += half;
            continue;
        }
        let Some(chars) = clips.next() else { return row };
        rows = rows.iter().map(|row| clipped(row, *chars)).collect();
    }
}

fn frame(id: &str, rows: &[Row], page: &client::History, before: Option<usize>) -> Row {
    let mut row = Row::new();
    row.push("conversationId", id);
    row.push("messageCount", rows.len());
    row.push("totalMessages", page.total);
    row.push("messages", json!(rows));
    let next = before.map(|before| PageToken(before).text());
    row.put_non_empty("next_page_token", next.map_or(Value::Null, Value::from));
    row.put_unreadable(page.unreadable);
    row
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tool_kit::Budget;

    use super::*;
    use crate::agent::client::{From, Message};

    fn message(number: usize, chars: usize) -> Message {
        Message {
            id: Some(format!("c|{number:07}")),
            timestamp: None,
            from: From::Agent,
            reply_to: None,
            text: "x".repeat(chars),
            attachments: Vec::new(),
            suggested_actions: Vec::new(),
            citations: Vec::new(),
            sign_in: None,
            agent_error: None,
            is_cut: false,
        }
    }

    /// The page before message `before`, as the service's client gives it.
    fn page(all: &[Message], before: usize, limit: usize) -> client::History {
        let first = before.saturating_sub(limit);
        client::History {
            messages: all[first..before].to_vec(),
            total: all.len(),
            unreadable: 0,
            before: (first > 0).then_some(first),
        }
    }

    proptest! {
        #[test]
        fn pages_show_every_message_once_and_each_fits(
            lengths in proptest::collection::vec(0_usize..1_500, 0..40),
            limit in 1_usize..30, bytes in 2_000_usize..8_000,
        ) {
            let budget = Budget::new(bytes, 1, false);
            let all: Vec<_> = (0..).zip(&lengths).map(|(n, chars)| message(n, *chars)).collect();
            let mut seen = Vec::new();
            let mut before = all.len();
            loop {
                let row = shown(budget, "c1_x", &page(&all, before, limit));
                prop_assert!(budget.holds(&row));
                let row = json!(row);
                let ids: Vec<_> = row["messages"].as_array().unwrap().iter()
                    .map(|message| message["id"].as_str().unwrap().to_owned()).collect();
                prop_assert_eq!(row["messageCount"].as_u64().unwrap(), ids.len() as u64);
                seen.splice(0..0, ids);
                match row["next_page_token"].as_str() {
                    None => break,
                    Some(token) => {
                        let next = token.strip_prefix("before-").unwrap().parse().unwrap();
                        prop_assert!(next < before);
                        before = next;
                    }
                }
            }
            let expected: Vec<_> = all.iter().map(|message| message.id.clone().unwrap()).collect();
            prop_assert_eq!(seen, expected);
        }
    }
}
