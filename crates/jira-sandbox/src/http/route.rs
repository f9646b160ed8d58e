//! One line of the route table: a pattern, the scopes it needs, and the function that answers.

use super::call::Call;
use crate::{
    answer::Answer,
    model::{
        Site,
        scope::{READ_WORK, WRITE_WORK},
    },
    render::SiteView,
};

/// One line of the route table. `path` begins below `/ex/jira/{cloudId}`; `{name}` takes one
/// segment.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// All of these must be granted to the token.
    pub(crate) scopes: &'static [&'static str],
    pub(crate) run: Run,
}

/// Readers share the site, writers have it to themselves.
pub(crate) enum Run {
    Read(fn(&Call, &SiteView) -> Answer),
    Write(fn(&Call, &mut Site) -> Answer),
}

/// A `GET` that changes nothing; it needs `read:jira-work` unless [`Route::needs`] says otherwise.
pub(crate) const fn read(path: &'static str, run: fn(&Call, &SiteView) -> Answer) -> Route {
    Route { method: "GET", path, scopes: &[READ_WORK], run: Run::Read(run) }
}

/// A read whose parameters travel in a body.
pub(crate) const fn query(path: &'static str, run: fn(&Call, &SiteView) -> Answer) -> Route {
    Route { method: "POST", path, scopes: &[READ_WORK], run: Run::Read(run) }
}

/// Anything that changes the site; it needs `write:jira-work` unless [`Route::needs`] says
/// otherwise.
pub(crate) const fn write(
    method: &'static str,
    path: &'static str,
    run: fn(&Call, &mut Site) -> Answer,
) -> Route {
    Route { method, path, scopes: &[WRITE_WORK], run: Run::Write(run) }
}

impl Route {
    /// The route with these scopes in place of the usual one.
    pub(crate) const fn needs(mut self, scopes: &'static [&'static str]) -> Self {
        self.scopes = scopes;
        self
    }
}
