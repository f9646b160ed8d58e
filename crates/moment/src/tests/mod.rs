//! What is said and what it means.

mod laws;
mod readings;
