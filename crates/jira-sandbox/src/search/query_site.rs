//! What a query may know of a site: only names that the asking person can see.

use std::borrow::Cow;

use jiff::tz::TimeZone;

use super::{
    links,
    terms::{jql_kind, term},
};
use crate::{
    jql::{self, CustomField, CustomRef, Field, SiteFunction, Term},
    language,
    model::{Access, FieldKind, FieldOption, Project, Site, Who},
};

/// The site for one person at one moment (`now`, milliseconds since 1970).
pub(super) struct QuerySite<'a> {
    pub(super) site: &'a Site,
    pub(super) who: Who,
    pub(super) now: i64,
}

impl jql::Site for QuerySite<'_> {
    fn now_ms(&self) -> i64 {
        self.now
    }

    fn time_zone(&self) -> TimeZone {
        self.site.zone(self.who)
    }

    fn current_user(&self) -> Option<String> {
        self.site.people.get(self.who).map(|person| person.account_id.clone())
    }

    fn custom_fields(&self, wanted: CustomRef<'_>) -> Vec<CustomField> {
        let fits = |number: u64, name: &str| match wanted {
            CustomRef::Number(asked) => asked == number,
            CustomRef::Name(asked) => name.eq_ignore_ascii_case(asked),
        };
        let fields = self.site.fields.iter();
        fields
            .filter(|field| {
                field.scope.is_none_or(|id| self.projects().any(|project| project.id == id))
            })
            .filter_map(|field| Some((field.number()?, field)))
            .filter(|(number, field)| fits(*number, &field.name))
            .filter_map(|(number, field)| Some(CustomField { number, kind: jql_kind(field.kind)? }))
            .collect()
    }

    fn resolve(&self, field: Field, value: &str) -> Vec<Term<'_>> {
        let same = |text: &str| text.eq_ignore_ascii_case(value);
        let all = match field {
            Field::Key | Field::Parent | Field::IssueLink => {
                let found = self.site.visible_issue(self.who, value);
                return found.map(|issue| term(issue.id, &issue.key, 0)).into_iter().collect();
            }
            Field::Project => {
                let fits = self
                    .projects()
                    .filter(|p| same(&p.key) || same(&p.name) || same(&p.id.to_string()));
                return fits.map(|project| term(project.id, &project.name, 0)).collect();
            }
            Field::Assignee
            | Field::Reporter
            | Field::Creator
            | Field::Watcher
            | Field::WorklogAuthor => {
                return self.people(value);
            }
            Field::IssueLinkType => return links::directions(self.site, value),
            Field::Custom(number) => return self.choices(number, value),
            _ => self.listed(field),
        };
        all.into_iter()
            .filter(|term| language::means(value, &term.label) || same(&term.id))
            .collect()
    }

    fn function_ids(&self, function: &SiteFunction<'_>) -> Option<Vec<String>> {
        let sprints = |state: &str| {
            let found = self.site.sprints.iter().filter(|sprint| sprint.state == state);
            Some(found.map(|sprint| sprint.id.to_string()).collect())
        };
        match function {
            SiteFunction::OpenSprints => sprints("active"),
            SiteFunction::ClosedSprints => sprints("closed"),
            SiteFunction::FutureSprints => sprints("future"),
            SiteFunction::MembersOf(group) => self.members(group),
            SiteFunction::ReleasedVersions(projects) => self.versions(projects, true),
            SiteFunction::UnreleasedVersions(projects) => self.versions(projects, false),
            SiteFunction::EarliestUnreleased(project) => {
                let found = self.versions(&[(*project).to_owned()], false)?;
                Some(found.into_iter().take(1).collect())
            }
            SiteFunction::LatestReleased(project) => {
                let found = self.versions(&[(*project).to_owned()], true)?;
                Some(found.into_iter().next_back().into_iter().collect())
            }
            SiteFunction::BelowIssue(key) => {
                Some(links::below(self.site, self.site.visible_issue(self.who, key)?.id))
            }
            SiteFunction::StandardIssueTypes => Some(self.types(|level| level >= 0)),
            SiteFunction::SubtaskIssueTypes => Some(self.types(|level| level < 0)),
            SiteFunction::LinkedIssues(key, phrase) => {
                let issue = self.site.visible_issue(self.who, key)?;
                Some(links::linked(self.site, issue, *phrase))
            }
            SiteFunction::WatchedIssues => {
                let watched =
                    self.site.issues.values().filter(|issue| issue.watchers.contains(&self.who));
                Some(watched.map(|issue| issue.id.to_string()).collect())
            }
        }
    }
}

