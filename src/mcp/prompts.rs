//! `prompts/list` and `prompts/get`: the jobs whose tools exist for the request.

use std::collections::BTreeMap;

use rmcp::{
    ErrorData, RoleServer,
    model::{
        self, GetPromptRequestParams, GetPromptResult, ListPromptsResult, PromptArgument,
        PromptMessage, Role,
    },
    service::RequestContext,
};
use serde_json::Value;

use crate::prompts::{self, Prompt};

use super::{open_tools::OpenTools, server::Server};

pub(super) fn list(server: &Server, context: &RequestContext<RoleServer>) -> ListPromptsResult {
    let open = OpenTools::of(server, context);
    let prompts = prompts::all().filter(|prompt| open.hold(prompt.needs));
    ListPromptsResult::with_all_items(prompts.map(describe).collect())
}

pub(super) fn get(
    server: &Server,
    request: GetPromptRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<GetPromptResult, ErrorData> {
    // A job that needs a tool which does not exist would only fail later.
    let prompt = prompts::named(&request.name)
        .filter(|prompt| OpenTools::of(server, context).hold(prompt.needs))
        .ok_or_else(|| ErrorData::invalid_params("Unknown prompt", None))?;
    let given: BTreeMap<String, String> = request
        .arguments
        .unwrap_or_default()
        .into_iter()
        .map(|(name, value)| match value {
            Value::String(text) => Ok((name, text)),
            Value::Null => Ok((name, String::new())),
            _ => Err(ErrorData::invalid_params(format!("`{name}` must be text"), None)),
        })
        .collect::<Result<_, _>>()?;
    let text = prompt.text(given).map_err(|fault| ErrorData::invalid_params(fault, None))?;
    let message = PromptMessage::new_text(Role::User, text);
    Ok(GetPromptResult::new(vec![message]).with_description(prompt.about))
}

fn describe(prompt: &'static Prompt) -> model::Prompt {
    let argument = |arg: &prompts::Arg| {
        PromptArgument::new(arg.name).with_description(arg.about).with_required(arg.required)
    };
    let arguments = prompt.args.iter().map(argument).collect();
    model::Prompt::new(prompt.name, Some(prompt.about), Some(arguments)).with_title(prompt.title)
}
