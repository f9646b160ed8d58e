//! The authorization server: whom a person lets in, and the pages that ask them.

mod client;
mod display_name;
mod pages;
mod redirect_uri;
mod uri;
