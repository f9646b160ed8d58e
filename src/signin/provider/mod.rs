//! Where people sign in: Atlassian, or Entra ID in front of it.

mod asked;
mod atlassian;
mod entra;
mod error;
mod id_token;
mod providers;
mod settings;
mod token_endpoint;

pub(super) use asked::{Asked, Returned};
pub(super) use error::ProviderError;
pub(super) use providers::Providers;
pub use settings::{AtlassianApp, EntraApp, ProviderSettings};
