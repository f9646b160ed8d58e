//! Tests of the layer: tables of cases, laws over generated documents and texts, and hostile input.

mod generate;
mod generate_any;
mod hostile;
mod laws;
mod lossiness;
mod patch;
mod reading;
mod reading_rare;
mod samples;
mod structure;
mod writing;
mod writing_blocks;
mod writing_meant;

use serde_json::Value;

use super::{Node, Person, from_markdown};

/// Anna is the only person anybody can mean.
fn people(name: &str) -> Option<Person> {
    let known = ["Anna Berg", "anna@example.com"].contains(&name);
    known.then(|| Person { account_id: "712020:a-1".to_owned(), name: "Anna Berg".to_owned() })
}

fn nobody(_: &str) -> Option<Person> {
    None
}

fn node(json: Value) -> Node {
    Node::from(json)
}

/// The document Markdown becomes, as JSON.
fn written(markdown: &str) -> Value {
    serde_json::to_value(from_markdown(markdown, &people)).unwrap()
}
