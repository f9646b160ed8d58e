//! Making a request at a service desk, in the user's own name or a customer's.

use serde_json::{Map, Value, json};
use tool_kit::{Reply, Row, ToolError, clean};

use crate::jira::{
    JiraError,
    names::{self, PersonScope},
    request::{
        Body,
        desk::{self, NewRequest},
    },
    tools::{
        args::{FieldValues, ProjectKey, arguments},
        context::Context,
        create::{
            created::{CreateResult, browse},
            once::{self, Once},
            prepared::normalize_summary,
            recent_creates,
        },
        registry::{Tool, tool},
        writing::{
            changes::Changes,
            fields::{self, Target},
            rich_text::ReplaceRichText,
            uncertain_write::{self, Confirmed, NotFound},
        },
    },
    views::CreateFieldView,
    wire::{FieldMeta, desk::CustomerRequest},
};

use super::{
    reach::{self, Desk, WRITES},
    request_types::Form,
};

const TOOL: &str = "jira_create_request";

pub(super) const CREATE_REQUEST: Tool = tool!(
    /// Make a customer request; the customer sees all of it.
    "jira_create_request", "Create request", Jsm, Write, create_request(CreateRequest),
    r#"{"service_desk": "OPS", "request_type": "Get IT help", "summary": "x"}"#
)
.needs(WRITES);

arguments! {
    CreateRequest {
        /// Name, project key or id
        service_desk: String,
        /// Name or id
        request_type: String,
        summary: String,
        /// Markdown
        description: Option<String>,
        /// Other fields as a JSON object
        fields: Option<FieldValues>,
        /// The customer: name, e-mail or account id
        on_behalf_of: Option<String>,
        dry_run: Option<bool>,
        /// Own id; a repeat returns the first result
        request_id: Option<String>,
    }
}

async fn create_request(context: &Context, args: CreateRequest) -> Result<Reply, ToolError> {
    let Some(request_id) = args.request_id.clone() else {
        return create(context, &args).await?.reply();
    };
    if args.dry_run.unwrap_or(false) {
        return match CreateResult::made_before(context, TOOL, &request_id).await? {
            Some(made) => made.reply_to_repeat(context).await,
            None => create(context, &args).await?.reply(),
        };
    }
    let turn = match once::begin(context, TOOL, &request_id).await? {
        Once::Made(key) => return CreateResult::repeat_of(key).reply_to_repeat(context).await,
        Once::Do(turn) => turn,
        // A request bears no mark by which it could be found: it takes no properties.
        Once::Find(turn) => {
            let unknown = Err(once::unknown());
            return once::end(turn, unknown, |made: &CreateResult| made.key.clone()).await?.reply();
        }
    };
    let outcome = create(context, &args).await;
    once::end(turn, outcome, |made| made.key.clone()).await?.reply()
}

async fn create(context: &Context, args: &CreateRequest) -> Result<CreateResult, ToolError> {
    let mut prepared = Prepared::of(context, args).await?;
    if args.dry_run.unwrap_or(false) {
        let mut preview = prepared.preview(context).await;
        context.budget.split(2).shrink_to_fit(&mut preview);
        return Ok(CreateResult { preview: Some(preview), ..CreateResult::default() });
    }
    let new = prepared.new_request();
    let project = ProjectKey::parse(prepared.desk.allowed.project().as_str());
    let look = async {
        let project = project.ok_or_else(|| ToolError::internal("the desk has no project"))?;
        let since = uncertain_write::since();
        recent_creates::by_summary(context, &project, new.summary(), since).await
    };
    let explain = |error| explain(error, &prepared.metas);
    let written =
        uncertain_write::write(context, desk::create(&new), NotFound::Inconclusive, look, explain)
            .await?;
    let verified = written.verified();
    let key = match written {
        Confirmed::ByResponse(answer) => answer.read::<CustomerRequest>()?.issue_key,
        Confirmed::ByReadBack(key) => key,
    };
    Ok(CreateResult {
        url: browse(context, &key).await?,
        key,
        verified,
        resolved: prepared.resolved(),
        ..CreateResult::default()
    })
}

/// A request that only has to be sent.
struct Prepared {
    desk: Desk,
    type_id: String,
    type_name: String,
    metas: Vec<FieldMeta>,
    changes: Changes,
    given: Map<String, Value>,
    /// Account id and name of the customer in whose name it is made, and how they were named.
    customer: Option<(String, String, String)>,
}

