//! One Jira site: everything a cloud id stands for, and the lookups all routes share.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use jiff::tz::TimeZone;

use super::{Access, FieldDef, Issue, IssueType, Project, Status, Task};

/// A person, as the index into [`Site::people`].
pub(crate) type Who = usize;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Site {
    pub(crate) cloud_id: String,
    /// The site's own address, which `self` links name: `https://NAME.atlassian.net`.
    pub(crate) host: String,
    pub(crate) name: String,
    pub(crate) people: Vec<Person>,
    /// Holders of the global permission Administer Jira.
    pub(crate) admins: BTreeSet<Who>,
    /// Whoever lacks the global permission Browse users and groups.
    pub(crate) without_directory: BTreeSet<Who>,
    /// Sorted by key.
    pub(crate) projects: Vec<Project>,
    pub(crate) types: Vec<IssueType>,
    pub(crate) statuses: Vec<Status>,
    pub(crate) priorities: Vec<Named>,
    pub(crate) resolutions: Vec<Named>,
    pub(crate) link_types: Vec<LinkType>,
    pub(crate) fields: Vec<FieldDef>,
    pub(crate) boards: Vec<Board>,
    pub(crate) sprints: Vec<Sprint>,
    pub(crate) filters: Vec<Filter>,
    pub(crate) links: Vec<Link>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) issues: BTreeMap<u64, Issue>,
    pub(crate) keys: HashMap<String, u64>,
    /// When each issue was written to of late, in milliseconds since 1970.
    pub(crate) recent_writes: HashMap<u64, VecDeque<i64>>,
    pub(crate) teams: Vec<Team>,
    /// Ids of whatever is made next; one sequence for all kinds.
    pub(crate) last_id: u64,
}

impl Site {
    pub(crate) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    pub(crate) fn person_by_account(&self, account_id: &str) -> Option<Who> {
        self.people.iter().position(|person| person.account_id == account_id)
    }

    /// The clock of a person's profile.
    pub(crate) fn zone(&self, who: Who) -> TimeZone {
        let name = self.people.get(who).map_or("Etc/UTC", |person| person.time_zone);
        TimeZone::get(name).unwrap_or(TimeZone::UTC)
    }

    pub(crate) fn project(&self, id: u64) -> Option<&Project> {
        self.projects.iter().find(|project| project.id == id)
    }

    /// By key in any letter case, or by id; only what the person may browse.
    pub(crate) fn visible_project(&self, who: Who, id_or_key: &str) -> Option<&Project> {
        self.projects
            .iter()
            .find(|p| p.key.eq_ignore_ascii_case(id_or_key) || p.id.to_string() == id_or_key)
            .filter(|p| p.may(who, Access::Viewer))
    }

    /// By key in any letter case, or by id; regardless of permissions.
    pub(crate) fn issue_id(&self, id_or_key: &str) -> Option<u64> {
        if let Ok(id) = id_or_key.parse::<u64>() {
            return self.issues.contains_key(&id).then_some(id);
        }
        self.keys.get(&id_or_key.to_ascii_uppercase()).copied()
    }

    /// Only an issue the person may browse.
    pub(crate) fn visible_issue(&self, who: Who, id_or_key: &str) -> Option<&Issue> {
        self.issues
            .get(&self.issue_id(id_or_key)?)
            .filter(|issue| self.may(who, issue, Access::Viewer))
    }

    pub(crate) fn may(&self, who: Who, issue: &Issue, access: Access) -> bool {
        self.project(issue.project).is_some_and(|project| project.may(who, access))
    }

    pub(crate) fn field(&self, id: &str) -> Option<&FieldDef> {
        self.fields.iter().find(|field| field.id == id)
    }

    pub(crate) fn issue_type(&self, id: u64) -> Option<&IssueType> {
        self.types.iter().find(|kind| kind.id == id)
    }

    pub(crate) fn status(&self, id: u64) -> Option<&Status> {
        self.statuses.iter().find(|status| status.id == id)
    }

    pub(crate) fn priority(&self, id: u64) -> Option<&Named> {
        self.priorities.iter().find(|priority| priority.id == id)
    }

    pub(crate) fn resolution(&self, id: u64) -> Option<&Named> {
        self.resolutions.iter().find(|resolution| resolution.id == id)
    }

    pub(crate) fn sprint(&self, id: u64) -> Option<&Sprint> {
        self.sprints.iter().find(|sprint| sprint.id == id)
    }

    /// Sub-tasks of the issue, oldest first.
    pub(crate) fn subtasks(&self, parent: u64) -> impl Iterator<Item = &Issue> {
        self.issues.values().filter(move |issue| {
            issue.reference("parent") == Some(parent)
                && self.issue_type(issue.type_id).is_some_and(|kind| kind.level < 0)
        })
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Person {
    pub(crate) account_id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    /// Profile visibility: whether others see the address.
    pub(crate) shows_email: bool,
    pub(crate) active: bool,
    /// `atlassian`, `app` or `customer`.
    pub(crate) kind: &'static str,
    pub(crate) time_zone: &'static str,
    /// The language of the profile.
    pub(crate) locale: &'static str,
}

/// A team of Atlassian's directory, which Jira knows by its id only.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Team {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
}

/// A priority or resolution.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Named {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: String,
    /// Priorities only: `statusColor`.
    pub(crate) color: &'static str,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LinkType {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) inward: String,
    pub(crate) outward: String,
}

/// `from` OUTWARD-phrase `to`, e.g. from "blocks" to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Link {
    pub(crate) id: u64,
    pub(crate) type_id: u64,
    pub(crate) from: u64,
    pub(crate) to: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Board {
    pub(crate) id: u64,
    pub(crate) name: String,
    /// `scrum`, `kanban` or `simple`.
    pub(crate) kind: &'static str,
    pub(crate) project: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sprint {
    pub(crate) id: u64,
    pub(crate) board: u64,
    pub(crate) name: String,
    /// `closed`, `active` or `future`.
    pub(crate) state: String,
    pub(crate) goal: String,
    pub(crate) created: i64,
    pub(crate) start: Option<i64>,
    pub(crate) end: Option<i64>,
    pub(crate) complete: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Filter {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) jql: String,
    pub(crate) description: String,
    pub(crate) owner: Who,
    pub(crate) favourite_of: BTreeSet<Who>,
}
