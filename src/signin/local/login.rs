//! A sign-in on this machine: the browser goes to Atlassian and comes back to a port of ours.
//!
//! The `state` is random and taken once, and the code is worth nothing without our PKCE verifier.
//! A page of somebody else that calls the port with another `state` changes nothing: the sign-in
//! goes on waiting. Sources: RFC 8252 section 7.3, RFC 7636.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Router,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;
use tokio::sync::mpsc;
use url::Url;

use super::{
    super::{
        callback::{Failure, denied},
        clock::Clock,
        grant::{Grant, GrantOf},
        pages,
        params::Params,
        person::Person,
        pkce::Verifier,
        provider::{Asked, AtlassianApp, Returned},
        session::{Program, Session},
        trouble::Trouble,
    },
    account::{Engine, shown_name},
    error::{LocalError, LoginError},
    key::KeyPlace,
    logout::end,
    place::{Account, Place},
    settings::LocalSettings,
};

/// Somebody is signed in.
#[derive(Clone, Debug)]
pub struct LoginDone {
    /// The name of their account.
    pub name: String,
    /// Where the key of what is kept is.
    pub key_place: KeyPlace,
}

/// A sign-in that has begun.
pub struct Login {
    flow: Arc<Flow>,
    url: Url,
    outcomes: mpsc::Receiver<Result<LoginDone, LoginError>>,
}

struct Flow {
    place: Place,
    engine: Engine,
    app: AtlassianApp,
    redirect_uri: String,
    waiting: Mutex<Option<Waiting>>,
    outcome: mpsc::Sender<Result<LoginDone, LoginError>>,
}

/// What is kept until the browser comes back.
struct Waiting {
    state: String,
    verifier: Verifier,
    nonce: String,
    scopes: Vec<String>,
}

impl Login {
    /// Begins a sign-in whose browser comes back to `redirect_uri`, which [`Login::router`] serves.
    /// Asks nobody yet.
    pub async fn begin(
        settings: &LocalSettings,
        redirect_uri: String,
        clock: Clock,
        user_agent: &str,
    ) -> Result<Self, LoginError> {
        let app = settings.app.clone().ok_or(LoginError::NoApp)?;
        let place = Place::existing_or_new(settings, clock).await?;
        // What cannot be read is not replaced: it is for the person to delete it.
        place.account().await?;
        let engine = Engine::new(&place, app.clone(), user_agent)?;
        let verifier = Verifier::random().map_err(LocalError::Random)?;
        let waiting = Waiting {
            state: random()?,
            nonce: random()?,
            scopes: settings.scopes.clone(),
            verifier,
        };
        let provider = engine.providers.of(GrantOf::Jira).ok_or(LoginError::NoApp)?;
        let url = provider.authorize_url(&Asked {
            redirect_uri: &redirect_uri,
            state: &waiting.state,
            scopes: &waiting.scopes,
            challenge: &waiting.verifier.challenge(),
            nonce: &waiting.nonce,
            is_lasting: true,
        });
        let (outcome, outcomes) = mpsc::channel(1);
        let waiting = Mutex::new(Some(waiting));
        let flow = Arc::new(Flow { place, engine, app, redirect_uri, waiting, outcome });
        Ok(Self { flow, url, outcomes })
    }

    /// Where the person's browser goes.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// What serves the browser that comes back.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/auth/callback", get(callback))
            .method_not_allowed_fallback(async || Trouble::WrongMethod)
            .with_state(Arc::clone(&self.flow))
    }

    /// Resolves when the browser has come back.
    pub async fn outcome(&mut self) -> Result<LoginDone, LoginError> {
        // The sender lives in the flow, so that there is always an answer to wait for.
        self.outcomes.recv().await.unwrap_or(Err(LoginError::Unavailable))
    }

    /// Takes no browser back any more, and finishes one that has come back; what came of it, if
    /// anything.
    pub async fn stop(&mut self) -> Option<Result<LoginDone, LoginError>> {
        self.flow.take(|_| true);
        self.flow.engine.tasks.finished().await;
        self.outcomes.try_recv().ok()
    }
}

