//! What documents claim to be tested is: the tests that docs/PROTOCOL.md names exist.

use std::{fs, path::Path};

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
