//! Atlassian's word for its own tokens, before a stream is opened to one.

use std::{sync::Arc, time::Duration};

use auth::{BoxFuture, Caller};
use tokio::time::Instant;

use crate::{
    http::{NotVouched, Vouch, Vouched},
    jira::{Jira, JiraError},
};

/// How long Atlassian may take; who opens a stream comes back by itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks for the sites of a token, which are remembered as for calls.
#[derive(Debug)]
pub(super) struct Atlassian(pub(super) Arc<Jira>);

impl Vouch for Atlassian {
    fn vouch<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<Vouched, NotVouched>> {
        Box::pin(async move {
            let session = self.0.session(caller.clone(), None, Instant::now() + PATIENCE);
            match session.check_token().await {
                Ok(()) if session.calls() == 0 => Ok(Vouched::Earlier),
                Ok(()) => Ok(Vouched::Now),
                Err(error) => {
                    tracing::info!(%error, "no stream: Atlassian does not vouch for the token");
                    Err(match error {
                        JiraError::Unauthenticated => NotVouched::Refused,
                        _ => NotVouched::Unknown,
                    })
                }
            }
        })
    }
}
