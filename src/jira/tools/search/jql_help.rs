//! Help with JQL: whether a query can run, and what may stand in one.

use serde_json::{Value, json};
use tool_kit::{Budget, Reply, Row, ToolError};

use crate::jira::{
    request,
    tools::{
        args::{Jql, arguments, shown},
        context::Context,
        registry::{Tool, tool},
        search::{
            advice,
            jql_names::{Choice, Reference, choices, judged, may_show, operators, unquoted},
        },
    },
    wire::ProjectPage,
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Check JQL without running it, or see a field's operators, functions and values.
    "jira_jql_help", "JQL help", Context, Read, jql_help(JqlHelp),
    r#"{"jql": "project = ACME"}"#
)];

arguments! {
    JqlHelp {
        jql: Option<Jql>,
        field: Option<String>,
        /// Values that contain this
        value_prefix: Option<String>,
    }
}

/// Jira suggests no more values at a time; there may be others.
const SUGGESTED_MAX: usize = 15;

async fn jql_help(context: &Context, args: JqlHelp) -> Result<Reply, ToolError> {
    if args.jql.is_none() && args.field.is_none() {
        return Err(ToolError::invalid_argument("`jql` or `field` is required").hint(
            "Give jql to check a query, or field (and value_prefix) to see what it can be compared with.",
        ));
    }
    let (checked, about) = tokio::try_join!(
        checked(context, args.jql.as_ref()),
        about(context, args.field.as_deref(), args.value_prefix.as_deref())
    )?;
    let mut reply = Row::new();
    let mut left = context.budget.reserve(&FRAME);
    if let Some(problems) = checked {
        reply.push("valid", problems.is_empty());
        if !problems.is_empty() {
            add(&mut reply, &mut left, "errors", problems);
        }
    }
    if let Some(about) = about {
        reply.put_non_empty("field", about.name);
        add(&mut reply, &mut left, "operators", about.operators);
        add(&mut reply, &mut left, "functions", about.functions);
        reply.put_non_empty("values_hidden", about.hidden);
        if about.values.len() >= SUGGESTED_MAX {
            reply.put_non_empty("more_values", true);
        }
        add(&mut reply, &mut left, "values", about.values.iter().map(value).collect());
    }
    Reply::json(&reply)
}

/// The names of all parts of a reply, which cost bytes whatever stands in them.
const FRAME: &str = r#"{"valid":false,"errors":[],"field":"","operators":[],"functions":[],"values":[],"more_values":true,"values_hidden":"They come from all projects, also from those that are not allowed here."}"#;

fn add<T: serde::Serialize>(reply: &mut Row, left: &mut Budget, name: &'static str, items: Vec<T>) {
    let fitted = left.fit(&"", items);
    *left = left.reserve(&fitted.kept);
    reply.put_non_empty(name, json!(fitted.kept));
}

fn value(choice: &Choice) -> Value {
    if unquoted(&choice.value) == choice.name {
        return Value::from(choice.value.as_str());
    }
    json!({ "value": choice.value, "name": choice.name })
}

async fn checked(context: &Context, jql: Option<&Jql>) -> Result<Option<Vec<Row>>, ToolError> {
    let Some(jql) = jql else { return Ok(None) };
    let texts = judged(context, jql).await?;
    Ok(Some(advice::explain(context, &texts).await))
}

/// What a field can be compared with.
struct About {
    name: String,
    operators: Vec<String>,
    functions: Vec<String>,
    values: Vec<Choice>,
    hidden: Option<&'static str>,
}

async fn about(
    context: &Context,
    field: Option<&str>,
    part: Option<&str>,
) -> Result<Option<About>, ToolError> {
    let Some(given) = field else {
        return match part {
            Some(_) => {
                Err(ToolError::invalid_argument("`value_prefix` needs `field`: whose values?"))
            }
            None => Ok(None),
        };
    };
    let answer = context.ask(request::jql_reference()).await?;
    let reference = Reference(answer.read()?);
    let Some(field) = reference.field(given) else {
        let near = reference.fields_like(given);
        let error =
            ToolError::invalid_argument(format!("JQL knows no field '{}' here.", shown(given)));
        return Err(if near.is_empty() {
            error.hint("Look the field up by a part of its name.")
        } else {
            error.hint(format!("Did you mean: {}?", near.join("; "))).with("candidates", near)
        });
    };
    let name = field.cfid.as_deref().unwrap_or(&field.value);
    let completes = field.auto.as_deref() == Some("true");
    let shows = may_show(context, &field.value);
    let values = match completes {
        true if shows => choices(context, name, part).await?,
        true if field.value == "project" => allowed_projects(context, part).await?,
        _ => Vec::new(),
    };
    let hidden = completes && !shows && field.value != "project";
    Ok(Some(About {
        name: field.value.clone().into_owned(),
        operators: operators(field),
        functions: reference.functions(field),
        values,
        hidden: hidden
            .then_some("They come from all projects, also from those that are not allowed here."),
    }))
}

async fn allowed_projects(context: &Context, part: Option<&str>) -> Result<Vec<Choice>, ToolError> {
    let answer =
        context.ask(request::projects(part, context.projects.keys().take(50), 0, 50)).await?;
    let page: ProjectPage<'_> = answer.read()?;
    let held = page.values.iter().filter(|project| context.projects.holds(&project.key));
    let choice = |project: &crate::jira::wire::Project<'_>| Choice {
        value: project.key.clone().into_owned(),
        name: tool_kit::clean(&project.name).into_owned(),
    };
    Ok(held.map(choice).collect())
}
