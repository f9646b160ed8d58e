//! The laws of every backend, and what each promises beside them.

mod files;
mod laws;
mod memory;
mod model;
mod place;
mod processes;
