//! People who sign in at Entra ID, and connect their Jira to one program afterwards.

mod asking;
mod browser;
mod connect;
mod entra;
mod world;
