//! The house rules that no compiler knows: layers, file lengths, a first line that says what a file
//! is for.

use std::{
    fs,
    path::{Path, PathBuf},
};

const LINES_MAX: usize = 340;

/// What a comment may take in a line; code is kept to the same by rustfmt, but for texts in it.
const COLUMNS_MAX: usize = 100;

/// What each layer may import of this crate. A layer that is not listed here must be added on
/// purpose.
const LAYERS: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    ("lib", &[]),
    (
        "run",
        &[
            "agent",
            "config",
            "http",
            "jira",
            "mcp",
            "memory",
            "policy",
            "program",
            "shared",
            "signin",
            "telemetry",
        ],
    ),
    ("memory", &[]),
    ("bounds", &["agent", "http", "signin"]),
    (
        "cli",
        &[
            "agent",
            "config",
            "connector",
            "http",
            "jira",
            "mcp",
            "policy",
            "program",
            "run",
            "signin",
            "telemetry",
        ],
    ),
    ("connector", &[]),
    ("config", &["agent", "http", "jira", "mcp", "policy", "program", "signin", "telemetry"]),
    ("http", &["jsonrpc", "policy"]),
    ("shared", &[]),
    ("signin", &["telemetry"]),
    ("mcp", &["jsonrpc", "policy", "prompts", "telemetry"]),
    ("prompts", &["jira"]),
    ("policy", &[]),
    ("jira", &[]),
    ("agent", &[]),
    ("jsonrpc", &[]),
    ("program", &[]),
    ("telemetry", &["program"]),
];

/// Crates that only some layers may name. What no layer may name is no dependency of the product.
const CRATES: &[(&str, &[&str])] = &[
    ("rmcp", &["mcp", "cli"]),
    ("axum", &["cli", "http", "signin"]),
    ("clap", &["cli"]),
    ("jira_sandbox", &["cli"]),
    ("opentelemetry", &["telemetry"]),
    ("opentelemetry_sdk", &["telemetry"]),
    ("opentelemetry_otlp", &["telemetry"]),
    (
        "tool_kit",
        &["agent", "cli", "config", "jira", "mcp", "policy", "run", "shared", "telemetry"],
    ),
    ("error_doc", &["cli", "http", "mcp"]),
    ("single_header", &["cli", "http", "mcp", "signin"]),
    ("http_client", &["agent", "signin"]),
    ("upstream", &["agent", "bounds", "cli", "config", "jira", "run", "signin", "telemetry"]),
    ("auth", &["agent", "config", "http", "jira", "mcp", "run", "shared", "signin", "telemetry"]),
    ("metrics", &["agent", "cli", "http", "jira", "mcp", "memory", "run", "signin", "telemetry"]),
    ("limit", &["agent", "config", "http", "mcp", "run", "shared", "signin"]),
    ("entra", &["cli", "config", "run", "signin"]),
    ("session_store", &["shared", "signin"]),
    ("keyring", &["agent", "config", "http", "signin"]),
    ("tokio_tungstenite", &["agent"]),
    ("toml", &["config"]),
    ("local_page", &["http"]),
    ("maud", &["http", "signin"]),
    ("moment", &["jira"]),
    ("adf", &["jira"]),
    ("platform", &["agent", "cli", "config", "http", "main", "memory", "signin", "telemetry"]),
    ("json_borrow", &["agent", "jira", "jsonrpc"]),
];

pub(crate) fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in ["src", "crates", "tests", "benches", "examples"] {
        walk(&root.join(folder), &mut paths);
    }
    paths.sort();
    assert!(paths.len() > 50, "the walk found too little");
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// The layer of a file below `src`, by its first folder or its own name.
fn layer(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).ok()?;
    let first = inside.components().next()?.as_os_str().to_str()?;
    Some(first.trim_end_matches(".rs").to_owned())
}

/// The text without its test modules, which may reach wherever they must.
fn product(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod tests {").next().unwrap()
}

fn is_test_file(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs")
}

#[test]
fn layers_import_only_what_stands_below_them() {
    for (path, text) in sources().iter().filter(|(path, _)| !is_test_file(path)) {
        let Some(layer) = layer(path) else { continue };
        let allowed = LAYERS.iter().find(|(name, _)| *name == layer);
        let (_, allowed) =
            allowed.unwrap_or_else(|| panic!("{} belongs to no layer", path.display()));
        for (at, _) in product(text).match_indices("crate::") {
            let rest = &text[at + "crate::".len()..];
            let names = rest.strip_prefix('{').map_or_else(
                || vec![rest],
                |block| {
                    // The names directly inside the braces, not those of nested ones.
                    let (mut depth, mut start, mut names) = (0, 0, Vec::new());
                    for (at, c) in block.char_indices() {
                        match c {
                            '{' => depth += 1,
                            '}' if depth == 0 => {
                                names.push(&block[start..at]);
                                break;
                            }
                            '}' => depth -= 1,
                            ',' if depth == 0 => {
                                names.push(&block[start..at]);
                                start = at + 1;
                            }
                            _ => {}
                        }
                    }
                    names
                },
            );
            for name in names {
                let name: String =
                    name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if name.is_empty() || name == layer {
                    continue;
                }
                assert!(
                    allowed.contains(&name.as_str()),
                    "{}: {layer} must not import {name}",
                    path.display()
                );
            }
        }
    }
}

/// What agents see is made of what the client read, and asks nobody.
#[test]
fn jiras_tools_stand_on_its_views_and_those_on_its_client() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join("jira");
    for (path, text) in &sources() {
        if path.starts_with(root.join("views")) {
            let asks = ["Session", ".await", "async fn", "request::"];
            let found = asks.into_iter().find(|word| product(text).contains(word));
            assert!(found.is_none(), "{}: a view names {found:?}", path.display());
        }
        let is_client = path.starts_with(root.join("client"));
        assert!(!is_client || !text.contains("views::"), "{} names a view", path.display());
        let is_below = is_client || path.starts_with(root.join("views"));
        assert!(!is_below || !text.contains("tools::"), "{} names a tool", path.display());
    }
}

