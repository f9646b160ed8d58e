//! The MCP server: what it says about itself, what it lists, and which calls it lets through.

use std::{borrow::Cow, sync::Arc, time::Duration};

use auth::PrincipalKey;
use limit::Limiter;
use metrics::Signals;
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        self, CacheScope, CallToolRequestParams, CallToolResponse, CompleteRequestParams,
        CompleteResult, CustomRequest, CustomResult, DiscoverResult, GetPromptRequestParams,
        GetPromptResponse, Implementation, InitializeRequestParams, InitializeResult,
        ListPromptsResult, ListResourceTemplatesResult, ListToolsResult, MetaObject,
        PaginatedRequestParams, ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse,
        RequestId, ServerConfig,
    },
    service::RequestContext,
};

use crate::{
    jira::Jira,
    policy::{Narrowing, Policy},
    telemetry::audit::KnownProjects,
    tools::{self, Limits, Repeats, SealKeys},
};

use super::{
    about,
    asked::{Asked, narrowing, traces, verdict},
    completion, consent,
    in_flight::InFlight,
    listing::{self, Era, Lists},
    params, progress, prompts, resources,
    schema::Showing,
};

/// What the operator decided about tool calls.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name shown to clients.
    pub server_name: String,
    /// The longest time of one tool call.
    pub call_deadline: Duration,
    /// The largest JSON-RPC reply, in bytes.
    pub reply_bytes_max: usize,
    /// Whether replies carry structured content beside the text.
    pub structured_content: bool,
    /// Page sizes and text lengths.
    pub limits: Limits,
}

/// One MCP server for all callers. Cloning is cheap; rmcp clones it for each request.
#[derive(Debug, Clone)]
pub struct Server(pub(super) Arc<Shared>);

/// What all requests share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) settings: Settings,
    pub(super) policy: Policy,
    pub(super) jira: Arc<Jira>,
    pub(super) limiter: Limiter<PrincipalKey>,
    pub(super) repeats: Arc<Repeats>,
    pub(super) seal_keys: SealKeys,
    pub(super) known_projects: KnownProjects,
    pub(super) signals: Signals,
    pub(super) in_flight: InFlight,
    /// What the operator allows; every request sees this or less.
    pub(super) lists: Lists,
    /// The tools that are not listed.
    hidden: Arc<[&'static str]>,
}

impl Server {
    /// A server whose requests bring their caller among their extensions.
    pub fn new(
        settings: Settings,
        policy: Policy,
        jira: Arc<Jira>,
        limiter: Limiter<PrincipalKey>,
        seal_keys: SealKeys,
        signals: Signals,
    ) -> Self {
        let showing =
            Showing { with_site: !jira.is_pinned(), structured: settings.structured_content };
        let lists = Lists::new(&policy, showing);
        let hidden = hidden_by(&policy);
        let repeats = Arc::default();
        Self(Arc::new(Shared {
            settings,
            policy,
            jira,
            limiter,
            repeats,
            seal_keys,
            known_projects: KnownProjects::default(),
            in_flight: InFlight::default(),
            signals,
            lists,
            hidden,
        }))
    }

    /// The tools that the operator allows.
    pub fn listed(&self) -> &[model::Tool] {
        self.0.lists.shown()
    }

    /// Resolves when no call is in hand any more; a write goes on after its client has gone.
    pub async fn finished(&self) {
        self.0.in_flight.finished().await;
    }

    /// Stops a call whose caller does not want it any more; says whether there was exactly one.
    pub(super) fn take_back(&self, caller: PrincipalKey, id: RequestId) -> bool {
        self.0.in_flight.cancel(caller, id)
    }

    /// What is left of the operator's policy for a request; none when all of it is.
    pub(super) fn narrowed(&self, by: Option<&Narrowing>) -> Option<Policy> {
        by.filter(|by| **by != Narrowing::default()).map(|by| self.0.policy.narrowed(by))
    }

