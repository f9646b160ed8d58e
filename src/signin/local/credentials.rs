//! The sign-in of this machine as the one identity of a `stdio` process.
//!
//! The process may run for weeks. When its sign-in has ended it looks whether somebody has signed
//! in anew, so that a person who runs `login` again need not restart their client. It goes on for
//! the same account only: what is remembered in the process belongs to it.

use std::sync::{Arc, Mutex, PoisonError};

use auth::{
    BoxFuture, Credentials, CredentialsError, Identity, KeyedHasher, Principal, UpstreamCredential,
};

use super::{
    super::{bearer::SessionCredentials, clock::Clock},
    account::SignedIn,
    error::LocalError,
    place::Place,
    settings::LocalSettings,
};

/// Who is signed in on this machine, for one process.
#[derive(Clone)]
pub struct LocalIdentity(Arc<Inner>);

struct Inner {
    place: Place,
    settings: LocalSettings,
    user_agent: String,
    current: Mutex<Arc<SignedIn>>,
}

impl LocalIdentity {
    /// Opens what a sign-in left; none if nobody is signed in.
    pub async fn open(
        settings: LocalSettings,
        clock: Clock,
        user_agent: &str,
    ) -> Result<Option<Self>, LocalError> {
        let Some(place) = Place::existing(&settings, clock).await? else { return Ok(None) };
        let signed_in = SignedIn::at(&place, &settings, user_agent).await?;
        let user_agent = user_agent.to_owned();
        Ok(signed_in.map(|signed_in| {
            let current = Mutex::new(signed_in);
            Self(Arc::new(Inner { place, settings, user_agent, current }))
        }))
    }

    /// The identity of every call of the process.
    pub fn identity(&self, hasher: &KeyedHasher) -> Identity {
        let person = &self.current().account.person;
        let principal = Principal {
            subject: Some(person.subject.as_str().into()),
            ..Principal::of_key(hasher.principal_key(b"person:", &person.id()))
        };
        Identity::new(principal, Arc::new(self.for_request()))
    }

    /// Resolves when no grant is being renewed any more.
    pub async fn finished(&self) {
        let signed_in = self.current();
        signed_in.engine.tasks.finished().await;
    }

    fn for_request(&self) -> LocalCredentials {
        let session = Mutex::new(Self::session_of(&self.current()));
        LocalCredentials { identity: self.clone(), session }
    }

    fn session_of(signed_in: &SignedIn) -> Arc<SessionCredentials> {
        let renewals = signed_in.engine.renewals.clone();
        Arc::new(SessionCredentials::new(renewals, signed_in.account.session))
    }

    fn current(&self) -> Arc<SignedIn> {
        Arc::clone(&self.0.current.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The same person's newer sign-in, if there is one.
    async fn renewed_by_person(&self) -> Option<Arc<SignedIn>> {
        let Inner { place, settings, user_agent, current } = &*self.0;
        let next = SignedIn::at(place, settings, user_agent).await.ok()??;
        let before = self.current();
        if !next.account.person.is(&before.account.person) {
            return None;
        }
        // Another call may have seen it first.
        if next.account.session != before.account.session {
            *current.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&next);
        }
        Some(next)
    }

    /// Moves the idle end on.
    async fn touch(&self) {
        let signed_in = self.current();
        let (sessions, id) = (&signed_in.engine.sessions, signed_in.account.session);
        if let Ok(loaded) = sessions.get(id).await {
            sessions.touch(id, &loaded).await;
        }
    }
}

/// The credentials of one request.
struct LocalCredentials {
    identity: LocalIdentity,
    session: Mutex<Arc<SessionCredentials>>,
}

impl LocalCredentials {
    fn session(&self) -> Arc<SessionCredentials> {
        Arc::clone(&self.session.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Credentials for LocalCredentials {
    fn for_upstream(&self) -> BoxFuture<'_, Result<UpstreamCredential, CredentialsError>> {
        Box::pin(async {
            let given = match self.session().for_upstream().await {
                Err(CredentialsError::SignInEnded) => {
                    let next = self.identity.renewed_by_person().await;
                    let next = next.ok_or(CredentialsError::LocalSignInEnded)?;
                    let session = LocalIdentity::session_of(&next);
                    *self.session.lock().unwrap_or_else(PoisonError::into_inner) =
                        Arc::clone(&session);
                    session.for_upstream().await
                }
                given => given,
            };
            match given {
                Ok(credential) => {
                    self.identity.touch().await;
                    Ok(credential)
                }
                Err(CredentialsError::SignInEnded) => Err(CredentialsError::LocalSignInEnded),
                Err(error) => Err(error),
            }
        })
    }

    fn renew_refused(&self) -> bool {
        self.session().renew_refused()
    }

    fn of_request(&self) -> Option<Arc<dyn Credentials>> {
        Some(Arc::new(self.identity.for_request()))
    }

    fn redact(&self, text: String) -> String {
        self.session().redact(text)
    }
}
