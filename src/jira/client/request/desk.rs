//! Service desks, their queues, and the requests of customers: the service desk API.
//!
//! Source: the reference of the Jira Service Management Cloud REST API. It counts pages with
//! `start` and `limit`, of at most 50 items.

use http::Method;
use serde::Serialize;
use serde_json::{Value, json};

use crate::jira::client::allowed::{AllowedDesk, AllowedIssue, NamedIssue};

use super::{
    body::Body,
    builder::{Base, Request, Safety, scope},
};

/// Items on a page at most.
pub const LIMIT_MAX: u32 = 50;

/// `GET /servicedesk`: those that the user may see.
pub fn desks() -> Request {
    read(["servicedesk"]).query("limit", LIMIT_MAX).metadata()
}

/// `GET /servicedesk/{id}/requesttype`
pub fn request_types(desk: &AllowedDesk) -> Request {
    of_desk(desk).segment("requesttype").query("limit", LIMIT_MAX).metadata()
}

/// `GET /servicedesk/{id}/requesttype/{id}/field`
pub fn request_fields(desk: &AllowedDesk, request_type: &str) -> Request {
    let request = of_desk(desk).segment("requesttype").segment(request_type.to_owned());
    request.segment("field").metadata()
}

/// `GET /servicedesk/{id}/queue`. How many issues a queue has is counted anew each time.
pub fn queues(desk: &AllowedDesk, with_counts: bool) -> Request {
    let request = of_desk(desk).segment("queue").query("limit", LIMIT_MAX);
    if with_counts { request.query("includeCount", true) } else { request.metadata() }
}

/// `GET /servicedesk/{id}/queue/{id}/issue`
pub fn queue_issues(desk: &AllowedDesk, queue: &str, start: u32, limit: u32) -> Request {
    let request = of_desk(desk).segment("queue").segment(queue.to_owned()).segment("issue");
    request.query("start", start).query("limit", limit)
}

/// `GET /request/{key}` with the names of its desk and type.
pub fn request(issue: &NamedIssue) -> Request {
    of_request(issue).query("expand", "serviceDesk,requestType")
}

/// `GET /request/{key}/sla`, for agents only.
pub fn slas(issue: &AllowedIssue) -> Request {
    of_request(issue).segment("sla").query("limit", LIMIT_MAX)
}

/// `GET /request/{key}/approval`
pub fn approvals(issue: &AllowedIssue) -> Request {
    of_request(issue).segment("approval").query("limit", LIMIT_MAX)
}

/// `GET /request/{key}/participant`
pub fn participants(issue: &AllowedIssue) -> Request {
    of_request(issue).segment("participant").query("limit", LIMIT_MAX)
}

/// `POST /request/{key}/approval/{id}`: an answer is given once.
pub fn answer_approval(issue: &AllowedIssue, approval: &str, decision: &'static str) -> Request {
    write(["request"])
        .segment(issue.to_string())
        .segment("approval")
        .segment(approval.to_owned())
        .json(&json!({ "decision": decision }))
}

/// A request that is to be made at an allowed desk.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewRequest {
    service_desk_id: String,
    request_type_id: String,
    request_field_values: Body,
    /// Rich text is sent as documents, not as wiki markup. Source: `isAdfRequest` of
    /// `RequestCreateDTO`, which the reference calls experimental.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_adf_request: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    raise_on_behalf_of: Option<String>,
}

impl NewRequest {
    /// With these values, by field id; in the name of another when `customer` is an account id.
    pub fn new(
        desk: &AllowedDesk,
        request_type: &str,
        values: Body,
        customer: Option<&str>,
    ) -> Self {
        Self {
            service_desk_id: desk.id().to_owned(),
            request_type_id: request_type.to_owned(),
            is_adf_request: !values.texts.is_empty(),
            request_field_values: values,
            raise_on_behalf_of: customer.map(str::to_owned),
        }
    }

    /// The summary as it is sent.
    pub fn summary(&self) -> &str {
        let summary = self.request_field_values.values.get("summary");
        summary.and_then(Value::as_str).unwrap_or_default()
    }
}

/// `POST /request`
pub fn create(new: &NewRequest) -> Request {
    write(["request"]).json(new)
}

