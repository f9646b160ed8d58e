//! A site of six issues, just large enough to tell every rule from its neighbour.

use jiff::{civil::date, tz::TimeZone};

use crate::jql::{
    CustomField, CustomRef, Field, FieldChange, Kind, Row, Site, SiteFunction, Term, Values,
};

/// 2026-11-20 10:30 in Berlin (UTC+1 in winter), a Friday.
pub(super) const NOW_MS: i64 = 1_795_167_000_000;
const HOUR_MS: i64 = 3_600_000;

pub(super) struct TestSite {
    pub(super) user: Option<&'static str>,
}

/// One issue: fields that are `""`, 0 or `None` are empty.
#[derive(Default)]
pub(super) struct Issue {
    pub(super) key: &'static str,
    id: u64,
    status: &'static str,
    assignee: &'static str,
    priority: &'static str,
    labels: &'static [&'static str],
    summary: &'static str,
    comments: &'static [&'static str],
    hours_old: i64,
    due_day: Option<i8>,
    points: Option<f64>,
    sprints: &'static [&'static str],
    parent: Option<(&'static str, &'static str)>,
    version: &'static str,
    rank: &'static str,
}

const STATUSES: [&str; 3] = ["To Do", "In Progress", "Done"];
const PRIORITIES: [&str; 4] = ["Low", "Medium", "High", "Highest"];
const VERSIONS: [&str; 3] = ["1.9", "1.10", "2.0"];
const PEOPLE: [(&str, &str); 2] = [("acc:anna", "Anna Berg"), ("acc:tom", "Tom Ruiz")];
const SPRINTS: [(&str, &str); 3] = [("31", "Sprint 1"), ("32", "Sprint 2"), ("33", "Sprint 3")];

pub(super) fn issues() -> Vec<Issue> {
    let blank = Issue::default;
    vec![
        Issue {
            key: "P-1",
            id: 101,
            status: "Done",
            assignee: "acc:anna",
            priority: "High",
            labels: &["Backend", "urgent"],
            summary: "Login page is broken",
            comments: &["works on my machine", "not on mine"],
            hours_old: 1,
            due_day: Some(20),
            points: Some(5.0),
            sprints: &["31", "32"],
            parent: Some(("103", "P-10")),
            version: "1.10",
            rank: "0|i00001:",
        },
        Issue {
            key: "P-2",
            id: 102,
            status: "To Do",
            assignee: "acc:tom",
            priority: "Medium",
            labels: &["docs"],
            summary: "Write the manual",
            hours_old: 30,
            points: Some(2.5),
            sprints: &["33"],
            version: "1.9",
            rank: "0|h00001:",
            ..blank()
        },
        Issue {
            key: "P-10",
            id: 103,
            status: "In Progress",
            summary: "Epic",
            hours_old: 200,
            ..blank()
        },
        Issue {
            key: "OPS-7",
            id: 104,
            status: "To Do",
            priority: "Low",
            hours_old: 5_000,
            ..blank()
        },
        Issue {
            key: "OPS-8",
            id: 105,
            status: "To Do",
            priority: "Highest",
            hours_old: 30,
            ..blank()
        },
        Issue {
            key: "OPS-9",
            id: 106,
            status: "Done",
            version: "2.0",
            due_day: Some(21),
            ..blank()
        },
    ]
}

impl Site for TestSite {
    fn now_ms(&self) -> i64 {
        NOW_MS
    }

    fn time_zone(&self) -> TimeZone {
        TimeZone::fixed(jiff::tz::offset(1))
    }

    fn current_user(&self) -> Option<String> {
        self.user.map(str::to_owned)
    }

    fn custom_fields(&self, wanted: CustomRef<'_>) -> Vec<CustomField> {
        let all = [("Story Points", 10016, Kind::Number), ("Notes", 10017, Kind::Text)];
        let twins = [("Team", 10020, Kind::Choice), ("Team", 10021, Kind::Number)];
        all.into_iter()
            .chain(twins)
            .filter(|(name, number, _)| match wanted {
                CustomRef::Name(wanted) => name.eq_ignore_ascii_case(wanted),
                CustomRef::Number(wanted) => *number == wanted,
            })
            .map(|(_, number, kind)| CustomField { number, kind })
            .collect()
    }

