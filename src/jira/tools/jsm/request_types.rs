//! What can be asked for at a service desk, and what one kind of request needs.

use serde_json::json;
use tool_kit::{Reply, Row, ToolError};

use crate::jira::{
    request::desk,
    tools::{
        args::arguments,
        context::Context,
        registry::{Tool, tool},
    },
    views::{CreateFieldView, request_type_row},
    wire::{
        FieldMeta,
        desk::{RequestField, RequestForm, RequestType},
    },
};

use super::reach::{self, All, Desk, READS, page};

pub(super) const LIST_REQUEST_TYPES: Tool = tool!(
    /// What can be requested at a service desk; with request_type its fields and allowed values.
    "jira_list_request_types", "List request types", Jsm, Read,
    list_request_types(ListRequestTypes), r#"{"service_desk": "OPS"}"#
)
.needs(READS);

arguments! {
    ListRequestTypes {
        /// Name, project key or id
        service_desk: String,
        /// Name or id
        request_type: Option<String>,
        /// Part of the name or description
        query: Option<String>,
        max_results: Option<u32>,
        start_at: Option<u32>,
    }
}

async fn list_request_types(context: &Context, args: ListRequestTypes) -> Result<Reply, ToolError> {
    let desk = reach::desk(context, &args.service_desk).await?;
    let mut reply = Row::new();
    reply.put_non_empty("service_desk", desk.name.as_str());
    if let Some(given) = &args.request_type {
        let kind = reach::request_type(context, &desk, given).await?;
        return fields_of(context, &desk, &kind, reply).await;
    }
    let mut found: All<RequestType> =
        reach::all(context, desk::request_types(&desk.allowed)).await?;
    if let Some(query) = &args.query {
        let query = query.trim().to_lowercase();
        found.items.retain(|kind| {
            let holds = |text: &str| text.to_lowercase().contains(&query);
            holds(&kind.name) || holds(&kind.description)
        });
    }
    let (start, size) = (args.start_at, args.max_results);
    page(context, "request_types", &found, start, size, reply, request_type_row)
}

async fn fields_of(
    context: &Context,
    desk: &Desk,
    kind: &RequestType,
    mut reply: Row,
) -> Result<Reply, ToolError> {
    let form = Form::of(context, desk, kind).await?;
    reply.put_non_empty("request_type", kind.name.as_str());
    reply.put_non_empty("on_behalf_of", form.may_be_of_another);
    let (required, optional): (Vec<_>, Vec<_>) = form.metas.iter().partition(|meta| meta.required);
    let views = |metas: Vec<&FieldMeta>| metas.into_iter().map(CreateFieldView::of).collect();
    let frame = json!({ "reply": reply, "omitted": form.metas.len() });
    let required = context.budget.fit(&frame, views(required));
    let left = context.budget.reserve(&required.kept);
    let optional = left.fit(&frame, views(optional));
    reply.push("required", json!(required.kept));
    reply.push("optional", json!(optional.kept));
    if required.dropped + optional.dropped > 0 {
        reply.put_non_empty("omitted", required.dropped + optional.dropped);
    }
    reply.put_unreadable_of("fields", form.unreadable);
    Reply::json(&reply)
}

/// What a request of one type is asked.
pub(super) struct Form {
    pub(super) metas: Vec<FieldMeta>,
    /// Whether the user may ask in the name of another, where Jira says so.
    may_be_of_another: Option<bool>,
    unreadable: usize,
}

impl Form {
    pub(super) async fn of(
        context: &Context,
        desk: &Desk,
        kind: &RequestType,
    ) -> Result<Self, ToolError> {
        let answer = context.ask(desk::request_fields(&desk.allowed, &kind.id)).await?;
        let form: RequestForm = answer.read()?;
        Ok(Self {
            metas: form.request_type_fields.iter().map(RequestField::meta).collect(),
            may_be_of_another: form.can_raise_on_behalf_of,
            unreadable: form.request_type_fields.unreadable(),
        })
    }
}
