//! Which rows a query finds.

use super::site::{TestSite, issues};
use crate::jql::parse;

/// `expected` is the keys in the site's order, separated by spaces.
fn check_as(user: Option<&'static str>, jql: &str, expected: &str) {
    let plan = parse(jql).and_then(|query| query.plan(&TestSite { user })).expect(jql);
    let found: Vec<_> =
        issues().iter().filter(|issue| plan.matches(*issue)).map(|issue| issue.key).collect();
    assert_eq!(found.join(" "), expected, "{jql:?}");
}

fn check(jql: &str, expected: &str) {
    check_as(Some("acc:anna"), jql, expected);
}

#[test]
fn picked_values() {
    check("project = ops", "OPS-7 OPS-8 OPS-9");
    check("PROJECT = P and Status = \"to do\"", "P-2");
    check("status in (Done, 'In Progress')", "P-1 P-10 OPS-9");
    check("key = p-10 or id = 101", "P-1 P-10");
    check("issuekey in (P-2, P-99)", "P-2");
    check("labels = BACKEND", "P-1");
    check("labels = nowhere", "");
    check("labels != backend", "P-2");
    check("parent = P-10", "P-1");
    check("'epic link' = P-10", "P-1");
    check("key in linkedIssues(P-1)", "P-2 OPS-7");
}

#[test]
fn nothing_is_not_something_else() {
    check("assignee = acc:anna", "P-1");
    check("assignee != acc:anna", "P-2");
    check("assignee not in ('Anna Berg')", "P-2");
    check("NOT assignee = acc:anna", "P-2");
    check("not (assignee = acc:anna or priority = Low)", "P-2");
    check("assignee is EMPTY", "P-10 OPS-7 OPS-8 OPS-9");
    check("assignee = null and priority != empty", "OPS-7 OPS-8");
    check("assignee in (EMPTY, acc:tom)", "P-2 P-10 OPS-7 OPS-8 OPS-9");
    check("assignee not in (EMPTY, acc:tom)", "P-1");
    check("NOT assignee is EMPTY", "P-1 P-2");
    check("resolution = Unresolved and key = P-1", "P-1");
    check("priority != High", "P-2 OPS-7 OPS-8");
    check("NOT summary ~ login", "P-2 P-10");
}

#[test]
fn people_and_functions() {
    check("assignee = currentUser()", "P-1");
    check("assignee != currentUser()", "P-2");
    check_as(None, "assignee = currentUser()", "");
    check("assignee in membersOf('writers')", "P-2");
    check("sprint in openSprints()", "P-1");
    check("sprint in closedSprints()", "P-1");
    check("sprint in futureSprints()", "P-2");
    check("sprint not in openSprints()", "P-2");
    check("sprint = 'Sprint 1' and sprint = 32", "P-1");
    check("fixVersion in unreleasedVersions()", "OPS-9");
}

#[test]
fn comparisons_follow_rank_and_number() {
    check("priority > Medium", "P-1 OPS-8");
    check("priority <= Medium", "P-2 OPS-7");
    check("NOT priority > Medium", "P-2 OPS-7");
    check("fixVersion >= 1.10", "P-1 OPS-9");
    check("key > P-2", "P-10");
    check("key >= P-1 and key < P-10", "P-1 P-2");
    check("\"Story Points\" > 2.5", "P-1");
    check("\"story points[Number]\" = 2.5", "P-2");
    check("cf[10016] != 5", "P-2");
    check("cf[10016] in (5, EMPTY)", "P-1 P-10 OPS-7 OPS-8 OPS-9");
}

#[test]
fn a_name_of_two_fields_means_both() {
    check("Team > 6 and key = P-1", "P-1");
    check("Team is EMPTY and key = P-1", "P-1");
    check("Team is not EMPTY", "");
}

#[test]
fn words() {
    check("summary ~ 'LOGIN'", "P-1");
    check("summary ~ log", "");
    check("summary ~ 'log*'", "P-1");
    check("summary !~ login", "P-2 P-10");
    check("text ~ 'machine'", "P-1");
    check("comment ~ '\"on mine\"'", "P-1");
    check(r#"text ~ "\"page is broken\"""#, "P-1");
    check("summary ~ 'manual OR epic'", "P-2 P-10");
    check("summary is EMPTY", "OPS-7 OPS-8 OPS-9");
}

#[test]
fn logic() {
    check("project = P AND status = Done OR project = OPS AND status = Done", "P-1 OPS-9");
    check("project = P && (status = Done || status = 'To Do')", "P-1 P-2");
    check("!project = P", "OPS-7 OPS-8 OPS-9");
    check("not not project = P", "P-1 P-2 P-10");
    check("order by key", "P-1 P-2 P-10 OPS-7 OPS-8 OPS-9");
}

#[test]
fn moments() {
    check("created >= -2h", "P-1 OPS-9");
    check("created >= '-1w 1d'", "P-1 P-2 OPS-8 OPS-9");
    check("created > -1D and updated < now()", "P-1");
    check("created = '2026-11-20 09:30'", "P-1");
    check("created < '2026/01/01' or created > '2026-11-20 09:31'", "OPS-9");
    check("created >= startOfDay()", "P-1 OPS-9");
    check("due = 2026-11-20", "P-1");
    check("due <= now()", "P-1");
    check("due > endOfDay()", "OPS-9");
    check("due in ('2026-11-20', '2026-11-21')", "P-1 OPS-9");
    check("due != 2026-11-20", "OPS-9");
    check("due < 1d", "P-1");
    check("created >= 1795163400000 and created <= 1795163400000", "P-1");
}

#[test]
fn what_was() {
    check("status was 'In Progress'", "P-1 P-10");
    check("status was 'In Progress' by acc:tom", "P-1");
    check("status was 'In Progress' by acc:anna", "");
    check("status was 'In Progress' before -30m", "P-1 P-10");
    check("status was Done before -30m", "");
    check("status was in (Done, 'In Progress') after -5m", "P-1 P-10 OPS-9");
    check("status was 'To Do' during (2026-11-20, now())", "P-1 P-2 OPS-7 OPS-8");
    check("status was not Done", "P-2 P-10 OPS-7 OPS-8");
    check("not status was not in (Done)", "P-1 OPS-9");
    check("assignee was EMPTY", "P-10 OPS-7 OPS-8 OPS-9");
}

#[test]
fn what_changed() {
    check("status changed", "P-1");
    check("not status changed and project = P", "P-2 P-10");
    check("status changed from 'To Do' to 'In Progress'", "P-1");
    check("status changed from 'To Do' to Done", "");
    check("status changed to Done by currentUser() after -15m", "P-1");
    check("status changed to Done before -15m", "");
    check("status changed to Done by acc:tom", "");
    check("status changed to (Done, 'To Do') on 2026-11-20", "P-1");
    check("status changed on 2026-11-19 or priority changed", "");
    check("status changed during ('2026-11-20 09:00', '2026-11-20 09:41')", "P-1");
    check("status changed during ('2026-11-20 09:41', '2026-11-20 10:00')", "");
}
