//! Finding, for each of many issues, the transition that one name means.

use std::collections::BTreeMap;

use serde_json::json;
use tool_kit::{Row, ToolError};

use crate::jira::{
    AllowedIssue,
    names::{self, NameError},
    request::{self, BulkChange},
    tools::{
        args::shown,
        bulk::{
            bulk_job::Job,
            bulk_targets::{Target, Targets, some_keys},
        },
        context::Context,
    },
    wire::{NamedValue, SharedTransition, SharedTransitions, Transition},
};

/// Issues of one project, type and status are asked for together; more groups than this are more
/// than one wish.
const GROUPS_MAX: usize = 25;

/// Keys in one request, so that its address does not grow too long for Jira.
const KEYS_MAX: usize = 100;

/// What one `POST /bulk/issues/transition` has to say to bring the issues through `wanted`. Issues
/// that cannot go there are skipped and listed; a name that means several transitions is an error.
pub(in crate::jira::tools) async fn plan(
    context: &Context,
    targets: &Targets,
    wanted: &str,
) -> Result<Job, ToolError> {
    let mut groups: BTreeMap<(&str, &str, &str), Vec<&Target>> = BTreeMap::new();
    for target in &targets.issues {
        groups.entry((&target.project, &target.type_id, &target.status)).or_default().push(target);
    }
    if groups.len() > GROUPS_MAX {
        return Err(ToolError::invalid_argument(format!(
            "The issues are of more than {GROUPS_MAX} different projects, types and statuses."
        ))
        .hint(
            "Nothing was changed. Move them in several calls, for example one status at a time.",
        ));
    }
    let mut by_transition: BTreeMap<u64, Vec<AllowedIssue>> = BTreeMap::new();
    let mut skipped = Vec::new();
    for ((_, _, status), group) in &groups {
        for chunk in group.chunks(KEYS_MAX) {
            let keys: Vec<&AllowedIssue> = chunk.iter().map(|target| &target.key).collect();
            match pick(context, &keys, wanted).await? {
                Ok(transition) => {
                    by_transition.entry(transition).or_default().extend(keys.into_iter().cloned());
                }
                Err(possible) => skipped.push(skip(status, &keys, wanted, &possible)),
            }
        }
    }
    if by_transition.is_empty() {
        return Err(ToolError::invalid_argument(format!("None of the issues can be moved by '{}'.", shown(wanted)))
            .hint("Nothing was changed. `skipped` says what is possible; a transition that asks for fields goes one issue at a time.")
            .with("skipped", json!(context.budget.split(2).fit(&"", skipped).kept)));
    }
    Ok(Job {
        bulk: BulkChange::transition(&by_transition),
        keys: by_transition.into_values().flatten().collect(),
        change: json!({ "transition": wanted }),
        skipped,
    })
}

/// The transition's id, or the names of those that are possible instead.
async fn pick(
    context: &Context,
    keys: &[&AllowedIssue],
    wanted: &str,
) -> Result<Result<u64, Vec<String>>, ToolError> {
    let answer = context.ask(request::shared_transitions(keys)).await?;
    let shared: SharedTransitions<'_> = answer.read()?;
    let all: Vec<&SharedTransition<'_>> =
        shared.available_transitions.iter().flat_map(|workflow| &workflow.transitions).collect();
    let transitions: Vec<Transition<'_>> = all
        .iter()
        .map(|transition| Transition {
            id: transition.transition_id.to_string().into(),
            name: transition.transition_name.clone(),
            to: NamedValue {
                name: Some(transition.to.status_name.clone()),
                ..NamedValue::default()
            },
            fields: BTreeMap::new(),
        })
        .collect();
    match names::pick_transition(&transitions, wanted) {
        Ok(found) => Ok(found.id.parse().map_err(|_| Vec::new())),
        Err(NameError::Unknown { known, .. }) => Ok(Err(known)),
        Err(error) => Err(error.into()),
    }
}

fn skip(status: &str, keys: &[&AllowedIssue], wanted: &str, possible: &[String]) -> Row {
    let mut row = Row::new();
    row.put_non_empty("status", status);
    row.put_non_empty("count", keys.len());
    row.put_non_empty("keys", some_keys(keys.iter().map(|key| key.as_str())));
    if names::same_letters(status, wanted) {
        row.put_non_empty("reason", "already there");
    } else {
        row.put_non_empty("possible", json!(possible));
    }
    row
}
