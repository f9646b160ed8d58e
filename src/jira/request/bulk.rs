//! Many issues at once. Edits, transitions and moves are tasks that Jira works off by itself.

use http::Method;
use serde_json::{Value, json};

use super::{Effect, Request, scope};

/// `POST /issue/bulkfetch` of at most 100 issues. Jira answers them by id and leaves out those it has not.
pub fn bulk_fetch<K: AsRef<str>, F: AsRef<str>>(keys: &[K], fields: &[F]) -> Request {
    let keys: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
    let fields: Vec<&str> = fields.iter().map(AsRef::as_ref).collect();
    let request = Request::write(Method::POST, Effect::Read, ["issue", "bulkfetch"]);
    let mut body = json!({ "issueIdsOrKeys": keys, "fields": fields });
    if fields.contains(&"*all")
        && let Some(body) = body.as_object_mut()
    {
        body.insert("expand".to_owned(), json!(["names"]));
    }
    Request { scope: scope::READ_WORK, ..request }.json(&body)
}

/// `POST /issue/bulk` with at most 50 bodies of `POST /issue`.
pub fn create_issues(bodies: &[&Value]) -> Request {
    Request::write(Method::POST, Effect::Write, ["issue", "bulk"]).json(&json!({ "issueUpdates": bodies }))
}

/// `GET /bulk/issues/transition`: by workflow, the transitions that all of these issues share and that ask for no fields.
pub fn shared_transitions<K: AsRef<str>>(keys: &[K]) -> Request {
    let keys: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
    Request::read(["bulk", "issues", "transition"]).query("issueIdsOrKeys", keys.join(","))
}

/// `POST /bulk/issues/transition`, of at most 1,000 issues.
pub fn bulk_transition(body: &Value) -> Request {
    Request::write(Method::POST, Effect::Write, ["bulk", "issues", "transition"]).json(body)
}

/// `POST /bulk/issues/fields`, of at most 1,000 issues.
pub fn bulk_edit(body: &Value) -> Request {
    Request::write(Method::POST, Effect::Write, ["bulk", "issues", "fields"]).json(body)
}

/// `POST /bulk/issues/move` of one issue, with its subtasks, to a project and type. Statuses, required fields and subtask
/// types that the target does not know are chosen by Jira.
pub fn move_issue(key: &str, project: &str, issue_type_id: &str) -> Request {
    let target = format!("{project},{issue_type_id}");
    let source = json!({
        "issueIdsOrKeys": [key],
        "inferClassificationDefaults": true,
        "inferFieldDefaults": true,
        "inferStatusDefaults": true,
        "inferSubtaskTypeDefault": true,
    });
    Request::write(Method::POST, Effect::Write, ["bulk", "issues", "move"])
        .json(&json!({ "targetToSourcesMapping": { target: source } }))
}

/// `GET /bulk/queue/{id}`: how far a task has come.
pub fn task(id: &str) -> Request {
    Request::read(["bulk", "queue"]).segment(id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(request: &Request, shown: &str, effect: Effect) {
        let path: Vec<&str> = request.path().collect();
        let query: Vec<String> =
            request.query_pairs().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let body = request.body().map(|body| String::from_utf8(body.to_vec()).unwrap()).unwrap_or_default();
        assert_eq!(format!("{} {} {} {body}", request.method(), path.join("/"), query.join("&")), shown);
        assert_eq!(request.effect(), effect);
    }

    #[test]
    fn requests_name_their_endpoint() {
        check(
            &bulk_fetch(&["P-1", "P-2"], &["summary"]),
            r#"POST issue/bulkfetch  {"issueIdsOrKeys":["P-1","P-2"],"fields":["summary"]}"#,
            Effect::Read,
        );
        check(
            &create_issues(&[&json!({"fields": {}})]),
            r#"POST issue/bulk  {"issueUpdates":[{"fields":{}}]}"#,
            Effect::Write,
        );
        check(
            &shared_transitions(&["P-1", "P-2"]),
            "GET bulk/issues/transition issueIdsOrKeys=P-1,P-2 ",
            Effect::Read,
        );
        check(&bulk_edit(&json!({})), "POST bulk/issues/fields  {}", Effect::Write);
        check(&bulk_transition(&json!({})), "POST bulk/issues/transition  {}", Effect::Write);
        check(&task("17"), "GET bulk/queue/17  ", Effect::Read);
        let moved = move_issue("P-1", "Q", "10002");
        assert!(
            String::from_utf8(moved.body().unwrap().to_vec())
                .unwrap()
                .contains(r#"{"Q,10002":{"issueIdsOrKeys":["P-1"]"#)
        );
        assert_eq!(moved.effect(), Effect::Write);
        assert_eq!(bulk_fetch(&["P-1"], &["summary"]).scope(), "read:jira-work");
        assert_eq!(task("17").scope(), "read:jira-work");
        assert_eq!(create_issues(&[]).scope(), "write:jira-work");
    }
}
