//! Actions in two steps: the first call shows what would be changed and hands out a signed token,
//! the second acts on it.
//!
//! The token is signed over the tool, the plan that was shown, the account id of the user, the site
//! and the time of expiry. It can be used again until it expires, which is harmless: the plan is
//! made anew by every call and is part of what is signed. So a token opens nothing but the very
//! change that was shown, and making that twice leaves what making it once leaves.

use jiff::Timestamp;
use serde_json::{Value, json};
use tool_kit::{Code, Preview, Reply, Row, Subject, ToolError, VALID_S};

use crate::jira::{tools::context::Context, wire::User};

/// One step of an action that needs to be agreed to.
pub(in crate::jira::tools) struct Step<'a> {
    /// The tool's name.
    pub(in crate::jira::tools) tool: &'static str,
    /// Everything that decides what will happen, in a fixed order; a change of it voids the token.
    pub(in crate::jira::tools) plan: Value,
    /// What the user is to see.
    pub(in crate::jira::tools) preview: Row,
    /// What the call brought.
    pub(in crate::jira::tools) confirm: Option<&'a str>,
}

/// None when the action was agreed to and may be done; else the reply that shows it, with a token
/// for the next call. A token that does not fit is an error with a fresh preview and a fresh token.
pub(in crate::jira::tools) async fn agreed(
    context: &Context,
    step: Step<'_>,
) -> Result<Option<Reply>, ToolError> {
    let me = context.jira.myself().await?;
    let me: User<'_> = me.read()?;
    let site = context.jira.site().await?;
    let plan = step.plan.to_string();
    let subject =
        Subject { tool: step.tool, site_id: &site.id, account_id: &me.account_id, plan: &plan };
    let now_s = Timestamp::now().as_second();
    let keys = context.signing_keys.current().await;
    if step.confirm.is_some_and(|token| keys.verify(&subject, token, now_s)) {
        return Ok(None);
    }
    let token = keys.sign(&subject, now_s);
    let token = token.ok_or_else(|| ToolError::internal("there is no key to sign a token with"))?;
    let refusal = ToolError::new(
        Code::ConfirmationRequired,
        "The confirm token is not valid: it is too old, of another user, or for something else than this.",
    )
    .hint("Nothing was changed. Show the user `preview`; if they agree, repeat the call with this `confirm`.")
    .with("confirm", token.as_str())
    .with("expires_in_s", VALID_S);
    let mut preview = step.preview;
    context.budget.reserve(&refusal).shrink_to_fit(&mut preview);
    if step.confirm.is_some() {
        let error = refusal.with("preview", json!(preview));
        return Err(error.with_preview(Preview { shown: preview, token, expires_in_s: VALID_S }));
    }
    Ok(Some(Reply::Preview(Preview { shown: preview, token, expires_in_s: VALID_S })))
}
