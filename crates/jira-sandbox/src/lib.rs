//! The sandbox Jira: an in-process HTTP server that answers like Jira Cloud, for a first run
//! without an account and as the upstream of the tests.
//!
//! It is written against Atlassian's documents and shares no types with the client side, so that a
//! wrong guess there cannot pass its own test. A request comes in by `http/` and is answered by one
//! function of `http/routes/`: it reads values with `fields/`, searches with `search/` (whose
//! language is `jql/`), changes the plain values of `model/`, and shows them with `render/`. What a
//! world begins with is in `seed/`. Beside it stand `identity/`, the provider where people sign
//! in, `agent/`, a Copilot Studio agent, and `window/`, pages for people.

mod adf;
mod agent;
mod answer;
mod calls;
mod clock;
mod fault_plans;
mod fields;
mod half_emoji;
mod http;
mod identity;
mod jql;
mod json;
mod language;
mod model;
mod render;
mod search;
mod seed;
mod window;
mod world;

use std::sync::{Arc, PoisonError, RwLock};

pub use agent::{Agent, AgentCall, AgentConversation, AgentFault, AgentProtocol, AgentSettings};
pub use calls::ToolCall;
pub use clock::Clock;
pub use identity::{Endpoint, Fault, Grant, Identity, IdentityClient, IdentitySettings, Provider};
pub use seed::Seed;
pub use window::{CallLog, WindowPerson, WindowSettings, WindowWay};
use world::World;

/// The whole sandbox: sites, people, tokens. Cheap to clone; clones share one state.
#[derive(Clone)]
pub struct Sandbox {
    world: Arc<World>,
    limits_writes: bool,
}

impl Sandbox {
    /// A world seeded relative to `now_ms` (milliseconds since 1970), in which time stands still.
    ///
    /// The same `now_ms` gives the same data, ids and tokens.
    #[must_use]
    pub fn seeded(now_ms: i64) -> Self {
        Self::of(Seed::Standard, Arc::new(move || now_ms))
    }

    /// The same for the world of [`Seed::Awkward`].
    #[must_use]
    pub fn awkward(now_ms: i64) -> Self {
        Self::of(Seed::Awkward, Arc::new(move || now_ms))
    }

    /// A world seeded relative to the clock's present reading; later writes are stamped with later
    /// readings.
    #[must_use]
    pub fn with_clock(clock: Clock) -> Self {
        Self::of(Seed::Standard, clock)
    }

    /// Any world on any clock.
    #[must_use]
    pub fn of(seed: Seed, clock: Clock) -> Self {
        let sites = seed::sites(seed, clock());
        let cloud_ids = sites.iter().map(|site| site.cloud_id.clone()).collect();
        Self {
            world: Arc::new(World {
                clock,
                tokens: seed::tokens(seed),
                identity: identity::state::State::default(),
                agent: agent::state::State::default(),
                cloud_ids,
                calls: calls::Calls::default(),
                changes: local_page::Changes::default(),
                sites: RwLock::new(sites),
            }),
            limits_writes: false,
        }
    }

    /// Refuses too many writes to one issue, counted by the sandbox's clock: of no use on a clock
    /// that stands still.
    #[must_use]
    pub fn with_write_limits(mut self) -> Self {
        self.limits_writes = true;
        self
    }

    /// The main site is known by this address, such as `http://127.0.0.1:4000`, and the second one
    /// by a name of this machine with the same port; else both have names at `atlassian.net`. In
    /// all clones, and best told before anybody asks: clients remember what a site is called.
    #[must_use]
    pub fn with_address(self, address: &str) -> Self {
        let address = address.trim_end_matches('/');
        let port = address.rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let mut sites = self.world.sites.write().unwrap_or_else(PoisonError::into_inner);
        for (at, site) in sites.iter_mut().enumerate() {
            site.host = match at {
                0 => address.to_owned(),
                _ => format!("http://{}.localhost{port}", site.name),
            };
        }
        drop(sites);
        self
    }

    /// Answers every path of the API gateway: `/ex/jira/{cloudId}/rest/…`, `/oauth/token/…`,
    /// `/_edge/…`; and the main site's own `/rest/…` for basic authentication.
    pub fn router(&self) -> axum::Router {
        http::router(Arc::clone(&self.world), self.limits_writes)
    }

    /// The same, and at `/`, `/browse/{key}`, `/calls` and `/connect` pages for the person at this
    /// machine, who is not asked who they are: the board, an issue, what was told to
    /// [`Self::calls`], and how clients are connected. The pages are read at an IP address or at
    /// `localhost` only.
    pub fn window_router(&self, settings: WindowSettings) -> axum::Router {
        window::router(Arc::clone(&self.world), settings).merge(self.router())
    }

    /// Where calls of agents' tools are told, for the pages of [`Self::window_router`].
    #[must_use]
    pub fn calls(&self) -> CallLog {
        CallLog::of(Arc::clone(&self.world))
    }

    /// Answers the paths of the identity provider, where the sandbox's people sign in: below `/`
    /// like `auth.atlassian.com`, with `/authorize`, `/oauth/token` and `/oauth/revoke`; below
    /// `/{tenant id}/` like `login.microsoftonline.com`. An access token of the first is good at
    /// [`Self::router`], in all clones of this sandbox.
    pub fn identity_router(&self, settings: IdentitySettings) -> axum::Router {
        identity::router(Arc::clone(&self.world), settings)
    }

    /// What the identity provider handed out, and a hand on it for tests.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity::of(Arc::clone(&self.world))
    }

    /// Answers the paths of a Copilot Studio agent: Direct Line 3.0 below `/v3/directline`, with
    /// the secrets of [`Agent::secrets`]; direct to engine below `/copilotstudio`, with any access
    /// token of the sandbox's people or of the identity provider's Entra; the agent's token
    /// endpoint below `/powervirtualagents`. All its routers have the same conversations. It spawns
    /// tasks: serve it on a Tokio runtime.
    pub fn agent_router(&self, settings: AgentSettings) -> axum::Router {
        agent::router(Arc::clone(&self.world), settings)
    }

    /// What was said to the agent, and a hand on it for tests.
    #[must_use]
    pub fn agent(&self) -> Agent {
        Agent::of(Arc::clone(&self.world))
    }

    /// Names and access tokens in a fixed order; the first one's user sees everything.
    #[must_use]
    pub fn tokens(&self) -> Vec<(String, String)> {
        self.world
            .tokens
            .iter()
            .map(|token| (token.name.to_owned(), token.secret.clone()))
            .collect()
    }

    /// Names, e-mail addresses and API tokens for basic authentication at the main site, whose
    /// `/rest` is at the root.
    #[must_use]
    pub fn api_tokens(&self) -> Vec<(String, String, String)> {
        let sites = self.world.sites.read().unwrap_or_else(PoisonError::into_inner);
        let of = |token: &Arc<model::Token>| {
            let (email, secret) = token.api_token(sites.first()?)?;
            Some((token.name.to_owned(), email, secret))
        };
        self.world.tokens.iter().filter_map(of).collect()
    }

    /// The cloud ids of the two sites, the main one first.
    #[must_use]
    pub fn cloud_ids(&self) -> Vec<String> {
        self.world.cloud_ids.clone()
    }
}

#[cfg(test)]
mod tests;
