//! What a call prints: for programs as it came, for people on a terminal in lines.

use std::io::{self, IsTerminal, Write};

use serde_json::{Map, Value};

/// The tools' names and titles.
pub(super) fn tools(tools: &[Value]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for tool in tools {
        writeln!(out, "{:<28} {}", text(tool, "/name"), text(tool, "/title"))?;
    }
    Ok(())
}

/// What a tool does, and its arguments; what is required bears a mark.
pub(super) fn arguments(tool: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}\n", text(tool, "/description"))?;
    let required = tool.pointer("/inputSchema/required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
    let properties = tool.pointer("/inputSchema/properties").and_then(Value::as_object);
    for (name, shape) in properties.into_iter().flat_map(Map::iter) {
        let name = if is_required(name) { format!("{name}!") } else { name.clone() };
        let line =
            format!("{name:<20} {:<8} {}", text(shape, "/type"), text(shape, "/description"));
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// A result's blocks: texts as they are, all else as JSON, a line each.
pub(super) fn result(result: &Value) -> io::Result<()> {
    let is_for_people = io::stdout().is_terminal();
    let mut out = io::stdout().lock();
    let blocks = result.get("content").and_then(Value::as_array);
    for block in blocks.into_iter().flatten() {
        match block.get("text").and_then(Value::as_str) {
            Some(said) if is_for_people => writeln!(out, "{}", readable(said)?)?,
            Some(said) => writeln!(out, "{said}")?,
            None => writeln!(out, "{block}")?,
        }
    }
    Ok(())
}

/// JSON in lines. Other texts may hold orders to a terminal, which JSON escapes.
fn readable(said: &str) -> io::Result<String> {
    match serde_json::from_str::<Value>(said) {
        Ok(value) => Ok(serde_json::to_string_pretty(&value)?),
        Err(_) => Ok(said.replace(|c: char| c.is_control() && c != '\n' && c != '\t', " ")),
    }
}

/// A text of a server's list, which may hold anything.
fn text(value: &Value, place: &str) -> String {
    let text = value.pointer(place).and_then(Value::as_str).unwrap_or_default();
    text.replace(char::is_control, " ")
}
