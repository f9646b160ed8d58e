//! A product of two tools that knows no upstream, for tests of what surrounds a call.

use std::{future::pending, sync::Arc};

use auth::{Caller, TokenVerdict};
use serde_json::{Value, json};
use tool_kit::{
    CallRequest, Effect, HeaderArgument, OpenCall, Product, Reply, ResourceKind, Run, Suggestions,
    Tool, Toolset, Usage,
    args::{ArgSpec, Shape, Synonyms},
};

use crate::mcp::Products;

/// Reads one thing.
pub(in crate::mcp) static READ: Tool = Tool {
    name: "test_read",
    title: "Read",
    about: "Read.",
    set: Toolset::Core,
    effect: Effect::Read,
    scopes: &["read"],
    also: &[],
    serves: |granted, needed| granted == needed,
    args: &[],
    sample: "{}",
    synonyms: &Synonyms::NONE,
    read: |_| Ok(()),
};

/// Changes one thing, once the user has seen it.
pub(in crate::mcp) static WRITE: Tool = Tool {
    name: "test_write",
    title: "Write",
    effect: Effect::Destructive,
    scopes: &["write"],
    args: &[ArgSpec { name: "confirm", about: "", shape: Shape::Text, required: false }],
    ..READ
};

/// What its tools do.
#[derive(Debug, Clone, Copy)]
pub(in crate::mcp) enum Behaviour {
    Answer,
    Panic,
    Hang,
}

#[derive(Debug)]
struct TestProduct(Behaviour);

/// It alone.
pub(in crate::mcp) fn products(behaviour: Behaviour) -> Products {
    let product: Arc<dyn Product> = Arc::new(TestProduct(behaviour));
    Products::new([product])
}

struct TestCall {
    caller: Caller,
    behaviour: Behaviour,
}

impl Product for TestProduct {
    fn name(&self) -> &'static str {
        "test"
    }

    fn title(&self) -> &'static str {
        "Test"
    }

    fn instructions(&self) -> &'static str {
        "Test."
    }

    fn tools(&self) -> Vec<&'static Tool> {
        vec![&READ, &WRITE]
    }

    fn tool(&self, name: &str) -> Option<&'static Tool> {
        self.tools().into_iter().find(|tool| tool.name == name)
    }

    fn nearest_tool(&self, _: &str, _: &dyn Fn(&Tool) -> bool) -> Option<&'static str> {
        None
    }

    fn common_arguments(&self) -> &'static [ArgSpec] {
        &[]
    }

    fn header_arguments(&self) -> &'static [HeaderArgument] {
        &[]
    }

    fn resources(&self) -> Vec<ResourceKind> {
        let note = ResourceKind {
            host: "note",
            tool: READ.name,
            id: "note_id",
            query: &["place"],
            described_query: vec!["place"],
            fixed: &[("include", "all")],
            title: "Note",
            about: "A note",
            media_type: Some("application/json"),
            file: |_| None,
        };
        let file = |value: &Value| {
            Some((value.get("text")?.as_str()?.to_owned(), "text/plain".to_owned()))
        };
        let paper = ResourceKind {
            host: "paper",
            id: "paper_id",
            query: &["note_id", "place"],
            described_query: Vec::new(),
            fixed: &[],
            media_type: None,
            file,
            ..note.clone()
        };
        vec![note, paper]
    }

    fn granted_scopes(&self, _: &Caller) -> Option<Vec<String>> {
        None
    }

    fn suggestions(&self, _: &str, _: &str, _: &dyn Fn(&str) -> Option<String>) -> Suggestions {
        Suggestions::None
    }

    fn open(&self, request: CallRequest) -> Box<dyn OpenCall> {
        Box::new(TestCall { caller: request.caller, behaviour: self.0 })
    }
}

impl OpenCall for TestCall {
    fn caller(&self) -> &Caller {
        &self.caller
    }

    fn granted_scopes(&self) -> Option<&[String]> {
        None
    }

    fn run(&self) -> Run<'_> {
        match self.behaviour {
            Behaviour::Answer => Box::pin(async { Reply::json(&json!({ "text": "read" })) }),
            Behaviour::Panic => Box::pin(async { panic!("a user's words") }),
            Behaviour::Hang => Box::pin(pending()),
        }
    }

    fn token_verdict(&self) -> TokenVerdict {
        TokenVerdict::default()
    }

    fn usage(&self) -> Usage {
        Usage::default()
    }

    fn subject(&self, _: bool) -> &str {
        self.caller.request_id()
    }
}
