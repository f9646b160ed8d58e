//! What the histories of issues say of a sprint: who was in it when, and in which status.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use moment::parse_jira;
use tool_kit::ToolError;

use crate::jira::{
    request,
    tools::context::Context,
    wire::{ChangeDetails, ChangelogsPage, List, Status},
};

/// Issues of one question for histories; Jira's own limit is 1,000.
const ISSUES_MAX: usize = 1_000;

/// Edits on one page. Each is about a kilobyte, most of it its author's pictures.
const PAGE_EDITS: u32 = 1_000;

/// Pages that are read.
const PAGES_MAX: usize = 20;

/// The edits of one issue that move it between sprints or statuses, oldest first.
#[derive(Debug, Default)]
pub(super) struct Past {
    sprints: Vec<Move>,
    statuses: Vec<Move>,
}

/// One edit of one field.
#[derive(Debug, Clone)]
pub(super) struct Move {
    pub(super) at: Timestamp,
    from: Vec<String>,
    to: Vec<String>,
    to_names: String,
}

impl Move {
    fn puts_in(&self, id: &str) -> bool {
        self.to.iter().any(|one| one == id) && !self.from.iter().any(|one| one == id)
    }

    fn takes_out(&self, id: &str) -> bool {
        self.from.iter().any(|one| one == id) && !self.to.iter().any(|one| one == id)
    }

    /// The name of the sprint that the issue is in from here on beside those that it was in, and
    /// beside this one.
    fn entered(&self, but: &str) -> Option<&str> {
        let at = self.to.iter().position(|one| one != but && !self.from.contains(one))?;
        let mut names = self.to_names.split(',').map(str::trim);
        names.nth(at).filter(|name| !name.is_empty())
    }
}

/// The histories of some issues, by id.
#[derive(Debug, Default)]
pub(super) struct Pasts {
    by_issue: BTreeMap<String, Past>,
    /// False where not every edit could be read.
    pub(super) is_whole: bool,
}

impl Pasts {
    /// Reads the histories of these issues.
    pub(super) async fn read(
        context: &Context,
        issue_ids: &[&str],
        sprint_fields: &[String],
    ) -> Result<Self, ToolError> {
        let mut pasts = Self { is_whole: true, ..Self::default() };
        let fields: Vec<&str> = ["status"]
            .into_iter()
            .chain(sprint_fields.iter().map(String::as_str))
            .take(10)
            .collect();
        for some in issue_ids.chunks(ISSUES_MAX) {
            let mut token: Option<String> = None;
            for page in 1..=PAGES_MAX {
                let request = request::changelogs(some, &fields, PAGE_EDITS, token.as_deref());
                let answer = context.ask(request).await?;
                let found: ChangelogsPage<'_> = answer.read()?;
                pasts.take(&found, sprint_fields);
                let next = found.next_page_token.as_deref().filter(|token| !token.is_empty());
                if next.is_none() {
                    break;
                }
                // A token that comes back again would lead in a circle.
                if page == PAGES_MAX || next == token.as_deref() {
                    pasts.is_whole = false;
                    break;
                }
                token = next.map(str::to_owned);
            }
        }
        for past in pasts.by_issue.values_mut() {
            past.sprints.sort_by_key(|change| change.at);
            past.statuses.sort_by_key(|change| change.at);
        }
        Ok(pasts)
    }

    fn take(&mut self, page: &ChangelogsPage<'_>, sprint_fields: &[String]) {
        self.is_whole &= page.issue_change_logs.unreadable() == 0;
        for issue in &page.issue_change_logs {
            let past = self.by_issue.entry(issue.issue_id.to_string()).or_default();
            self.is_whole &= issue.change_histories.unreadable() == 0;
            for edit in &issue.change_histories {
                let Some(at) = when(&edit.created) else {
                    self.is_whole = false;
                    continue;
                };
                self.is_whole &= edit.items.unreadable() == 0;
                for item in &edit.items {
                    let id = item.field_id.as_deref().unwrap_or_default();
                    if id == "status" {
                        past.statuses.push(moved(at, item));
                    } else if sprint_fields.iter().any(|field| field == id) {
                        past.sprints.push(moved(at, item));
                    }
                }
            }
        }
    }

    /// The history of an issue; empty where it has none.
    pub(super) fn of(&self, issue_id: &str) -> &Past {
        static NONE: Past = Past { sprints: Vec::new(), statuses: Vec::new() };
        self.by_issue.get(issue_id).unwrap_or(&NONE)
    }
}

impl Past {
    /// Whether the issue was in the sprint at a moment, who is in it now or not.
    pub(super) fn was_in(&self, sprint: &str, at: Timestamp, is_in: bool) -> bool {
        let holds = |ids: &[String]| ids.iter().any(|id| id == sprint);
        match self.sprints.iter().rev().find(|change| change.at <= at) {
            Some(last) => holds(&last.to),
            None => self.sprints.first().map_or(is_in, |first| holds(&first.from)),
        }
    }

