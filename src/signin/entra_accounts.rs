//! The Jira accounts of users who bring an access token of Entra ID themselves: what they connected
//! is found by who they are.

use std::sync::Arc;

use auth::{BoxFuture, Credentials, CredentialsError, UpstreamCredential};
use entra::{ConnectedAccount, ConnectedAccounts};

use super::{
    bearer::SessionCredentials,
    connect_link::{ConnectLink, Target},
    person::{Directory, Person},
    server::SignIn,
};

/// Knows them where people of the directory sign in here too, for that is how they connect Jira.
#[derive(Clone, Debug)]
pub struct EntraAccounts {
    signin: SignIn,
    /// What the subjects of people begin with who can sign in here.
    tenant: String,
}

impl EntraAccounts {
    /// None where nobody can connect anything: people sign in elsewhere, or no app of Atlassian is
    /// set up.
    pub fn new(signin: &SignIn) -> Option<Self> {
        let entra = signin.settings().providers.entra.as_ref()?;
        let tenant = format!("{}/", entra.tenant_id.to_ascii_lowercase());
        signin.connects_jira().then(|| Self { signin: signin.clone(), tenant })
    }

    async fn find(&self, subject: &str) -> ConnectedAccount {
        let person =
            Person { at: Directory::Entra, subject: subject.to_owned(), name: String::new() };
        let signin = &self.signin;
        // A link would send people of another tenant to a sign-in that does not take them.
        if !subject.starts_with(&self.tenant) {
            return self.account(person, State::Elsewhere, None);
        }
        match signin.shared_session(&person).await {
            Ok(Some((id, loaded))) => {
                signin.sessions().touch(id, &loaded).await;
                let since_ms = loaded.session.created_at_ms;
                let place = [id.0.as_slice(), &since_ms.to_be_bytes()].concat();
                let key = signin.hasher().principal_key(b"shared session:", &place);
                let credentials =
                    SessionCredentials::new(signin.renewals().clone(), id).since(since_ms);
                self.account(person, State::Connected(credentials), Some(key))
            }
            Ok(None) => self.account(person, State::NotYet, None),
            Err(_) => self.account(person, State::Unknown, None),
        }
    }

    fn account(
        &self,
        person: Person,
        state: State,
        key: Option<auth::PrincipalKey>,
    ) -> ConnectedAccount {
        let signin = self.signin.clone();
        ConnectedAccount { credentials: Arc::new(Account { signin, person, state }), key }
    }
}

impl ConnectedAccounts for EntraAccounts {
    fn of<'a>(&'a self, subject: &'a str) -> BoxFuture<'a, ConnectedAccount> {
        Box::pin(self.find(subject))
    }
}

/// What was found when the request came. It stays so for the request.
struct Account {
    signin: SignIn,
    person: Person,
    state: State,
}

enum State {
    Connected(SessionCredentials),
    NotYet,
    /// They cannot sign in here, and so connect nothing.
    Elsewhere,
    /// The store does not say.
    Unknown,
}

impl Account {
    /// With a new link, good for ten minutes.
    fn not_connected(&self) -> CredentialsError {
        let signin = &self.signin;
        let Some(id) = signin.shared_ids(&self.person).first().copied() else {
            return CredentialsError::Unavailable;
        };
        let sealed = ConnectLink::new(signin, Target::Shared(id)).sealed(signin);
        sealed.map_or(CredentialsError::Unavailable, |sealed| {
            let connect_url = Some(ConnectLink::address(signin, &sealed));
            CredentialsError::NotConnected { connect_url }
        })
    }

    fn session(&self) -> Option<&SessionCredentials> {
        match &self.state {
            State::Connected(session) => Some(session),
            State::NotYet | State::Elsewhere | State::Unknown => None,
        }
    }
}

impl Credentials for Account {
    fn for_upstream(&self) -> BoxFuture<'_, Result<UpstreamCredential, CredentialsError>> {
        Box::pin(async move {
            match &self.state {
                State::Connected(session) => {
                    session.for_upstream().await.map_err(|error| match error {
                        // The token that the request brought is good all the same.
                        CredentialsError::SignInEnded | CredentialsError::NotConnected { .. } => {
                            self.not_connected()
                        }
                        error => error,
                    })
                }
                State::NotYet => Err(self.not_connected()),
                State::Elsewhere => Err(CredentialsError::NotConnected { connect_url: None }),
                State::Unknown => Err(CredentialsError::Unavailable),
            }
        })
    }

    fn renew_refused(&self) -> bool {
        self.session().is_some_and(Credentials::renew_refused)
    }

    fn speak_for_the_bearer(&self) -> bool {
        false
    }

    fn redact(&self, text: String) -> String {
        match self.session() {
            Some(session) => session.redact(text),
            None => text,
        }
    }
}
