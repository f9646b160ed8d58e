//! Help with JQL: judging a query without running it, and what may stand in one.

use http::Method;
use serde_json::json;

use super::{Effect, Request, scope};

/// `POST /jql/parse`, which changes nothing: every fault of the query, as this user would meet it.
pub fn parse_jql(jql: &str) -> Request {
    Request { scope: scope::READ_WORK, ..Request::write(Method::POST, Effect::Read, ["jql", "parse"]) }
        .query("validation", "strict")
        .json(&json!({ "queries": [jql] }))
}

/// `GET /jql/autocompletedata`: every field and function that JQL knows here; 33 KB on a small site.
pub fn jql_reference() -> Request {
    Request::read(["jql", "autocompletedata"])
}

/// `GET /jql/autocompletedata/suggestions`: the first values of a field, or those that contain `part`.
pub fn jql_suggestions(field: &str, part: Option<&str>) -> Request {
    Request::read(["jql", "autocompletedata", "suggestions"])
        .query("fieldName", field)
        .query_if("fieldValue", part)
}
