//! Projects with their types, screens, workflow and who may do what.

use std::collections::BTreeMap;

use super::Who;

/// What a person may do in a project; ordered, each level holds the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::demo) enum Access {
    /// Browse only.
    Viewer,
    /// Browse and assign.
    Assigner,
    /// Create, edit, assign, transition, comment, log work, link.
    Member,
    /// Delete and administer, too.
    Admin,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Project {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) key: String,
    pub(in crate::demo) name: String,
    pub(in crate::demo) description: String,
    /// `software`, `service_desk` or `business`.
    pub(in crate::demo) kind: &'static str,
    pub(in crate::demo) team_managed: bool,
    pub(in crate::demo) lead: Who,
    pub(in crate::demo) avatar: u64,
    pub(in crate::demo) types: Vec<u64>,
    pub(in crate::demo) members: BTreeMap<Who, Access>,
    pub(in crate::demo) components: Vec<Component>,
    pub(in crate::demo) versions: Vec<Version>,
    pub(in crate::demo) workflow: Workflow,
    pub(in crate::demo) screen: Vec<ScreenField>,
    /// Fields that only the create screen holds.
    pub(in crate::demo) not_on_edit: Vec<&'static str>,
    pub(in crate::demo) last_number: u64,
}

impl Project {
    pub(in crate::demo) fn may(&self, who: Who, access: Access) -> bool {
        self.members.get(&who).is_some_and(|has| *has >= access)
    }

    /// The fields on the edit screen of one issue type.
    pub(in crate::demo) fn edit_screen_of(
        &self,
        type_id: u64,
    ) -> impl Iterator<Item = &ScreenField> {
        self.screen_of(type_id).filter(|entry| !self.not_on_edit.contains(&entry.field.as_str()))
    }

    /// The fields on the create screen of one issue type.
    pub(in crate::demo) fn screen_of(&self, type_id: u64) -> impl Iterator<Item = &ScreenField> {
        self.screen
            .iter()
            .filter(move |entry| entry.types.is_empty() || entry.types.contains(&type_id))
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct ScreenField {
    pub(in crate::demo) field: String,
    /// Empty = every type.
    pub(in crate::demo) types: Vec<u64>,
    pub(in crate::demo) required: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct IssueType {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) name: String,
    pub(in crate::demo) description: String,
    pub(in crate::demo) avatar: u64,
    /// 1 epic, 0 standard, -1 sub-task.
    pub(in crate::demo) level: i64,
    pub(in crate::demo) scope: Option<u64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Status {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) name: String,
    pub(in crate::demo) description: String,
    /// 2 to do, 4 in progress, 3 done: Jira's status category ids.
    pub(in crate::demo) category: u64,
    pub(in crate::demo) scope: Option<u64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Workflow {
    pub(in crate::demo) statuses: Vec<u64>,
    pub(in crate::demo) initial: u64,
    pub(in crate::demo) transitions: Vec<Transition>,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Transition {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) name: String,
    pub(in crate::demo) to: u64,
    /// Empty = from every status (a global transition).
    pub(in crate::demo) from: Vec<u64>,
    /// Field ids on the transition's screen, and whether each is required.
    pub(in crate::demo) screen: Vec<(String, bool)>,
    /// Fields that are taken along although the screen does not announce them.
    pub(in crate::demo) unannounced: Vec<&'static str>,
    /// A field that must have a value, checked after the screen and announced nowhere.
    pub(in crate::demo) validator: Option<String>,
    /// The resolution that a post function sets; 0 clears it.
    pub(in crate::demo) sets_resolution: Option<u64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Component {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) name: String,
    pub(in crate::demo) description: String,
    pub(in crate::demo) lead: Option<Who>,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Version {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) name: String,
    pub(in crate::demo) description: String,
    pub(in crate::demo) start: Option<i64>,
    pub(in crate::demo) release: Option<i64>,
    pub(in crate::demo) released: bool,
    pub(in crate::demo) archived: bool,
}
