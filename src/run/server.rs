//! The layers below the edge: products over their clients, and the protocol over the products.

use std::sync::Arc;

use metrics::{Names, Signals};
use tool_kit::{Product, Toolset};
use upstream::Upstream;

use super::{
    principals::{Accounts, OneUser},
    replicas,
    start_error::StartError,
};
use crate::{
    agent::{
        self,
        client::Agents,
        tools::{AgentTools, FindPrincipal},
    },
    config::Config,
    jira::{
        Jira,
        tools::{self, Code, JiraTools, SigningKeys},
    },
    mcp,
    policy::Policy,
    signin::SignIn,
};

/// The layers below the edge.
pub fn server(config: &Config) -> Result<mcp::Server, StartError> {
    let keys = signing_keys(config)?;
    observed_server(config, Signals::default(), None, None, keys).map(|(server, _)| server)
}

/// The same with the client for Jira, counted, for people who sign in and for the one user of a
/// machine. `keys` sign confirm tokens.
pub(super) fn observed_server(
    config: &Config,
    signals: Signals,
    signin: Option<&SignIn>,
    one_user: Option<OneUser>,
    keys: SigningKeys,
) -> Result<(mcp::Server, Arc<Jira>), StartError> {
    let upstream = Upstream::with_signals(&config.upstream, signals.clone())?;
    let store = replicas::store(signin);
    let jira = Jira::new(config.jira.clone(), upstream);
    let jira = Arc::new(replicas::remembering(jira, store.clone()));
    let policy = Policy::new(config.policy.clone());
    let (limiter, request_ids) = replicas::limits_and_request_ids(config, store);
    let mut products: Vec<Arc<dyn Product>> = Vec::new();
    if !config.policy.is_only(Toolset::Agent) {
        let settings = config.tools.clone();
        products.push(Arc::new(JiraTools::new(Arc::clone(&jira), settings, keys, request_ids)));
    }
    if let Some(agents) = config.agents.clone() {
        let agents = Agents::new(agents, signals.clone())?;
        let who: Arc<dyn FindPrincipal> = match one_user {
            Some(one_user) => Arc::new(one_user),
            None => Arc::new(Accounts(Arc::clone(&jira))),
        };
        products.push(Arc::new(AgentTools::new(agents, who, signals.clone())));
    }
    let products = mcp::Products::new(products);
    let server = mcp::Server::new(config.mcp.clone(), policy, products, limiter, signals);
    Ok((server, jira))
}

/// Replicas share the gateway's secrets and nothing else, so their tokens are signed with keys that
/// follow from those. Without a gateway there is one process, and a random key of its own will do.
pub(super) fn signing_keys(config: &Config) -> Result<SigningKeys, StartError> {
    let Some(gateway) = config.http.gateway.clone() else { return Ok(SigningKeys::random()?) };
    Ok(SigningKeys::shared(move || {
        let gateway = gateway.clone();
        Box::pin(async move { gateway.derived_keys(tools::SIGNING_CONTEXT).await })
    }))
}

/// The only names of tools and outcomes that are ever counted.
pub(super) fn names() -> Names {
    let outcomes = std::iter::once("ok").chain(Code::ALL.iter().map(|code| code.name()));
    Names {
        version: env!("CARGO_PKG_VERSION"),
        tools: tools::all().chain(agent::tools::all()).map(|tool| tool.name).collect(),
        outcomes: outcomes.collect(),
    }
}
