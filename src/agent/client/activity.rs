//! One activity as the service sends it, read leniently: half an emoji, a member of another type or
//! one that is missing costs that member only.
//!
//! Source: Bot Framework, "directline-3.0.json", definitions of `Activity` and `ActivitySet`.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// A message may have 262,144 bytes; its card may hold many small values, each of which takes up to
/// a hundred times its bytes here.
pub(super) const VALUES_MAX: usize = 20_000;
const ACTIVITY_BYTES_MAX: usize = 1024 * 1024;
pub(super) const ID_CHARS_MAX: usize = 512;

/// Who sent an activity. Ids of senders are rewritten by the service, so the role alone tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The agent.
    Agent,
    /// The user, by role or because no role is said.
    User,
}

/// What an activity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A message.
    Message,
    /// The agent is at work; it may carry a piece of what becomes a message.
    Typing,
    /// The conversation is over.
    End,
    /// All else: events, plans, traces, updates.
    Other,
}

/// What an agent says about its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputHint {
    /// It waits for the user, or would take something from them.
    Open,
    /// More is to come.
    Ignoring,
    /// Nothing was said.
    None,
}

/// Where in a stream of pieces an activity stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamPart {
    /// A piece of text; whether it continues the pieces before it, or holds them.
    Piece {
        /// Whether it is to be put behind the last one.
        is_delta: bool,
    },
    /// A word about what the agent is doing.
    Informative,
    /// The end.
    Final,
}

/// What a value takes in memory, its name and its place in a map included.
const VALUE_BYTES: usize = 96;
/// What a map takes, however few members it has: room for four, and a table of their places.
const OBJECT_BYTES: usize = 384;

/// An activity.
#[derive(Clone, PartialEq)]
pub struct Activity {
    members: Map<String, Value>,
    weight: usize,
}

/// Its length only: the rest is somebody's content.
impl std::fmt::Debug for Activity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Activity({:?}, {} members)", self.kind(), self.members.len())
    }
}

