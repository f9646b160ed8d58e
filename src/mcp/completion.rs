//! `completion/complete`: what a person may mean, while they type an argument of a prompt or of a
//! resource's address.
//!
//! The values come from the tools that read them, with all that stands around a tool. What cannot
//! be found out is no error here: there are no suggestions then.

use rmcp::{
    ErrorData, RoleServer,
    model::{CompleteRequestParams, CompleteResult, CompletionInfo, Reference},
    service::RequestContext,
};
use tool_kit::Suggestions;

use crate::prompts;

use super::{
    call::{Read, ToolRequest},
    era::is_modern,
    products::Products,
    server::Server,
};

/// Suggestions that are shown; a person looks at fewer.
const VALUES_MAX: usize = 50;

pub(super) async fn complete(
    server: &Server,
    request: CompleteRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CompleteResult, ErrorData> {
    let name = request.argument.name.as_str();
    if !is_known(&server.0.products, &request.r#ref, name) {
        // Older clients, and the conformance suite's scenario for them, are content with no
        // suggestions.
        if !is_modern(context) {
            return Ok(CompleteResult::default());
        }
        return Err(ErrorData::invalid_params(
            "Unknown prompt, resource template or argument",
            None,
        ));
    }
    let typed = request.argument.value.trim();
    let known = request.context.and_then(|context| context.arguments).unwrap_or_default();
    let others = |name: &str| known.get(name).cloned();
    let suggestions = server.0.products.suggestions(name, typed, &others);
    let mut values = values(server, suggestions, typed, context).await?;
    let total = u32::try_from(values.len()).unwrap_or(u32::MAX);
    let has_more = values.len() > VALUES_MAX;
    values.truncate(VALUES_MAX);
    let info = CompletionInfo::with_pagination(values, (!has_more).then_some(total), has_more)
        .map_err(|_| ErrorData::internal_error("too many suggestions", None))?;
    let mut result = CompleteResult::default();
    result.completion = info;
    Ok(result)
}

fn is_known(products: &Products, reference: &Reference, argument: &str) -> bool {
    match reference {
        Reference::Prompt(prompt) => prompts::named(&prompt.name)
            .is_some_and(|prompt| prompt.args.iter().any(|arg| arg.name == argument)),
        Reference::Resource(template) => {
            let scheme = template.uri.split_once("://").map(|(scheme, _)| scheme);
            let product = scheme.and_then(|scheme| products.named(scheme));
            let takes = |kind: tool_kit::ResourceKind| {
                kind.id == argument || kind.query.contains(&argument)
            };
            product.is_some_and(|product| product.resources().into_iter().any(takes))
        }
        _ => false,
    }
}

/// The values that the product knows of.
async fn values(
    server: &Server,
    suggestions: Suggestions,
    typed: &str,
    context: &RequestContext<RoleServer>,
) -> Result<Vec<String>, ErrorData> {
    let (tool, arguments, names, is_search) = match suggestions {
        Suggestions::None => return Ok(Vec::new()),
        Suggestions::Fixed(values) => return Ok(beginning(values, typed)),
        Suggestions::Ask { tool, arguments, names, is_search } => {
            (tool, arguments, names, is_search)
        }
    };
    let read = Read { tool, arguments, extra_bytes: 0 };
    let Some(Ok(said)) = server.read(read, ToolRequest::of_read(context)).await? else {
        return Ok(Vec::new());
    };
    let mut values = names(&serde_json::from_str(&said.text).unwrap_or_default());
    if !is_search {
        values = beginning(values, typed);
    }
    let mut seen = std::collections::BTreeSet::new();
    values.retain(|value| seen.insert(value.clone()));
    Ok(values)
}

fn beginning(values: impl IntoIterator<Item = String>, typed: &str) -> Vec<String> {
    let typed = typed.to_lowercase();
    values.into_iter().filter(|value| value.to_lowercase().starts_with(&typed)).collect()
}
