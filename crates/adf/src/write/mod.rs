//! Markdown to ADF: whatever the text, the document is one that Jira's validator takes.

mod address;
mod alert;
mod blank;
mod builder;
mod code;
mod definitions;
mod emoji;
mod extra;
mod flatten;
mod html;
mod image;
mod indent;
mod limit;
mod merge;
mod nesting;
mod normalize;
mod person;
mod scan;
mod schema;
mod span;
mod subsup;

use std::cell::RefCell;

use super::node::Node;
pub(super) use address::{bare_url_bytes, is_account_id, is_safe_link, status_color};
use builder::Builder;
pub(super) use emoji::emoji_text;
pub use limit::{Excess, check_markdown, check_parts};
pub use person::Person;
pub(super) use schema::allows;

/// Markdown as a document (type `doc`, version 1). It never fails: what ADF cannot hold in that
/// place becomes the nearest thing it can. No text is lost but the titles of links.
///
/// `people` answers whom `@[name or e-mail]` means; with `None` the characters stay. Mentions that
/// carry an account id (`[@Name](accountid:ID)`, `[~accountid:ID]`) need no answer.
pub fn from_markdown(markdown: &str, people: &dyn Fn(&str) -> Option<Person>) -> Node {
    let mut markdown = indent::below_numbers(nesting::limit(markdown));
    if !markdown.ends_with('\n') {
        // An empty task on the last line is none to the parser without it.
        markdown.to_mut().push('\n');
    }
    normalize::document(Builder::tree(&markdown, people))
}

/// The names in `@[…]` that [`from_markdown`] would ask for, each once, in order of appearance.
/// Names in code, in link texts and behind a backslash are not among them.
pub fn mentioned(markdown: &str) -> Vec<String> {
    if !markdown.contains("@[") {
        return Vec::new();
    }
    let names: RefCell<Vec<String>> = RefCell::default();
    from_markdown(markdown, &|name| {
        names.borrow_mut().push(name.to_owned());
        None
    });
    let mut seen = std::collections::HashSet::new();
    names.into_inner().into_iter().filter(|name| seen.insert(name.clone())).collect()
}
