//! Sign-in as browsers, programs and attackers meet it: real HTTP to the real router, with the
//! sandbox's identity provider behind it.

mod answer;
mod browser;
mod client;
mod world;

mod bearers;
mod callback;
mod client_auth;
mod client_documents;
mod codes;
mod connected_accounts;
mod connected_accounts_end;
mod consent;
mod documents;
mod entra;
mod entra_bearers;
mod entra_roles;
mod laws;
mod parameters;
mod people;
mod readers;
mod redirects;
mod refresh;
mod registration;
mod revocation;
mod texts;

use answer::Answer;
use browser::Browser;
use client::{CALLBACK, Client, Tokens, VERIFIER};
use world::World;