impl Activity {
    /// Reads one. None if it is no object, nested more than 128 deep, or too large to be looked at.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > ACTIVITY_BYTES_MAX || !json_borrow::has_at_most(text, VALUES_MAX) {
            return None;
        }
        let mended = json_borrow::mend_surrogates(text);
        match serde_json::from_str(mended.as_deref().unwrap_or(text)).ok()? {
            Value::Object(members) => Some(Self { members, weight: weight(text) }),
            _ => None,
        }
    }

    /// About how many bytes it takes in memory.
    pub fn weight(&self) -> usize {
        self.weight
    }

    /// A member that is a text and not empty.
    fn text_of(&self, name: &str) -> Option<&str> {
        self.members.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    fn inside(&self, object: &str, name: &str) -> Option<&str> {
        self.members.get(object)?.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// The id, if it has one of a usable length.
    pub fn id(&self) -> Option<&str> {
        self.text_of("id").filter(|id| id.len() <= ID_CHARS_MAX)
    }

    /// The id of the post that it answers.
    pub fn reply_to(&self) -> Option<&str> {
        self.text_of("replyToId").filter(|id| id.len() <= ID_CHARS_MAX)
    }

    /// Its place in the conversation: Direct Line's ids are `<conversation>|<number>`.
    pub fn sequence(&self) -> Option<u64> {
        self.id().and_then(sequence)
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        match self.text_of("type").unwrap_or_default() {
            "message" => Kind::Message,
            "typing" => Kind::Typing,
            "endOfConversation" => Kind::End,
            _ => Kind::Other,
        }
    }

    /// Its type as it is written.
    pub fn type_name(&self) -> &str {
        self.text_of("type").unwrap_or_default()
    }

    /// The name of an event.
    pub fn name(&self) -> Option<&str> {
        self.text_of("name")
    }

    /// Who sent it. Ids of senders are rewritten by the service, so only the role counts, and what
    /// is not said to be the agent's is the user's own.
    pub fn role(&self) -> Role {
        match self.inside("from", "role") {
            Some(role) if role.eq_ignore_ascii_case("bot") => Role::Agent,
            _ => Role::User,
        }
    }

    /// Who sent it where the stream holds the agent's activities only: a missing role is its own.
    pub fn role_in_stream(&self) -> Role {
        match self.inside("from", "role") {
            Some(role) if role.eq_ignore_ascii_case("user") => Role::User,
            _ => Role::Agent,
        }
    }

    /// The text as it stands, in Markdown.
    pub fn text(&self) -> Option<&str> {
        self.text_of("text")
    }

    /// When the service took it.
    pub fn timestamp(&self) -> Option<Timestamp> {
        self.text_of("timestamp")?.parse().ok()
    }

    /// The mark that the sender of a post put into it, to find it again.
    pub fn client_id(&self) -> Option<&str> {
        self.inside("channelData", "clientActivityID")
    }

    /// The conversation's id.
    pub fn conversation_id(&self) -> Option<&str> {
        self.inside("conversation", "id")
    }

    /// Whether it is of this conversation; most say nothing about that where it goes without
    /// saying.
    pub fn is_of(&self, conversation: &str) -> bool {
        self.conversation_id().is_none_or(|id| id == conversation)
    }

    /// What the agent says about its turn.
    pub fn input_hint(&self) -> InputHint {
        match self.text_of("inputHint").unwrap_or_default().to_ascii_lowercase().as_str() {
            "acceptinginput" | "expectinginput" => InputHint::Open,
            "ignoringinput" => InputHint::Ignoring,
            _ => InputHint::None,
        }
    }

    /// Where in a stream of pieces it stands: said by an entity of type `streaminfo`, by
    /// `channelData`, or by both.
    pub fn stream_part(&self) -> Option<StreamPart> {
        let said = |name: &str| {
            let entity = self.entities().find(|entity| is(entity, "type", "streaminfo"));
            let of_entity = entity.and_then(|entity| entity.get(name)?.as_str());
            of_entity.or_else(|| self.inside("channelData", name))
        };
        Some(match said("streamType")?.to_ascii_lowercase().as_str() {
            "final" => StreamPart::Final,
            "informative" => StreamPart::Informative,
            _ => StreamPart::Piece { is_delta: said("chunkType") == Some("delta") },
        })
    }

    /// The entities.
    pub fn entities(&self) -> impl Iterator<Item = &Map<String, Value>> {
        self.objects("entities")
    }

    /// The objects of a list.
    pub fn objects(&self, name: &str) -> impl Iterator<Item = &Map<String, Value>> {
        objects(self.members.get(name))
    }

    /// Any member.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }
}

/// No value stands without a sign of its own beside it.
fn weight(text: &str) -> usize {
    let signs = text.bytes().map(|byte| match byte {
        b',' | b'[' => VALUE_BYTES,
        b'{' => OBJECT_BYTES,
        _ => 0,
    });
    text.len() + signs.sum::<usize>()
}

/// The objects of a value that is a list.
pub(super) fn objects(value: Option<&Value>) -> impl Iterator<Item = &Map<String, Value>> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

fn is(object: &Map<String, Value>, name: &str, value: &str) -> bool {
    object.get(name).and_then(Value::as_str).is_some_and(|found| found.eq_ignore_ascii_case(value))
}

/// The number behind the last `|` of an activity's id.
pub(crate) fn sequence(id: &str) -> Option<u64> {
    let (_, number) = id.rsplit_once('|')?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| number.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity(text: &str) -> Activity {
        Activity::parse(text).unwrap()
    }

    /// Defect 4 of the program that this one replaces: the service rewrites the sender's id.
    #[test]
    fn the_role_alone_tells_the_agent_from_the_user() {
        fn check(from: &str, expected: Role) {
            assert_eq!(activity(&format!(r#"{{"from":{from}}}"#)).role(), expected, "{from}");
        }
        check(r#"{"id":"any","role":"bot"}"#, Role::Agent);
        check(r#"{"id":"bot"}"#, Role::User);
        check(r#"{"id":"relabelled","role":"user"}"#, Role::User);
        check(r#"{"role":null}"#, Role::User);
        check("null", Role::User);
    }

    #[test]
    fn a_stream_is_told_by_an_entity_or_by_channel_data() {
        fn check(rest: &str, expected: Option<StreamPart>) {
            assert_eq!(activity(&format!("{{{rest}}}")).stream_part(), expected, "{rest}");
        }
        check(
            r#""entities":[{"type":"thought"},{"type":"streaminfo","streamType":"streaming"}]"#,
            Some(StreamPart::Piece { is_delta: false }),
        );
        check(
            r#""channelData":{"streamType":"streaming","chunkType":"delta"}"#,
            Some(StreamPart::Piece { is_delta: true }),
        );
        check(r#""channelData":{"streamType":"final"}"#, Some(StreamPart::Final));
        check(r#""channelData":{"streamType":"informative"}"#, Some(StreamPart::Informative));
        check(r#""channelData":{}"#, None);
    }

    #[test]
    fn the_number_of_an_id_is_its_place() {
        assert_eq!(sequence("abc|0000005"), Some(5));
        for id in ["abc", "abc|", "abc|5x", "abc|-5", "abc|99999999999999999999999"] {
            assert_eq!(sequence(id), None, "{id}");
        }
    }
}