    /// What the operator allows, as far as the request does not narrow it.
    pub(super) fn policy_of(&self, context: &RequestContext<RoleServer>) -> Cow<'_, Policy> {
        self.narrowed(narrowing(context)).map_or(Cow::Borrowed(&self.0.policy), Cow::Owned)
    }

    /// Whether no call needs to name its site.
    pub(super) fn is_pinned(&self) -> bool {
        self.0.jira.is_pinned()
    }

    /// The tools that do not exist under a policy.
    pub(super) fn hidden_by(&self, policy: &Policy) -> Arc<[&'static str]> {
        // Hardly any request narrows the operator's own policy.
        if std::ptr::eq(policy, &raw const self.0.policy) {
            self.0.hidden.clone()
        } else {
            hidden_by(policy)
        }
    }

    /// Says which server a result is from, as clients of 2026-07-28 expect it.
    pub(super) fn put_server_info(&self, meta: &mut MetaObject) {
        let info = serde_json::to_value(self.implementation()).unwrap_or_default();
        meta.0.insert("io.modelcontextprotocol/serverInfo".to_owned(), info);
    }

    fn implementation(&self) -> Implementation {
        Implementation::new(self.0.settings.server_name.clone(), env!("CARGO_PKG_VERSION"))
            .with_title("Jira")
    }
}

pub(super) fn is_modern(context: &RequestContext<RoleServer>) -> bool {
    // ISO dates compare as text as they do as dates.
    context
        .protocol_version()
        .is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        about::info(self.implementation())
    }

    async fn initialize(
        &self,
        mut request: InitializeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<InitializeResult, ErrorData> {
        let mut answer = self.negotiate_initialize(&request)?;
        about::show_icon(&mut answer.server_info, &answer.protocol_version);
        // Over stdio a client's later requests are read by what was agreed on, not by what it asked
        // for.
        request.protocol_version = answer.protocol_version.clone();
        context.peer.set_peer_info(request);
        Ok(answer)
    }

    async fn discover(
        &self,
        _context: RequestContext<RoleServer>,
    ) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        let mut info = self.get_info();
        about::show_icon(&mut info.server_info, &ProtocolVersion::V_2026_07_28);
        let mut discovered = DiscoverResult::from_server_info(versions, info);
        discovered.ttl_ms = listing::TTL_MS;
        Ok(discovered)
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        listing::refuse_cursor(request.as_ref())?;
        let era = if is_modern(&context) { Era::Modern } else { Era::Legacy };
        Ok(self.tool_list(narrowing(&context), Self::caller(&context).as_ref(), era))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let (is_modern, can_ask) = (is_modern(&context), consent::can_ask(&context));
        let (progress, listener) = progress::of(&context);
        let asked = Asked {
            caller: Self::caller(&context),
            verdict: verdict(&context),
            narrowing: narrowing(&context),
            traces: traces(&context),
            gone: &context.ct,
            is_modern,
            can_ask,
            progress,
            id: &context.id,
        };
        progress::told(listener, self.call(request, asked)).await
    }

    fn get_tool(&self, name: &str) -> Option<model::Tool> {
        self.marked_tool(name)
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        listing::refuse_cursor(request.as_ref())?;
        let mut result = prompts::list(self, &context);
        if is_modern(&context) {
            result.ttl_ms = Some(listing::TTL_MS);
            result.cache_scope = Some(CacheScope::Private);
            self.put_server_info(result.meta.get_or_insert_default());
        }
        Ok(result)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let mut result = prompts::get(self, request, &context)?;
        if is_modern(&context) {
            self.put_server_info(result.meta.get_or_insert_default());
        }
        Ok(result.into())
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        listing::refuse_cursor(request.as_ref())?;
        let mut result = resources::templates(self, &context);
        if is_modern(&context) {
            result.ttl_ms = Some(listing::TTL_MS);
            result.cache_scope = Some(CacheScope::Private);
            self.put_server_info(result.meta.get_or_insert_default());
        }
        Ok(result)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        resources::read(self, request, &context).await.map(Into::into)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        completion::complete(self, request, &context).await
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        params::custom_request(self, request, context).await
    }
}

fn hidden_by(policy: &Policy) -> Arc<[&'static str]> {
    tools::all().filter(|tool| !policy.allows(tool)).map(|tool| tool.name).collect()
}