impl<'a> QuerySite<'a> {
    /// The projects the person may browse.
    pub(super) fn projects(&self) -> impl Iterator<Item = &'a Project> {
        let who = self.who;
        self.site.projects.iter().filter(move |project| project.may(who, Access::Viewer))
    }

    /// The whole list behind a choice field, with its order.
    pub(super) fn listed(&self, field: Field) -> Vec<Term<'a>> {
        let site = self.site;
        match field {
            Field::Status => {
                let used: Vec<u64> =
                    self.projects().flat_map(|p| p.workflow.statuses.iter().copied()).collect();
                let seen = site
                    .statuses
                    .iter()
                    .zip(0_i64..)
                    .filter(|(status, _)| used.contains(&status.id));
                seen.map(|(status, rank)| term(status.id, &status.name, rank)).collect()
            }
            Field::StatusCategory => {
                vec![term(2, "To Do", 0), term(4, "In Progress", 1), term(3, "Done", 2)]
            }
            Field::IssueType => {
                let used: Vec<u64> =
                    self.projects().flat_map(|p| p.types.iter().copied()).collect();
                let seen = site.types.iter().filter(|kind| used.contains(&kind.id));
                seen.map(|kind| term(kind.id, &kind.name, 0)).collect()
            }
            Field::Priority => site
                .priorities
                .iter()
                .zip(0_i64..)
                .map(|(p, at)| term(p.id, &p.name, -at))
                .collect(),
            Field::Resolution => site
                .resolutions
                .iter()
                .zip(0_i64..)
                .map(|(r, at)| term(r.id, &r.name, at))
                .collect(),
            Field::FixVersion | Field::AffectedVersion => {
                let versions = self.projects().flat_map(|project| &project.versions).zip(0_i64..);
                versions.map(|(version, at)| term(version.id, &version.name, at)).collect()
            }
            Field::Component => {
                let components = self.projects().flat_map(|project| &project.components);
                components.map(|component| term(component.id, &component.name, 0)).collect()
            }
            Field::IssueLinkType => links::phrases(site),
            Field::Sprint => {
                site.sprints.iter().zip(0_i64..).map(|(s, at)| term(s.id, &s.name, at)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn people(&self, value: &str) -> Vec<Term<'a>> {
        let same = |text: &str| text.eq_ignore_ascii_case(value);
        let fits = self
            .site
            .people
            .iter()
            .filter(|p| same(&p.account_id) || same(&p.name) || same(&p.email));
        fits.map(|p| Term { id: Cow::from(&p.account_id), label: Cow::from(&p.name), rank: 0 })
            .collect()
    }

    fn choices(&self, number: u64, value: &str) -> Vec<Term<'a>> {
        let field = self.site.fields.iter().find(|field| field.number() == Some(number));
        let Some(field) = field else { return Vec::new() };
        match field.kind {
            FieldKind::Person | FieldKind::People => self.people(value),
            FieldKind::Team => {
                let found =
                    self.site.teams.iter().filter(|team| team.id.eq_ignore_ascii_case(value));
                found
                    .map(|team| Term {
                        id: Cow::from(team.id),
                        label: Cow::from(team.name),
                        rank: 0,
                    })
                    .collect()
            }
            FieldKind::Sprint => {
                let all = self.listed(Field::Sprint);
                all.into_iter()
                    .filter(|term| term.label.eq_ignore_ascii_case(value) || term.id == value)
                    .collect()
            }
            _ => {
                let fits = |option: &&FieldOption| {
                    option.value.eq_ignore_ascii_case(value) || option.id.to_string() == value
                };
                let nested = field
                    .options
                    .iter()
                    .flat_map(|option| [option].into_iter().chain(&option.children));
                nested.filter(fits).map(|option| term(option.id, &option.value, 0)).collect()
            }
        }
    }

    fn members(&self, group: &str) -> Option<Vec<String>> {
        let account =
            |who: usize| self.site.people.get(who).map(|person| person.account_id.clone());
        match group {
            "jira-administrators" => {
                Some(self.site.admins.iter().filter_map(|who| account(*who)).collect())
            }
            "sandbox-team" => {
                Some(self.site.people.iter().map(|person| person.account_id.clone()).collect())
            }
            _ => None,
        }
    }

    fn versions(&self, projects: &[String], released: bool) -> Option<Vec<String>> {
        let mut asked = Vec::new();
        for name in projects {
            let found = self
                .projects()
                .find(|p| p.key.eq_ignore_ascii_case(name) || p.name.eq_ignore_ascii_case(name));
            asked.push(found?.id);
        }
        let fits = |project: &&Project| asked.is_empty() || asked.contains(&project.id);
        let versions = self.projects().filter(fits).flat_map(|project| &project.versions);
        Some(
            versions
                .filter(|v| v.released == released && !v.archived)
                .map(|v| v.id.to_string())
                .collect(),
        )
    }

    fn types(&self, fits: impl Fn(i64) -> bool) -> Vec<String> {
        self.site
            .types
            .iter()
            .filter(|kind| fits(kind.level))
            .map(|kind| kind.id.to_string())
            .collect()
    }
}
