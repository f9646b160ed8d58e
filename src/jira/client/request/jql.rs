//! Help with JQL: judging a query without running it, and what may stand in one.

use serde_json::json;

use super::builder::Request;

/// `POST /jql/parse`, which changes nothing: every fault of the query, as this user would meet it.
pub fn parse_jql(jql: &str) -> Request {
    Request::read_by_post(["jql", "parse"])
        .query("validation", "strict")
        .json(&json!({ "queries": [jql] }))
}

/// `GET /jql/autocompletedata`: every field and function that JQL knows here; 33 KB on a small
/// site.
pub fn jql_reference() -> Request {
    Request::read(["jql", "autocompletedata"]).metadata()
}

/// `GET /jql/autocompletedata/suggestions`: the first values of a field, or those that contain
/// `part`.
pub fn jql_suggestions(field: &str, part: Option<&str>) -> Request {
    Request::read(["jql", "autocompletedata", "suggestions"])
        .query("fieldName", field)
        .query_if("fieldValue", part)
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::jira::client::request::{Safety, scope};

    fn check(request: &Request, method: &Method, path: &str, query: &str) {
        assert_eq!(request.method(), method);
        assert_eq!(request.path().collect::<Vec<_>>().join("/"), path);
        let pairs: Vec<String> =
            request.query_pairs().iter().map(|(k, v)| format!("{k}={v}")).collect();
        assert_eq!(pairs.join("&"), query);
        assert_eq!((request.safety(), request.scope()), (Safety::Read, scope::READ_WORK));
    }

    #[test]
    fn queries_are_judged_and_completed_without_changing_anything() {
        let parse = parse_jql("a = \"b\"");
        check(&parse, &Method::POST, "jql/parse", "validation=strict");
        assert_eq!(
            parse.body().map(AsRef::as_ref),
            Some(br#"{"queries":["a = \"b\""]}"#.as_slice())
        );
        check(&jql_reference(), &Method::GET, "jql/autocompletedata", "");
        let path = "jql/autocompletedata/suggestions";
        check(&jql_suggestions("cf[7]", None), &Method::GET, path, "fieldName=cf[7]");
        check(
            &jql_suggestions("status", Some("in")),
            &Method::GET,
            path,
            "fieldName=status&fieldValue=in",
        );
    }
}
