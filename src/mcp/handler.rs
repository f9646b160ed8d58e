//! The server as rmcp sees it: each method of the protocol, handed to who answers it.

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        self, CacheScope, CallToolRequestParams, CallToolResponse, CompleteRequestParams,
        CompleteResult, CustomRequest, CustomResult, DiscoverResult, GetPromptRequestParams,
        GetPromptResponse, GetSkillRequestParams, GetSkillResult, InitializeRequestParams,
        InitializeResult, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult,
        ListSkillsResult, ListToolsResult, PaginatedRequestParams, ProtocolVersion,
        ReadResourceRequestParams, ReadResourceResponse, ServerConfig,
    },
    service::RequestContext,
};

use super::{
    about, apps,
    call::{ToolRequest, caller, narrowing, traces, verdict},
    completion, consent,
    era::{Era, Wanted, is_modern},
    listing, open_page, params, progress, prompts, resources,
    server::Server,
    skills,
};

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        about::info(self.implementation(), &self.0.instructions, self.has_apps())
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
        let wanted = Wanted { era, apps: apps::are_shown(&context) };
        Ok(self.tool_list(narrowing(&context), caller(&context).as_ref(), wanted))
    }

    async fn call_tool(
        &self,
        params: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let (is_modern, can_ask) = (is_modern(&context), consent::can_ask(&context));
        let (progress, sink) = progress::of(&context);
        let request = ToolRequest {
            caller: caller(&context),
            verdict: verdict(&context),
            narrowing: narrowing(&context),
            traces: traces(&context),
            cancelled: &context.ct,
            is_modern,
            can_ask,
            can_open_page: open_page::can_open(&context),
            progress,
            id: &context.id,
        };
        progress::with_progress(sink, self.call(params, request)).await
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

    async fn list_skills(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListSkillsResult, ErrorData> {
        listing::refuse_cursor(request.as_ref())?;
        Ok(skills::list(self, &context))
    }

    async fn get_skill(
        &self,
        request: GetSkillRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetSkillResult, ErrorData> {
        skills::get(self, &request.uri, &context)
    }

    async fn list_resources(
        &self,
        _request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(apps::list(self, &context))
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
