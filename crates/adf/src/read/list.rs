//! Lists: bullets, numbers, tasks, decisions.

use super::collect::collect;
use super::emit::{Mode, write_runs};
use super::limits::DEPTH_MAX;
use super::run::{Fragment, Run, STRONG};
use super::shape::{decision_label, inside};
use super::writer::Writer;
use crate::node::Node;

/// The largest number a list may start with. Source: `CommonMark` section 5.2, nine digits.
const ORDER_MAX: u64 = 900_000_000;

impl Writer {
    pub(super) fn write_list(&mut self, node: &Node, other_marker: bool, depth: usize) {
        let mut number =
            (node.kind == "orderedList").then(|| node.number("order").unwrap_or(1).min(ORDER_MAX));
        for (index, item) in node.content.iter().enumerate() {
            let marker = match number {
                Some(number) => format!("{number}{} ", if other_marker { ')' } else { '.' }),
                None => bullet(other_marker).to_owned(),
            };
            number = number.map(|number| number + 1);
            self.item(index, &marker, marker.len(), |writer| {
                writer.write_item_blocks(inside(item), depth + 2);
            });
        }
    }

    /// Tasks; a nested list stands under the task before it.
    pub(super) fn write_tasks(&mut self, node: &Node, other_marker: bool, depth: usize) {
        if depth > DEPTH_MAX {
            return self.write_item_blocks(&node.content, depth);
        }
        for (index, task) in node.content.iter().enumerate() {
            if task.kind == "taskList" {
                self.item(index, "", 2, |writer| writer.write_tasks(task, false, depth + 1));
                continue;
            }
            let done = task.attr("state") == Some("DONE");
            let marker = format!("{}[{}] ", bullet(other_marker), if done { 'x' } else { ' ' });
            self.item(index, &marker, 2, |writer| match task.kind.as_ref() {
                "taskItem" => writer.inline(&task.content, Mode::Paragraph),
                "blockTaskItem" => writer.write_item_blocks(&task.content, depth + 2),
                _ => writer.write_item_blocks(std::slice::from_ref(task), depth + 2),
            });
        }
    }

    pub(super) fn write_decisions(&mut self, node: &Node, other_marker: bool, _depth: usize) {
        for (index, decision) in node.content.iter().enumerate() {
            self.item(index, bullet(other_marker), 2, |writer| {
                let label = Run {
                    marks: STRONG,
                    ..Run::plain(Fragment::Text(decision_label(decision).into()))
                };
                let mut runs = vec![label, Run::plain(Fragment::Text(" ".into()))];
                runs.extend(collect(inside(decision), false));
                write_runs(&mut writer.out, &writer.prefix, runs, Mode::Paragraph);
            });
        }
    }

    /// One item: its marker, then content whose further lines are indented by `indent` columns.
    fn item(&mut self, index: usize, marker: &str, indent: usize, write: impl FnOnce(&mut Self)) {
        let outer = self.prefix.len();
        if marker.is_empty() {
            self.prefix.extend(std::iter::repeat_n(' ', indent));
        }
        if index > 0 {
            self.line();
        }
        if !marker.is_empty() {
            self.out.push_str(marker);
            self.prefix.extend(std::iter::repeat_n(' ', indent));
        }
        write(self);
        self.prefix.truncate(outer);
    }
}

fn bullet(other_marker: bool) -> &'static str {
    if other_marker { "* " } else { "- " }
}
