//! The bridge as its own OAuth 2.1 authorization server, in front of Atlassian or Entra ID.
//!
//! A client that knows only the URL of `/mcp` finds its way in here, and holds tokens of ours; the
//! provider's tokens stay in the session. The files stand in rows, and none imports from a row
//! above its own:
//!
//! | Row | What |
//! |---|---|
//! | `local` | the sign-in of one user on their own machine, by the same parts |
//! | `routes`, `bearer`, `entra_accounts`, `entra_on_behalf` | the endpoints as two routers; the way in of our tokens; what Entra's open elsewhere |
//! | `authorize`, `callback`, `connect`, `token`, `revoke`, `register`, `people`, `metadata` | an endpoint each |
//! | `begin`, `client_auth`, `connect_link`, `connected`, `end`, `sealed_form`, `shared` | what several of them do |
//! | `server` | what they share: settings, sessions, providers, clients, keys |
//! | `session`, `provider`, `client`, `pages`, `pending`, `tokens` | what they are made of |
//! | all others | cookies, parameters, errors, time |

mod authorize;
mod backend;
mod bearer;
mod begin;
mod callback;
mod client;
mod client_answer;
mod client_auth;
mod client_id;
mod clock;
mod connect;
mod connect_link;
mod connected;
mod cookies;
mod display_name;
mod end;
mod endpoint_form;
mod entra_accounts;
mod entra_on_behalf;
mod error;
mod from_page;
mod grant;
mod local;
mod metadata;
mod oauth_error;
mod pages;
mod params;
mod pending;
mod people;
mod person;
mod pkce;
mod provider;
mod provider_text;
mod redirect_uri;
mod register;
mod revoke;
mod routes;
mod scope;
mod sealed_form;
mod secret;
mod server;
mod session;
mod settings;
mod shared;
mod store_state;
mod tasks;
mod telemetry;
mod token;
mod tokens;
mod trouble;
mod uri;

pub use bearer::SessionBearer;
pub use clock::Clock;
pub use entra_accounts::EntraAccounts;
pub use entra_on_behalf::EntraOnBehalf;
pub use error::SignInError;
pub use local::{
    KeyPlace, LocalError, LocalIdentity, LocalSettings, Login, LoginDone, LoginError, SignedOut,
    Status, logout, status,
};
pub use provider::{AtlassianApp, EntraApp, ProviderSettings};
pub use routes::{endpoints, pages};
pub use server::SignIn;
pub use settings::{Settings, StoreSettings};
pub use store_state::{StoreState, store_state};
pub use tokens::PREFIX as TOKEN_PREFIX;

/// The most memory, in bytes, of sessions that are remembered in the clear, with the tokens that
/// were got on behalf of their users.
pub const SESSIONS_BYTES_MAX: usize = session::CACHE_BYTES_MAX + session::ON_BEHALF_BYTES_MAX;

/// The most memory, in bytes, of tokens got on behalf of users who bring one of the directory's.
pub const ON_BEHALF_BYTES_MAX: usize = session::ON_BEHALF_BYTES_MAX;

/// The most memory, in bytes, of records where they are kept in the process.
pub const RECORDS_BYTES_MAX: usize = backend::MEMORY_BYTES_MAX;

/// The most memory, in bytes, of clients' documents, those being fetched included.
pub const DOCUMENTS_BYTES_MAX: usize = client::DOCUMENTS_BYTES_MAX;
