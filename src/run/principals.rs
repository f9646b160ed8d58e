//! Who the callers of agents are: the account behind a token, or the one user of a machine.

use std::sync::Arc;

use auth::{BoxFuture, Caller};
use tokio::time::Instant;

use crate::{
    agent::tools::{FindPrincipal, NoPrincipal},
    config,
    jira::{Jira, JiraError},
};

/// The Atlassian account behind each token, by asking Atlassian.
#[derive(Debug)]
pub(super) struct Accounts(pub(super) Arc<Jira>);

impl FindPrincipal for Accounts {
    fn principal<'a>(
        &'a self,
        caller: &'a Caller,
        deadline: Instant,
    ) -> BoxFuture<'a, Result<String, NoPrincipal>> {
        Box::pin(async move {
            let session = self.0.session(caller.clone(), None, deadline);
            session.account_id().await.map_err(|error| {
                // Without Jira's own words: they are somebody's content.
                tracing::info!("whose token it is could not be found out");
                match error {
                    JiraError::Unauthenticated | JiraError::LocalSignInEnded => {
                        NoPrincipal::Refused
                    }
                    _ => NoPrincipal::Unknown,
                }
            })
        })
    }
}

/// The one user of a process that they started themselves.
#[derive(Debug)]
pub(super) struct OneUser(String);

impl OneUser {
    /// Told apart from other users of the machine. On two machines of one name it is one person.
    pub(super) fn of_machine() -> Self {
        let names = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(config::of_surroundings);
        let name = names.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self(format!("local/{name}"))
    }
}

impl FindPrincipal for OneUser {
    fn principal<'a>(
        &'a self,
        _: &'a Caller,
        _: Instant,
    ) -> BoxFuture<'a, Result<String, NoPrincipal>> {
        Box::pin(std::future::ready(Ok(self.0.clone())))
    }
}
