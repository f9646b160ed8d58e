//! The projects that a key or name of none most probably means.

use tool_kit::clean;

use crate::jira::{
    names, request,
    tools::context::Context,
    wire::{Project, ProjectPage},
};

/// Projects that are looked through for a near name; each costs a point of Jira's quota.
const PROJECTS_MAX: u32 = 50;

/// With how many letters a misspelt project is looked for at first.
const BEGINNING_CHARS: usize = 3;

/// The visible and allowed projects whose key or name is most like a given one, each as `KEY
/// (name)`.
pub(in crate::jira::tools) async fn projects_like(context: &Context, given: &str) -> Vec<String> {
    let beginning: String = given.trim().chars().take(BEGINNING_CHARS).collect();
    // The first letters are seldom wrong, and a search for them costs least.
    for part in [Some(beginning.as_str()), None] {
        let allowed: Vec<&str> = context.projects.keys().take(PROJECTS_MAX as usize).collect();
        let asked = context.jira.call(request::projects(part, allowed, 0, PROJECTS_MAX)).await;
        let Ok(answer) = asked else { return Vec::new() };
        let Ok(page) = answer.read::<ProjectPage<'_>>() else { return Vec::new() };
        let held: Vec<&Project<'_>> =
            page.values.iter().filter(|project| context.projects.holds(&project.key)).collect();
        let mut near = names::nearest(given, held.iter().copied(), |project| project.key.as_ref());
        let named = names::nearest(given, held.iter().copied(), |project| project.name.as_ref());
        for project in named {
            if !near.iter().any(|known| known.key == project.key) {
                near.push(project);
            }
        }
        if !near.is_empty() {
            return near
                .iter()
                .map(|project| format!("{} ({})", project.key, clean(&project.name)))
                .collect();
        }
    }
    Vec::new()
}
