//! Service desks: what customers may ask for, in which queues it is worked on, and what a request
//! has beside its issue.

use super::person::Who;

/// The desk of one project.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ServiceDesk {
    pub(crate) id: u64,
    pub(crate) project: u64,
    pub(crate) request_types: Vec<RequestType>,
    pub(crate) queues: Vec<Queue>,
}

/// What customers may ask for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RequestType {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) help: &'static str,
    /// The type of the issues that become of it.
    pub(crate) issue_type: u64,
    /// The groups of the portal that show it; none hides it there.
    pub(crate) groups: &'static [u64],
    pub(crate) fields: Vec<RequestField>,
}

/// A field of a request type's form.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RequestField {
    pub(crate) field: &'static str,
    /// What the form calls it; empty for the field's own name.
    pub(crate) label: &'static str,
    pub(crate) required: bool,
}

/// A list that agents work through.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Queue {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    pub(crate) jql: &'static str,
    /// The fields that it shows.
    pub(crate) columns: &'static [&'static str],
}

/// What an issue has as a customer's request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CustomerRequest {
    pub(crate) request_type: u64,
    pub(crate) participants: Vec<Who>,
    pub(crate) approvals: Vec<Approval>,
}

/// Times are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Approval {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    pub(crate) created: i64,
    pub(crate) completed: Option<i64>,
    pub(crate) approvers: Vec<(Who, Decision)>,
    /// How many have to approve.
    pub(crate) needed: usize,
}

/// What an approver said, or what came of all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Pending,
    Approved,
    Declined,
}

impl Decision {
    /// As the API writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Declined => "declined",
        }
    }
}

impl Approval {
    /// One refusal is enough to decline.
    pub(crate) fn outcome(&self) -> Decision {
        let count = |wanted| self.approvers.iter().filter(|(_, said)| *said == wanted).count();
        if count(Decision::Declined) > 0 {
            Decision::Declined
        } else if count(Decision::Approved) >= self.needed {
            Decision::Approved
        } else {
            Decision::Pending
        }
    }

    /// Whether this person is asked, and has not answered.
    pub(crate) fn waits_for(&self, who: Who) -> bool {
        self.outcome() == Decision::Pending && self.approvers.contains(&(who, Decision::Pending))
    }
}

impl ServiceDesk {
    pub(crate) fn request_type(&self, id: u64) -> Option<&RequestType> {
        self.request_types.iter().find(|kind| kind.id == id)
    }
}
