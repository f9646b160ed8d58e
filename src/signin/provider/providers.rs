//! Either provider, by one set of questions.

use std::{collections::BTreeSet, sync::Arc};

use metrics::Signals;
use upstream::{BuildError, Upstream};
use url::Url;

use super::{
    super::{
        grant::{Grant, GrantOf},
        person::Person,
        secret::Secret,
    },
    asked::{Asked, Returned},
    atlassian::Atlassian,
    entra::Entra,
    error::ProviderError,
    settings::ProviderSettings,
};

/// A provider.
#[derive(Debug)]
pub(in super::super) enum Provider {
    Atlassian(Atlassian),
    Entra(Entra),
}

impl Provider {
    /// Where the person's browser goes.
    pub(in super::super) fn authorize_url(&self, asked: &Asked<'_>) -> Url {
        match self {
            Self::Atlassian(atlassian) => atlassian.authorize_url(asked),
            Self::Entra(entra) => entra.authorize_url(asked),
        }
    }

    /// Redeems a code: who it is, and their grant.
    pub(in super::super) async fn redeem(
        &self,
        returned: &Returned<'_>,
    ) -> Result<(Person, Grant), ProviderError> {
        match self {
            Self::Atlassian(atlassian) => atlassian.redeem(returned).await,
            Self::Entra(entra) => entra.redeem(returned).await,
        }
    }

    /// Renews a grant; what the answer does not say stays as it is in `grant`.
    pub(in super::super) async fn renew(
        &self,
        refresh_token: &Secret,
        grant: &Grant,
        now_ms: u64,
    ) -> Result<Grant, ProviderError> {
        match self {
            Self::Atlassian(atlassian) => atlassian.renew(refresh_token, grant, now_ms).await,
            Self::Entra(entra) => entra.renew(refresh_token, grant, now_ms).await,
        }
    }

    /// Ends a grant at the provider, where the provider can.
    pub(in super::super) async fn revoke(&self, grant: &Grant) -> Result<(), ProviderError> {
        match self {
            Self::Atlassian(atlassian) => atlassian.revoke(grant).await,
            // Entra ID has no endpoint for it: its tokens end by themselves, or by an
            // administrator's hand.
            Self::Entra(_) => Ok(()),
        }
    }
}

/// The providers that are set up. A clone shares them.
#[derive(Clone, Debug)]
pub(in super::super) struct Providers {
    atlassian: Option<Arc<Provider>>,
    entra: Option<Arc<Provider>>,
}

impl Providers {
    pub(in super::super) fn new(
        settings: &ProviderSettings,
        signals: &Signals,
        user_agent: &str,
    ) -> Result<Self, BuildError> {
        let upstream = Upstream::with_signals(&upstream_settings(user_agent), signals.clone())?;
        let atlassian = settings
            .atlassian
            .as_ref()
            .map(|app| Arc::new(Provider::Atlassian(Atlassian::new(app, upstream.clone()))));
        let entra = settings
            .entra
            .as_ref()
            .map(|app| Arc::new(Provider::Entra(Entra::new(app, upstream.clone(), signals))));
        Ok(Self { atlassian, entra })
    }

    /// The provider of a kind of grant.
    pub(in super::super) fn of(&self, which: GrantOf) -> Option<&Arc<Provider>> {
        match which {
            GrantOf::Jira => self.atlassian.as_ref(),
            GrantOf::Entra => self.entra.as_ref(),
        }
    }

    /// The directory that gives tokens on behalf of its users, if the operator wants them.
    pub(in super::super) fn on_behalf(&self) -> Option<&Entra> {
        match self.entra.as_deref()? {
            Provider::Entra(entra) => entra.has_on_behalf().then_some(entra),
            Provider::Atlassian(_) => None,
        }
    }

    /// App roles of Entra ID that mean something here, where people sign in there and roles count.
    pub(in super::super) fn mapped_roles(&self) -> Option<&BTreeSet<String>> {
        match self.entra.as_deref()? {
            Provider::Entra(entra) => entra.mapped_roles(),
            Provider::Atlassian(_) => None,
        }
    }

    /// The kind of grant that a sign-in begins with.
    pub(in super::super) fn front(&self) -> GrantOf {
        if self.entra.is_some() { GrantOf::Entra } else { GrantOf::Jira }
    }
}

/// A provider is asked seldom and by people who wait: soon again after a lost answer, and not for
/// long.
fn upstream_settings(user_agent: &str) -> upstream::Settings {
    upstream::Settings {
        timeout: std::time::Duration::from_secs(8),
        connect_timeout: std::time::Duration::from_secs(3),
        retry_max: 1,
        retry_base: std::time::Duration::from_millis(200),
        // A person who was told to try again does so within seconds.
        breaker_open: std::time::Duration::from_secs(5),
        breaker_half_open_successes: 1,
        ..upstream::Settings::new(user_agent)
    }
}
