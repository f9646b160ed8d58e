//! Settings of what may be called.

use std::collections::BTreeSet;

use crate::{
    agent,
    jira::tools::{self, Limits, Projects, Toolset},
    policy,
};

use super::reader::Reader;

pub(super) fn policy_settings(reader: &mut Reader<'_>) -> policy::Settings {
    let mut toolsets = BTreeSet::new();
    for name in reader.list("TOOLSETS") {
        match Toolset::parse(name) {
            Some(set) => {
                toolsets.insert(set);
            }
            None => {
                reader.refuse(
                    "TOOLSETS",
                    format!("'{name}' is not a set of tools; there are {}", set_names()),
                );
            }
        }
    }
    let mut tools_deny = BTreeSet::new();
    for name in reader.list("TOOLS_DENY") {
        // A misspelt name would silently leave the tool on.
        if tools::named(name).is_none() && agent::tools::named(name).is_none() {
            let near = tools::nearest(name, |_| true)
                .map(|near| format!("; did you mean {near}?"))
                .unwrap_or_default();
            reader.refuse("TOOLS_DENY", format!("there is no tool '{name}'{near}"));
        }
        tools_deny.insert(name.to_owned());
    }
    let read_only = reader.flag("READ_ONLY");
    policy::Settings { toolsets, read_only, tools_deny, roles: None }
}

/// The projects that tools may touch, and how much they show.
pub(super) fn tools_settings(reader: &mut Reader<'_>) -> tools::Settings {
    let projects = tools::allowed_projects(reader.list("PROJECTS_ALLOW")).unwrap_or_else(|key| {
        reader.refuse("PROJECTS_ALLOW", format!("'{key}' is not a project key"));
        Projects::default()
    });
    let results_max = reader.count("MAX_RESULTS_CAP", 1..=100);
    let limits = Limits {
        results_default: reader.count("DEFAULT_MAX_RESULTS", 1..=100).min(results_max),
        results_max,
        text_chars: reader.size("MAX_TEXT_CHARS", 100..=1_000_000),
    };
    tools::Settings { projects, limits }
}

fn set_names() -> String {
    Toolset::ALL.iter().map(|set| set.name()).collect::<Vec<_>>().join(", ")
}