fn of_desk(desk: &AllowedDesk) -> Request {
    read(["servicedesk"]).segment(desk.id().to_owned())
}

fn of_request(issue: &NamedIssue) -> Request {
    read(["request"]).segment(issue.to_string())
}

fn read<const N: usize>(path: [&'static str; N]) -> Request {
    Request::read(path).at(Base::ServiceDesk).needing(scope::READ_REQUESTS)
}

fn write<const N: usize>(path: [&'static str; N]) -> Request {
    Request::write(Method::POST, Safety::Write, path)
        .at(Base::ServiceDesk)
        .needing(scope::WRITE_REQUESTS)
}

#[cfg(test)]
mod tests {
    use adf::{Document, from_markdown};
    use serde_json::to_value;

    use super::*;
    use crate::jira::client::allowed::Projects;

    fn check(request: &Request, line: &str, query: &str, safety: Safety) {
        let path = request.path().collect::<Vec<_>>().join("/");
        assert_eq!(format!("{} {path}", request.method()), line);
        let shown: Vec<String> =
            request.query_pairs().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let needed =
            if safety == Safety::Read { scope::READ_REQUESTS } else { scope::WRITE_REQUESTS };
        assert_eq!((shown.join("&").as_str(), request.safety()), (query, safety), "{line}");
        assert_eq!((request.base(), request.scope()), (Base::ServiceDesk, needed), "{line}");
    }

    #[test]
    fn requests_are_built_as_the_reference_has_them() {
        let open = Projects::default();
        let desk = open.desk("7", "OPS").unwrap();
        let issue = open.told("OPS-1").unwrap();
        let read = Safety::Read;
        check(&desks(), "GET servicedesk", "limit=50", read);
        check(&desks().from_start(50), "GET servicedesk", "limit=50&start=50", read);
        check(&request_types(&desk), "GET servicedesk/7/requesttype", "limit=50", read);
        check(&request_fields(&desk, "3"), "GET servicedesk/7/requesttype/3/field", "", read);
        check(&queues(&desk, false), "GET servicedesk/7/queue", "limit=50", read);
        check(&queues(&desk, true), "GET servicedesk/7/queue", "limit=50&includeCount=true", read);
        let issues = queue_issues(&desk, "4", 5, 10);
        check(&issues, "GET servicedesk/7/queue/4/issue", "start=5&limit=10", read);
        let expand = "expand=serviceDesk,requestType";
        check(&request(&issue), "GET request/OPS-1", expand, read);
        check(&slas(&issue), "GET request/OPS-1/sla", "limit=50", read);
        check(&approvals(&issue), "GET request/OPS-1/approval", "limit=50", read);
        check(&participants(&issue), "GET request/OPS-1/participant", "limit=50", read);
        let answer = answer_approval(&issue, "9", "approve");
        check(&answer, "POST request/OPS-1/approval/9", "", Safety::Write);
        assert_eq!(answer.body().unwrap().as_ref(), br#"{"decision":"approve"}"#);
        let new = NewRequest::new(&desk, "3", Body::default(), None);
        check(&create(&new), "POST request", "", Safety::Write);
    }

    #[test]
    fn a_request_says_whether_its_texts_are_documents() {
        let desk = Projects::default().desk("7", "OPS").unwrap();
        let mut values = Body::default();
        values.values.insert("summary".to_owned(), json!("s"));
        let plain = NewRequest::new(&desk, "3", values.clone(), Some("a-1"));
        let expected = json!({
            "serviceDeskId": "7", "requestTypeId": "3", "requestFieldValues": {"summary": "s"},
            "raiseOnBehalfOf": "a-1",
        });
        assert_eq!((to_value(&plain).unwrap(), plain.summary()), (expected, "s"));
        let text = Document::of(&from_markdown("a", &|_| None)).unwrap();
        values.texts.push(("description".to_owned(), text));
        let rich = to_value(NewRequest::new(&desk, "3", values, None)).unwrap();
        assert_eq!(rich["isAdfRequest"], true);
        assert_eq!(rich["requestFieldValues"]["description"]["type"], "doc");
    }
}
