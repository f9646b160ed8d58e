//! Answering an approval of a request.

use serde_json::{Value, json};
use tool_kit::{Code, Reply, Row, ToolError, clean};

use crate::jira::{
    AllowedIssue, JiraError,
    names::NameError,
    request::desk,
    tools::{
        args::{IssueKey, arguments, shown},
        context::Context,
        registry::{Tool, tool},
        writing::uncertain_write::{self, Confirmed, NotFound},
    },
    views::approval_row,
    wire::{User, desk::Approval},
};

use super::{
    reach::{self, All, WRITES},
    request::of_key,
};

pub(super) const ANSWER_APPROVAL: Tool = tool!(
    /// Approve or decline a request as the signed-in user. It cannot be taken back.
    "jira_answer_approval", "Answer approval", Jsm, Write, answer_approval(AnswerApproval),
    r#"{"issue_key": "OPS-67", "decision": "approve"}"#
)
.needs(WRITES);

arguments! {
    AnswerApproval {
        issue_key: IssueKey,
        /// approve or decline
        decision: String,
        /// Needed where several wait
        approval_id: Option<String>,
        dry_run: Option<bool>,
    }
}

/// What is said.
#[derive(Clone, Copy)]
enum Decision {
    Approve,
    Decline,
}

impl Decision {
    fn read(given: &str) -> Result<Self, ToolError> {
        match given.trim().to_ascii_lowercase().as_str() {
            "approve" | "approved" => Ok(Self::Approve),
            "decline" | "declined" | "reject" | "rejected" => Ok(Self::Decline),
            other => Err(ToolError::invalid_argument(format!(
                "`decision` must be approve or decline, not '{}'",
                shown(other)
            ))
            .hint("Nothing was decided.")),
        }
    }

    /// As Jira is told it.
    fn sent(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Decline => "decline",
        }
    }

    /// As Jira tells it.
    fn told(self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Decline => "declined",
        }
    }
}

const PENDING: &str = "pending";

const UNREAD: &str = " Some approvals could not be read.";

async fn answer_approval(context: &Context, args: AnswerApproval) -> Result<Reply, ToolError> {
    let decision = Decision::read(&args.decision)?;
    let (key, _) = of_key(context, &args.issue_key).await?;
    let found: All<Approval> = reach::all(context, desk::approvals(&key)).await?;
    let approval = pick(&key, &found, args.approval_id.as_deref())?;
    if args.dry_run.unwrap_or(false) {
        let zone = context.zone_to_show().await;
        return Reply::json(&json!({
            "dry_run": true, "key": key, "would": decision.sent(),
            "approval": approval_row(approval, Some(&zone)),
        }));
    }
    let request = desk::answer_approval(&key, &approval.id, decision.sent());
    let look = said(context, &key, &approval.id, decision);
    let explain = |error| explain(error, approval);
    let written =
        uncertain_write::write(context, request, NotFound::UndoneUnlessPending, look, explain)
            .await?;
    let verified = written.verified();
    let after = match written {
        Confirmed::ByResponse(answer) => answer.read::<Approval>()?,
        Confirmed::ByReadBack(after) => after,
    };
    let mut reply = Row::new();
    reply.put_non_empty("key", &key);
    reply.put_non_empty("approval", approval.name.as_str());
    reply.put_non_empty("approval_id", approval.id.as_str());
    reply.put_non_empty("decision", decision.told());
    // Others may still have to agree.
    reply.put_non_empty("final_decision", after.final_decision);
    reply.put_non_empty("verified", verified);
    Reply::json(&reply)
}

