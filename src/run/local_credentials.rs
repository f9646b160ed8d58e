//! What proves the one user of a machine where agents are spoken to: Jira's credential, if there
//! is one, and a token of theirs for the agents' service.

use std::sync::Arc;

use auth::{BoxFuture, Credentials, CredentialsError, UpstreamCredential};
use secrecy::{ExposeSecret, SecretString};

/// Both.
pub(super) struct LocalCredentials {
    /// None where no Jira is used.
    pub(super) jira: Option<Arc<dyn Credentials>>,
    pub(super) copilot_token: Option<SecretString>,
    /// What that token is for: no other service gets it.
    pub(super) copilot_scopes: Vec<String>,
}

impl Credentials for LocalCredentials {
    fn for_upstream(&self) -> BoxFuture<'_, Result<UpstreamCredential, CredentialsError>> {
        if let Some(jira) = &self.jira {
            return jira.for_upstream();
        }
        let none = CredentialsError::NotConnected { connect_url: None };
        Box::pin(std::future::ready(Err(none)))
    }

    fn renew_refused(&self) -> bool {
        self.jira.as_ref().is_some_and(|jira| jira.renew_refused())
    }

    fn of_request(&self) -> Option<Arc<dyn Credentials>> {
        let jira = self.jira.as_ref()?.of_request()?;
        Some(Arc::new(Self {
            jira: Some(jira),
            copilot_token: self.copilot_token.clone(),
            copilot_scopes: self.copilot_scopes.clone(),
        }))
    }

    fn on_behalf<'a>(
        &'a self,
        scope: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretString>, CredentialsError>> {
        let is_for_it = self.copilot_scopes.iter().any(|known| known == scope);
        let token = self.copilot_token.clone().filter(|_| is_for_it);
        Box::pin(std::future::ready(Ok(token)))
    }

    fn redact(&self, text: String) -> String {
        let text = match &self.jira {
            Some(jira) => jira.redact(text),
            None => text,
        };
        match &self.copilot_token {
            Some(token) if text.contains(token.expose_secret()) => {
                text.replace(token.expose_secret(), "***")
            }
            _ => text,
        }
    }
}
