//! Who is signed in on this machine, with what renews their grant.

use std::{sync::Arc, time::Duration};

use metrics::Signals;

use super::{
    super::{
        clock::Clock,
        display_name::DisplayName,
        provider::{AtlassianApp, ProviderSettings, Providers},
        session::{Lifetimes, People, Renewals, SessionError, Sessions},
        tasks::Tasks,
        telemetry::Telemetry,
    },
    error::LocalError,
    key::KeyPlace,
    place::{Account, Place},
    settings::LocalSettings,
};

const DAY: Duration = Duration::from_hours(24);

/// Atlassian forgets a refresh token that was not used for 90 days.
/// Source: Atlassian, "OAuth 2.0 (3LO) apps", rotating refresh tokens.
const IDLE: Duration = DAY.saturating_mul(90);

/// At the latest after a year the person is asked again.
const ABSOLUTE: Duration = DAY.saturating_mul(365);

/// What reads, renews and ends the session of an account. A clone shares it.
#[derive(Clone, Debug)]
pub(super) struct Engine {
    pub(super) sessions: Sessions,
    pub(super) renewals: Renewals,
    pub(super) providers: Providers,
    pub(super) tasks: Tasks,
}

impl Engine {
    /// For the grants of one app.
    pub(super) fn new(
        place: &Place,
        app: AtlassianApp,
        user_agent: &str,
    ) -> Result<Self, LocalError> {
        let Place { store, keys, clock, .. } = place.clone();
        let kept_ms = u64::try_from(ABSOLUTE.as_millis()).unwrap_or(u64::MAX);
        let people = People::new(store.clone(), keys, clock.clone(), kept_ms);
        let lifetimes = Lifetimes { idle: IDLE, absolute: ABSOLUTE, per_person_max: 1 };
        let sessions = Sessions::new(store, people, clock, lifetimes);
        let settings = ProviderSettings { entra: None, atlassian: Some(app) };
        let providers = Providers::new(&settings, &Signals::default(), user_agent)?;
        let tasks = Tasks::default();
        // One person's own process counts for nobody.
        let telemetry = Telemetry::new(Signals::default());
        let renewals = Renewals::new(sessions.clone(), providers.clone(), tasks.clone(), telemetry);
        Ok(Self { sessions, renewals, providers, tasks })
    }
}

/// An account and its engine.
pub(super) struct SignedIn {
    pub(super) account: Account,
    pub(super) engine: Engine,
}

impl SignedIn {
    /// Whoever is signed in at this place.
    pub(super) async fn at(
        place: &Place,
        settings: &LocalSettings,
        user_agent: &str,
    ) -> Result<Option<Arc<Self>>, LocalError> {
        let Some(account) = place.account().await? else { return Ok(None) };
        let app = account.app(settings)?;
        // Tokens go to the host that they are for, whatever a file of settings in some folder says.
        if app.api_base != settings.api_base {
            return Err(LocalError::OtherApi {
                stored: app.api_base.into(),
                configured: settings.api_base.clone().into(),
            });
        }
        let engine = Engine::new(place, app, user_agent)?;
        Ok(Some(Arc::new(Self { account, engine })))
    }
}

/// Whether somebody is signed in.
#[derive(Clone, Debug)]
pub enum Status {
    /// Nobody ever was, or they signed out.
    Nobody,
    /// The sign-in has ended, by its time or by Atlassian.
    Ended {
        /// Whose it was.
        name: String,
    },
    /// Somebody is.
    SignedIn {
        /// The name of their account.
        name: String,
        /// When they signed in, in milliseconds since 1970.
        since_ms: u64,
        /// Where the key is.
        key_place: KeyPlace,
    },
}

/// Looks whether somebody is signed in; asks nobody on the network.
pub async fn status(
    settings: &LocalSettings,
    clock: Clock,
    user_agent: &str,
) -> Result<Status, LocalError> {
    let Some(place) = Place::existing(settings, clock).await? else { return Ok(Status::Nobody) };
    let Some(signed_in) = SignedIn::at(&place, settings, user_agent).await? else {
        return Ok(Status::Nobody);
    };
    let SignedIn { account, engine } = &*signed_in;
    let name = shown_name(&account.person.name);
    match engine.sessions.read(account.session).await {
        Ok(_) => Ok(Status::SignedIn { name, since_ms: account.since_ms, key_place: place.key }),
        Err(SessionError::Ended) => Ok(Status::Ended { name }),
        Err(SessionError::Unreadable) => Err(LocalError::Unreadable),
        Err(SessionError::Store(error)) => Err(error.into()),
    }
}

/// A name of somebody else, fit for a terminal.
pub(super) fn shown_name(name: &str) -> String {
    let shown = DisplayName::new(name);
    shown.map_or_else(|| "somebody without a name".to_owned(), |name| name.as_str().to_owned())
}
