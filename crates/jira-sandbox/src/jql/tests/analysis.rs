//! Queries that can be read but not run on this site, each with Jira's sentences.

use super::site::TestSite;
use crate::jql::parse;

fn check_all(jql: &str, expected: &[&str]) {
    let outcome = parse(jql).and_then(|query| query.plan(&TestSite { user: Some("acc:anna") }));
    assert_eq!(outcome.expect_err(jql), expected, "{jql:?}");
}

fn check(jql: &str, expected: &str) {
    check_all(jql, &[expected]);
}

#[test]
fn unknown_fields_and_values() {
    check(
        "universe = 42",
        "Field 'universe' does not exist or you do not have permission to view it.",
    );
    check("cf[99] = 42", "Field 'cf[99]' does not exist or you do not have permission to view it.");
    check("project = NOPE", "The value 'NOPE' does not exist for the field 'project'.");
    check(
        "Status in (Done, Shipped)",
        "The value 'Shipped' does not exist for the field 'Status'.",
    );
    check("assignee != nobody", "The value 'nobody' does not exist for the field 'assignee'.");
    check("reporter = 1", "A value with ID '1' does not exist for the field 'reporter'.");
    check(
        "sprint = Nope",
        "Sprint with name 'Nope' does not exist or you do not have permission to view it.",
    );
    check(
        "sprint = 99",
        "Sprint with id 99 does not exist or you do not have permission to view it.",
    );
    check("cf[10020] = Red", "The option 'Red' for field 'cf[10020]' does not exist.");
    check("key = P-99", "Issue does not exist or you do not have permission to see it.");
    check("key in (P-1, what)", "The issue key 'what' for field 'key' is invalid.");
    check("'Epic Link' = P-99", "No issues have a parent epic with key or name 'P-99'");
    check(
        "'Story Points' > many",
        "Value 'many' for the 'Story Points' field is not a valid number.",
    );
}

#[test]
fn every_fault_is_named_once() {
    check_all(
        "project = X AND (foo = 1 OR NOT project = X) ORDER BY bar",
        &[
            "The value 'X' does not exist for the field 'project'.",
            "Field 'foo' does not exist or you do not have permission to view it.",
            "Not able to sort using field 'bar'.",
        ],
    );
}

#[test]
fn operators_that_do_not_fit() {
    check("project ~ P", "The operator '~' is not supported by the 'project' field.");
    check("summary = test", "The operator '=' is not supported by the 'summary' field.");
    check("status > Done", "The operator '>' is not supported by the 'status' field.");
    check("text !~ x", "The operator '!~' is not supported by the 'text' field.");
    check("comment is empty", "The operator 'is' is not supported by the 'comment' field.");
    check("text ~ EMPTY", "The field 'text' does not support searching for EMPTY values.");
    check(
        "summary in test",
        "Operator 'in' does not support the non-list value '\"test\"' for field 'summary'.",
    );
    check(
        "status = (Done)",
        "Operator '=' does not support the list value '(\"Done\")' for field 'status'.",
    );
    check(
        "status is Done",
        "Operator 'is' does not support searching for non-empty values for field 'status'.",
    );
    check(
        "due > EMPTY",
        "Operator '>' does not support the empty value representation 'EMPTY' for field 'due'.",
    );
    check("summary was Done", "History searches do not support the 'summary' field.");
    check("labels changed after -1d", "History searches do not support the 'labels' field.");
    check("status was Gone", "The value 'Gone' does not exist for the field 'status'.");
    check("status changed to Gone", "The value 'Gone' does not exist for the field 'status'.");
    check("foo changed", "Field 'foo' does not exist or you do not have permission to view it.");
}

#[test]
fn functions_that_do_not_fit() {
    check("status = bogus(1, b)", "Unable to find JQL function 'bogus(1, b)'.");
    check(
        "status = currentUser()",
        "A value provided by the function 'currentUser' is invalid for the field 'status'.",
    );
    check(
        "status = now()",
        "A value provided by the function 'now' is invalid for the field 'status'.",
    );
    check(
        "summary ~ now()",
        "A value provided by the function 'now' is invalid for the field 'summary'.",
    );
    check(
        "created > currentUser()",
        "A date for the field 'created' provided by the function 'currentUser' is not valid.",
    );
    check(
        "assignee = currentUser(1)",
        "Function 'currentUser' expected '0' arguments but received '1'.",
    );
    check("created > now(1)", "Function 'now' expected '0' arguments but received '1'.");
    check(
        "created > startOfDay(1, 2)",
        "Function 'startOfDay' expected between '0' and '1' arguments but received '2'.",
    );
    check(
        "created > startOfDay(-6q)",
        "Duration for function 'startOfDay' should have the format (+/-)n(yMwdm), e.g -1M for 1 month earlier.",
    );
    check(
        "assignee in membersOf(ghosts)",
        "Function 'membersOf' can not generate a list of usernames for group 'ghosts'; the group does not exist.",
    );
    check(
        "key in linkedIssues(P-99)",
        "Issue 'P-99' could not be found in function 'linkedIssues'.",
    );
    check(
        "sprint = openSprints()",
        "Operator '=' does not support the list value 'openSprints()' for field 'sprint'.",
    );
}

#[test]
fn texts_that_cannot_be_searched() {
    check("text ~ ''", "The field 'text' does not support searching for an empty string.");
    check("text ~ 'AND'", "Unable to parse the text 'AND' for field 'text'.");
    check("Notes ~ '\"open'", "Unable to parse the text '\"open' for field 'Notes'.");
}

#[test]
fn dates_that_are_none() {
    for bad in
        ["yesterday", "2026-02-30", "2026-11/01", "-1y", "4w2d", "2026-11-01 25:00", "26-11-01"]
    {
        let formats = "Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', \
                       or a period format e.g. '-5d', '4w 2d'.";
        check(
            &format!("created > '{bad}'"),
            &format!("Date value '{bad}' for field 'created' is invalid. {formats}"),
        );
    }
}

#[test]
fn orders_that_cannot_be() {
    check("order by comment", "Field 'comment' does not support sorting.");
    check(
        "order by key, issuekey",
        "The sort field 'issuekey' is referenced multiple times in the JQL sort.",
    );
    check(
        "order by key, due, status, priority, created, updated, summary, rank",
        "A JQL query can be sorted by at most 7 fields.",
    );
}
