//! Sending an edit: by the edit screen, and for the assignee by a door of its own.

use serde_json::{Value, json, value::RawValue};
use tool_kit::{Code, ToolError};

use crate::jira::{
    AllowedIssue, JiraError, names, request,
    tools::{
        context::Context,
        writing::{
            changes::{Change, Changes},
            read_back::{self, Edit},
            uncertain_write::{self, NotFound},
        },
    },
    views::CreateFieldView,
    wire::{EditMeta, FieldMeta},
};

/// An edit on its way to Jira.
pub(in crate::jira::tools) struct Editing<'e> {
    pub(in crate::jira::tools) context: &'e Context,
    pub(in crate::jira::tools) key: &'e AllowedIssue,
    /// Whether mails are sent; none for Jira's default.
    pub(in crate::jira::tools) notify: Option<bool>,
    pub(in crate::jira::tools) description_before: Option<&'e RawValue>,
    pub(in crate::jira::tools) absence: NotFound,
    /// What the edit screen takes, where it was asked for.
    pub(in crate::jira::tools) screen: Option<Vec<FieldMeta>>,
}

impl Editing<'_> {
    /// Sends all changes, and says whether they had to be looked up.
    ///
    /// The assignee has a door of its own, for people who may assign but not edit and for screens
    /// that lack the field. It is tried when the edit as a whole is refused for the assignee, so
    /// nothing was changed by then.
    pub(in crate::jira::tools) async fn send(
        &self,
        changes: &Changes,
    ) -> Result<Option<bool>, ToolError> {
        let refusal = match self.put(changes).await {
            Ok(seen) => return Ok(seen),
            Err(refusal) => refusal,
        };
        let (assignee, others) = split_assignee(changes);
        let Some(assignee) = assignee.filter(|_| refusal.of_assignee) else {
            return Err(refusal.error);
        };
        let seen = self.assign(assignee).await?;
        if others.is_empty() {
            return Ok(seen);
        }
        // What was done is said, for the call as a whole failed.
        let others = self.put(&others).await.map_err(|refusal| {
            let done = Changes(vec![assignee.clone()]).acknowledged();
            let hint =
                "Only `already_changed` was changed. Correct the other fields and send them alone.";
            refusal.error.hint(hint).with("already_changed", json!(done))
        })?;
        Ok(seen.or(others))
    }

    async fn put(&self, changes: &Changes) -> Result<Option<bool>, Refusal> {
        let body = changes.body();
        let request = request::update_issue(self.key, &body, self.notify);
        let look = read_back::edit(
            self.context,
            self.key,
            Edit { body: &body, description_before: self.description_before },
        );
        let mut refused = None;
        let keep = |error: JiraError| {
            refused = matches!(error, JiraError::Invalid { .. } | JiraError::Forbidden { .. })
                .then(|| error.clone());
            ToolError::from(error)
        };
        let outcome = uncertain_write::write(self.context, request, self.absence, look, keep).await;
        match (outcome, refused) {
            (Ok(written), _) => Ok(written.verified()),
            (Err(_), Some(error)) => Err(self.explain(error, changes).await),
            (Err(error), None) => Err(Refusal { error, of_assignee: false }),
        }
    }

    async fn assign(&self, assignee: &Change) -> Result<Option<bool>, ToolError> {
        let body = Changes(vec![assignee.clone()]).body();
        let person = body.fields.values.get("assignee");
        let id = person.and_then(|person| person.get("accountId")).and_then(Value::as_str);
        let edit = Edit { body: &body, description_before: None };
        let look = read_back::edit(self.context, self.key, edit);
        let request = request::assign(self.key, id);
        let written = uncertain_write::write(
            self.context,
            request,
            NotFound::ProvesUndone,
            look,
            |error| {
                let is_refusal =
                    matches!(error, JiraError::Invalid { .. } | JiraError::Forbidden { .. });
                let error = ToolError::from(error);
                if is_refusal {
                    error.hint(
                    "Nothing was changed. jira_find_users with assignable_in lists who can be assigned.",
                )
                } else {
                    error
                }
            },
        );
        Ok(written.await?.verified())
    }

    /// Says with Jira's refusal what the refused fields take. The screen is read only now where it
    /// was not needed before; an empty one is how Jira says that the user may not edit.
    async fn explain(&self, error: JiraError, changes: &Changes) -> Refusal {
        let refused: Vec<String> = match &error {
            JiraError::Invalid { fields, .. } => fields.clone(),
            _ => Vec::new(),
        };
        let read;
        let metas = if let Some(metas) = &self.screen {
            metas.as_slice()
        } else {
            read = edit_fields(self.context, self.key).await;
            let Ok(metas) = &read else {
                let of_assignee = changes.ids().any(|id| id == "assignee");
                return Refusal { error: error.into(), of_assignee };
            };
            metas.as_slice()
        };
        let gives_assignee = changes.ids().any(|id| id == "assignee");
        let of_assignee = refused.iter().any(|id| id == "assignee")
            || (gives_assignee && names::find_meta(metas, "assignee").is_err());
        if metas.is_empty() {
            let message = format!("The signed-in user may not edit {}.", self.key);
            let error = ToolError::new(Code::Forbidden, message).hint(
                "Nothing was changed. Somebody with the permission to edit issues in this project can help.",
            );
            return Refusal { error, of_assignee };
        }
        let views: Vec<CreateFieldView> = metas
            .iter()
            .filter(|meta| refused.iter().any(|id| id == meta.id()))
            .map(CreateFieldView::of)
            .collect();
        let is_named = !refused.is_empty();
        let error = ToolError::from(error);
        let error = if is_named {
            error.hint(
                "Nothing was changed. Correct the fields that Jira names and repeat the call.",
            )
        } else {
            error
        };
        Refusal { error: error.with_some("fields", &views), of_assignee }
    }
}

/// Why Jira did not take an edit.
struct Refusal {
    error: ToolError,
    /// The assignee may be what it does not take.
    of_assignee: bool,
}

fn split_assignee(changes: &Changes) -> (Option<&Change>, Changes) {
    let is_assignee = |change: &&Change| change.meta.id() == "assignee";
    let others = changes.0.iter().filter(|change| !is_assignee(change)).cloned().collect();
    (changes.0.iter().find(is_assignee), Changes(others))
}

/// The fields of the edit screen; none where the user may not edit.
pub(in crate::jira::tools) async fn edit_fields(
    context: &Context,
    key: &AllowedIssue,
) -> Result<Vec<FieldMeta>, ToolError> {
    let meta: EditMeta = context.ask(request::edit_fields(key)).await?.read()?;
    Ok(meta.fields.into_iter().map(|(id, meta)| meta.with_id(&id)).collect())
}