    /// When the issue came into the sprint after a moment.
    pub(super) fn added_after(&self, sprint: &str, at: Timestamp) -> Option<Timestamp> {
        self.sprints
            .iter()
            .find(|change| change.at > at && change.puts_in(sprint))
            .map(|change| change.at)
    }

    /// When the issue was last taken out of the sprint between two moments.
    pub(super) fn removed_between(
        &self,
        sprint: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Option<Timestamp> {
        let is_between = |change: &&Move| change.at > from && change.at <= to;
        let found =
            self.sprints.iter().rev().filter(is_between).find(|change| change.takes_out(sprint));
        found.map(|change| change.at)
    }

    /// The name of the sprint that the issue went to from another one, at a moment or later.
    pub(super) fn went_to(&self, sprint: &str, from: Timestamp) -> Option<&str> {
        self.sprints
            .iter()
            .filter(|change| change.at >= from)
            .find_map(|change| change.entered(sprint))
    }

    /// The id of the status at a moment; none where it is the one of now.
    pub(super) fn status_at(&self, at: Timestamp) -> Option<&str> {
        let next = self.statuses.iter().position(|change| change.at > at)?;
        let before = next.checked_sub(1).and_then(|at| self.statuses.get(at));
        match before {
            Some(last) => last.to.first().map(String::as_str),
            None => self.statuses.get(next)?.from.first().map(String::as_str),
        }
    }
}

fn moved(at: Timestamp, item: &ChangeDetails<'_>) -> Move {
    let ids = |text: Option<&str>| {
        let ids = text.unwrap_or_default().split(',').map(str::trim);
        ids.filter(|id| !id.is_empty()).map(str::to_owned).collect()
    };
    Move {
        at,
        from: ids(item.from.as_deref()),
        to: ids(item.to.as_deref()),
        to_names: item.to_string.as_deref().unwrap_or_default().to_owned(),
    }
}

/// A moment, as milliseconds since 1970 or as Jira's other endpoints write it.
pub(super) fn when(text: &str) -> Option<Timestamp> {
    match text.parse::<i64>() {
        Ok(ms) => Timestamp::from_millisecond(ms).ok(),
        Err(_) => text.parse().ok().or_else(|| parse_jira(text)),
    }
}

/// The ids of the statuses that mean done.
pub(super) async fn done_statuses(context: &Context) -> Result<BTreeSet<String>, ToolError> {
    let answer = context.ask(request::statuses()).await?;
    let all: List<Status<'_>> = answer.read()?;
    let is_done = |status: &&Status<'_>| {
        status.status_category.as_ref().is_some_and(|category| category.key == "done")
    };
    Ok(all.iter().filter(is_done).map(|status| status.id.to_string()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    fn change(minute: i64, from: &str, to: &str, names: &str) -> Move {
        let json = serde_json::json!({ "from": from, "to": to, "toString": names }).to_string();
        moved(at(minute), &json_borrow::from_str(&json).unwrap())
    }

    fn past(sprints: Vec<Move>, statuses: Vec<Move>) -> Past {
        Past { sprints, statuses }
    }

    #[test]
    fn membership_is_told_by_the_edit_before_or_the_one_behind() {
        let one = past(vec![change(10, "", "7", "S7"), change(20, "7", "7, 8", "S7, S8")], vec![]);
        assert!(!one.was_in("7", at(9), true) && one.was_in("7", at(10), true));
        assert!(one.was_in("7", at(30), true) && !one.was_in("8", at(19), true));
        assert_eq!(one.went_to("7", at(19)), Some("S8"));
        assert_eq!(one.added_after("7", at(5)), Some(at(10)));
        let born_in = past(vec![change(10, "7", "", "")], vec![]);
        assert!(born_in.was_in("7", at(1), false) && !born_in.was_in("7", at(10), false));
        assert_eq!(born_in.removed_between("7", at(1), at(15)), Some(at(10)));
        assert_eq!(born_in.removed_between("7", at(10), at(15)), None);
        let quiet = Past::default();
        assert!(quiet.was_in("7", at(1), true) && !quiet.was_in("7", at(1), false));
        // An id is compared as a whole.
        assert!(!past(vec![change(10, "", "17", "")], vec![]).was_in("7", at(11), false));
    }

    #[test]
    fn a_status_of_then_is_the_last_one_before() {
        let one = past(vec![], vec![change(10, "1", "3", ""), change(20, "3", "5", "")]);
        assert_eq!(one.status_at(at(5)), Some("1"));
        assert_eq!(one.status_at(at(10)), Some("3"));
        assert_eq!(one.status_at(at(20)), None, "it is the one of now");
    }

    #[test]
    fn moments_come_in_three_forms() {
        let expected: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        for text in ["1795168800000", "2026-11-20T10:00:00.000Z", "2026-11-20T11:00:00.000+0100"] {
            assert_eq!(when(text), Some(expected), "{text}");
        }
        assert_eq!(when("soon"), None);
    }
}
