//! The session of a person that no program of theirs began: programs that bring tokens of Entra ID
//! share it.
//!
//! Such a program has no token of ours by which a session could be found, so its id follows from
//! the person, by a keyed hash. It holds the grant for Jira and nothing of Entra ID.

use session_store::StoreError;

use super::{
    grant::{Grant, GrantOf},
    person::Person,
    server::SignIn,
    session::{Loaded, Program, Session, SessionError, SessionId},
    telemetry::End,
};

/// What stands in the place of a client's hash: no client id has it, and no token of ours is ever
/// made for such a session.
const CLIENT: &str = "programs with tokens of entra id";

/// What the status page calls them.
pub(super) const NAME: &str = "All programs that sign you in at Entra ID themselves";

/// What became of a grant for Jira.
pub(super) enum Kept {
    Now,
    /// Another page was faster: the session has one, which may be in renewal at this moment.
    Before,
    /// The session is another person's, or they have signed out meanwhile.
    Never,
}

/// Whom a look-up asks.
#[derive(Clone, Copy)]
enum Ask {
    WhatIsKnown,
    TheStore,
}

impl SignIn {
    /// Whether people of Entra ID can connect Jira here.
    pub(super) fn connects_jira(&self) -> bool {
        let providers = self.providers();
        providers.front() == GrantOf::Entra && providers.of(GrantOf::Jira).is_some()
    }

    /// Where the shared session of a person may be, the place for a new one first.
    pub(super) fn shared_ids(&self, person: &Person) -> Vec<SessionId> {
        SessionId::shared(self.keys(), person)
    }

    /// The shared session of a person, if they have one, as it is known: see `Sessions::get`.
    pub(super) async fn shared_session(
        &self,
        person: &Person,
    ) -> Result<Option<(SessionId, Loaded)>, StoreError> {
        self.find_shared(person, Ask::WhatIsKnown).await
    }

    /// Whether the store has a shared session of a person now.
    pub(super) async fn has_shared_session(&self, person: &Person) -> Result<bool, StoreError> {
        self.find_shared(person, Ask::TheStore).await.map(|found| found.is_some())
    }

    async fn find_shared(
        &self,
        person: &Person,
        ask: Ask,
    ) -> Result<Option<(SessionId, Loaded)>, StoreError> {
        self.are_keys_right().await?;
        let mut ids = self.shared_ids(person);
        // What is remembered goes on while the store does not answer.
        ids.sort_by_key(|id| !self.sessions().is_remembered(*id));
        for id in ids {
            let found = match ask {
                Ask::WhatIsKnown => self.sessions().get(id).await,
                Ask::TheStore => self.sessions().read(id).await,
            };
            match found {
                Ok(loaded) if loaded.session.person.is(person) => return Ok(Some((id, loaded))),
                Ok(_) => tracing::error!("a shared session is of somebody else"),
                Err(SessionError::Ended) => {}
                // Nobody is let in by it; its person connects anew.
                Err(SessionError::Unreadable) => {
                    tracing::error!("a shared session's record cannot be opened");
                }
                Err(SessionError::Store(error)) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Begins the shared session of a person, who agreed to it at `asked_at_ms`.
    pub(super) async fn begin_shared(
        &self,
        person: &Person,
        asked_at_ms: u64,
        grant: Grant,
    ) -> Result<Kept, SessionError> {
        if self.has_shared_session(person).await? {
            return Ok(Kept::Before);
        }
        let ids = self.shared_ids(person);
        let id = *ids.first().ok_or(StoreError::Unavailable)?;
        // On the list before it is worth anything: a session that is on none could not be signed
        // out.
        self.sessions().people().add(person, id).await?;
        let session = self.new_shared(person, grant);
        if !self.sessions().create_shared(id, session).await? {
            return Ok(Kept::Before);
        }
        // Asked once it is there: a sign-out that comes later finds it.
        let known = self.sessions().people().known(person).await?;
        if asked_at_ms <= known.signed_out_at_ms {
            self.end(id, End::SignedOut).await?;
            return Ok(Kept::Never);
        }
        self.end_surplus(person).await;
        Ok(Kept::Now)
    }

    fn new_shared(&self, person: &Person, grant: Grant) -> Session {
        let program =
            Program { client: CLIENT.to_owned(), name: NAME.to_owned(), host: String::new() };
        let scopes = self.settings().scopes.clone();
        Session::without_code(person.clone(), program, scopes, grant, self.now_ms())
    }
}
