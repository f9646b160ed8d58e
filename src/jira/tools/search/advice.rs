//! Errors that teach: after a failure, what the caller probably meant is looked up and offered.
//!
//! It costs calls to Jira only when something failed already, and when they fail too, the first
//! error stands as it was.

use serde_json::json;
use tool_kit::{Row, ToolError, clean};

use crate::jira::{
    request,
    tools::{
        args::Jql,
        context::Context,
        search::{
            jql_fault::{Subject, position, subject},
            jql_names::{Reference, judged, values_like},
            near_projects::projects_like,
        },
    },
};

/// Faults of one query for which values are looked up.
const LOOKUPS_MAX: usize = 3;

/// Adds the nearest projects to an error about one that was not found. A project that exists after
/// all, but not for what was asked, is no misspelling: its error stays.
pub(in crate::jira::tools) async fn unknown_project(
    context: &Context,
    given: &str,
    error: ToolError,
) -> ToolError {
    let near = projects_like(context, given).await;
    let is_given =
        |said: &String| said.split(' ').next().is_some_and(|key| key.eq_ignore_ascii_case(given));
    if near.is_empty() || near.iter().any(is_given) {
        return error;
    }
    error.hint(format!("Did you mean: {}?", near.join("; "))).with("candidates", near)
}

/// Adds to an error about a query where its faults are and which fields, functions or values are
/// nearest. `texts` are Jira's sentences about the query as it was sent, which the error's message
/// holds already. `hint` is for a fault about which nothing nearer is known.
pub(in crate::jira::tools) async fn wrong_jql(
    context: &Context,
    jql: &Jql,
    texts: Vec<String>,
    error: ToolError,
    hint: &str,
) -> ToolError {
    // What was sent is longer where projects are restricted, so positions would be wrong.
    let own = if context.projects.is_open() { None } else { judged(context, jql).await.ok() };
    let own = own.filter(|own| !own.is_empty() && *own != texts);
    let is_said = own.is_none();
    let texts = own.unwrap_or(texts);
    let mut problems = explain(context, &texts).await;
    let names_way_on = |row: &Row| row.get("nearest").is_some() || row.get("operators").is_some();
    let error = if problems.iter().any(names_way_on) { error } else { error.hint(hint) };
    problems.retain(|row| names_way_on(row) || row.get("line").is_some());
    match problems.as_mut_slice() {
        [] => error,
        [only] if is_said => {
            only.remove("message");
            only.fields().fold(error, |error, (name, value)| error.with(name, value.clone()))
        }
        _ => error.with("problems", json!(problems)),
    }
}

/// One row for each of Jira's sentences about a query: the sentence, its position, and what is
/// nearest to the unknown name.
pub(in crate::jira::tools) async fn explain(context: &Context, texts: &[String]) -> Vec<Row> {
    let subjects: Vec<Option<Subject<'_>>> = texts.iter().map(|text| subject(text)).collect();
    let about_names = |subject: &Subject<'_>| !matches!(subject, Subject::Value { .. });
    let answer = if subjects.iter().flatten().any(about_names) {
        context.jira.call(request::jql_reference()).await.ok()
    } else {
        None
    };
    let reference = answer.as_ref().and_then(|answer| answer.read().ok()).map(Reference);
    let mut rows = Vec::with_capacity(texts.len());
    let mut lookups = 0;
    for (text, subject) in texts.iter().zip(subjects) {
        let mut row = Row::new();
        row.put_non_empty("message", clean(text).as_ref());
        if let Some(position) = position(text) {
            row.put_non_empty("line", position.line);
            row.put_non_empty("character", position.character);
        }
        match (subject, &reference) {
            (Some(Subject::Field(name)), Some(reference)) => {
                row.put_non_empty("nearest", reference.fields_like(name));
            }
            (Some(Subject::Function(name)), Some(reference)) => {
                row.put_non_empty("nearest", reference.functions_like(name));
            }
            (Some(Subject::Operator { field }), Some(reference)) => {
                row.put_non_empty("operators", reference.operators(field));
            }
            (Some(Subject::Value { field, value }), _) if lookups < LOOKUPS_MAX => {
                lookups += 1;
                row.put_non_empty("nearest", values_like(context, &field, value).await);
            }
            _ => {}
        }
        rows.push(row);
    }
    rows
}
