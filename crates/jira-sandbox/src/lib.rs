//! The sandbox Jira: an in-process HTTP server that answers like Jira Cloud, for a first run
//! without an account and as the upstream of the tests.
//!
//! It is written against Atlassian's documents and shares no types with the client side, so that a
//! wrong guess there cannot pass its own test. A request goes through [`dispatch`] (gateway checks,
//! route table), one function in `routes/`, and comes back through `render/`.

mod adf;
mod auth;
mod clock;
mod dispatch;
mod errors;
mod fields;
mod jql;
mod json;
mod language;
mod limits;
mod media;
mod model;
mod multipart;
mod paging;
mod prng;
mod reader;
mod render;
mod routes;
mod search;
mod seed;

use std::sync::{Arc, PoisonError, RwLock};

pub use clock::Clock;

/// The whole sandbox: sites, people, tokens. Cheap to clone; clones share one state.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
    limits_writes: bool,
}

/// Which world a sandbox starts with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Seed {
    /// The one that documents and examples know: usual, and friendly.
    #[default]
    Standard,
    /// The same projects on a site with everything that is awkward about real ones: half letters,
    /// names with commas, fields of one name, screens that lack fields, people who may do less, a
    /// profile in another language.
    Awkward,
}

struct Inner {
    clock: Clock,
    tokens: Vec<auth::Token>,
    cloud_ids: Vec<String>,
    sites: RwLock<Vec<model::Site>>,
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
            inner: Arc::new(Inner {
                clock,
                tokens: auth::tokens(seed),
                cloud_ids,
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

    /// Answers every path of the API gateway: `/ex/jira/{cloudId}/rest/…`, `/oauth/token/…`,
    /// `/_edge/…`; and the main site's own `/rest/…` for basic authentication.
    pub fn router(&self) -> axum::Router {
        dispatch::router(self.clone())
    }

    /// Names and access tokens in a fixed order; the first one's user sees everything.
    #[must_use]
    pub fn tokens(&self) -> Vec<(String, String)> {
        self.inner
            .tokens
            .iter()
            .map(|token| (token.name.to_owned(), token.secret.clone()))
            .collect()
    }

    /// Names, e-mail addresses and API tokens for basic authentication at the main site, whose
    /// `/rest` is at the root.
    #[must_use]
    pub fn api_tokens(&self) -> Vec<(String, String, String)> {
        let sites = self.inner.sites.read().unwrap_or_else(PoisonError::into_inner);
        let of = |token: &auth::Token| {
            let (email, secret) = auth::api_token(sites.first()?, token)?;
            Some((token.name.to_owned(), email, secret))
        };
        self.inner.tokens.iter().filter_map(of).collect()
    }

    /// The cloud ids of the two sites, the main one first.
    #[must_use]
    pub fn cloud_ids(&self) -> Vec<String> {
        self.inner.cloud_ids.clone()
    }
}

#[cfg(test)]
mod tests;
