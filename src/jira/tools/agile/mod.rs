//! Boards, sprints and what is in them: the agile API, and what is left of it for tokens without
//! its scopes.

mod blocking;
mod board_pages;
mod boards;
mod brief;
mod dependencies;
mod editing;
mod epic_tree;
mod issues;
mod moving;
mod reach;
mod sprint_left;
mod sprint_past;
mod sprint_report;
mod standing;

use crate::jira::tools::registry::Tool;

pub use board_pages::offset;
pub(in crate::jira::tools) use reach::check_sprint;

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[
    boards::LIST_BOARDS,
    boards::GET_SPRINTS,
    issues::GET_SPRINT_ISSUES,
    moving::MOVE_TO_SPRINT,
    editing::CREATE_SPRINT,
    editing::UPDATE_SPRINT,
    sprint_report::GET_SPRINT_REPORT,
    epic_tree::GET_EPIC_TREE,
    dependencies::GET_DEPENDENCIES,
];
