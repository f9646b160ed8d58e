//! One Jira site: everything a cloud id stands for, and the lookups that ask for no permission.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use jiff::tz::TimeZone;

use super::{
    agile::{Board, Sprint},
    field::FieldDef,
    issue::Issue,
    issue_link::{Link, LinkType},
    person::{Person, Team, Who},
    project::{IssueType, Project, Status},
    service_desk::{CustomerRequest, ServiceDesk},
    task::Task,
};

/// A site. Lists stand in the order in which Jira shows them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Site {
    pub(crate) cloud_id: String,
    /// The site's own address, which `self` links name: `https://NAME.atlassian.net`, or wherever
    /// the sandbox is reached.
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
    pub(crate) service_desks: Vec<ServiceDesk>,
    /// By the id of the issue.
    pub(crate) requests: BTreeMap<u64, CustomerRequest>,
    /// When each issue was written to of late, in milliseconds since 1970.
    pub(crate) recent_writes: HashMap<u64, VecDeque<i64>>,
    pub(crate) teams: Vec<Team>,
    /// Ids of whatever is made next; one sequence for all kinds.
    pub(crate) last_id: u64,
}

impl Site {
    /// An id that nothing on the site has yet.
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

    /// By key in any letter case, or by id; regardless of permissions.
    pub(crate) fn issue_id(&self, id_or_key: &str) -> Option<u64> {
        if let Ok(id) = id_or_key.parse::<u64>() {
            return self.issues.contains_key(&id).then_some(id);
        }
        self.keys.get(&id_or_key.to_ascii_uppercase()).copied()
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

    /// The desk of the issue's project, and what the issue is as a request there; none for one that
    /// agents made in Jira.
    pub(crate) fn request_of(&self, issue: &Issue) -> Option<(&ServiceDesk, &CustomerRequest)> {
        let desk = self.service_desks.iter().find(|desk| desk.project == issue.project)?;
        Some((desk, self.requests.get(&issue.id)?))
    }

    /// Sub-tasks of the issue, oldest first.
    pub(crate) fn subtasks(&self, parent: u64) -> impl Iterator<Item = &Issue> {
        self.issues.values().filter(move |issue| {
            issue.reference("parent") == Some(parent)
                && self.issue_type(issue.type_id).is_some_and(|kind| kind.level < 0)
        })
    }
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

/// A saved search.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Filter {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) jql: String,
    pub(crate) description: String,
    pub(crate) owner: Who,
    pub(crate) favourite_of: BTreeSet<Who>,
}
