//! From `key=value` on a command line to a tool's arguments.
//!
//! Texts are sent as texts: the bridge reads `5` and `true` in any form, and it knows best.

use std::{
    fs,
    io::{self, Read},
};

use serde_json::{Map, Value};

use crate::config::Problem;

/// A file that is given by mistake is not read to its end.
const TEXT_BYTES_MAX: u64 = 1024 * 1024;

/// How alike a name has to be to be proposed, from 0 to 1.
const ALIKE: f64 = 0.75;

/// The arguments of a tool as the server lists it; of null, which it does not list, all are sent.
pub(super) fn read(
    tool: &Value,
    pairs: &[String],
    json: Option<&str>,
) -> Result<Map<String, Value>, Problem> {
    let mut given = Given { is_input_read: false, arguments: Map::new() };
    if let Some(json) = json {
        let text = given.text("--json", json)?;
        given.arguments = serde_json::from_str(&text)
            .map_err(|_| problem("--json", "", "expected one JSON object"))?;
    }
    let of_json: Vec<String> = given.arguments.keys().cloned().collect();
    for name in &of_json {
        known(tool, name)?;
    }
    for pair in pairs {
        let (name, value) = pair.split_once('=').ok_or_else(|| {
            problem("KEY=VALUE", &if_plain(pair), "expected a name, = and a value")
        })?;
        let shape = known(tool, name)?;
        let text = Value::from(given.text("KEY=VALUE", value)?);
        let is_list = shape.get("type").and_then(Value::as_str) == Some("array");
        match given.arguments.get_mut(name) {
            None => drop(given.arguments.insert(name.to_owned(), text)),
            Some(before) if is_list && !of_json.iter().any(|known| known == name) => match before {
                Value::Array(items) => items.push(text),
                first => *first = Value::from(vec![first.take(), text]),
            },
            Some(_) => return Err(problem("KEY=VALUE", name, "given twice; once is enough")),
        }
    }
    Ok(given.arguments)
}

struct Given {
    is_input_read: bool,
    arguments: Map<String, Value>,
}

impl Given {
    /// The text itself, of a file after `@`, or of standard input.
    fn text(&mut self, place: &'static str, value: &str) -> Result<String, Problem> {
        let mut text = String::new();
        let read = if value == "-" {
            if std::mem::replace(&mut self.is_input_read, true) {
                return Err(problem(place, "-", "standard input can be read once"));
            }
            io::stdin().lock().take(TEXT_BYTES_MAX + 1).read_to_string(&mut text)
        } else if let Some(path) = value.strip_prefix('@') {
            let file = fs::File::open(path);
            file.and_then(|file| file.take(TEXT_BYTES_MAX + 1).read_to_string(&mut text))
        } else {
            return Ok(value.to_owned());
        };
        match read {
            Ok(bytes) if bytes as u64 <= TEXT_BYTES_MAX => Ok(text),
            Ok(_) => Err(problem(place, value, "more than 1 MiB")),
            Err(fault) if fault.kind() == io::ErrorKind::InvalidData => Err(problem(
                place,
                value,
                "not UTF-8 text; send bytes as base64, where a tool takes that",
            )),
            Err(fault) => {
                let advice =
                    "what begins with @ is the name of a file; a text that does goes into --json";
                Err(problem(place, value, &format!("{fault}; {advice}")))
            }
        }
    }
}

/// The schema of an argument; an unknown one is answered with the nearest known.
fn known<'a>(tool: &'a Value, name: &str) -> Result<&'a Value, Problem> {
    if tool.is_null() {
        return Ok(tool);
    }
    let properties = tool.pointer("/inputSchema/properties").and_then(Value::as_object);
    if let Some(shape) = properties.and_then(|known| known.get(name)) {
        return Ok(shape);
    }
    let names = properties.into_iter().flat_map(Map::keys).map(String::as_str);
    let near = nearest(name, names);
    let advice = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
    let accepted =
        format!("no argument of this tool; {advice}`call TOOL --list` prints its arguments");
    Err(problem("KEY=VALUE", &if_plain(name), &accepted))
}

/// The name that is most like this one, if any is much like it.
pub(super) fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |known: &&'a str| strsim::jaro_winkler(name, known);
    let near = names.into_iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(&near) >= ALIKE).then_some(near)
}

/// What can only be a name; anything else may be a secret in the wrong place.
pub(super) fn if_plain(text: &str) -> String {
    let is_plain = text.len() <= 40 && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if is_plain { text.to_owned() } else { String::new() }
}

fn problem(name: &'static str, found: &str, accepted: &str) -> Problem {
    Problem { name, found: found.to_owned(), accepted: accepted.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tool() -> Value {
        json!({ "name": "t", "inputSchema": { "properties": {
            "issue_key": { "type": "string" },
            "labels": { "type": "array", "items": { "type": "string" } },
        }}})
    }

    #[test]
    fn pairs_and_json_become_arguments() {
        let check = |pairs: &[&str], json: Option<&str>, expected: Value| {
            let pairs: Vec<String> = pairs.iter().map(|pair| (*pair).to_owned()).collect();
            let found = read(&tool(), &pairs, json).map(Value::Object);
            assert_eq!(found, Ok(expected), "{pairs:?} {json:?}");
        };
        check(&[], None, json!({}));
        check(&["issue_key=A-1"], None, json!({ "issue_key": "A-1" }));
        check(&["issue_key="], None, json!({ "issue_key": "" }));
        check(&["issue_key=a=b"], None, json!({ "issue_key": "a=b" }));
        check(&["labels=a,b"], None, json!({ "labels": "a,b" }));
        check(&["labels=a", "labels=b", "labels=c"], None, json!({ "labels": ["a", "b", "c"] }));
        let both = json!({ "labels": [1], "issue_key": "A-1" });
        check(&["issue_key=A-1"], Some(r#"{"labels":[1]}"#), both);
    }

    #[test]
    fn what_is_unclear_is_refused_and_no_secret_repeated() {
        let check = |pairs: &[&str], json: Option<&str>, expected: &str| {
            let pairs: Vec<String> = pairs.iter().map(|pair| (*pair).to_owned()).collect();
            let said = read(&tool(), &pairs, json).unwrap_err().to_string();
            assert!(said.contains(expected) && !said.contains("s3cret"), "{said}");
        };
        check(&["issue_keys=s3cret"], None, "did you mean issue_key?");
        check(&["s3cret"], None, "expected a name");
        check(&["S3cret=s3cret"], None, "no argument of this tool");
        check(&["issue_key=a", "issue_key=s3cret"], None, "given twice");
        check(&["labels=s3cret"], Some(r#"{"labels":[]}"#), "given twice");
        check(&[], Some("[1]"), "one JSON object");
        check(&[], Some(r#"{"label":1}"#), "did you mean labels?");
        check(&["issue_key=@/nowhere/at/all"], None, "/nowhere/at/all");
        check(&["issue_key=@[Anna] hi"], None, "goes into --json");
    }
}
