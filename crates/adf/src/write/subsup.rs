//! `<sup>` and `<sub>`: the only tags, beside `<br>`, that say what Markdown cannot. One without
//! its partner stays text.

use crate::node::{Mark, Node};

/// Stands for an opening tag until it is known whether its partner follows.
const OPENING: &str = "subsup";

/// One of the four tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag {
    name: &'static str,
    closes: bool,
}

impl Tag {
    /// The tag that a piece of HTML is.
    pub(super) fn of(html: &str) -> Option<Self> {
        let html = html.to_ascii_lowercase();
        let inner = html.strip_prefix('<')?.strip_suffix('>')?.trim_end();
        let (closes, name) = inner.strip_prefix('/').map_or((false, inner), |name| (true, name));
        let name = ["sub", "sup"].into_iter().find(|known| *known == name)?;
        Some(Self { name, closes })
    }

    /// The tag as text.
    pub(super) fn written(self) -> String {
        format!("<{}{}>", if self.closes { "/" } else { "" }, self.name)
    }
}

/// Notes an opening tag, or marks what stands behind the last one. No other mark but a link stays
/// on it: reading could not show them.
pub(super) fn apply(nodes: &mut Vec<Node>, tag: Tag) {
    if !tag.closes {
        nodes.push(Node::new(OPENING).with_attr("type", tag.name));
        return;
    }
    let opening = nodes.iter().rposition(|node| node.kind == OPENING);
    let Some(at) =
        opening.filter(|at| nodes.get(*at).and_then(|node| node.attr("type")) == Some(tag.name))
    else {
        nodes.push(Node::text(tag.written()));
        return;
    };
    nodes.remove(at);
    let mut mark = Mark::new("subsup");
    mark.attrs.insert("type", tag.name.into());
    for node in
        nodes.iter_mut().skip(at).filter(|node| node.kind == "text" && !node.has_mark("code"))
    {
        // What is blank would not be seen to be raised, and could not be read back so.
        if node.has_mark("subsup") || node.text.as_deref().is_none_or(|text| text.trim().is_empty())
        {
            continue;
        }
        node.marks.retain(|mark| mark.kind == "link");
        node.marks.push(mark.clone());
    }
}

/// Makes text of the opening tags that are left. Answers whether there were any tags at all.
pub(super) fn normalize(nodes: &mut [Node]) -> bool {
    let mut found = false;
    for node in nodes.iter_mut() {
        found |= node.has_mark("subsup");
        if node.kind == OPENING {
            found = true;
            let name = node.attr("type").unwrap_or_default();
            *node = Node::text(format!("<{name}>"));
        }
    }
    found
}
