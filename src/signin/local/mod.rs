//! The sign-in of the one user of this machine: they sign in at Atlassian in their browser, and
//! `stdio` works as them from then on.
//!
//! The grant is kept as a server keeps one: a session in a store, sealed, renewed by one process
//! at a time. There is no token of ours: who may read the folder and the key is signed in.
//!
//! | File | What |
//! |---|---|
//! | `credentials` | the sign-in as an identity, for every call of `stdio` |
//! | `login` | from the browser's way out to its way back |
//! | `logout` | the end of it, also when it cannot be read |
//! | `account` | who is signed in, and what renews their grant |
//! | `place` | the folder, opened with its key |
//! | `key`, `system_keyring` | where the key is |

mod account;
mod credentials;
mod error;
mod key;
mod login;
mod logout;
mod place;
mod settings;
mod system_keyring;

pub use account::{Status, status};
pub use credentials::LocalIdentity;
pub use error::{LocalError, LoginError};
pub use key::KeyPlace;
pub use login::{Login, LoginDone};
pub use logout::{SignedOut, logout};
pub use settings::LocalSettings;
