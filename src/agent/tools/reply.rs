//! An agent's messages as results show them.

use serde_json::{Value, json};
use tool_kit::Row;

use crate::agent::client::{AgentCode, Delivery, From, Message, Reply, SignIn, TurnEnd};

/// The messages of a turn, each as a row, without what [`put_offers`] says of them.
pub(super) fn messages(messages: &[Message]) -> Vec<Row> {
    let mut rows: Vec<Row> = messages.iter().map(message).collect();
    for row in &mut rows {
        row.remove("citations");
    }
    for (name, at) in [
        ("suggestedActions", messages.iter().rposition(suggests)),
        ("signIn", messages.iter().rposition(asks_to_sign_in)),
    ] {
        if let Some(row) = at.and_then(|at| rows.get_mut(at)) {
            row.remove(name);
        }
    }
    rows
}

fn suggests(message: &Message) -> bool {
    !message.suggested_actions.is_empty()
}

fn asks_to_sign_in(message: &Message) -> bool {
    message.sign_in.as_ref().is_some_and(|asked| asked.url.is_some())
}

/// One message: the keys that clients of the older program know, and what else it brings.
pub(super) fn message(message: &Message) -> Row {
    let mut row = Row::new();
    row.push("id", message.id.clone());
    row.push("type", "message");
    row.push("timestamp", message.timestamp.clone());
    row.push("from", from(message.from));
    row.push("text", message.text.clone());
    row.put_non_empty("attachments", json!(message.attachments));
    row.put_non_empty("suggestedActions", json!(message.suggested_actions));
    row.put_non_empty("citations", json!(message.citations));
    if let Some(asked) = &message.sign_in {
        row.put_non_empty("signIn", sign_in(asked));
    }
    if let Some(code) = &message.agent_error {
        row.put_non_empty("agentError", json!(code));
    }
    if message.is_cut {
        row.put_non_empty("clipped", true);
    }
    row
}

fn from(side: From) -> &'static str {
    match side {
        From::User => "user",
        From::Agent => "agent",
    }
}

/// What the agent asks the user to open.
fn sign_in(asked: &SignIn) -> Value {
    let mut row = Row::new();
    row.put_non_empty("text", asked.text.clone());
    row.put_non_empty("url", asked.url.clone());
    row.put_non_empty("connection", asked.connection.clone());
    json!(row)
}

/// The texts of messages as one.
pub(super) fn response(messages: &[Message]) -> String {
    let texts = messages.iter().map(|message| message.text.trim()).filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join("\n\n")
}

/// How a turn ended, in one word.
pub(super) fn status(end: TurnEnd) -> &'static str {
    match end {
        TurnEnd::Answered => "completed",
        TurnEnd::Ended => "ended",
        TurnEnd::Pending => "pending",
    }
}

/// What the messages of a turn offer, once for all.
pub(super) fn put_offers(row: &mut Row, messages: &[Message]) {
    // What a message before the last suggested is out of date.
    let last = messages.iter().rfind(|message| suggests(message));
    let suggested = last.map(|message| json!(message.suggested_actions));
    row.put_non_empty("suggestedActions", suggested.unwrap_or_default());
    let citations: Vec<_> = messages.iter().flat_map(|message| &message.citations).collect();
    row.put_non_empty("citations", json!(citations));
    let asked = messages.iter().rfind(|message| asks_to_sign_in(message));
    if let Some(asked) = asked.and_then(|message| message.sign_in.as_ref()) {
        row.put_non_empty("signIn", sign_in(asked));
    }
    if let Some(code) = agent_error(messages) {
        row.put_non_empty("agentError", json!(code));
    }
}

/// The failure that the agent itself reported, a spent quota before all others.
fn agent_error(messages: &[Message]) -> Option<&AgentCode> {
    let codes = || messages.iter().filter_map(|message| message.agent_error.as_ref());
    codes().find(|code| code.is_quota).or_else(|| codes().next())
}

/// The code of a spent quota, if that is all that the agent said: beside an answer it is only data,
/// for the answer must not be lost.
pub(super) fn spent_quota(messages: &[Message]) -> Option<&AgentCode> {
    let is_quota = |message: &Message| {
        message.text.is_empty() || message.agent_error.as_ref().is_some_and(|code| code.is_quota)
    };
    agent_error(messages).filter(|code| code.is_quota && messages.iter().all(is_quota))
}

/// What to do about an answer that is not whole.
fn hint(reply: &Reply) -> &'static str {
    match (reply.end, reply.delivery) {
        (TurnEnd::Ended, _) => {
            "The conversation is over, and the agent said nothing more. Start a new one."
        }
        _ if reply.unreadable > 0 => {
            "The agent said something that is too large or cannot be read. Ask it for less at once."
        }
        (_, Delivery::Delivered) => {
            "The agent is not done. Do not send the message again: read get_conversation_history later."
        }
        _ => {
            "The message may not have arrived. Read get_conversation_history before sending it again."
        }
    }
}

/// The answer to one message, without its messages.
pub(super) fn turn(row: &mut Row, reply: &Reply) {
    row.push("response", response(&reply.messages));
    row.push("activityId", reply.activity_id.clone());
    row.push("status", status(reply.end));
    let is_silent_end = reply.end == TurnEnd::Ended && reply.messages.is_empty();
    if reply.end == TurnEnd::Pending || is_silent_end {
        row.push("delivery", reply.delivery.as_str());
        row.push("hint", hint(reply));
    }
    put_offers(row, &reply.messages);
    row.put_unreadable(reply.unreadable);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::client::{Choice, Citation};

    fn said(text: &str, suggestion: Option<&str>) -> Message {
        let choice = |title: &str| Choice {
            title: title.to_owned(),
            kind: "imBack".to_owned(),
            message: Some(title.to_owned()),
            value: None,
            url: None,
        };
        let citation = |name: &str| Citation {
            position: None,
            name: Some(name.to_owned()),
            url: None,
            summary: None,
        };
        Message {
            id: None,
            timestamp: None,
            from: From::Agent,
            reply_to: None,
            text: text.to_owned(),
            attachments: Vec::new(),
            suggested_actions: suggestion.map(choice).into_iter().collect(),
            citations: vec![citation(text)],
            sign_in: None,
            agent_error: None,
            is_cut: false,
        }
    }

    #[test]
    fn what_a_turn_offers_is_said_once_and_nothing_is_lost() {
        let all = [said("a", Some("yes")), said("b", Some("no")), said("c", None)];
        let reply = Reply {
            activity_id: None,
            end: TurnEnd::Pending,
            delivery: Delivery::Delivered,
            messages: all.to_vec(),
            unreadable: 0,
        };
        let mut row = Row::new();
        turn(&mut row, &reply);
        let (row, rows) = (json!(row), json!(messages(&all)));
        assert_eq!(row["response"], "a\n\nb\n\nc");
        assert_eq!((&row["status"], &row["delivery"]), (&json!("pending"), &json!("delivered")));
        assert_eq!(row["suggestedActions"][0]["title"], "no");
        assert_eq!(row["citations"].as_array().unwrap().len(), 3);
        assert_eq!(rows[0]["suggestedActions"][0]["title"], "yes");
        for member in ["suggestedActions", "citations"] {
            assert!(rows[1].get(member).is_none() && rows[2].get(member).is_none(), "{rows}");
        }
    }
}