/// A new kind of bearer is put together in `run` and nowhere else: the edge and the client of Jira
/// know callers, and what speaks for them, by their traits only.
#[test]
fn only_what_starts_the_bridge_knows_kinds_of_credentials() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let kinds = ["Bearer::", "BearerFault", "PassThroughBearer", "Basic::", "Credential::"];
    for (path, text) in sources().iter().filter(|(path, _)| !is_test_file(path)) {
        let mut blind = ["http", "mcp", "jira"].iter();
        let is_blind = blind.any(|layer| path.starts_with(root.join(layer)));
        let named = kinds.into_iter().find(|kind| product(text).contains(kind));
        assert!(!is_blind || named.is_none(), "{} names {named:?}", path.display());
    }
}

/// Whether a path in this line begins with the crate.
fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(&format!("{name}::")).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | ':'))
    })
}

#[test]
fn crates_stay_in_their_layers() {
    for (path, text) in sources().iter().filter(|(path, _)| !is_test_file(path)) {
        let Some(layer) = layer(path) else { continue };
        for (name, layers) in CRATES {
            let named = product(text).lines().any(|line| {
                let code = line.trim_start();
                !code.starts_with("//")
                    && (names_crate(code, name) || code.starts_with(&format!("use {name};")))
            });
            assert!(
                !named || layers.contains(&layer.as_str()),
                "{}: {layer} must not name {name}",
                path.display()
            );
        }
    }
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= LINES_MAX, "{} has {lines} lines", path.display());
        assert!(text.starts_with("//! "), "{} does not say what it is for", path.display());
    }
}

#[test]
fn comments_stay_within_the_columns() {
    // A row of a table and an address cannot be broken.
    let whole = |line: &str| line.contains("//! | ") || line.contains("http");
    for (path, text) in sources() {
        for line in text.lines().filter(|line| line.trim_start().starts_with("//")) {
            let columns = line.chars().count();
            assert!(columns <= COLUMNS_MAX || whole(line), "{}: {line}", path.display());
        }
    }
}

#[test]
fn nothing_is_left_undone_or_silently_allowed() {
    for (path, text) in sources().iter().filter(|(path, _)| !path.ends_with("tidy.rs")) {
        for word in
            ["// TODO", "// FIXME", "// XXX", "todo!(", "unimplemented!(", "#[allow(", "#[ignore"]
        {
            assert!(!text.contains(word), "{} holds {word}", path.display());
        }
    }
}

/// The promises in documents name their tests; a promise whose test was renamed or removed is none.
#[test]
fn every_test_that_a_document_names_exists() {
    let sources = sources();
    let mut found = 0;
    for document in ["RELIABILITY.md", "SECURITY.md"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(document);
        let text = fs::read_to_string(path).unwrap();
        for (module, test) in
            text.split('`').skip(1).step_by(2).filter_map(|code| code.split_once("::"))
        {
            if (module, test) == ("module", "function") {
                continue;
            }
            let exists = sources.iter().any(|(path, text)| {
                let is_here =
                    path.with_extension("").components().any(|part| part.as_os_str() == module);
                is_here && text.contains(&format!("fn {test}("))
            });
            assert!(exists, "{document} names {module}::{test}, which does not exist");
            found += 1;
        }
    }
    assert!(found > 80, "only {found} tests are named");
}

/// The protocol layer serves any product: it knows no tool and no tool's argument.
#[test]
fn the_protocol_layer_names_no_tool() {
    let tools: Vec<_> = jira_mcp_bridge::jira::tools::all().collect();
    let arguments = tools.iter().flat_map(|tool| tool.args.iter().map(|arg| arg.name));
    // One word alone is as likely a member of the protocol's own messages, and a request_id is one
    // of every error.
    let arguments = arguments
        .filter(|name| name.contains('_') && *name != "request_id")
        .map(|name| format!("\"{name}\""));
    let names = tools.iter().map(|tool| tool.name.to_owned());
    let names: std::collections::BTreeSet<String> = names.chain(arguments).collect();
    assert!(names.len() > 80, "only {} names are looked for", names.len());
    for (path, text) in sources().iter().filter(|(path, _)| layer(path).as_deref() == Some("mcp")) {
        for name in &names {
            assert!(!text.contains(name), "{} names {name}", path.display());
        }
    }
}
