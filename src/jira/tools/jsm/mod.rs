//! Service desks: what customers may ask for, their requests with clocks and approvals, and the
//! queues in which agents work on them.

mod approval;
mod create_request;
mod desks;
mod queues;
mod reach;
mod request;
mod request_types;

use crate::jira::tools::registry::Tool;

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[
    desks::LIST_SERVICE_DESKS,
    request_types::LIST_REQUEST_TYPES,
    create_request::CREATE_REQUEST,
    request::GET_REQUEST,
    approval::ANSWER_APPROVAL,
    queues::LIST_QUEUES,
    queues::GET_QUEUE_ISSUES,
];
