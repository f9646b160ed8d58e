//! `init`: the file it writes is the bridge's own, says what is left, and nobody else reads it.

use std::{fs, path::Path, process::Command};

const MARK: &str = "FILL_IN";

struct Run {
    code: Option<i32>,
    text: String,
}

fn run(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jira-mcp-bridge"));
    let done = command.args(arguments).current_dir(folder).env_clear().output().unwrap();
    let text = [done.stdout, done.stderr].concat();
    Run { code: done.status.code(), text: String::from_utf8(text).unwrap() }
}

/// The settings that a file leaves open, and the file with something that fits each.
fn filled(text: &str) -> (Vec<String>, String) {
    let mut open = Vec::new();
    let lines = text.lines().map(|line| {
        let Some((name, _)) = line.split_once('=').filter(|_| line.contains(MARK)) else {
            return line.to_owned();
        };
        open.push(name.trim().to_owned());
        let value = match name.trim() {
            "JIRA_SITE_URL" => "http://127.0.0.1:9",
            "JIRA_EMAIL" => "anna@example.com",
            "PUBLIC_BASE_URL" => "https://jira-mcp.example.com",
            "ALLOWED_HOSTS" => "jira-mcp.example.com",
            "ENTRA_TENANT_ID" => "11111111-2222-4333-8444-555555555555",
            "ENTRA_AUDIENCE" => "https://jira-mcp.example.com/mcp",
            _ => "one-that-fits-here",
        };
        line.replace(MARK, value)
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    (open, text)
}

#[test]
fn every_file_is_read_names_what_is_left_and_starts_when_it_is_filled() {
    for format in ["toml", "env"] {
        for purpose in ["stdio", "signin", "gateway", "agents", "entra"] {
            let folder = tempfile::tempdir().unwrap();
            let done = run(folder.path(), &["init", "--format", format, "--for", purpose]);
            assert_eq!(done.code, Some(0), "{purpose}: {}", done.text);
            let is_toml = format == "toml";
            let name = if is_toml { "jira-mcp-bridge.toml" } else { ".env" };
            let with: &[&str] = if is_toml { &["--config", "jira-mcp-bridge.toml"] } else { &[] };
            let path = folder.path().join(name);
            let text = fs::read_to_string(&path).unwrap();
            let (open, text) = filled(&text);
            assert!(!open.is_empty(), "{purpose}: {text}");
            let check = || run(folder.path(), &[&["check"][..], with].concat());
            let found = check();
            assert_eq!(found.code, Some(64), "{purpose} {format}: {}", found.text);
            for name in &open {
                let said = |text: &str| {
                    text.lines().any(|line| {
                        line.starts_with(name.as_str()) && line.contains("left to fill in")
                    })
                };
                assert!(said(&found.text), "{purpose} {format}: {name} in {}", found.text);
                assert!(done.text.contains(name.as_str()), "{purpose}: {}", done.text);
            }
            fs::write(&path, text).unwrap();
            // It gets as far as a reader of settings can: nobody in the world outside is asked.
            let read = run(folder.path(), &[&["tools"][..], with].concat());
            assert_eq!(read.code, Some(0), "{purpose} {format}: {}", read.text);
        }
    }
}

#[test]
fn a_filled_file_runs() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["init", "--output", "mine.toml"]);
    let path = folder.path().join("mine.toml");
    let (_, text) = filled(&fs::read_to_string(&path).unwrap());
    fs::write(&path, text).unwrap();
    let listed = run(folder.path(), &["call", "--config", "mine.toml", "--list"]);
    assert_eq!(listed.code, Some(0), "{}", listed.text);
    assert!(listed.text.contains("jira_search"), "{}", listed.text);
}

#[test]
fn a_file_that_is_there_stays_and_a_new_one_is_its_owners() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jira-mcp-bridge.toml");
    fs::write(&path, "PORT = 1\n").unwrap();
    let refused = run(folder.path(), &["init"]);
    assert_eq!(refused.code, Some(1), "{}", refused.text);
    assert!(refused.text.contains("--force"), "{}", refused.text);
    assert_eq!(fs::read_to_string(&path).unwrap(), "PORT = 1\n");
    assert_eq!(run(folder.path(), &["init", "--force"]).code, Some(0));
    assert!(fs::read_to_string(&path).unwrap().contains(MARK));
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, symlink};
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        // What a link leads to is not written into.
        let other = folder.path().join("other");
        fs::write(&other, "theirs").unwrap();
        fs::remove_file(&path).unwrap();
        symlink(&other, &path).unwrap();
        assert_eq!(run(folder.path(), &["init"]).code, Some(1));
        assert_eq!(run(folder.path(), &["init", "--force"]).code, Some(0));
        assert_eq!(fs::read_to_string(&other).unwrap(), "theirs");
    }
}

#[test]
fn secrets_are_made_anew_each_time() {
    let made = || {
        let folder = tempfile::tempdir().unwrap();
        run(folder.path(), &["init", "--for", "gateway", "--format", "env"]);
        let text = fs::read_to_string(folder.path().join(".env")).unwrap();
        let line = text.lines().find(|line| line.starts_with("GATEWAY_SHARED_SECRET=")).unwrap();
        line.to_owned()
    };
    let (one, other) = (made(), made());
    assert!(one != other && one.len() > 60, "{one}");
}
