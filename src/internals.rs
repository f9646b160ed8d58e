//! What benches may reach that no user of the library needs; the fuzz targets have doors of their
//! own. Not part of its promises.

use serde_json::{Map, Value};

use crate::jira::tools::{self, Given};

/// Reads the arguments of a tool as a call would, and does nothing with them. The error is the
/// sentence an agent would read; an unknown tool has none.
pub fn read_arguments(tool: &str, values: Map<String, Value>) -> Result<(), String> {
    let tool = tools::named(tool).ok_or_else(String::new)?;
    (tool.read)(Given::new(values)).map_err(|error| error.message().to_owned())
}
