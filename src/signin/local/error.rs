//! Why there is no sign-in on this machine, in words for the person at the terminal.

use session_store::{FilesError, StoreError};
use thiserror::Error;
use upstream::BuildError;

use super::key::KeyError;

/// Why the sign-in of this machine cannot be used.
#[derive(Debug, Error)]
pub enum LocalError {
    /// The folder cannot be used.
    #[error("the sign-in of this machine cannot be used: {0}")]
    Folder(FilesError),
    /// The key cannot be had.
    #[error("the sign-in of this machine cannot be opened: {0}")]
    Key(#[from] KeyError),
    /// What is there was sealed with another key, or was changed.
    #[error(
        "the sign-in of this machine cannot be read: it was sealed with another key, or its files \
         were changed. Set SESSION_ENCRYPTION_KEY to the key that it was made with, or run \
         `jira-mcp-bridge logout`, which deletes it, and then `jira-mcp-bridge login`"
    )]
    Unreadable,
    /// The disk does not do what it must.
    #[error(
        "the folder of this machine's sign-in cannot be read or written: it must belong to this \
         user, on a disk that is not full; SESSION_STORAGE_DIR names another"
    )]
    Unavailable,
    /// The tokens are for another host than the one that the settings name.
    #[error(
        "JIRA_API_BASE_URL: the sign-in of this machine is for {stored}, so its tokens are not \
         sent to {configured}; leave the setting out, or run `jira-mcp-bridge login` with it"
    )]
    OtherApi {
        /// The host that they are for.
        stored: String,
        /// The host of the settings.
        configured: String,
    },
    /// The HTTP client cannot be built.
    #[error("the HTTP client of the sign-in cannot be built: {0}")]
    Client(#[from] BuildError),
    /// The system has no randomness.
    #[error("the system gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
}

impl From<StoreError> for LocalError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unreadable => Self::Unreadable,
            StoreError::Unavailable => Self::Unavailable,
        }
    }
}

/// Why nobody was signed in.
#[derive(Debug, Error)]
pub enum LoginError {
    /// What is kept on this machine cannot be used.
    #[error(transparent)]
    Local(#[from] LocalError),
    /// The app of the settings is missing.
    #[error("ATLASSIAN_CLIENT_ID and ATLASSIAN_CLIENT_SECRET are needed to sign in")]
    NoApp,
    /// The person refused.
    #[error("nobody was signed in: access was not granted at Atlassian")]
    Denied,
    /// The account has no Jira.
    #[error(
        "nobody was signed in: the account may use no Jira site. Choose another account, or a site \
         that has Jira"
    )]
    NoSite,
    /// Atlassian does not know the app, or refused what came back.
    #[error(
        "nobody was signed in: Atlassian did not complete it. Check the app's id, its secret, its \
         permissions and its callback URL in the developer console, then run \
         `jira-mcp-bridge login` again"
    )]
    Refused,
    /// Atlassian does not answer.
    #[error(
        "nobody was signed in: Atlassian does not answer. Run `jira-mcp-bridge login` again in a \
         moment"
    )]
    Unavailable,
}