/// 192 random bits.
fn random() -> Result<String, LocalError> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

impl Flow {
    /// Takes out what waits, if it is meant.
    fn take(&self, is_meant: impl FnOnce(&Waiting) -> bool) -> Option<Waiting> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.take_if(|waiting| is_meant(waiting))
    }

    async fn finish(
        &self,
        waiting: Waiting,
        code: Option<String>,
        error: Option<String>,
    ) -> Result<LoginDone, Failed> {
        let code = match (code, error) {
            (_, Some(error)) => return Err(denied(&error, None).into()),
            (None, None) => return Err(Failure::Provider { aadsts: None }.into()),
            (Some(code), None) => code,
        };
        let provider =
            self.engine.providers.of(GrantOf::Jira).ok_or(Failure::Provider { aadsts: None })?;
        let returned = Returned {
            code: &code,
            redirect_uri: &self.redirect_uri,
            verifier: waiting.verifier.expose(),
            nonce: &waiting.nonce,
            scopes: &waiting.scopes,
            now_ms: self.place.clock.now_ms(),
        };
        let redeemed = provider.redeem(&returned).await;
        let (person, grant) = redeemed.map_err(|error| Failure::of(&error))?;
        let name = shown_name(&person.name);
        if let Err(error) = self.keep(person, grant.clone(), waiting.scopes).await {
            // Nobody will use it.
            let _ = provider.revoke(&grant).await;
            return Err(Failed { trouble: Trouble::Unavailable, error: error.into() });
        }
        Ok(LoginDone { name, key_place: self.place.key.clone() })
    }

    async fn keep(
        &self,
        person: Person,
        grant: Grant,
        scopes: Vec<String>,
    ) -> Result<(), LocalError> {
        let now_ms = self.place.clock.now_ms();
        let program = Program {
            client: "stdio".to_owned(),
            name: "jira-mcp-bridge".to_owned(),
            host: "localhost".to_owned(),
        };
        let session = Session::without_code(person.clone(), program, scopes, grant, now_ms);
        let id = self.engine.sessions.create(session).await?;
        let account = Account::new(id, person, &self.app, now_ms);
        match self.place.replace(&account).await {
            Ok(before) => {
                if let Some(before) = before {
                    // The grant before was of this app, as a rule; of another one it ends by
                    // itself.
                    let _ = end(&self.engine, before.session).await;
                }
                Ok(())
            }
            Err(error) => {
                let _ = self.engine.sessions.end(id).await;
                Err(error)
            }
        }
    }
}

/// What the browser shows, and what the terminal says.
struct Failed {
    trouble: Trouble,
    error: LoginError,
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        let error = match failure {
            Failure::Denied => LoginError::Denied,
            Failure::NoSite => LoginError::NoSite,
            Failure::Provider { .. } | Failure::Misconfigured => LoginError::Refused,
            Failure::Unavailable => LoginError::Unavailable,
        };
        Self { trouble: failure.trouble(), error }
    }
}

/// `GET /auth/callback`
async fn callback(State(flow): State<Arc<Flow>>, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    let Some(state) = params.get("state").filter(|_| !params.repeats_any()) else {
        return Trouble::Malformed.into_response();
    };
    let is_meant = |waiting: &Waiting| bool::from(waiting.state.as_bytes().ct_eq(state.as_bytes()));
    let Some(waiting) = flow.take(is_meant) else { return Trouble::TooLate.into_response() };
    let code = params.get("code").map(str::to_owned);
    let error = params.get("error").map(str::to_owned);
    let finishing = Arc::clone(&flow);
    // In a task of its own: a person who closes the page must not leave half a sign-in behind.
    let task = flow.engine.tasks.start(async move {
        let (response, outcome) = match finishing.finish(waiting, code, error).await {
            Ok(done) => (pages::signed_in_here(&done.name), Ok(done)),
            Err(Failed { trouble, error }) => (trouble.into_response(), Err(error)),
        };
        // Who began it may have given up.
        let _ = finishing.outcome.send(outcome).await;
        response
    });
    task.await.unwrap_or_else(|_| Trouble::Internal.into_response())
}
