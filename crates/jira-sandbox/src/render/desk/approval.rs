//! An approval: who is asked, what they said, what came of it.

use serde_json::{Value as Json, json};

use super::value::{API, date, user};
use crate::{
    json::put,
    model::{Approval, Issue},
    render::SiteView,
};

pub(crate) fn approval(site: &SiteView, issue: &Issue, approval: &Approval) -> Json {
    let approvers = approval.approvers.iter().map(
        |(who, said)| json!({ "approver": user(site, *who), "approverDecision": said.name() }),
    );
    let address = format!("{}{API}/request/{}/approval/{}", site.host, issue.id, approval.id);
    let mut shown = json!({
        "id": approval.id.to_string(),
        "name": approval.name,
        "finalDecision": approval.outcome().name(),
        "canAnswerApproval": approval.waits_for(site.who),
        "approvers": approvers.collect::<Vec<_>>(),
        "createdDate": date(site, approval.created),
        "_links": { "self": address },
    });
    if let Some(completed) = approval.completed {
        put(&mut shown, "completedDate", date(site, completed));
    }
    shown
}
