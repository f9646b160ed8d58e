//! Finds the heading that somebody names, by its text or as its Markdown shows it.

use serde_json::value::RawValue;

use super::node::Node;
use super::patch_error::PatchError;
use super::read::{plain, to_markdown};
use super::write::from_markdown;

/// No heading that somebody names is longer; the name is parsed as Markdown.
const NAME_BYTES_MAX: usize = 4_096;

/// A heading among the top-level blocks.
pub(super) struct HeadingMatch {
    pub(super) heading: Node,
    /// Its place among the blocks.
    pub(super) at: usize,
    /// Where its section ends: before the next heading of its level or above.
    pub(super) end: usize,
}

/// The one heading of that name.
pub(super) fn find(blocks: &[&RawValue], name: &str) -> Result<HeadingMatch, PatchError> {
    let headings: Vec<(usize, Node)> =
        blocks.iter().enumerate().filter_map(|(at, block)| Some((at, heading(block)?))).collect();
    if name.len() > NAME_BYTES_MAX {
        return Err(PatchError::Heading { heading: name.chars().take(60).collect(), found: 0 });
    }
    // A heading that reads exactly so goes before one that only looks so: `#1` may be a name.
    let hits = |is: &dyn Fn(&Node) -> bool| -> Vec<usize> {
        (0..headings.len())
            .filter(|at| headings.get(*at).is_some_and(|(_, node)| is(node)))
            .collect()
    };
    let exact = folded(name);
    let shown = without_hashes(name);
    let meant = folded(&plain(&from_markdown(shown, &|_| None)));
    let shown = folded(shown);
    let mut found = hits(&|node| folded(&plain(node)) == exact);
    if found.is_empty() {
        found = hits(&|node| {
            let text = folded(&plain(node));
            text == shown || text == meant || folded(without_hashes(&to_markdown(node))) == shown
        });
    }
    let unique = if let &[at] = found.as_slice() { headings.get(at) } else { None };
    let Some((at, heading)) = unique else {
        return Err(PatchError::Heading { heading: name.to_owned(), found: found.len() });
    };
    let ends = |(other, node): &&(usize, Node)| other > at && level(node) <= level(heading);
    let end = headings.iter().find(ends).map_or(blocks.len(), |(other, _)| *other);
    Ok(HeadingMatch { heading: heading.clone(), at: *at, end })
}

/// Whether a block is a heading with the same text as another.
pub(super) fn same(block: &Node, heading: &Node) -> bool {
    block.kind == "heading" && folded(&plain(block)) == folded(&plain(heading))
}

/// Whether Markdown begins with a heading of the same text as `heading`, also given as Markdown.
pub fn begins_with_heading(markdown: &str, heading: &str) -> bool {
    let first = |text: &str| from_markdown(text, &|_| None).content.into_iter().next();
    match (first(markdown), first(heading)) {
        (Some(first), Some(heading)) => markdown.starts_with('#') && same(&first, &heading),
        _ => false,
    }
}

/// The heading that a block is, if it is one.
fn heading(block: &RawValue) -> Option<Node> {
    // Most blocks are no headings, and need not be decoded to see that.
    if !block.get().contains("heading") {
        return None;
    }
    let node: Node = json_borrow::from_str(block.get()).ok()?;
    (node.kind == "heading").then_some(node)
}

fn level(heading: &Node) -> u64 {
    heading.number("level").unwrap_or(1)
}

fn without_hashes(name: &str) -> &str {
    name.trim().trim_start_matches('#').trim_end_matches('#').trim()
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
