//! Many issues at once. Edits, transitions and moves are tasks that Jira works off by itself.

use std::collections::BTreeMap;

use http::Method;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::jira::client::allowed::{AllowedIssue, AllowedProject, NamedIssue};

use super::{
    builder::{Request, Safety},
    issue::NewIssue,
};

/// `POST /issue/bulkfetch` of at most 100 issues. Jira answers them by id and leaves out those it
/// has not.
pub fn bulk_fetch<F: AsRef<str>>(issues: &[&NamedIssue], fields: &[F]) -> Request {
    let keys: Vec<&str> = issues.iter().map(|issue| issue.as_str()).collect();
    let fields: Vec<&str> = fields.iter().map(AsRef::as_ref).collect();
    let request = Request::read_by_post(["issue", "bulkfetch"]);
    let mut body = json!({ "issueIdsOrKeys": keys, "fields": fields });
    if fields.contains(&"*all")
        && let Some(body) = body.as_object_mut()
    {
        body.insert("expand".to_owned(), json!(["names"]));
    }
    request.json(&body)
}

/// `POST /issue/bulk` with at most 50 bodies of `POST /issue`.
pub fn create_issues(issues: &[&NewIssue]) -> Request {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Updates<'a> {
        issue_updates: &'a [&'a NewIssue],
    }
    Request::write(Method::POST, Safety::Write, ["issue", "bulk"])
        .json(&Updates { issue_updates: issues })
}

/// `GET /bulk/issues/transition`: by workflow, the transitions that all of these issues share and
/// that ask for no fields.
pub fn shared_transitions(issues: &[&AllowedIssue]) -> Request {
    let keys: Vec<&str> = issues.iter().map(|issue| issue.as_str()).collect();
    Request::read(["bulk", "issues", "transition"]).query("issueIdsOrKeys", keys.join(","))
}

/// One change of at most 1,000 issues.
#[derive(Debug, Clone)]
pub struct BulkChange {
    endpoint: &'static str,
    body: Value,
}

impl BulkChange {
    /// `POST /bulk/issues/transition`: which issues go by which transition.
    pub fn transition(moved: &BTreeMap<u64, Vec<AllowedIssue>>) -> Self {
        let input = |(id, issues): (&u64, &Vec<AllowedIssue>)| json!({ "selectedIssueIdsOrKeys": keys(issues), "transitionId": id.to_string() });
        let inputs: Vec<Value> = moved.iter().map(input).collect();
        Self { endpoint: "transition", body: json!({ "bulkTransitionInputs": inputs }) }
    }

    /// `POST /bulk/issues/fields`: the fields and, by the kind of field, what they become.
    pub fn edit(issues: &[AllowedIssue], fields: &[String], input: &Map<String, Value>) -> Self {
        let body = json!({
            "selectedIssueIdsOrKeys": keys(issues), "selectedActions": fields, "editedFieldsInput": input,
        });
        Self { endpoint: "fields", body }
    }

    /// Whether mails are sent; Jira's default without it.
    #[must_use]
    pub fn notifying(mut self, notify: Option<bool>) -> Self {
        if let (Some(notify), Some(body)) = (notify, self.body.as_object_mut()) {
            body.insert("sendBulkNotification".to_owned(), Value::from(notify));
        }
        self
    }

    /// What Jira is told.
    pub fn body(&self) -> &Value {
        &self.body
    }

    /// The request.
    pub fn request(&self) -> Request {
        let request = Request::write(Method::POST, Safety::Write, ["bulk", "issues"]);
        request.segment(self.endpoint).json(&self.body)
    }
}

fn keys(issues: &[AllowedIssue]) -> Vec<&str> {
    issues.iter().map(|issue| issue.as_str()).collect()
}

/// `POST /bulk/issues/move` of one issue, with its subtasks, to a project and type. Statuses,
/// required fields and subtask types that the target does not know are chosen by Jira.
pub fn move_issue(issue: &AllowedIssue, project: &AllowedProject, issue_type_id: &str) -> Request {
    let target = format!("{},{issue_type_id}", project.as_str());
    let source = json!({
        "issueIdsOrKeys": [issue.as_str()],
        "inferClassificationDefaults": true,
        "inferFieldDefaults": true,
        "inferStatusDefaults": true,
        "inferSubtaskTypeDefault": true,
    });
    Request::write(Method::POST, Safety::Write, ["bulk", "issues", "move"])
        .json(&json!({ "targetToSourcesMapping": { target: source } }))
}

/// `GET /bulk/queue/{id}`: how far a task has come.
pub fn task(id: &str) -> Request {
    Request::read(["bulk", "queue"]).segment(id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::client::{allowed::Projects, request::body::Body};

    fn check(request: &Request, shown: &str, safety: Safety) {
        let path: Vec<&str> = request.path().collect();
        let query: Vec<String> =
            request.query_pairs().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let body = request
            .body()
            .map(|body| String::from_utf8(body.to_vec()).unwrap())
            .unwrap_or_default();
        assert_eq!(
            format!("{} {} {} {body}", request.method(), path.join("/"), query.join("&")),
            shown
        );
        assert_eq!(request.safety(), safety);
    }

    #[test]
    fn requests_name_their_endpoint() {
        let open = Projects::default();
        let (one, two) = (open.told("P-1").unwrap(), open.told("P-2").unwrap());
        let new = NewIssue::new(&open.project("P").unwrap(), "1", Body::default());
        check(
            &bulk_fetch(&[&one, &two], &["summary"]),
            r#"POST issue/bulkfetch  {"issueIdsOrKeys":["P-1","P-2"],"fields":["summary"]}"#,
            Safety::Read,
        );
        check(
            &create_issues(&[&new]),
            r#"POST issue/bulk  {"issueUpdates":[{"fields":{"project":{"key":"P"},"issuetype":{"id":"1"}}}]}"#,
            Safety::Write,
        );
        check(
            &shared_transitions(&[&one, &two]),
            "GET bulk/issues/transition issueIdsOrKeys=P-1,P-2 ",
            Safety::Read,
        );
        let edit =
            BulkChange::edit(std::slice::from_ref(&one), &["labels".to_owned()], &Map::new())
                .notifying(Some(false));
        check(
            &edit.request(),
            r#"POST bulk/issues/fields  {"selectedIssueIdsOrKeys":["P-1"],"selectedActions":["labels"],"editedFieldsInput":{},"sendBulkNotification":false}"#,
            Safety::Write,
        );
        check(
            &BulkChange::transition(&BTreeMap::from([(5, vec![one.clone(), two.clone()])]))
                .request(),
            r#"POST bulk/issues/transition  {"bulkTransitionInputs":[{"selectedIssueIdsOrKeys":["P-1","P-2"],"transitionId":"5"}]}"#,
            Safety::Write,
        );
        check(&task("17"), "GET bulk/queue/17  ", Safety::Read);
        let moved = move_issue(&one, &open.project("Q").unwrap(), "10002");
        assert!(
            String::from_utf8(moved.body().unwrap().to_vec())
                .unwrap()
                .contains(r#"{"Q,10002":{"issueIdsOrKeys":["P-1"]"#)
        );
        assert_eq!(moved.safety(), Safety::Write);
        assert_eq!(bulk_fetch(&[&one], &["summary"]).scope(), "read:jira-work");
        assert_eq!(task("17").scope(), "read:jira-work");
        assert_eq!(create_issues(&[]).scope(), "write:jira-work");
    }
}
