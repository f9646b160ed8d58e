//! Finding fields by name, id or the name JQL has for them.

use std::collections::{BTreeSet, HashMap};

use serde_json::json;
use tool_kit::{Reply, Row, ToolError};

use crate::jira::{
    names, request,
    tools::{
        args::arguments,
        context::Context,
        registry::{Tool, tool},
    },
    views::field_row,
    wire::{FieldDetail, List, ProjectPage},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Find fields by name: their ids, types and names in JQL.
    "jira_find_fields", "Find fields", Context, Read, find_fields(FindFields),
    r#"{"query": "story"}"#
)];

arguments! {
    FindFields {
        query: String,
        max_results: Option<u32>,
    }
}

/// No name of a field is longer; each word of a query is looked for in every name.
const QUERY_CHARS_MAX: usize = 255;

async fn find_fields(context: &Context, args: FindFields) -> Result<Reply, ToolError> {
    if args.query.chars().count() > QUERY_CHARS_MAX {
        return Err(ToolError::invalid_argument(format!(
            "`query` must be at most {QUERY_CHARS_MAX} characters long"
        )));
    }
    let mut answer = context.ask(request::fields()).await?;
    if !known(&args.query, &answer.read()?) && context.jira.may_retry_fresh() {
        answer = context.ask(request::fields()).await?;
    }
    let fields: Details<'_> = answer.read()?;
    let mut holders: HashMap<String, usize> = HashMap::new();
    for field in &fields {
        *holders.entry(field.name.to_lowercase()).or_default() += 1;
    }
    let found = visible(context, ranked(&args.query, &fields)).await?;
    let size = context.page_size(args.max_results) as usize;
    let rows: Vec<Row> = found
        .iter()
        .take(size)
        .map(|field| field_row(field, holders.get(&field.name.to_lowercase()) == Some(&1)))
        .collect();
    let fitted = context.budget.fit_rows(&json!({ "fields": [], "omitted": found.len() }), rows);
    let omitted = found.len() - fitted.kept.len();
    let mut reply = Row::new();
    reply.push("fields", json!(fitted.kept));
    reply.put_unreadable(fields.unreadable());
    if omitted > 0 {
        reply.put_non_empty("omitted", omitted);
    }
    Reply::json(&reply)
}

/// All fields of a site.
type Details<'a> = List<FieldDetail<'a>, { names::FIELDS_MAX }>;

fn known(query: &str, fields: &Details<'_>) -> bool {
    let query = query.trim().to_lowercase();
    fields.iter().any(|field| fit(&query, &field.name.to_lowercase(), field).is_some())
}

/// How well a field fits what was asked for; the least is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Exact,
    Beginning,
    Part,
    Singular,
}

/// The fields that fit, best first; when none does, the nearest names.
fn ranked<'f, 'a>(query: &str, fields: &'f [FieldDetail<'a>]) -> Vec<&'f FieldDetail<'a>> {
    let query = query.trim().to_lowercase();
    let mut fits: Vec<(Fit, usize, &FieldDetail<'_>)> = fields
        .iter()
        .filter_map(|field| {
            let name = field.name.to_lowercase();
            Some((fit(&query, &name, field)?, name.len(), field))
        })
        .collect();
    if fits.is_empty() {
        return names::nearest(&query, fields, |field| field.name.as_ref());
    }
    // Of several that contain the words, the shortest name says little else.
    fits.sort_by_key(|(fit, length, _)| (*fit, *length));
    fits.into_iter().map(|(_, _, field)| field).collect()
}

fn fit(query: &str, name: &str, field: &FieldDetail<'_>) -> Option<Fit> {
    if name == query
        || field.id.eq_ignore_ascii_case(query)
        || field.clause_names().iter().any(|clause| clause.eq_ignore_ascii_case(query))
    {
        return Some(Fit::Exact);
    }
    if name.starts_with(query) {
        return Some(Fit::Beginning);
    }
    let words = || query.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let has_all = words().next().is_some() && words().all(|word| name.contains(word));
    if name.contains(query) || has_all {
        return Some(Fit::Part);
    }
    // "Story points" and "Story point estimate": sites have both.
    let has_singular =
        words().next().is_some() && words().all(|word| name.contains(singular(word)));
    has_singular.then_some(Fit::Singular)
}

/// A word without the `s` of its plural.
fn singular(word: &str) -> &str {
    word.strip_suffix('s').filter(|rest| rest.len() > 2 && !rest.ends_with('s')).unwrap_or(word)
}

/// Without the fields of projects that are not allowed. Jira names those projects by id only, so
/// where it matters the ids of the allowed ones are asked for.
async fn visible<'f, 'a>(
    context: &Context,
    found: Vec<&'f FieldDetail<'a>>,
) -> Result<Vec<&'f FieldDetail<'a>>, ToolError> {
    if context.projects.is_open() || found.iter().all(|field| field.project_id().is_none()) {
        return Ok(found);
    }
    let keys: Vec<&str> = context.projects.keys().collect();
    let mut allowed = BTreeSet::new();
    for some in keys.chunks(KEYS_MAX) {
        let answer = context.ask(request::projects(None, some.iter().copied(), 0, 50)).await?;
        let page: ProjectPage<'_> = answer.read()?;
        let held = page.values.iter().filter(|project| context.projects.holds(&project.key));
        allowed.extend(held.map(|project| project.id.clone().into_owned()));
    }
    Ok(found
        .into_iter()
        .filter(|field| field.project_id().is_none_or(|id| allowed.contains(&id)))
        .collect())
}

/// Keys that one search for projects may name.
const KEYS_MAX: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: &[&str]) {
        let text = json!([
            {"id": "status", "name": "Status", "clauseNames": ["status"]},
            {"id": "customfield_1", "name": "Story point estimate", "clauseNames": ["cf[1]", "Story point estimate"]},
            {"id": "customfield_2", "name": "Story Points", "clauseNames": ["cf[2]", "Story Points"]},
            {"id": "duedate", "name": "Due date", "clauseNames": ["due", "duedate"]},
            {"id": "customfield_3", "name": "Points of the Story, old"},
        ])
        .to_string();
        let fields: Vec<FieldDetail<'_>> = serde_json::from_str(&text).unwrap();
        let ids: Vec<&str> = ranked(query, &fields).iter().map(|field| field.id.as_ref()).collect();
        assert_eq!(ids, expected, "{query}");
    }

    #[test]
    fn the_best_fit_comes_first() {
        check("story points", &["customfield_2", "customfield_3", "customfield_1"]);
        check("Story", &["customfield_2", "customfield_1", "customfield_3"]);
        check("DUE", &["duedate"]);
        check("cf[1]", &["customfield_1"]);
        check("customfield_2", &["customfield_2"]);
        check("stauts", &["status"]);
        check("zzzz", &[]);
        check("???", &[]);
    }
}
