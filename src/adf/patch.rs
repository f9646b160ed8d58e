//! Edits of a stored document that keep every node they do not touch byte for byte.
//!
//! Nodes are carried as the JSON text Jira sent. They are never decoded and written again, so nothing in them
//! can be lost, whatever it is.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::node::Node;
use super::read::plain;

/// Why a document could not be edited.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    /// The stored value is neither a document nor null.
    #[error("the stored text is not an ADF document")]
    NotADocument(#[source] Option<serde_json::Error>),
    /// No heading has this text, or several have.
    #[error("{found} headings read {heading:?}, one is needed")]
    Heading {
        /// The text that was looked for.
        heading: String,
        /// How many headings have it.
        found: usize,
    },
    /// The result is not JSON, which a valid original rules out.
    #[error("the edited document could not be written")]
    Write(#[from] serde_json::Error),
}

/// The original with the blocks of `addition` (a document) at its end. An original of `null`, or one without
/// content, is an empty document. Local ids of the addition that the original has already are changed.
pub fn append(original: &RawValue, addition: &Node) -> Result<Box<RawValue>, PatchError> {
    let document = Document::parse(original)?;
    let end = document.content.len();
    document.splice(original, end..end, addition)
}

/// The original with what stands under one heading replaced: everything after the top-level heading whose text
/// is `heading` (white space and letter case do not count), up to the next heading of its level or above.
pub fn replace_section(
    original: &RawValue,
    heading: &str,
    section: &Node,
) -> Result<Box<RawValue>, PatchError> {
    let document = Document::parse(original)?;
    let wanted = folded(heading);
    let levels: Vec<Option<(u64, bool)>> =
        document.content.iter().map(|block| heading_of(block, &wanted)).collect();
    let found: Vec<usize> = levels
        .iter()
        .enumerate()
        .filter(|(_, level)| matches!(level, Some((_, true))))
        .map(|(at, _)| at)
        .collect();
    let &[at] = found.as_slice() else {
        return Err(PatchError::Heading { heading: heading.to_owned(), found: found.len() });
    };
    let level = levels.get(at).copied().flatten().map_or(1, |(level, _)| level);
    let ends = |other: &Option<(u64, bool)>| other.is_some_and(|(other, _)| other <= level);
    let end = levels.iter().skip(at + 1).position(ends).map_or(levels.len(), |distance| at + 1 + distance);
    document.splice(original, at + 1..end, section)
}

/// The members of the document, and its top-level blocks, as JSON text.
struct Document<'a> {
    members: Vec<(String, &'a RawValue)>,
    content: Vec<&'a RawValue>,
}

impl<'a> Document<'a> {
    fn parse(original: &'a RawValue) -> Result<Self, PatchError> {
        let not_a_document = |error| PatchError::NotADocument(Some(error));
        if original.get().trim() == "null" {
            return Ok(Self { members: Vec::new(), content: Vec::new() });
        }
        let Members(mut members) = serde_json::from_str(original.get()).map_err(not_a_document)?;
        let mut content = Vec::new();
        for (_, value) in members.iter().filter(|(name, _)| name == "content") {
            content = serde_json::from_str::<Option<Vec<&RawValue>>>(value.get())
                .map_err(not_a_document)?
                .unwrap_or_default();
        }
        let kind = members.iter().find(|(name, _)| name == "type").map(|(_, kind)| kind.get());
        if kind.is_some_and(|kind| kind != "\"doc\"") {
            return Err(PatchError::NotADocument(None));
        }
        members.retain(|(name, _)| name != "content");
        Ok(Self { members, content })
    }

    /// Writes the document with the blocks in `range` replaced by those of `addition`.
    fn splice(
        self,
        original: &RawValue,
        range: std::ops::Range<usize>,
        addition: &Node,
    ) -> Result<Box<RawValue>, PatchError> {
        let mut addition = addition.clone();
        rename_local_ids(&mut addition, local_ids(original.get()));
        let added = addition.content.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
        let before = self.content.iter().take(range.start).map(|block| block.get());
        let after = self.content.iter().skip(range.end).map(|block| block.get());
        let blocks: Vec<&str> = before.chain(added.iter().map(String::as_str)).chain(after).collect();
        let mut out =
            String::with_capacity(original.get().len() + added.iter().map(String::len).sum::<usize>() + 64);
        out.push('{');
        for (name, default) in [("type", "\"doc\""), ("version", "1")] {
            if !self.members.iter().any(|(member, _)| member == name) {
                out.extend(["\"", name, "\":", default, ","]);
            }
        }
        for (name, value) in &self.members {
            out.push_str(&serde_json::to_string(name)?);
            out.push(':');
            out.push_str(value.get());
            out.push(',');
        }
        out.push_str("\"content\":[");
        out.push_str(&blocks.join(","));
        out.push_str("]}");
        Ok(RawValue::from_string(out)?)
    }
}

/// The members of an object in their order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an ADF document")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// The level of a heading block and whether it reads `wanted`; `None` for any other block.
fn heading_of(block: &RawValue, wanted: &str) -> Option<(u64, bool)> {
    // Most blocks are no headings, and need not be decoded to see that.
    if !block.get().contains("heading") {
        return None;
    }
    let node: Node = serde_json::from_str(block.get()).ok()?;
    (node.kind == "heading").then(|| (node.number("level").unwrap_or(1), folded(&plain(&node)) == wanted))
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Every `localId` in a document, found in its text: decoding would limit how deep it may nest.
fn local_ids(json: &str) -> HashSet<String> {
    let mut ids = HashSet::new();
    for (at, name) in json.match_indices("\"localId\"") {
        let after = json.get(at + name.len()..).unwrap_or_default().trim_start();
        let Some(value) = after.strip_prefix(':').map(str::trim_start).filter(|value| value.starts_with('"'))
        else {
            continue;
        };
        let mut values = serde_json::Deserializer::from_str(value).into_iter::<Value>();
        if let Some(Ok(Value::String(id))) = values.next() {
            ids.insert(id);
        }
    }
    ids
}

/// Gives each local id that is taken a new one, made from it.
fn rename_local_ids(node: &mut Node, mut taken: HashSet<String>) {
    let mut count = 1_usize;
    let mut pending = vec![node];
    while let Some(node) = pending.pop() {
        if let Some(Value::String(id)) = node.attrs.get_mut("localId")
            && !taken.insert(id.clone())
        {
            let base = id.clone();
            while !taken.insert(id.clone()) {
                count += 1;
                *id = format!("{base}-{count}");
            }
        }
        pending.extend(node.content.iter_mut().rev());
    }
}
