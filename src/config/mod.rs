//! Configuration: from names and texts to the settings that each layer owns.
//!
//! Every problem is found before any is reported, and nothing starts with a wrong value.

// Where texts come from, and how single ones are read.
mod destinations;
mod dotenv;
mod problem;
mod reader;
mod redact;
mod secrets;
mod settings_document;
mod settings_table;
mod source;
mod unknown_setting;
mod urls;

// What is made of them, layer by layer.
mod agents;
mod edge;
mod entra;
mod exposure;
mod jira;
mod local;
mod policy;
mod signin;
mod telemetry;

// All of it, or as much as a command needs.
mod partial;
mod server;
mod stdio;

pub use entra::EntraTokens;
pub use exposure::Exposure;
pub use local::{JiraUser, LocalUser};
pub use problem::Problem;
pub use server::Config;
pub use settings_document::{document, env_example};
pub use settings_table::{SETTINGS, Setting};
pub use signin::Bearers;
pub use source::{FILL_IN, Source, of_surroundings, secret_of_environment};
pub use unknown_setting::UnknownSetting;
pub use urls::is_safe_upstream;

#[cfg(test)]
mod tests;
