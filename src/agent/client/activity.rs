//! One activity as the service sends it, read leniently: half an emoji, a member of another type or
//! one that is missing costs that member only.
//!
//! Source: Bot Framework, "directline-3.0.json", definitions of `Activity` and `ActivitySet`.

use jiff::Timestamp;
use json_borrow::{Lenient, List, Raw, Text};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A message may have 262,144 bytes; its card may hold many small values, each of which takes up to
/// a hundred times its bytes here.
const VALUES_MAX: usize = 20_000;
const ACTIVITY_BYTES_MAX: usize = 1024 * 1024;
/// Activities of one answer that are looked at; a conversation of a day has far fewer.
const ACTIVITIES_MAX: usize = 50_000;
const ID_CHARS_MAX: usize = 512;

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

/// An activity.
#[derive(Clone, PartialEq)]
pub struct Activity(Map<String, Value>);

/// Its length only: the rest is somebody's content.
impl std::fmt::Debug for Activity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Activity({:?}, {} members)", self.kind(), self.0.len())
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
            Value::Object(members) => Some(Self(members)),
            _ => None,
        }
    }

    /// A member that is a text and not empty.
    fn text_of(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    fn inside(&self, object: &str, name: &str) -> Option<&str> {
        self.0.get(object)?.get(name)?.as_str().filter(|text| !text.is_empty())
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
        objects(self.0.get(name))
    }

    /// Any member.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
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

/// What one read brought.
#[derive(Debug, Default)]
pub(crate) struct ActivitySet {
    /// In the service's order.
    pub activities: Vec<Activity>,
    /// Where the next read begins; opaque.
    pub watermark: Option<String>,
    /// How many could not be read.
    pub unreadable: usize,
}

#[derive(Default, Deserialize)]
struct WireSet<'a> {
    #[serde(borrow, default)]
    activities: List<Raw<'a>, ACTIVITIES_MAX>,
    #[serde(borrow, default)]
    watermark: Lenient<Text<'a>>,
}

impl ActivitySet {
    /// Reads an answer or a frame of a socket; none if it is no JSON object.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?.trim_start_matches('\u{FEFF}');
        let wire: WireSet<'_> = json_borrow::from_str(text).ok()?;
        let unread = wire.activities.unreadable();
        let received = wire.activities.into_vec();
        let count = received.len();
        let activities: Vec<_> =
            received.into_iter().filter_map(|raw| Activity::parse(raw.get())).collect();
        let watermark = wire.watermark.into_option().map(Text::into_owned);
        Some(Self {
            unreadable: unread + count - activities.len(),
            activities,
            watermark: watermark.filter(|mark| !mark.is_empty() && mark.len() <= ID_CHARS_MAX),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity(text: &str) -> Activity {
        Activity::parse(text).unwrap()
    }

    #[test]
    fn one_odd_activity_costs_only_itself() {
        let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
        let many = format!("[{}1]", "1,".repeat(VALUES_MAX));
        let body = format!(
            r#"{{"activities":[{{"id":"a","text":"half \ud83d"}},7,null,{{"value":{deep}}},
                {{"value":{many}}},{{"id":9,"type":{{}},"from":3,"new":[1]}}],
                "watermark":5,"later":{{"x":1}}}}"#
        );
        let set = ActivitySet::parse(body.as_bytes()).unwrap();
        assert_eq!(set.activities.len(), 2);
        assert_eq!(set.activities[0].text(), Some("half \u{fffd}"));
        assert_eq!((set.activities[1].id(), set.activities[1].kind()), (None, Kind::Other));
        assert_eq!(set.watermark.as_deref(), Some("5"));
        assert!(set.unreadable >= 3, "{}", set.unreadable);
        for odd in ["", "[]", "7", "<html>", "{\"activities\":["] {
            assert!(ActivitySet::parse(odd.as_bytes()).is_none(), "{odd}");
        }
        let empty = ActivitySet::parse(b"{}").unwrap();
        assert!(empty.activities.is_empty() && empty.watermark.is_none());
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