    fn resolve(&self, field: Field, value: &str) -> Vec<Term<'_>> {
        let is = |name: &str| name.eq_ignore_ascii_case(value);
        let ranked = |names: &'static [&'static str]| {
            let found = names.iter().position(|name| is(name));
            found.map(|at| term(names[at], names[at], at)).into_iter().collect()
        };
        match field {
            Field::Project => {
                ["P", "OPS"].into_iter().filter(|p| is(p)).map(|p| term(p, p, 0)).collect()
            }
            Field::Status => ranked(&STATUSES),
            Field::Priority => ranked(&PRIORITIES),
            Field::FixVersion => ranked(&VERSIONS),
            Field::Assignee | Field::Reporter => named(&PEOPLE, is),
            Field::Sprint => named(&SPRINTS, is),
            Field::Key | Field::Parent => {
                let found =
                    issues().into_iter().find(|issue| is(issue.key) || is(&issue.id.to_string()));
                found.map(|issue| term(&issue.id.to_string(), issue.key, 0)).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    fn function_ids(&self, function: &SiteFunction<'_>) -> Option<Vec<String>> {
        let ids: &[&str] = match function {
            SiteFunction::ClosedSprints => &["31"],
            SiteFunction::OpenSprints => &["32"],
            SiteFunction::FutureSprints => &["33"],
            SiteFunction::MembersOf("writers") => &["acc:tom"],
            SiteFunction::UnreleasedVersions([]) => &["2.0"],
            SiteFunction::LinkedIssues("P-1", None) => &["102", "104"],
            _ => return None,
        };
        Some(ids.iter().map(ToString::to_string).collect())
    }
}

impl Row for Issue {
    fn id(&self) -> u64 {
        self.id
    }

    fn values(&self, field: Field) -> Values<'_> {
        match field {
            Field::Project => terms(&[self.key.split('-').next().unwrap_or_default()]),
            Field::Key => Values::Terms(vec![term(&self.id.to_string(), self.key, 0)]),
            Field::Status => picked(&STATUSES, self.status),
            Field::Priority => picked(&PRIORITIES, self.priority),
            Field::FixVersion => picked(&VERSIONS, self.version),
            Field::Assignee => match PEOPLE.iter().find(|(id, _)| *id == self.assignee) {
                Some((id, name)) => Values::Terms(vec![term(id, name, 0)]),
                None => Values::Empty,
            },
            Field::Labels => terms(self.labels),
            Field::Sprint => terms(self.sprints),
            Field::Parent => match self.parent {
                Some((id, key)) => Values::Terms(vec![term(id, key, 0)]),
                None => Values::Empty,
            },
            Field::Summary => Values::Text(vec![self.summary.into()]),
            Field::Comment => {
                Values::Text(self.comments.iter().map(|text| (*text).into()).collect())
            }
            Field::Text => {
                let comments = self.comments.iter().map(|text| (*text).into());
                Values::Text(std::iter::once(self.summary.into()).chain(comments).collect())
            }
            Field::Created | Field::Updated => {
                Values::Instants(vec![NOW_MS - self.hours_old * HOUR_MS])
            }
            Field::Due => {
                self.due_day.map_or(Values::Empty, |day| Values::Day(date(2026, 11, day)))
            }
            Field::Custom(10016) => self.points.map_or(Values::Empty, Values::Number),
            Field::Custom(10021) => Values::Number(7.0),
            Field::Rank => Values::Text(vec![self.rank.into()]),
            _ => Values::Empty,
        }
    }

    /// P-1 was begun by Tom after ten minutes and finished by Anna after fifty.
    fn history(&self, field: Field) -> Vec<FieldChange> {
        if (self.key, field) != ("P-1", Field::Status) {
            return Vec::new();
        }
        let turn = |minutes_ago: i64, by: &str, from: &str, to: &str| FieldChange {
            at_ms: NOW_MS - minutes_ago * 60_000,
            by: by.to_owned(),
            from: vec![from.to_owned()],
            to: vec![to.to_owned()],
        };
        vec![
            turn(50, "acc:tom", "To Do", "In Progress"),
            turn(10, "acc:anna", "In Progress", "Done"),
        ]
    }
}

fn named(all: &[(&'static str, &'static str)], is: impl Fn(&str) -> bool) -> Vec<Term<'static>> {
    all.iter().filter(|(id, name)| is(id) || is(name)).map(|(id, name)| term(id, name, 0)).collect()
}

fn picked(all: &[&'static str], name: &'static str) -> Values<'static> {
    let at = all.iter().position(|other| *other == name);
    at.map_or(Values::Empty, |at| Values::Terms(vec![term(name, name, at)]))
}

fn terms(names: &[&'static str]) -> Values<'static> {
    Values::Terms(names.iter().map(|name| term(name, name, 0)).collect())
}

fn term(id: &str, label: &'static str, rank: usize) -> Term<'static> {
    Term { id: id.to_owned().into(), label: label.into(), rank: i64::try_from(rank).unwrap() }
}
