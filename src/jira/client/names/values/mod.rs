//! Field values: from what a person would say to what Jira's API takes, the same for every tool
//! that writes fields.
//!
//! A value is written as it was meant, or it is refused with the forms that are read; what cannot
//! be read is never taken for nothing. Everything is resolved here but rich text, which the tools
//! make into documents.

mod choice;
mod fault;
mod field_value;
mod input;
mod kind;
mod plain;
mod resolved;
#[cfg(test)]
mod tests;
mod time_tracking;
mod write;
mod writer;

pub use fault::FieldFault;
pub use field_value::{FieldValue, FieldWrite};
pub use kind::taught_forms;
pub use write::write_values;