impl Prepared {
    async fn of(context: &Context, args: &CreateRequest) -> Result<Self, ToolError> {
        let given = wanted(args)?;
        let desk = reach::desk(context, &args.service_desk).await?;
        let kind = reach::request_type(context, &desk, &args.request_type).await?;
        let metas = Form::of(context, &desk, &kind).await?.metas;
        let customer = match &args.on_behalf_of {
            Some(name) => {
                let near = PersonScope::AssignableIn(desk.allowed.project());
                let user = names::person_seen_from(&context.jira, name, near).await?;
                Some((user.account_id.into_owned(), user.display_name.into_owned(), name.clone()))
            }
            None => None,
        };
        let among = PersonScope::Everyone;
        let target = Target { metas: &metas, among, issue: None, keep: ReplaceRichText::Refuse };
        let mut changes = fields::resolve(context, &target, &given).await?;
        changes.start_lists()?;
        check_required(&metas, &changes)?;
        Ok(Self { desk, type_id: kind.id, type_name: kind.name, metas, changes, given, customer })
    }

    fn new_request(&self) -> NewRequest {
        let values = Body { values: self.changes.fields(), texts: self.changes.texts() };
        let customer = self.customer.as_ref().map(|(id, ..)| id.as_str());
        NewRequest::new(&self.desk.allowed, &self.type_id, values, customer)
    }

    /// The request as it would be made.
    async fn preview(&mut self, context: &Context) -> Row {
        self.changes.name_people(context).await;
        let mut preview = Row::new();
        preview.put_non_empty("service_desk", self.desk.name.as_str());
        preview.put_non_empty("request_type", self.type_name.as_str());
        if let Some((id, name, _)) = &self.customer {
            let name = match name.as_str() {
                "" => names::name_of(&context.jira, id).await,
                name => name.to_owned(),
            };
            preview.put_non_empty("on_behalf_of", name);
        }
        preview.append(self.changes.previewed());
        preview
    }

    /// What became of values that were not given as they are written.
    fn resolved(&self) -> Row {
        let mut resolved = self.changes.differing_from(&self.given);
        if let Some((id, name, given)) = &self.customer
            && !names::same_name(name, given)
        {
            let name = if name.is_empty() { id } else { name };
            resolved.put_non_empty("on_behalf_of", clean(name).as_ref());
        }
        resolved
    }
}

/// The values by name, from arguments of their own and from `fields`.
fn wanted(args: &CreateRequest) -> Result<Map<String, Value>, ToolError> {
    let mut wanted = args.fields.clone().unwrap_or_default().0;
    let description = args.description.as_deref().map(|text| ("description", Value::from(text)));
    let own = [("summary", Value::from(normalize_summary(&args.summary)?))];
    let own: Vec<(&str, Value)> = own.into_iter().chain(description).collect();
    let elsewhere = ["project", "issuetype", "reporter"];
    fields::reject_duplicates(&wanted, own.iter().map(|(id, _)| *id).chain(elsewhere))?;
    wanted.extend(own.into_iter().map(|(id, value)| (id.to_owned(), value)));
    Ok(wanted)
}

fn check_required(metas: &[FieldMeta], changes: &Changes) -> Result<(), ToolError> {
    let is_missing = |meta: &&FieldMeta| meta.required && !changes.gives(meta.id());
    let missing: Vec<&FieldMeta> = metas.iter().filter(is_missing).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|meta| meta.label()).collect();
    let views: Vec<CreateFieldView> = missing.into_iter().map(CreateFieldView::of).collect();
    Err(ToolError::invalid_argument(format!("Required fields are missing: {}.", names.join(", ")))
        .hint("Pass them in `fields` as a JSON object; `required` lists what they accept.")
        .with("required", json!(views)))
}

/// Jira does not say which field it refuses, so all are told.
fn explain(error: JiraError, metas: &[FieldMeta]) -> ToolError {
    let is_refusal = matches!(error, JiraError::Invalid { .. });
    let error = ToolError::from(error);
    if !is_refusal {
        return error;
    }
    let views: Vec<CreateFieldView> = metas.iter().map(CreateFieldView::of).collect();
    error
        .hint("Nothing was created. `fields` lists what this request type takes.")
        .with_some("fields", &views)
}
