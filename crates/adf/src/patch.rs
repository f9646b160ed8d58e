//! Edits of a stored document that keep every node they do not touch byte for byte.
//!
//! Nodes are carried as the JSON text Jira sent. They are never decoded and written again, so
//! nothing in them can be lost, whatever it is.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::headings;
use super::node::Node;
use super::patch_error::PatchError;
use super::read::to_markdown;

/// The original with the blocks of `addition` (a document) at its end. An original of `null`, or
/// one without content, is an empty document. Local ids of the addition that the original has
/// already are changed.
pub fn append(original: &RawValue, addition: &Node) -> Result<Box<RawValue>, PatchError> {
    let document = RawDocument::parse(original)?;
    let end = document.content.len();
    document.splice(original, end..end, addition)
}

/// What stands under one heading of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// The heading as Markdown, hashes included.
    pub heading: String,
    /// Its blocks, as a document of their own.
    pub body: Node,
}

/// The section below the top-level heading whose text is `heading`: up to the next heading of its
/// level or above.
///
/// White space, letter case, hashes around the name, and whether it is given as text or as Markdown
/// do not count.
pub fn section(original: &RawValue, heading: &str) -> Result<Section, PatchError> {
    let document = RawDocument::parse(original)?;
    let found = headings::find(&document.content, heading)?;
    let blocks = document.content.iter().take(found.end).skip(found.at + 1);
    let body = blocks.map(|block| json_borrow::from_str(block.get()).unwrap_or_default()).collect();
    Ok(Section { heading: to_markdown(&found.heading), body: Node::new("doc").with_content(body) })
}

/// The original with the blocks of a [`section`] replaced. A heading of the same name at the start
/// of the new ones is the section's own, and not written again.
pub fn replace_section(
    original: &RawValue,
    heading: &str,
    replacement: &Node,
) -> Result<Box<RawValue>, PatchError> {
    let document = RawDocument::parse(original)?;
    let found = headings::find(&document.content, heading)?;
    let mut replacement = replacement.clone();
    if replacement.content.first().is_some_and(|first| headings::same(first, &found.heading)) {
        replacement.content.remove(0);
    }
    if replacement.content.is_empty() {
        return Err(PatchError::Nothing);
    }
    document.splice(original, found.at + 1..found.end, &replacement)
}

/// The members of the document, and its top-level blocks, as JSON text.
struct RawDocument<'a> {
    members: Vec<(String, &'a RawValue)>,
    content: Vec<&'a RawValue>,
}

impl<'a> RawDocument<'a> {
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
        let added =
            addition.content.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
        let before = self.content.iter().take(range.start).map(|block| block.get());
        let after = self.content.iter().skip(range.end).map(|block| block.get());
        let blocks: Vec<&str> =
            before.chain(added.iter().map(String::as_str)).chain(after).collect();
        let mut out = String::with_capacity(
            original.get().len() + added.iter().map(String::len).sum::<usize>() + 64,
        );
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

/// Every `localId` in a document, found in its text: decoding would limit how deep it may nest.
fn local_ids(json: &str) -> HashSet<String> {
    let mut ids = HashSet::new();
    for (at, name) in json.match_indices("\"localId\"") {
        let after = json.get(at + name.len()..).unwrap_or_default().trim_start();
        let Some(value) =
            after.strip_prefix(':').map(str::trim_start).filter(|value| value.starts_with('"'))
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
