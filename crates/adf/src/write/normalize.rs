//! Fits a tree shaped like Markdown to what ADF takes in each place: nothing is refused, the
//! nearest allowed block stands in. The rules follow [`super::schema::allows`].

use super::flatten::{check_box, joined, lines, prefix, strong};
use super::image;
use super::schema::allows;
use crate::node::Node;

/// The document, valid in the strict reading of the schema.
pub(super) fn document(root: Node) -> Node {
    let mut ids = LocalIds(0);
    Node::new("doc").with_content(blocks(root.content, "doc", &mut ids))
}

/// Numbers tasks: unique in the document, and the same whenever the same Markdown is converted.
struct LocalIds(usize);

impl LocalIds {
    fn next(&mut self) -> String {
        self.0 += 1;
        format!("task-{}", self.0)
    }
}

fn blocks(nodes: Vec<Node>, place: &str, ids: &mut LocalIds) -> Vec<Node> {
    let mut out = Vec::with_capacity(nodes.len());
    for mut node in nodes {
        let kind = node.kind.clone();
        let allowed = allows(place, &kind);
        match kind.as_ref() {
            "bulletList" | "orderedList" if allowed => list(node, place, ids, &mut out),
            "blockquote" | "panel" if allowed => {
                node.content = blocks(node.content, &kind, ids);
                if !node.content.is_empty() {
                    out.push(node);
                }
            }
            "blockquote" | "panel" => out.extend(blocks(node.content, place, ids)),
            "table" if allowed => out.extend(table(node)),
            "paragraph" if allows(place, "mediaSingle") => image::blocks(node, &mut out),
            "heading" | "paragraph" => {
                node.content = image::as_links(node.content);
                if !allowed {
                    node = Node::new("paragraph").with_content(strong(node.content));
                }
                out.push(node);
            }
            "codeBlock" if !allowed => {
                let content = joined(lines(node));
                if !content.is_empty() {
                    out.push(Node::new("paragraph").with_content(content));
                }
            }
            _ if allowed => out.push(node),
            _ => out.extend(
                lines(node).into_iter().map(joined_line).filter(|node| !node.content.is_empty()),
            ),
        }
    }
    out
}

fn joined_line(line: Vec<Node>) -> Node {
    Node::new("paragraph").with_content(line)
}

/// A list whose items have no check boxes, or all of them; a mixed list becomes several.
fn list(node: Node, place: &str, ids: &mut LocalIds, out: &mut Vec<Node>) {
    let first = (node.kind == "orderedList").then(|| node.number("order").unwrap_or(1));
    let mut items = node.content.into_iter().map(as_item).zip(0_u64..).peekable();
    while let Some((item, index)) = items.next() {
        let has_box = check_box(&item).is_some();
        let mut run = vec![item];
        while let Some((item, _)) = items.next_if(|(item, _)| check_box(item).is_some() == has_box)
        {
            run.push(item);
        }
        if has_box && allows(place, "taskList") {
            out.push(task_list(run, ids));
            continue;
        }
        let run = run.into_iter().map(|item| list_item(item, ids)).collect();
        let list = match first.map(|first| first.saturating_add(index)) {
            None => Node::new("bulletList"),
            Some(1) => Node::new("orderedList"),
            Some(order) => Node::new("orderedList").with_attr("order", order),
        };
        out.push(list.with_content(run));
    }
}

/// A definition that the parser met between two items was kept as a block of the list itself.
fn as_item(block: Node) -> Node {
    if block.kind == "listItem" { block } else { Node::new("listItem").with_content(vec![block]) }
}

/// A list item starts with a paragraph: older validators demand it.
fn list_item(mut item: Node, ids: &mut LocalIds) -> Node {
    let check_box = check_box(&item);
    item.attrs.clear();
    item.content = blocks(item.content, "listItem", ids);
    if item.content.first().is_none_or(|first| first.kind != "paragraph") {
        item.content.insert(0, Node::new("paragraph"));
    }
    if let (Some(marker), Some(first)) = (check_box, item.content.first_mut()) {
        prefix(
            if first.content.is_empty() { marker.trim_end() } else { marker },
            &mut first.content,
        );
    }
    item
}

fn task_list(items: Vec<Node>, ids: &mut LocalIds) -> Node {
    let list = Node::new("taskList").with_attr("localId", ids.next());
    let mut content = Vec::with_capacity(items.len());
    for item in items {
        task(item, ids, &mut content);
    }
    list.with_content(content)
}

/// A task holds inline content only, so blocks become lines; task lists in it stand beside it.
fn task(item: Node, ids: &mut LocalIds, out: &mut Vec<Node>) {
    let done = item.attrs.get("done").and_then(serde_json::Value::as_bool).unwrap_or_default();
    let local_id = ids.next();
    let mut inline = Vec::new();
    let mut nested = Vec::new();
    for block in item.content {
        let is_list = matches!(block.kind.as_ref(), "bulletList" | "orderedList");
        if is_list && block.content.iter().all(|item| check_box(item).is_some()) {
            nested.push(task_list(block.content, ids));
        } else {
            inline.extend(lines(block));
        }
    }
    let task = Node::new("taskItem").with_attr("localId", local_id);
    let task = task.with_attr("state", if done { "DONE" } else { "TODO" });
    out.push(task.with_content(joined(inline)));
    out.append(&mut nested);
}

/// A header row without any text is how a table without one is spelled.
fn table(mut node: Node) -> Option<Node> {
    let empty = |cell: &Node| cell.content.iter().all(|paragraph| paragraph.content.is_empty());
    if node.content.len() > 1
        && node.content.first().is_some_and(|row| row.content.iter().all(empty))
    {
        node.content.remove(0);
    }
    node.content.retain(|row| !row.content.is_empty());
    (!node.content.is_empty()).then_some(node)
}
