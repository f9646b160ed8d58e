//! Comments speak of what the repository has: no document, issue or file that a reader cannot find.

use std::path::{Path, PathBuf};

use crate::tidy::sources;

/// Folders whose files a comment may name in backticks.
const FOLDERS: &[&str] = &[
    "src/",
    "crates/",
    "docs/",
    "tests/",
    "benches/",
    "examples/",
    "fuzz/",
    "deploy/",
    "connector/",
];

/// The words of a comment that name something outside of the repository.
fn ghosts_in(comment: &str) -> Vec<String> {
    let mut found = Vec::new();
    let words: Vec<&str> =
        comment.split(|c: char| c.is_whitespace() || "(),;".contains(c)).collect();
    for pair in words.windows(2) {
        let is_number = |text: &str| {
            let digits = text.trim_end_matches(['.', ':']);
            !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
        };
        if pair[0].eq_ignore_ascii_case("issue") && is_number(pair[1]) {
            found.push(pair.join(" "));
        }
    }
    for word in words {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let is_document = ["BRIEF", "HOUSE"].iter().any(|name| bare.starts_with(name));
        if is_document || bare.starts_with("facts/") || word.contains("/facts/") {
            found.push(word.to_owned());
        }
    }
    found
}

/// The paths that stand in backticks; a pattern or a placeholder is none.
fn paths_in(comment: &str) -> impl Iterator<Item = &str> {
    comment.split('`').skip(1).step_by(2).filter(|code| {
        FOLDERS.iter().any(|folder| code.starts_with(folder))
            && !code.contains(|c: char| c.is_whitespace() || "*{}<>…[".contains(c))
    })
}

/// Paths are meant from the repository's root, or from the crate's in which the file stands.
fn exists(path: &str, from: &Path) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let inside = from.strip_prefix(root).unwrap();
    let crate_root: PathBuf = if inside.starts_with("crates") {
        root.join(inside.components().take(2).collect::<PathBuf>())
    } else {
        root.to_owned()
    };
    [root, &crate_root].iter().any(|base| base.join(path).exists())
}

fn comments(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let start = line.find("// ").or_else(|| line.find("//!")).or_else(|| line.find("///"))?;
        line.get(start..)
    })
}

#[test]
fn no_comment_speaks_of_what_is_not_here() {
    let own = Path::new(file!()).file_name().unwrap();
    for (path, text) in sources().iter().filter(|(path, _)| path.file_name() != Some(own)) {
        for comment in comments(text) {
            let ghosts = ghosts_in(comment);
            assert!(ghosts.is_empty(), "{}: {ghosts:?} in {comment}", path.display());
            for named in paths_in(comment) {
                assert!(exists(named, path), "{}: {named} does not exist", path.display());
            }
        }
    }
}

#[test]
fn ghosts_are_seen() {
    let check = |comment: &str, expected: &[&str]| {
        assert_eq!(ghosts_in(comment), expected, "{comment}");
    };
    check("/// The order of BRIEF: the pinned id.", &["BRIEF:"]);
    check("// See HOUSE.md, section 8.", &["HOUSE.md"]);
    check("// facts/jira.md says so.", &["facts/jira.md"]);
    check("// As issue 14 asks.", &["issue 14"]);
    check("// An issue of 12 fields, in brief; a house.", &[]);
    let paths: Vec<&str> = paths_in("`src/a.rs` and `docs/*.md`, `mcp/b.rs`").collect();
    assert_eq!(paths, ["src/a.rs"]);
    assert!(exists("src/main.rs", Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs"))));
    assert!(!exists("src/ghost.rs", Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs"))));
}
