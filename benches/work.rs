//! What a call costs inside: reading arguments, trimming, rich text both ways, the byte budget.
//! Nothing here does I/O.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a tool for developers"
)]

use std::hint::black_box;

use tool_kit::{Budget, Row, args::RawArguments};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jira_mcp_bridge::{
    jira::views::{RenderOptions, Visible, issue_view, search_row},
    jira::{
        names::FieldName,
        tools,
        wire::{Issue, SearchPage},
    },
};
use json_borrow as reader;
use serde_json::{Value, json};

#[path = "../examples/load/bodies.rs"]
#[expect(dead_code, reason = "shared with the load, which uses all of it")]
mod bodies;

const ISSUE_FIELDS: &[&str] = &[
    "type",
    "status",
    "summary",
    "assignee",
    "reporter",
    "priority",
    "labels",
    "parent",
    "created",
    "updated",
    "due",
    "resolution",
    "components",
    "fix_versions",
    "links",
    "subtasks",
    "description",
];
const SEARCH_FIELDS: &[&str] =
    &["type", "status", "summary", "assignee", "reporter", "priority", "labels", "updated"];

#[derive(Debug)]
struct All;

impl Visible for All {
    fn shows(&self, _issue_key: &str) -> bool {
        true
    }

    fn shows_project(&self, _: &str) -> bool {
        true
    }

    fn shows_all(&self) -> bool {
        true
    }
}

fn fields(names: &[&str]) -> Vec<FieldName> {
    names.iter().filter_map(|name| FieldName::known(name)).collect()
}

fn ids(fields: &[FieldName]) -> Vec<&str> {
    fields.iter().map(|field| field.id.as_str()).collect()
}

fn json_of<'a, T: serde::Deserialize<'a>>(body: &'a [u8]) -> T {
    reader::from_str(std::str::from_utf8(body).unwrap()).unwrap()
}

fn reading() -> RenderOptions<'static> {
    RenderOptions { site_url: "https://load.atlassian.net", text_chars: 2_000, visible: &All }
}

fn rows(body: &[u8], fields: &[FieldName]) -> Vec<Row> {
    let page: SearchPage<'_> = json_of(body);
    page.issues.iter().map(|issue| search_row(issue, fields, &reading())).collect()
}

fn trimming(criterion: &mut Criterion) {
    let bodies = bodies::Bodies::new();
    let (issue_fields, search_fields) = (fields(ISSUE_FIELDS), fields(SEARCH_FIELDS));
    let mut group = criterion.benchmark_group("trim");
    for (name, issue) in [
        ("issue", bodies.issue(&ids(&issue_fields))),
        ("issue, every field sent", bodies.issue(&[])),
    ] {
        group.throughput(Throughput::Bytes(issue.len() as u64));
        group.bench_function(name, |bench| {
            bench.iter(|| {
                let issue: Issue<'_> = json_of(black_box(&issue));
                issue_view(&issue, &issue_fields, &reading())
            });
        });
    }
    let page = bodies.search(&ids(&search_fields), 50);
    group.throughput(Throughput::Bytes(page.len() as u64));
    group.bench_function("search of 50", |bench| {
        bench.iter(|| rows(black_box(&page), &search_fields));
    });
    group.finish();
}

fn rich_text(criterion: &mut Criterion) {
    let issue: Value =
        serde_json::from_slice(&bodies::Bodies::new().issue(&["description"])).unwrap();
    let json = issue["fields"]["description"].to_string();
    let node: adf::Node = serde_json::from_str(&json).unwrap();
    let markdown = adf::to_markdown(&node);
    let mut group = criterion.benchmark_group("adf");
    group.throughput(Throughput::Bytes(json.len() as u64));
    group.bench_function("decode", |bench| {
        bench.iter(|| reader::from_str::<adf::Node>(black_box(&json)).unwrap());
    });
    group.bench_function("to Markdown", |bench| bench.iter(|| adf::to_markdown(black_box(&node))));
    group.throughput(Throughput::Bytes(markdown.len() as u64));
    group.bench_function("from Markdown", |bench| {
        bench.iter(|| adf::from_markdown(black_box(&markdown), &|_| None));
    });
    group.finish();
}

fn arguments(criterion: &mut Criterion) {
    let given = [
        (
            "jira_get_issue",
            json!({"issue_key": "https://x.atlassian.net/browse/LOAD-1", "include": "comments,links"}),
        ),
        (
            "jira_search",
            json!({"jql": "project = LOAD", "max_results": "50", "fields": "status, summary"}),
        ),
        (
            "jira_create_issue",
            json!({"project_key": "LOAD", "issue_type": "Bug", "summary": "It fails", "labels": ["a", "b"],
            "fields": {"Story Points": 5}}),
        ),
    ];
    let mut group = criterion.benchmark_group("arguments");
    for (tool, given) in &given {
        let given = given.as_object().unwrap();
        let read = tools::named(tool).unwrap().read;
        assert!(read(RawArguments::new(given.clone())).is_ok(), "{tool}");
        group.bench_function(*tool, |bench| {
            bench.iter(|| read(RawArguments::new(black_box(given).clone())));
        });
    }
    group.finish();
}

fn budget(criterion: &mut Criterion) {
    let fields = fields(SEARCH_FIELDS);
    let rows = rows(&bodies::Bodies::new().search(&ids(&fields), 100), &fields);
    let frame = json!({"issues": [], "is_last": false});
    let mut group = criterion.benchmark_group("budget");
    for (name, bytes) in [("all of 100 rows fit", 450_000), ("half of them fit", 26_000)] {
        let budget = Budget::new(bytes, 1, false);
        group.bench_function(name, |bench| {
            bench.iter_batched(
                || rows.clone(),
                |rows| budget.fit_rows(&frame, rows),
                criterion::BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, trimming, rich_text, arguments, budget);
criterion_main!(benches);
