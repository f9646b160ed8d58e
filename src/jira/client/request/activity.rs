//! What people do beside an issue's fields: editing comments, logging work, watching.

use http::Method;

use crate::jira::client::allowed::AllowedIssue;

use super::{
    body::Body,
    builder::{Request, Safety},
};

/// `GET /issue/{key}/comment/{id}`.
pub fn comment(key: &AllowedIssue, id: &str) -> Request {
    Request::read(["issue"]).segment(key.to_string()).segment("comment").segment(id.to_owned())
}

/// `PUT /issue/{key}/comment/{id}`.
pub fn update_comment(key: &AllowedIssue, id: &str, body: &Body) -> Request {
    Request::write(Method::PUT, Safety::IdempotentWrite, ["issue"])
        .segment(key.to_string())
        .segment("comment")
        .segment(id.to_owned())
        .json(body)
}

/// `POST /issue/{key}/worklog`. The remaining estimate becomes `new_estimate`; without one Jira
/// takes the logged time off it.
pub fn add_worklog(key: &AllowedIssue, body: &Body, new_estimate: Option<&str>) -> Request {
    Request::write(Method::POST, Safety::Write, ["issue"])
        .segment(key.to_string())
        .segment("worklog")
        .query_if("adjustEstimate", new_estimate.map(|_| "new"))
        .query_if("newEstimate", new_estimate)
        .json(body)
}

/// `GET /issue/{key}/worklog`, only what was started around this moment, in milliseconds since
/// 1970.
pub fn worklogs_started(key: &AllowedIssue, at_ms: i64) -> Request {
    Request::read(["issue"])
        .segment(key.to_string())
        .segment("worklog")
        .query("startedAfter", at_ms.saturating_sub(1).to_string())
        .query("startedBefore", at_ms.saturating_add(1).to_string())
}

/// `GET /issue/{key}/watchers`.
pub fn watchers(key: &AllowedIssue) -> Request {
    Request::read(["issue"]).segment(key.to_string()).segment("watchers")
}

/// `POST /issue/{key}/watchers`, whose body is the account id as a JSON string.
pub fn watch(key: &AllowedIssue, account_id: &str) -> Request {
    Request::write(Method::POST, Safety::IdempotentWrite, ["issue"])
        .segment(key.to_string())
        .segment("watchers")
        .json(&account_id)
}

/// `DELETE /issue/{key}/watchers`.
pub fn unwatch(key: &AllowedIssue, account_id: &str) -> Request {
    Request::write(Method::DELETE, Safety::IdempotentWrite, ["issue"])
        .segment(key.to_string())
        .segment("watchers")
        .query("accountId", account_id)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::jira::client::allowed::Projects;

    fn check(request: &Request, line: &str, query: &str, safety: Safety, body: Option<&Value>) {
        let path = request.path().collect::<Vec<_>>().join("/");
        assert_eq!(format!("{} {path}", request.method()), line);
        let shown: Vec<String> =
            request.query_pairs().iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(shown.join("&"), query);
        assert_eq!(request.safety(), safety);
        assert_eq!(request.body().map(|body| serde_json::from_slice(body).unwrap()).as_ref(), body);
        let scope = if safety == Safety::Read { "read:jira-work" } else { "write:jira-work" };
        assert_eq!(request.scope(), scope);
    }

    fn issue() -> AllowedIssue {
        Projects::default().told("P-1").unwrap()
    }

    #[test]
    fn each_goes_to_its_own_endpoint() {
        let (body, idempotent) = (json!({"x": 1}), Safety::IdempotentWrite);
        let sent = Body { values: body.as_object().cloned().unwrap(), texts: Vec::new() };
        check(&comment(&issue(), "7"), "GET issue/P-1/comment/7", "", Safety::Read, None);
        let edit = update_comment(&issue(), "7", &sent);
        check(&edit, "PUT issue/P-1/comment/7", "", idempotent, Some(&body));
        check(
            &add_worklog(&issue(), &sent, None),
            "POST issue/P-1/worklog",
            "",
            Safety::Write,
            Some(&body),
        );
        check(
            &add_worklog(&issue(), &sent, Some("1h")),
            "POST issue/P-1/worklog",
            "adjustEstimate=new&newEstimate=1h",
            Safety::Write,
            Some(&body),
        );
        let near = "startedAfter=41&startedBefore=43";
        check(&worklogs_started(&issue(), 42), "GET issue/P-1/worklog", near, Safety::Read, None);
        check(
            &watch(&issue(), "a:b"),
            "POST issue/P-1/watchers",
            "",
            idempotent,
            Some(&json!("a:b")),
        );
        check(
            &unwatch(&issue(), "a:b"),
            "DELETE issue/P-1/watchers",
            "accountId=a:b",
            idempotent,
            None,
        );
    }
}
