//! One Jira site: everything a cloud id stands for, and the lookups all routes share.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use jiff::tz::TimeZone;

use super::{Access, FieldDef, Issue, IssueType, Project, Status, Task};

/// A person, as the index into [`Site::people`].
pub(in crate::demo) type Who = usize;

#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Site {
    pub(in crate::demo) cloud_id: String,
    /// The site's own address, which `self` links name: `https://NAME.atlassian.net`.
    pub(in crate::demo) host: String,
    pub(in crate::demo) name: String,
    pub(in crate::demo) people: Vec<Person>,
    /// Holders of the global permission Administer Jira.
    pub(in crate::demo) admins: BTreeSet<Who>,
    /// Whoever lacks the global permission Browse users and groups.
    pub(in crate::demo) without_directory: BTreeSet<Who>,
    /// Sorted by key.
    pub(in crate::demo) projects: Vec<Project>,
    pub(in crate::demo) types: Vec<IssueType>,
    pub(in crate::demo) statuses: Vec<Status>,
    pub(in crate::demo) priorities: Vec<Named>,
    pub(in crate::demo) resolutions: Vec<Named>,
    pub(in crate::demo) link_types: Vec<LinkType>,
    pub(in crate::demo) fields: Vec<FieldDef>,
    pub(in crate::demo) boards: Vec<Board>,
    pub(in crate::demo) sprints: Vec<Sprint>,
    pub(in crate::demo) filters: Vec<Filter>,
    pub(in crate::demo) links: Vec<Link>,
    pub(in crate::demo) tasks: Vec<Task>,
    pub(in crate::demo) issues: BTreeMap<u64, Issue>,
    pub(in crate::demo) keys: HashMap<String, u64>,
    /// When each issue was written to of late, in milliseconds since 1970.
    pub(in crate::demo) recent_writes: HashMap<u64, VecDeque<i64>>,
    pub(in crate::demo) teams: Vec<Team>,
    /// Ids of whatever is made next; one sequence for all kinds.
    pub(in crate::demo) last_id: u64,
}

impl Site {
    pub(in crate::demo) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    pub(in crate::demo) fn person_by_account(&self, account_id: &str) -> Option<Who> {
        self.people.iter().position(|person| person.account_id == account_id)
    }

    /// The clock of a person's profile.
    pub(in crate::demo) fn zone(&self, who: Who) -> TimeZone {
        let name = self.people.get(who).map_or("Etc/UTC", |person| person.time_zone);
        TimeZone::get(name).unwrap_or(TimeZone::UTC)
    }

    pub(in crate::demo) fn project(&self, id: u64) -> Option<&Project> {
        self.projects.iter().find(|project| project.id == id)
    }

    /// By key in any letter case, or by id; only what the person may browse.
    pub(in crate::demo) fn visible_project(&self, who: Who, id_or_key: &str) -> Option<&Project> {
        self.projects
            .iter()
            .find(|p| p.key.eq_ignore_ascii_case(id_or_key) || p.id.to_string() == id_or_key)
            .filter(|p| p.may(who, Access::Viewer))
    }

    /// By key in any letter case, or by id; regardless of permissions.
    pub(in crate::demo) fn issue_id(&self, id_or_key: &str) -> Option<u64> {
        if let Ok(id) = id_or_key.parse::<u64>() {
            return self.issues.contains_key(&id).then_some(id);
        }
        self.keys.get(&id_or_key.to_ascii_uppercase()).copied()
    }

    /// Only an issue the person may browse.
    pub(in crate::demo) fn visible_issue(&self, who: Who, id_or_key: &str) -> Option<&Issue> {
        self.issues
            .get(&self.issue_id(id_or_key)?)
            .filter(|issue| self.may(who, issue, Access::Viewer))
    }

    pub(in crate::demo) fn may(&self, who: Who, issue: &Issue, access: Access) -> bool {
        self.project(issue.project).is_some_and(|project| project.may(who, access))
    }

    pub(in crate::demo) fn field(&self, id: &str) -> Option<&FieldDef> {
        self.fields.iter().find(|field| field.id == id)
    }

    pub(in crate::demo) fn issue_type(&self, id: u64) -> Option<&IssueType> {
        self.types.iter().find(|kind| kind.id == id)
    }

    pub(in crate::demo) fn status(&self, id: u64) -> Option<&Status> {
        self.statuses.iter().find(|status| status.id == id)
    }

    pub(in crate::demo) fn priority(&self, id: u64) -> Option<&Named> {
        self.priorities.iter().find(|priority| priority.id == id)
    }

    pub(in crate::demo) fn resolution(&self, id: u64) -> Option<&Named> {
        self.resolutions.iter().find(|resolution| resolution.id == id)
    }

    pub(in crate::demo) fn sprint(&self, id: u64) -> Option<&Sprint> {
        self.sprints.iter().find(|sprint| sprint.id == id)
    }

    /// Sub-tasks of the issue, oldest first.
    pub(in crate::demo) fn subtasks(&self, parent: u64) -> impl Iterator<Item = &Issue> {
        self.issues.values().filter(move |issue| {
            issue.reference("parent") == Some(parent)
                && self.issue_type(issue.type_id).is_some_and(|kind| kind.level < 0)
        })
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Person {
    pub(in crate::demo) account_id: String,
    pub(in crate::demo) name: String,
    pub(in crate::demo) email: String,
    /// Profile visibility: whether others see the address.
    pub(in crate::demo) shows_email: bool,
    pub(in crate::demo) active: bool,
    /// `atlassian`, `app` or `customer`.
    pub(in crate::demo) kind: &'static str,
    pub(in crate::demo) time_zone: &'static str,
    /// The language of the profile.
    pub(in crate::demo) locale: &'static str,
}

/// A team of Atlassian's directory, which Jira knows by its id only.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Team {
    pub(in crate::demo) id: &'static str,
    pub(in crate::demo) name: &'static str,
}

/// A priority or resolution.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Named {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) name: String,
    pub(in crate::demo) description: String,
    /// Priorities only: `statusColor`.
    pub(in crate::demo) color: &'static str,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct LinkType {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) name: String,
    pub(in crate::demo) inward: String,
    pub(in crate::demo) outward: String,
}

/// `from` OUTWARD-phrase `to`, e.g. from "blocks" to.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Link {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) type_id: u64,
    pub(in crate::demo) from: u64,
    pub(in crate::demo) to: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Board {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) name: String,
    /// `scrum`, `kanban` or `simple`.
    pub(in crate::demo) kind: &'static str,
    pub(in crate::demo) project: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Sprint {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) board: u64,
    pub(in crate::demo) name: String,
    /// `closed`, `active` or `future`.
    pub(in crate::demo) state: String,
    pub(in crate::demo) goal: String,
    pub(in crate::demo) created: i64,
    pub(in crate::demo) start: Option<i64>,
    pub(in crate::demo) end: Option<i64>,
    pub(in crate::demo) complete: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Filter {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) name: String,
    pub(in crate::demo) jql: String,
    pub(in crate::demo) description: String,
    pub(in crate::demo) owner: Who,
    pub(in crate::demo) favourite_of: BTreeSet<Who>,
}
