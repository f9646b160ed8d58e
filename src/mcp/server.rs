//! The MCP server's state: what all requests share.

use std::{borrow::Cow, sync::Arc, time::Duration};

use auth::PrincipalKey;
use limit::Limiter;
use metrics::Signals;
use rmcp::{
    ServerHandler,
    model::{self, Implementation, MetaObject, RequestId},
};

use crate::policy::{Narrowing, Policy};

use super::{in_flight::InFlight, products::Products, tool_lists::Lists, watch::WatchCalls};

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
    /// Whether each call is also an event of its own in Application Insights.
    pub custom_events: bool,
    /// Who sees calls with what they were given; nobody but the demo.
    pub watch: Option<Arc<dyn WatchCalls>>,
}

/// One MCP server for all callers. Cloning is cheap; rmcp clones it for each request.
#[derive(Debug, Clone)]
pub struct Server(pub(super) Arc<Shared>);

/// What all requests share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) settings: Settings,
    pub(super) policy: Policy,
    pub(super) products: Products,
    pub(super) instructions: String,
    pub(super) limiter: Limiter<PrincipalKey>,
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
        products: Products,
        limiter: Limiter<PrincipalKey>,
        signals: Signals,
    ) -> Self {
        let lists = Lists::new(&products, &policy, settings.structured_content);
        let hidden = hidden_by(&products, &policy);
        Self(Arc::new(Shared {
            settings,
            policy,
            instructions: products.instructions(),
            products,
            limiter,
            in_flight: InFlight::default(),
            signals,
            lists,
            hidden,
        }))
    }

    /// What it is called, for people.
    pub fn title(&self) -> String {
        self.0.products.title()
    }

    /// The versions of the protocol that it speaks.
    pub fn protocol_versions(&self) -> Vec<String> {
        let versions = ServerHandler::supported_protocol_versions(self);
        versions.iter().map(ToString::to_string).collect()
    }

    /// Whether some tool has a page.
    pub(super) fn has_apps(&self) -> bool {
        self.0.products.tools().any(|(product, tool)| product.app(tool).is_some())
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
    pub(super) fn cancel(&self, caller: PrincipalKey, id: RequestId) -> bool {
        self.0.in_flight.cancel(caller, id)
    }

    /// What the operator allows, as far as the request does not narrow it.
    pub(super) fn policy_for(&self, narrowing: Option<&Narrowing>) -> Cow<'_, Policy> {
        let by = narrowing.filter(|by| **by != Narrowing::default());
        by.map_or(Cow::Borrowed(&self.0.policy), |by| Cow::Owned(self.0.policy.narrowed(by)))
    }

    /// The tools that do not exist under a policy.
    pub(super) fn hidden_by(&self, policy: &Policy) -> Arc<[&'static str]> {
        // Hardly any request narrows the operator's own policy.
        if std::ptr::eq(policy, &raw const self.0.policy) {
            self.0.hidden.clone()
        } else {
            hidden_by(&self.0.products, policy)
        }
    }

    /// Says which server a result is from, as clients of 2026-07-28 expect it.
    pub(super) fn put_server_info(&self, meta: &mut MetaObject) {
        let info = serde_json::to_value(self.implementation()).unwrap_or_default();
        meta.0.insert("io.modelcontextprotocol/serverInfo".to_owned(), info);
    }

    pub(super) fn implementation(&self) -> Implementation {
        Implementation::new(self.0.settings.server_name.clone(), env!("CARGO_PKG_VERSION"))
            .with_title(self.title())
    }
}

fn hidden_by(products: &Products, policy: &Policy) -> Arc<[&'static str]> {
    let hidden = products.tools().filter(|(_, tool)| !policy.allows(tool));
    hidden.map(|(_, tool)| tool.name).collect()
}
