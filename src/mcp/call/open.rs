//! Opens a call: whether the tool exists for this request, who asks, what the user agreed to, and
//! from when on it is timed.

use metrics::Span;
use rmcp::{ErrorData, model::CallToolRequestParams};
use serde_json::{Map, Value, json};
use tokio::time::Instant;
use tool_kit::{Budget, CallRequest, Product, Tool};

use crate::{
    mcp::{consent::Consent, open_page::OpenPage, server::Server},
    policy::Policy,
};

use super::{
    opened::{Call, Read},
    request::{ToolRequest, bytes_of},
};

impl Server {
    /// Begins a tool call, or says why there is no such tool.
    pub(super) fn open<'a>(
        &'a self,
        params: CallToolRequestParams,
        request: ToolRequest<'a>,
    ) -> Result<Call<'a>, ErrorData> {
        let policy = self.policy_for(request.narrowing);
        let called = self.0.products.called(&params.name, params.arguments.as_ref());
        let Some((product, tool)) = called.filter(|(_, tool)| policy.allows(tool)) else {
            self.0.signals.metrics().tools_unknown.inc();
            return Err(self.unknown_tool(&params.name, called.map(|(_, tool)| tool), &policy));
        };
        let consent = Consent::of(tool, request.can_ask, &params);
        let open_page = OpenPage::of(request.can_open_page, &params);
        let arguments = params.arguments.unwrap_or_default();
        let name = params.name.into_owned();
        let call = self.begin((product, tool, name), &policy, arguments, consent, 0, request)?;
        Ok(Call { open_page, ..call })
    }

    /// The same for a read that is no tool call; none when its tool does not exist for this
    /// request.
    pub(super) fn open_read<'a>(
        &'a self,
        read: Read,
        request: ToolRequest<'a>,
    ) -> Result<Option<Call<'a>>, ErrorData> {
        let policy = self.policy_for(request.narrowing);
        let found = self.0.products.tool(read.tool);
        let found = found.filter(|(_, tool)| tool.effect.is_read() && policy.allows(tool));
        let Some(found) = found else { return Ok(None) };
        let Read { arguments, extra_bytes, .. } = read;
        let found = (found.0, found.1, found.1.name.to_owned());
        self.begin(found, &policy, arguments, Consent::NotNeeded, extra_bytes, request).map(Some)
    }

    fn begin<'a>(
        &'a self,
        (product, tool, called_as): (&'a dyn Product, &'static Tool, String),
        policy: &Policy,
        arguments: Map<String, Value>,
        consent: Consent,
        extra_bytes: usize,
        request: ToolRequest<'a>,
    ) -> Result<Call<'a>, ErrorData> {
        let Some(caller) = request.caller else {
            return Err(ErrorData::internal_error("the request brought no caller", None));
        };
        let guard = self.0.in_flight.register(
            caller.credential_key(),
            request.id.clone(),
            request.cancelled.clone(),
        );
        let (settings, started) = (&self.0.settings, Instant::now());
        let deadline = started + settings.call_deadline;
        let spent_bytes = bytes_of(request.id) + extra_bytes;
        let budget =
            Budget::new(settings.reply_bytes_max, spent_bytes, settings.structured_content);
        let watched = settings
            .watch
            .as_ref()
            .map(|_| caller.redact(serde_json::to_string(&arguments).unwrap_or_default()));
        let (mut arguments, untranslatable) = match product.in_own_words(&called_as, arguments) {
            Ok(arguments) => (arguments, None),
            Err(error) => (Map::new(), Some(error)),
        };
        // Behind the translation: whatever another server's call wraps its arguments in, what it
        // says of consent is no consent.
        consent.put_into(&mut arguments);
        let span = self.tool_span(tool, &request.traces);
        let trace = span.as_ref().map(Span::trace).unwrap_or_default();
        let trace_id = trace.id();
        let open = product.open(CallRequest {
            tool,
            arguments,
            caller,
            deadline,
            budget,
            trace,
            progress: request.progress,
            hidden_tools: self.hidden_by(policy),
        });
        Ok(Call {
            product,
            tool,
            verdict: policy.judge(tool, open.granted_scopes()),
            open,
            untranslatable,
            consent,
            // Only a tool call can ask its client for anything.
            open_page: OpenPage::AsText,
            budget,
            started,
            deadline,
            span,
            watched,
            trace_id,
            cancelled: request.cancelled,
            is_modern: request.is_modern,
            token_verdict: request.verdict,
            _running: self.0.signals.metrics().tool_calls_in_flight.hold(),
            _guard: guard,
        })
    }

    fn unknown_tool(&self, name: &str, meant: Option<&Tool>, policy: &Policy) -> ErrorData {
        if let Some(Tool { name, set, .. }) = meant {
            // The tool that says who the user is lists these names and sets with the reason, so
            // this gives nothing away.
            let set_name = set.name();
            let why = if policy.has_set(*set) {
                "is switched off by the operator, the path, a header, or by your roles in the directory".to_owned()
            } else {
                format!(
                    "is of the set {set_name}, which is off; the operator switches it on in TOOLSETS"
                )
            };
            return ErrorData::invalid_params(format!("Unknown tool here: {name} {why}"), None);
        }
        let near = self.0.products.nearest_tool(name, &|tool| policy.allows(tool));
        let advice = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        ErrorData::invalid_params(
            format!("Unknown tool{advice}"),
            near.map(|near| json!({ "nearest": near })),
        )
    }
}
