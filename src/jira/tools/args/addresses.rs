//! The sites that addresses among the arguments name: an issue is meant on the site of its address
//! and on no other.

use serde_json::{Map, Value};
use url::Url;

/// The arguments in which the address of an issue or project is read.
const NAMES: [&str; 7] = [
    "issue_key",
    "issue_keys",
    "from_key",
    "to_key",
    "parent_key",
    "project_key",
    "target_project_key",
];

/// The hosts of addresses in the browser, each once, in small letters, with a port that is not the
/// scheme's own.
pub(in crate::jira::tools) fn named_hosts(arguments: &Map<String, Value>) -> Vec<String> {
    let mut hosts = Vec::new();
    for value in NAMES.iter().filter_map(|name| arguments.get(*name)) {
        collect(value, &mut hosts);
    }
    hosts
}

fn collect(value: &Value, hosts: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            // A list that was written as text has several.
            for part in text.split(|c: char| c == ',' || c.is_whitespace() || "[]\"'".contains(c)) {
                let host = Url::parse(part).ok().and_then(|url| authority(&url));
                if let Some(host) = host.filter(|host| !hosts.contains(host)) {
                    hosts.push(host);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, hosts)),
        Value::Object(map) => map.values().for_each(|item| collect(item, hosts)),
        _ => {}
    }
}

fn authority(url: &Url) -> Option<String> {
    let host = url.host_str()?.to_lowercase();
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn hosts_are_those_of_addresses() {
        for (arguments, expected) in [
            (json!({"issue_key": "P-1"}), vec![]),
            (json!({"issue_key": "https://A.example/browse/P-1"}), vec!["a.example"]),
            (
                json!({"issue_keys": ["https://a.example/browse/P-1", "http://b.example/x/P-2"]}),
                vec!["a.example", "b.example"],
            ),
            (json!({"issue_keys": "https://a.example/browse/P-1, P-2"}), vec!["a.example"]),
            (json!({"issue_key": "http://127.0.0.1:4000/browse/P-1"}), vec!["127.0.0.1:4000"]),
            (json!({"issue_key": "https://a.example:443/browse/P-1"}), vec!["a.example"]),
            (json!({"url": "https://a.example"}), vec![]),
        ] {
            assert_eq!(named_hosts(arguments.as_object().unwrap()), expected, "{arguments}");
        }
    }
}
