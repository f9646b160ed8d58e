//! The service desk of the main site: what can be asked for there, its queues, and which of its
//! issues are requests of customers.

use super::{
    ids::{CHANGE, INCIDENT, OPS, TASK},
    people::{ANNA, CARLA, DANA, FEMI, GRETA},
};
use crate::{
    clock::HOUR_MS,
    model::{
        Approval, CustomerRequest, Decision, Issue, Queue, RequestField, RequestType, ServiceDesk,
        Site,
    },
};

const REPORT_INCIDENT: u64 = 21;
const REQUEST_CHANGE: u64 = 22;
const GET_HELP: u64 = 23;

pub(crate) fn desks() -> Vec<ServiceDesk> {
    vec![ServiceDesk { id: 1, project: OPS, request_types: request_types(), queues: queues() }]
}

fn request_types() -> Vec<RequestType> {
    let field = |(field, label, required)| RequestField { field, label, required };
    let form = |rows: &[(&'static str, &'static str, bool)]| {
        let common = [("summary", "What do you need?", true), ("description", "Details", false)];
        common.iter().chain(rows).copied().map(field).collect::<Vec<_>>()
    };
    let kind = |id, name, description, issue_type, groups, fields| RequestType {
        id,
        name,
        description,
        help: "",
        issue_type,
        groups,
        fields,
    };
    vec![
        RequestType {
            help: "Say what you see, and since when.",
            ..kind(
                REPORT_INCIDENT,
                "Report an incident",
                "Something is down or slow.",
                INCIDENT,
                &[11],
                form(&[
                    ("customfield_10004", "How many are affected?", true),
                    ("customfield_10051", "", false),
                    ("components", "", false),
                ]),
            )
        },
        kind(
            REQUEST_CHANGE,
            "Request a change",
            "A planned change, which somebody approves.",
            CHANGE,
            &[11],
            form(&[
                ("customfield_10005", "", true),
                ("customfield_10006", "", false),
                ("customfield_10008", "When", false),
                ("customfield_10003", "", false),
            ]),
        ),
        kind(
            GET_HELP,
            "Get IT help",
            "Questions, and all that fits nowhere else.",
            TASK,
            &[11, 12],
            form(&[("priority", "", false), ("duedate", "", false), ("labels", "", false)]),
        ),
        kind(24, "Order hardware", "A laptop, a screen, a phone.", TASK, &[12], form(&[])),
        // Only agents see it: mail becomes this.
        kind(25, "Emailed request", "", TASK, &[], form(&[])),
    ]
}

fn queues() -> Vec<Queue> {
    const USUAL: &[&str] =
        &["issuetype", "issuekey", "summary", "status", "reporter", "created", "priority"];
    [
        (31, "All open", "project = OPS AND statusCategory != Done ORDER BY created DESC"),
        (
            32,
            "Incidents",
            "project = OPS AND statusCategory != Done AND issuetype = Incident ORDER BY created DESC",
        ),
        (
            33,
            "Waiting for customer",
            "project = OPS AND status = \"Waiting for customer\" ORDER BY created ASC",
        ),
        (34, "Unassigned", "project = OPS AND statusCategory != Done AND assignee is EMPTY"),
    ]
    .map(|(id, name, jql)| Queue { id, name, jql, columns: USUAL })
    .to_vec()
}

/// Makes requests of the desk's issues, but of every tenth, which an agent made in Jira.
pub(crate) fn add_requests(site: &mut Site, now: i64) {
    let of_desk = site.issues.values().filter(|issue| issue.project == OPS);
    let requests: Vec<_> = of_desk
        .filter(|issue| !issue.number.is_multiple_of(10))
        .map(|issue| (issue.id, request(issue, now)))
        .collect();
    site.requests.extend(requests);
}

fn request(issue: &Issue, now: i64) -> CustomerRequest {
    let participants = match issue.number % 3 {
        0 => vec![GRETA],
        1 => vec![CARLA, GRETA],
        _ => Vec::new(),
    };
    let request_type = match issue.type_id {
        INCIDENT => REPORT_INCIDENT,
        CHANGE => REQUEST_CHANGE,
        _ => GET_HELP,
    };
    let approvals = if request_type == REQUEST_CHANGE { approvals(issue, now) } else { Vec::new() };
    CustomerRequest { request_type, participants, approvals }
}

/// Of a change that is done: decided. Of others one that waits, and of every second of those
/// another beside it.
fn approvals(issue: &Issue, now: i64) -> Vec<Approval> {
    let one = |place: u64, name, approvers: &[_], decided: bool| Approval {
        id: issue.id * 10 + place,
        name,
        created: issue.created,
        completed: decided.then_some((issue.created + HOUR_MS).min(now)),
        approvers: approvers.to_vec(),
        needed: 1,
    };
    if issue.resolved.is_some() {
        let said =
            if issue.number.is_multiple_of(4) { Decision::Declined } else { Decision::Approved };
        return vec![one(1, "Change board", &[(ANNA, said), (FEMI, Decision::Pending)], true)];
    }
    let board = [(ANNA, Decision::Pending), (FEMI, Decision::Pending)];
    let mut open = vec![one(1, "Change board", &board, false)];
    if issue.number.is_multiple_of(2) {
        open.push(one(2, "Budget", &[(ANNA, Decision::Pending), (DANA, Decision::Pending)], false));
    }
    open
}

/// What a new request begins with.
pub(crate) fn first_approvals(id: u64, request_type: u64, now: i64) -> Vec<Approval> {
    if request_type != REQUEST_CHANGE {
        return Vec::new();
    }
    vec![Approval {
        id: id * 10 + 1,
        name: "Change board",
        created: now,
        completed: None,
        approvers: vec![(ANNA, Decision::Pending), (FEMI, Decision::Pending)],
        needed: 1,
    }]
}
