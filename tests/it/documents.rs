//! What documents claim is so: the tests that docs/PROTOCOL.md names exist, docs/COMMANDS.md has
//! every command and option, and links of the first pages lead somewhere.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

/// The text of every Rust file below a folder.
fn rust(folder: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.push_str(&rust(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            all.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    all
}

/// The names in the column `Test` of every table that has one.
fn named_tests(document: &str) -> Vec<String> {
    let cells = |line: &str| -> Vec<String> {
        line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let (mut names, mut column) = (Vec::new(), None);
    for line in document.lines() {
        if !line.starts_with('|') {
            column = None;
        } else if column.is_none() {
            column = Some(cells(line).iter().position(|cell| cell == "Test"));
        } else if let Some(Some(at)) = column
            && let Some(cell) = cells(line).get(at)
            && !cell.starts_with("---")
        {
            assert!(cell.contains('`') || cell.starts_with('('), "no test and no reason: {line}");
            names.extend(cell.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    names
}

#[test]
fn every_test_that_the_protocol_document_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = fs::read_to_string(root.join("docs/PROTOCOL.md")).unwrap();
    let code: String =
        ["src", "crates", "tests"].iter().map(|folder| rust(&root.join(folder))).collect();
    let names = named_tests(&document);
    assert!(names.len() > 40, "only {} tests are named", names.len());
    for name in names {
        let exists = code.contains(&format!("fn {name}(")) || root.join(&name).is_file();
        assert!(exists, "docs/PROTOCOL.md names {name}, which does not exist");
    }
}

/// What a command's help says.
fn help(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jira-mcp-bridge"));
    let done = command.args(arguments).arg("--help").env_clear().output().unwrap();
    assert!(done.status.success(), "{arguments:?}");
    String::from_utf8(done.stdout).unwrap()
}

/// The long options with which lines begin, after `before`.
fn options(text: &str, before: &str) -> BTreeSet<String> {
    let lines = text.lines().filter_map(|line| line.trim_start().strip_prefix(before));
    let words = lines.filter_map(|line| line.split([' ', '`']).find(|word| !word.is_empty()));
    let of_all = ["--config", "--help"];
    let options = words.filter(|word| word.starts_with("--") && !of_all.contains(word));
    options.map(str::to_owned).collect()
}

#[test]
fn the_commands_document_has_every_command_and_option_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = fs::read_to_string(root.join("docs/COMMANDS.md")).unwrap();
    let sections: Vec<(&str, &str)> =
        document.split("\n## `").skip(1).map(|part| part.split_once('`').unwrap()).collect();
    let program = help(&[]);
    let commands = program.split_once("Commands:").unwrap().1.split_once("\n\n").unwrap().0;
    let commands: BTreeSet<&str> = commands
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    let described: BTreeSet<&str> = sections.iter().map(|(name, _)| *name).collect();
    assert_eq!(described, commands);
    for (name, text) in sections {
        assert_eq!(options(text, "| `"), options(&help(&[name]), ""), "{name}");
    }
}

#[test]
fn links_of_the_first_pages_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages =
        [("", "README.md"), ("", "SECURITY.md"), ("docs", "COMMANDS.md"), ("docs", "SUPPORT.md")];
    for (folder, page) in pages {
        let folder = root.join(folder);
        let text = fs::read_to_string(folder.join(page)).unwrap();
        let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        let mut links = links.filter(|link| !link.is_empty() && !link.contains("://")).peekable();
        assert!(links.peek().is_some(), "{page} has no links");
        for link in links {
            assert!(folder.join(link).exists(), "{page}: {link} leads nowhere");
        }
    }
}
