//! Names and arguments of other servers' Jira tools, understood when they are called and never
//! listed: prompts and habits move over, the reply is ours.
//!
//! What each name means is data, a table for each server. The policy judges our tool, so no name
//! opens what is not allowed. What an argument of theirs cannot mean here is refused with what to
//! do, and never dropped.

mod mcp_atlassian;
mod rovo;
mod table;
mod values;

use serde_json::{Map, Value};
use tool_kit::ToolError;

use crate::jira::tools::{args::given_twice, catalog};

use self::{table::Alias, values::Translation};

/// Names under which one of Rovo's tools runs another: the other's name is an argument.
const RUNNERS: &[&str] = &["execute", READ_RUNNER, "executeWrite"];

/// The one of them that hosts let run unasked.
const READ_RUNNER: &str = "executeRead";

fn aliases() -> impl Iterator<Item = &'static Alias> {
    [mcp_atlassian::ALIASES, rovo::ALIASES].into_iter().flatten()
}

fn named(name: &str) -> Option<&'static Alias> {
    aliases().find(|alias| alias.name == name)
}

/// What a call by a name of another server is about: that name, looked through a runner.
fn meant<'a>(name: &'a str, arguments: &'a Map<String, Value>) -> &'a str {
    let inner = || arguments.get("name").and_then(Value::as_str).unwrap_or_default();
    if RUNNERS.contains(&name) { inner() } else { name }
}

/// The name of our tool that a call by another server's name means.
pub(super) fn tool(name: &str, arguments: &Map<String, Value>) -> Option<&'static str> {
    named(meant(name, arguments)).map(|alias| alias.tool)
}

/// Whether a call by this name is one by another server's name, which no list shows.
pub fn is_theirs(name: &str) -> bool {
    RUNNERS.contains(&name) || named(name).is_some()
}

/// The arguments in our words, or why they cannot be said in them. Arguments that are ours already
/// stay as they are.
pub(super) fn translate(
    called_as: &str,
    arguments: Map<String, Value>,
) -> Result<Map<String, Value>, ToolError> {
    let Some(alias) = named(meant(called_as, &arguments)) else { return Ok(arguments) };
    if alias.name == alias.tool && all_ours(alias.tool, &arguments) {
        return Ok(arguments);
    }
    if called_as == READ_RUNNER
        && catalog::named(alias.tool).is_some_and(|tool| !tool.effect.is_read())
    {
        let message = format!(
            "{READ_RUNNER} runs what only reads, and {} changes something: that is for executeWrite.",
            alias.name
        );
        return Err(ToolError::invalid_argument(message).hint("Nothing was done."));
    }
    let arguments = if RUNNERS.contains(&called_as) { inner(arguments)? } else { arguments };
    let mut translation = Translation::default();
    for (name, value) in arguments {
        let take = alias.takes.iter().find(|(known, _)| *known == name).map(|(_, take)| take);
        match take {
            // The site is named alike by all of Rovo's tools.
            None if name == "cloudId" => translation.put("site", value, &name),
            None => translation.put(&name, value, &name),
            Some(take) => translation.take(&name, value, take),
        }
    }
    for (name, value) in alias.fixed {
        translation.put(name, Value::from(*value), alias.name);
    }
    translation.finish(alias)
}

/// Whether a call of a name that is ours too speaks our words only.
fn all_ours(tool: &str, arguments: &Map<String, Value>) -> bool {
    let specs = catalog::named(tool).map(|tool| tool.args).unwrap_or_default();
    arguments.keys().all(|name| name == "site" || specs.iter().any(|spec| spec.name == name))
}

/// What a runner is to run the other tool with.
fn inner(mut arguments: Map<String, Value>) -> Result<Map<String, Value>, ToolError> {
    let site = arguments.remove("cloudId");
    let inputs = arguments.remove("inputs").unwrap_or_default();
    arguments.remove("name");
    if let Some(other) = arguments.keys().next() {
        let message = format!("`{}` is not understood here.", tool_kit::args::shown(other));
        return Err(ToolError::invalid_argument(message)
            .hint("Pass name, cloudId, and the tool's own arguments as the object inputs."));
    }
    if let Some(name) = inputs.as_str().and_then(given_twice) {
        let message = format!("`inputs` gives '{}' twice.", tool_kit::args::shown(&name));
        return Err(ToolError::invalid_argument(message).hint("Nothing was done. Pass it once."));
    }
    let inputs = match inputs {
        Value::Null => Some(Map::new()),
        other => values::object(&other),
    };
    let mut inputs = inputs.ok_or_else(|| {
        ToolError::invalid_argument("`inputs` must be an object with the tool's arguments.")
    })?;
    if let Some(site) = site {
        inputs.entry("cloudId").or_insert(site);
    }
    Ok(inputs)
}

#[cfg(test)]
mod tests;