/// The approval that is meant: the one that was named, else the only one that waits. Those that
/// wait for others are looked at only where none waits for the user; whether they may be answered
/// is Jira's to judge.
fn pick<'a>(
    key: &AllowedIssue,
    found: &'a All<Approval>,
    given: Option<&str>,
) -> Result<&'a Approval, ToolError> {
    let is_open = |one: &&Approval| one.final_decision.eq_ignore_ascii_case(PENDING);
    let open: Vec<&Approval> = found.items.iter().filter(is_open).collect();
    let say = |one: &Approval| format!("{} (id {}, {})", one.name, one.id, one.final_decision);
    let list = |some: &[&Approval]| {
        some.iter().map(|one| Value::from(clean(&say(one)).as_ref())).collect::<Vec<_>>()
    };
    if let Some(given) = given.map(str::trim) {
        let named = found.items.iter().find(|one| one.id == given).ok_or_else(|| {
            let all: Vec<&Approval> = found.items.iter().collect();
            ToolError::invalid_argument(format!(
                "{key} has no approval with id '{}'.",
                shown(given)
            ))
            .hint("Nothing was decided.")
            .with("approvals", list(&all))
        })?;
        return if is_open(&named) { Ok(named) } else { Err(decided(key, named)) };
    }
    let mine: Vec<&Approval> =
        open.iter().copied().filter(|one| one.can_answer_approval == Some(true)).collect();
    let waiting = if mine.is_empty() { open } else { mine };
    let is_all = found.unreadable == 0 && found.is_whole;
    match (waiting.as_slice(), found.items.as_slice()) {
        ([only], _) if is_all => Ok(*only),
        ([], [only]) => Err(decided(key, only)),
        ([], all) => {
            let all: Vec<&Approval> = all.iter().collect();
            let unreadable = if is_all { "" } else { UNREAD };
            Err(ToolError::new(
                Code::Conflict,
                format!("Nothing of {key} waits for an answer.{unreadable}"),
            )
            .hint("Nothing was decided.")
            .with("approvals", list(&all)))
        }
        ([only], _) => {
            let message = format!("Which approval of {key} is meant is not certain.{UNREAD}");
            Err(ToolError::new(Code::AmbiguousName, message)
                .hint("Nothing was decided. Ask the user, then repeat the call with the `approval_id`.")
                .with("approvals", list(&[only])))
        }
        (several, _) => {
            let candidates = several.iter().map(|one| say(one)).collect();
            let given = format!("the approval of {key}");
            Err(ToolError::from(NameError::Ambiguous { given, candidates })
                .hint("Nothing was decided. Ask the user which one is meant, then repeat the call with its `approval_id`."))
        }
    }
}

fn decided(key: &AllowedIssue, approval: &Approval) -> ToolError {
    ToolError::new(
        Code::Conflict,
        format!(
            "The approval '{}' of {key} is decided already: {}.",
            clean(&approval.name),
            clean(&approval.final_decision)
        ),
    )
    .hint("Nothing was changed: a decision cannot be taken back.")
}

fn explain(error: JiraError, approval: &Approval) -> ToolError {
    if !matches!(error, JiraError::Forbidden { .. }) {
        return error.into();
    }
    let asked = approval.approvers.iter().filter_map(|one| one.approver.as_ref());
    let names: Vec<String> = asked.map(|user| clean(&user.display_name).into_owned()).collect();
    ToolError::from(error)
        .hint(format!("Nothing was decided. This approval waits for: {}.", names.join(", ")))
}

/// The approval, if the user's own answer stands there.
async fn said(
    context: &Context,
    key: &AllowedIssue,
    id: &str,
    decision: Decision,
) -> Result<Option<Approval>, ToolError> {
    let me = context.jira.myself().await?;
    let me: User<'_> = me.read()?;
    let found: All<Approval> = reach::all(context, desk::approvals(key)).await?;
    let approval = found.items.into_iter().find(|one| one.id == id);
    let approval = approval.ok_or_else(|| ToolError::internal("the approval is not listed"))?;
    let is_mine = approval.approvers.iter().any(|one| {
        one.approver.as_ref().is_some_and(|user| user.account_id == me.account_id.as_str())
            && one.approver_decision.eq_ignore_ascii_case(decision.told())
    });
    Ok(is_mine.then_some(approval))
}
