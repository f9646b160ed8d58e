//! How sprints stand: their dates and goals, and how many of all their issues are in which status.

use std::sync::{Mutex, PoisonError};

use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tool_kit::{Budget, Row};

use crate::jira::{
    names::{self, SprintName, is_sprint_meant},
    tools::{context::Context, search::grouped::Counts},
    views::SprintView,
    wire::{Issue, Sprint},
};

/// Which of the sprints of an issue are asked about.
#[derive(Debug, Clone)]
pub(super) enum Meant {
    /// Those with one of these ids.
    Ids(Vec<u64>),
    /// Those of this name, or in the state that it says.
    Named(String),
}

impl Meant {
    fn holds(&self, sprint: &Sprint<'_>) -> bool {
        match self {
            Self::Ids(ids) => ids.contains(&sprint.id),
            Self::Named(given) => is_sprint_meant(&SprintName::from(sprint), given),
        }
    }
}

/// What is seen of the issues while they are read; shared, because pages are shown while they are
/// counted.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// The caller's, on whose clock times are shown.
    zone: Option<TimeZone>,
    meant: Option<Meant>,
    /// The ids of the fields that hold sprints.
    fields: Vec<String>,
    tally: Mutex<Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    by_status: Counts,
    sprints: Vec<One>,
}

#[derive(Debug)]
struct One {
    name: SprintName,
    view: Value,
    by_status: Counts,
}

impl Standing {
    /// Of the sprints that are meant; of none, where only statuses are to be counted.
    pub(super) fn new(meant: Option<Meant>, fields: Vec<String>, zone: TimeZone) -> Self {
        Self { zone: Some(zone), meant, fields, tally: Mutex::default() }
    }

    /// The ids of the fields that hold sprints.
    pub(super) fn fields(&self) -> &[String] {
        &self.fields
    }

    /// A sprint whose issues are all those that are counted.
    pub(super) fn know(&self, sprint: &Sprint<'_>) {
        let view = json!(SprintView::from(sprint).on_clock(self.zone.as_ref()));
        let one = One { name: SprintName::from(sprint), view, by_status: Counts::default() };
        self.tally().sprints.push(one);
    }

    /// Counts an issue, once however often it is seen, and answers the names of the sprints it is
    /// in.
    pub(super) fn see(&self, issue: &Issue<'_>) -> String {
        let mut tally = self.tally();
        tally.by_status.note(issue, "status");
        let Some(meant) = &self.meant else { return String::new() };
        let mut names: Vec<String> = Vec::new();
        let held =
            self.fields.iter().filter_map(|id| issue.fields.read::<Vec<Sprint<'_>>>(id)).flatten();
        for sprint in held.filter(|sprint| meant.holds(sprint)) {
            let at = tally.sprints.iter().position(|one| one.name.id == sprint.id);
            let at = at.unwrap_or(tally.sprints.len());
            if at == tally.sprints.len() {
                let view = json!(SprintView::from(&sprint).on_clock(self.zone.as_ref()));
                let name = SprintName::from(&sprint);
                tally.sprints.push(One { name, view, by_status: Counts::default() });
            }
            if let Some(one) = tally.sprints.get_mut(at) {
                one.by_status.note(issue, "status");
                names.push(one.name.name.clone());
            }
        }
        names.join(", ")
    }

    /// The sprints that were seen.
    pub(super) fn sprints(&self) -> Vec<SprintName> {
        self.tally().sprints.iter().map(|one| one.name.clone()).collect()
    }

    /// The counts, so that larger ones can be put in their place.
    pub(super) fn take_counts(&self) -> Counts {
        std::mem::take(&mut self.tally().by_status)
    }

    /// Puts back what [`Standing::take_counts`] took.
    pub(super) fn set_counts(&self, counts: Counts) {
        self.tally().by_status = counts;
    }

    /// Adds what was seen to a reply, as far as it fits: of one sprint what it is, of several also
    /// the counts of each.
    pub(super) fn put(&self, reply: &mut Row, budget: Budget, is_exact: bool, total: u64) {
        let tally = self.tally();
        let mut put = |name: &'static str, value: Value| {
            if budget.reserve(reply).holds(&json!({ name: value })) {
                reply.put_non_empty(name, value);
            }
        };
        match tally.sprints.as_slice() {
            [] => {}
            [one] => put("sprint", one.view.clone()),
            several => put("sprints", several.iter().map(|one| one.counted(is_exact)).collect()),
        }
        put("by_status", json!(tally.by_status.row()));
        if !is_exact {
            put("approximate", json!(true));
        }
        put("total", json!(total));
    }

    fn tally(&self) -> std::sync::MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The ids of the fields that hold sprints; none on a site that has no sprints.
pub(super) async fn sprint_fields(context: &Context) -> Vec<String> {
    let fields =
        names::readable_fields(&context.jira, &["Sprint".to_owned()]).await.unwrap_or_default();
    fields.into_iter().map(|field| field.id).collect()
}

impl One {
    fn counted(&self, is_exact: bool) -> Value {
        let mut view = self.view.clone();
        if is_exact && let Some(view) = view.as_object_mut() {
            view.insert("by_status".to_owned(), json!(self.by_status.row()));
        }
        view
    }
}
