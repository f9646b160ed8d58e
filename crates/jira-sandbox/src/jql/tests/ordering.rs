//! In which order rows come.

use super::site::{TestSite, issues};
use crate::jql::parse;

fn check(jql: &str, expected: &str) {
    let plan = parse(jql).and_then(|query| query.plan(&TestSite { user: None })).expect(jql);
    let mut rows = issues();
    for attempt in ["as they are", "reversed"] {
        rows.sort_by(|a, b| plan.compare(a, b));
        let keys: Vec<_> = rows.iter().map(|issue| issue.key).collect();
        assert_eq!(keys.join(" "), expected, "{jql:?}, rows {attempt}");
        rows.reverse();
    }
}

#[test]
fn the_newest_comes_first_by_default() {
    check("", "OPS-9 P-1 OPS-8 P-2 P-10 OPS-7");
    check("order by created", "OPS-9 P-1 P-2 OPS-8 P-10 OPS-7");
    check("order by created asc", "OPS-7 P-10 P-2 OPS-8 P-1 OPS-9");
}

#[test]
fn keys_are_ordered_by_number() {
    check("order by key", "OPS-7 OPS-8 OPS-9 P-1 P-2 P-10");
    check("order by KEY desc", "P-10 P-2 P-1 OPS-9 OPS-8 OPS-7");
}

#[test]
fn nothing_comes_last_going_up() {
    check("order by priority asc", "OPS-7 P-2 P-1 OPS-8 P-10 OPS-9");
    check("order by priority", "P-10 OPS-9 OPS-8 P-1 P-2 OPS-7");
    check("order by due", "P-1 OPS-9 P-2 P-10 OPS-7 OPS-8");
    check("order by assignee", "P-1 P-2 P-10 OPS-7 OPS-8 OPS-9");
}

#[test]
fn several_keys_and_other_kinds() {
    check("order by status desc, key asc", "OPS-9 P-1 P-10 OPS-7 OPS-8 P-2");
    check("order by rank desc", "P-1 P-2 P-10 OPS-7 OPS-8 OPS-9");
    check("order by \"Story Points\"", "P-2 P-1 P-10 OPS-7 OPS-8 OPS-9");
    check("order by fixVersion, id", "P-2 P-1 OPS-9 OPS-7 OPS-8 P-10");
}
