//! One request of a customer, as an agent of the desk or the customer sees it.

use serde_json::{Value, json};
use tool_kit::{Code, Reply, Row, ToolError};

use crate::jira::{
    AllowedIssue, JiraError, Request,
    request::desk,
    tools::{
        args::{IssueKey, arguments, keywords},
        context::Context,
        create::created::browse,
        registry::{Tool, tool},
    },
    views::{approval_row, desk_person, request_row, sla_row},
    wire::desk::{Approval, CustomerRequest, DeskUser, Sla},
};

use super::reach::{self, All, READS};

pub(super) const GET_REQUEST: Tool = tool!(
    /// One customer request: status, type, reporter and what was filled in; untrusted user content.
    "jira_get_request", "Get request", Jsm, Read, get_request(GetRequest),
    r#"{"issue_key": "OPS-1"}"#
)
.needs(READS);

keywords! {
    /// A part of a request.
    Part { Sla = "sla", Approvals = "approvals", Participants = "participants" }
}

arguments! {
    GetRequest {
        issue_key: IssueKey,
        /// sla, approvals, participants
        include: Option<Vec<Part>>,
    }
}

async fn get_request(context: &Context, args: GetRequest) -> Result<Reply, ToolError> {
    let (key, request) = of_key(context, &args.issue_key).await?;
    let wanted = args.include.unwrap_or_default();
    let zone = Some(context.zone_to_show().await);
    let zone = zone.as_ref();
    let (slas, approvals, participants) = tokio::try_join!(
        part(context, wanted.contains(&Part::Sla), desk::slas(&key), |sla: &Sla| {
            Some(json!(sla_row(sla, zone)))
        }),
        part(
            context,
            wanted.contains(&Part::Approvals),
            desk::approvals(&key),
            |one: &Approval| { Some(json!(approval_row(one, zone))) }
        ),
        part(
            context,
            wanted.contains(&Part::Participants),
            desk::participants(&key),
            |one: &DeskUser| desk_person(one).map(Value::from)
        ),
    )?;
    let mut reply = request_row(&request, context.limits.text_chars, zone, &context.projects);
    reply.put_non_empty("url", browse(context, &request.issue_key).await?);
    let mut not_read = Row::new();
    let parts = [("sla", slas), ("approvals", approvals), ("participants", participants)];
    for (name, part) in parts {
        match part {
            None => {}
            Some(Ok(shown)) => {
                reply.push(name, json!(shown.items));
                reply.put_unreadable_of(name, shown.unreadable);
                if !shown.is_whole {
                    reply.put_non_empty(format!("{name}_cut"), true);
                }
            }
            Some(Err(why)) => not_read.push(name, why),
        }
    }
    reply.put_non_empty("not_read", json!(not_read));
    context.budget.shrink_to_fit(&mut reply);
    Reply::json(&reply)
}

/// The request, and its issue under the key that Jira tells: a key alone does not say where an
/// issue is by now.
pub(super) async fn of_key(
    context: &Context,
    key: &IssueKey,
) -> Result<(AllowedIssue, CustomerRequest), ToolError> {
    let named = context.projects.check_issue(key)?;
    let answer = context.jira.call(desk::request(&named)).await.map_err(no_request)?;
    let request: CustomerRequest = answer.read()?;
    let allowed = context.projects.told(&request.issue_key).ok_or_else(|| {
        ToolError::new(
            Code::Forbidden,
            format!("{named} is not in a project that is allowed here."),
        )
    })?;
    Ok((allowed, request))
}

/// An issue that no customer asked for is no request to Jira.
fn no_request(error: JiraError) -> ToolError {
    match error {
        JiraError::NotFound { .. } => ToolError::from(error).hint(
            "Check the key. An issue that was not made by a request type is no request: jira_get_issue reads it.",
        ),
        other => other.into(),
    }
}

/// A part that was asked for: its items, or why it could not be read. What the user may not see is
/// said, and not taken for absent.
async fn part<T: serde::de::DeserializeOwned + Send>(
    context: &Context,
    is_wanted: bool,
    list: Request,
    show: impl Fn(&T) -> Option<Value>,
) -> Result<Option<Result<All<Value>, String>>, ToolError> {
    if !is_wanted {
        return Ok(None);
    }
    match reach::all::<T>(context, list).await {
        Ok(All { items, unreadable, is_whole }) => {
            let items = items.iter().filter_map(show).collect();
            Ok(Some(Ok(All { items, unreadable, is_whole })))
        }
        Err(
            error @ (JiraError::Forbidden { .. }
            | JiraError::NotFound { .. }
            | JiraError::InsufficientScope { .. }),
        ) => Ok(Some(Err(ToolError::from(error).message().to_owned()))),
        Err(error) => Err(error.into()),
    }
}
