//! Projects with their types, screens, workflow and who may do what.

use std::collections::BTreeMap;

use super::person::Who;

/// What a person may do in a project; ordered, each level holds the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    /// Browse only.
    Viewer,
    /// Browse and assign.
    Assigner,
    /// Create, edit, assign, transition, comment, log work, link.
    Member,
    /// Delete and administer, too.
    Admin,
}

/// A project with all that its issues have in common.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Project {
    pub(crate) id: u64,
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) description: String,
    /// `software`, `service_desk` or `business`.
    pub(crate) kind: &'static str,
    pub(crate) team_managed: bool,
    pub(crate) lead: Who,
    pub(crate) avatar: u64,
    pub(crate) types: Vec<u64>,
    pub(crate) members: BTreeMap<Who, Access>,
    pub(crate) components: Vec<Component>,
    pub(crate) versions: Vec<Version>,
    pub(crate) workflow: Workflow,
    pub(crate) screen: Vec<ScreenField>,
    /// Fields that only the create screen holds.
    pub(crate) not_on_edit: Vec<&'static str>,
    pub(crate) last_number: u64,
}

impl Project {
    /// Whether the person has this access, or one that holds it.
    pub(crate) fn may(&self, who: Who, access: Access) -> bool {
        self.members.get(&who).is_some_and(|has| *has >= access)
    }

    /// The fields on the edit screen of one issue type.
    pub(crate) fn edit_screen_of(&self, type_id: u64) -> impl Iterator<Item = &ScreenField> {
        self.screen_of(type_id).filter(|entry| !self.not_on_edit.contains(&entry.field.as_str()))
    }

    /// The fields on the create screen of one issue type.
    pub(crate) fn screen_of(&self, type_id: u64) -> impl Iterator<Item = &ScreenField> {
        self.screen
            .iter()
            .filter(move |entry| entry.types.is_empty() || entry.types.contains(&type_id))
    }
}

/// A field on a create or edit screen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ScreenField {
    pub(crate) field: String,
    /// Empty = every type.
    pub(crate) types: Vec<u64>,
    pub(crate) required: bool,
}

/// An issue type; `scope` is the team-managed project that owns it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct IssueType {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) avatar: u64,
    /// 1 epic, 0 standard, -1 sub-task.
    pub(crate) level: i64,
    pub(crate) scope: Option<u64>,
}

/// A status; `scope` is the team-managed project that owns it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Status {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: String,
    /// 2 to do, 4 in progress, 3 done: Jira's status category ids.
    pub(crate) category: u64,
    pub(crate) scope: Option<u64>,
}

/// A workflow; its statuses stand in the order in which work goes through them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Workflow {
    pub(crate) statuses: Vec<u64>,
    pub(crate) initial: u64,
    pub(crate) transitions: Vec<Transition>,
}

/// One transition of a workflow, with what its screen shows and what it checks and sets.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Transition {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) to: u64,
    /// Empty = from every status (a global transition).
    pub(crate) from: Vec<u64>,
    /// Field ids on the transition's screen, and whether each is required.
    pub(crate) screen: Vec<(String, bool)>,
    /// Fields that are taken along although the screen does not announce them.
    pub(crate) unannounced: Vec<&'static str>,
    /// A field that must have a value, checked after the screen and announced nowhere.
    pub(crate) validator: Option<String>,
    /// The resolution that a post function sets; 0 clears it.
    pub(crate) sets_resolution: Option<u64>,
}

/// A component of a project.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Component {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) lead: Option<Who>,
}

/// A version of a project; `start` and `release` are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Version {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) start: Option<i64>,
    pub(crate) release: Option<i64>,
    pub(crate) released: bool,
    pub(crate) archived: bool,
}
