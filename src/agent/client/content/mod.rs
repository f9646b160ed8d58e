//! Activities as plain results: text, choices, cards as text, citations, links to sign in.
//!
//! What an agent thinks and plans is not passed on: thoughts, plans and traces come as events and
//! entities, and neither is read here. Everything is an agent's own text, not cleaned yet.

mod adaptive;
mod attachment;
mod bound;
mod choice;
mod codes;
mod sign_in;
#[cfg(test)]
mod tests;

use serde::Serialize;
use serde_json::Value;

pub use self::{
    adaptive::{Input, InputChoice},
    attachment::Attachment,
    choice::Choice,
    codes::AgentCode,
    sign_in::{SignIn, TokenExchange},
};
use self::{
    bound::{LIST_MAX, Room, text_of, web_url},
    choice::choice,
};
use super::activity::{Activity, Kind, Role, objects};

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// The user.
    User,
    /// The agent.
    Agent,
}

/// One message, of either side.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The service's id of it.
    pub id: Option<String>,
    /// When the service took it, as it wrote it (RFC 3339), if it can be read.
    pub timestamp: Option<String>,
    /// Who said it.
    pub from: From,
    /// The post that it answers.
    pub reply_to: Option<String>,
    /// What was said, in Markdown; of a message without text, what its cards say.
    pub text: String,
    /// What came with it.
    pub attachments: Vec<Attachment>,
    /// What the user may answer.
    pub suggested_actions: Vec<Choice>,
    /// Where the agent has it from.
    pub citations: Vec<Citation>,
    /// What the agent asks the user to open, to sign in.
    pub sign_in: Option<SignIn>,
    /// The agent's own report of a failure.
    pub agent_error: Option<AgentCode>,
    /// Whether something was left out, because there was too much of it.
    pub is_cut: bool,
}

/// A source that the agent names.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Citation {
    /// Its number in the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it says.
    #[serde(rename = "abstract", skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
}

impl Message {
    /// The message that an activity is; none for all other activities.
    pub fn of(activity: &Activity, role: Role) -> Option<Self> {
        if activity.kind() != Kind::Message {
            return None;
        }
        let mut room = Room::default();
        let text = activity.text().map(|text| room.take(text)).unwrap_or_default();
        let mut attachments = Vec::new();
        let mut suggested_actions = suggested(activity, &mut room);
        let mut sign_in = None;
        for object in activity.objects("attachments").take(LIST_MAX) {
            let read = attachment::read(object, &mut room);
            suggested_actions.extend(read.choices);
            attachments.extend(read.attachment);
            sign_in = sign_in.or(read.sign_in);
        }
        suggested_actions.truncate(LIST_MAX);
        let of_cards = || {
            let texts = attachments.iter().filter_map(|card: &Attachment| card.text.as_deref());
            texts.collect::<Vec<_>>().join("\n\n")
        };
        let citations = citations(activity, &mut room);
        Some(Self {
            id: activity.id().map(str::to_owned),
            timestamp: activity.timestamp().map(|at| at.to_string()),
            from: if role == Role::Agent { From::Agent } else { From::User },
            reply_to: activity.reply_to().map(str::to_owned),
            agent_error: (role == Role::Agent).then(|| codes::find(&text)).flatten(),
            text: if text.is_empty() { of_cards() } else { text },
            attachments,
            suggested_actions,
            citations,
            sign_in,
            is_cut: room.is_cut(),
        })
    }
}

fn suggested(activity: &Activity, room: &mut Room) -> Vec<Choice> {
    let actions = activity.get("suggestedActions").and_then(|suggested| suggested.get("actions"));
    objects(actions).take(LIST_MAX).filter_map(|action| choice(action, room)).collect()
}

/// Entities of type `https://schema.org/Message` hold a list `citation`.
fn citations(activity: &Activity, room: &mut Room) -> Vec<Citation> {
    let lists = activity.entities().map(|entity| objects(entity.get("citation")));
    let mut found = Vec::new();
    for citation in lists.flatten().take(LIST_MAX) {
        let appearance = citation.get("appearance").and_then(Value::as_object);
        let mut member = |name: &str| {
            let text = appearance.and_then(|appearance| text_of(appearance, name))?;
            Some(room.take(text))
        };
        let (name, summary, url) = (member("name"), member("abstract"), member("url"));
        let url = url.filter(|url| web_url(url).is_some());
        if name.is_some() || url.is_some() || summary.is_some() {
            let position = citation.get("position").and_then(Value::as_u64);
            found.push(Citation { position, name, url, summary });
        }
    }
    found
}
