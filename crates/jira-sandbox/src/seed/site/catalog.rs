//! Issue types, statuses, priorities, resolutions and kinds of links of the main site.

use crate::{
    model::{IssueType, LinkType, Named, Status, Team},
    seed::ids::{
        BUG, CHANGE, CLOSED, DONE, EPIC, IN_PROGRESS, IN_REVIEW, INCIDENT, INVESTIGATING, MOB,
        MOB_BUG, MOB_DONE, MOB_EPIC, MOB_IN_PROGRESS, MOB_STORY, MOB_SUBTASK, MOB_TASK, MOB_TO_DO,
        OPEN, RESOLUTION_DONE, RESOLVED, STORY, SUBTASK, TASK, TO_DO, WAITING,
    },
};

/// The team-managed project has types of its own, with the same names and other ids.
pub(crate) fn types() -> Vec<IssueType> {
    [
        (EPIC, "Epic", "A big piece of work that holds many smaller ones.", 10_307, 1, None),
        (STORY, "Story", "Something a user wants to be able to do.", 10_315, 0, None),
        (TASK, "Task", "A small, distinct piece of work.", 10_318, 0, None),
        (SUBTASK, "Sub-task", "A step of a larger piece of work.", 10_316, -1, None),
        (BUG, "Bug", "Something that does not work as it should.", 10_303, 0, None),
        (INCIDENT, "Incident", "A service is down or slow.", 10_310, 0, None),
        (CHANGE, "Change", "A planned change to a running service.", 10_311, 0, None),
        (MOB_EPIC, "Epic", "A big piece of work of the app team.", 10_307, 1, Some(MOB)),
        (MOB_STORY, "Story", "Something an app user wants.", 10_315, 0, Some(MOB)),
        (MOB_TASK, "Task", "A small, distinct piece of work.", 10_318, 0, Some(MOB)),
        (MOB_SUBTASK, "Subtask", "A step of a larger piece of work.", 10_316, -1, Some(MOB)),
        (MOB_BUG, "Bug", "A fault in the app.", 10_303, 0, Some(MOB)),
    ]
    .into_iter()
    .map(|(id, name, description, avatar, level, scope)| IssueType {
        id,
        name: name.into(),
        description: description.into(),
        avatar,
        level,
        scope,
    })
    .collect()
}

pub(crate) fn statuses() -> Vec<Status> {
    [
        (TO_DO, "To Do", 2, None),
        (OPEN, "Open", 2, None),
        (IN_PROGRESS, "In Progress", 4, None),
        (IN_REVIEW, "In Review", 4, None),
        (INVESTIGATING, "Investigating", 4, None),
        (WAITING, "Waiting for customer", 4, None),
        (DONE, "Done", 3, None),
        (RESOLVED, "Resolved", 3, None),
        (CLOSED, "Closed", 3, None),
        (MOB_TO_DO, "To Do", 2, Some(MOB)),
        (MOB_IN_PROGRESS, "In Progress", 4, Some(MOB)),
        (MOB_DONE, "Done", 3, Some(MOB)),
    ]
    .into_iter()
    .map(|(id, name, category, scope)| Status {
        id,
        name: name.into(),
        description: String::new(),
        category,
        scope,
    })
    .collect()
}

fn named(rows: &[(u64, &str, &str, &'static str)]) -> Vec<Named> {
    rows.iter()
        .map(|&(id, name, description, color)| Named {
            id,
            name: name.into(),
            description: description.into(),
            color,
        })
        .collect()
}

/// The most important first, as Jira lists them.
pub(crate) fn priorities() -> Vec<Named> {
    named(&[
        (1, "Highest", "This problem will block progress.", "#d04437"),
        (2, "High", "Serious problem that could block progress.", "#f15c75"),
        (3, "Medium", "Has the potential to affect progress.", "#f79232"),
        (4, "Low", "Minor problem or easily worked around.", "#707070"),
        (5, "Lowest", "Trivial problem with little or no impact on progress.", "#999999"),
    ])
}

pub(crate) fn resolutions() -> Vec<Named> {
    named(&[
        (RESOLUTION_DONE, "Done", "Work has been completed on this issue.", ""),
        (10_001, "Won't Do", "This issue won't be actioned.", ""),
        (10_002, "Duplicate", "The problem is a duplicate of an existing issue.", ""),
        (10_003, "Cannot Reproduce", "All attempts at reproducing this issue failed.", ""),
        (10_004, "Workaround provided", "The service works again; the cause stays.", ""),
    ])
}

pub(crate) fn teams() -> Vec<Team> {
    vec![
        Team { id: "36885b3c-1bf0-4f85-a357-c5b858c31de4", name: "Storefront squad" },
        Team { id: "7c3d4e5f-2a1b-4c6d-9e8f-0a1b2c3d4e5f", name: "Platform squad" },
    ]
}

pub(crate) fn link_types() -> Vec<LinkType> {
    [
        (10_000, "Blocks", "is blocked by", "blocks"),
        (10_001, "Cloners", "is cloned by", "clones"),
        (10_002, "Duplicate", "is duplicated by", "duplicates"),
        (10_003, "Relates", "relates to", "relates to"),
        (10_004, "Problem/Incident", "is caused by", "causes"),
    ]
    .into_iter()
    .map(|(id, name, inward, outward)| LinkType {
        id,
        name: name.into(),
        inward: inward.into(),
        outward: outward.into(),
    })
    .collect()
}
