//! No file imports what imports it: the graph of all imports, file by file, has no circle.
//!
//! A file that two others need stands below both. A parent's file counts like any other, so what a
//! parent and its children share is in a file of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use crate::tidy::sources;

/// The modules of one crate by their paths, such as `mcp::call::open`; the root is empty.
type Modules = BTreeMap<String, String>;

/// The module that a file below the crate's `src` is.
fn module(root: &Path, path: &Path) -> Option<String> {
    let inside = path.strip_prefix(root).ok()?.with_extension("");
    let mut parts: Vec<_> = inside.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if parts.last().is_some_and(|last| ["mod", "lib"].contains(&last.as_str())) {
        parts.pop();
    }
    Some(parts.join("::"))
}

/// Without comments and test modules: tests may reach wherever they must.
fn code(text: &str) -> String {
    let product = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = product.lines().map(|line| line.split("//").next().unwrap());
    let text = lines.collect::<Vec<_>>().join("\n");
    // The path of `pub(in path)` is no import.
    let mut pieces = text.split("pub(in ");
    let first = pieces.next().unwrap().to_owned();
    pieces.fold(first, |code, piece| code + "pub" + piece.split_once(')').unwrap().1)
}

/// Every path of a `use` tree.
fn leaves(prefix: &str, tree: &str, found: &mut Vec<String>) {
    let (mut depth, mut part) = (0, String::new());
    let mut parts = Vec::new();
    for c in tree.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(c);
    }
    parts.push(part);
    for part in parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()) {
        match part.split_once('{') {
            Some((head, inner)) => {
                let inner = inner.trim_end().trim_end_matches('}');
                leaves(&format!("{prefix}{head}"), inner, found);
            }
            None => found.push(format!("{prefix}{}", part.split(" as ").next().unwrap().trim())),
        }
    }
}

/// What a file names of its own crate: imports, and paths in its code.
fn paths(code: &str) -> Vec<String> {
    let (mut found, mut rest) = (Vec::new(), String::new());
    let mut pieces = code.split("use ");
    rest.push_str(pieces.next().unwrap());
    for piece in pieces {
        let (tree, after) = piece.split_once(';').unwrap_or((piece, ""));
        let is_import = tree.chars().all(|c| c.is_alphanumeric() || " _:{},\n*".contains(c));
        if is_import {
            leaves("", tree, &mut found);
            rest.push_str(after);
        } else {
            rest.push_str(piece);
        }
    }
    let words = rest.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
    // A path that begins with a child of the file leads there too.
    found.extend(words.filter(|word| word.contains("::")).map(str::to_owned));
    found
}

/// The module of the same crate that a path leads to, if any.
fn target(modules: &Modules, from: &str, path: &str) -> Option<String> {
    let mut base: Vec<&str> = from.split("::").filter(|part| !part.is_empty()).collect();
    let mut parts: Vec<&str> = path.split("::").collect();
    match parts.first().copied()? {
        "crate" => {
            base.clear();
            parts.remove(0);
        }
        "super" | "self" => {
            while let Some(first) = parts.first().filter(|first| ["super", "self"].contains(first))
            {
                if *first == "super" {
                    base.pop();
                }
                parts.remove(0);
            }
        }
        first => {
            let child = base.iter().chain([&first]).copied().collect::<Vec<_>>().join("::");
            if !modules.contains_key(&child) {
                return None;
            }
        }
    }
    base.extend(parts);
    (1..=base.len()).rev().map(|end| base[..end].join("::")).find(|m| modules.contains_key(m))
}

/// Every circle, as the modules in it.
fn circles(modules: &Modules) -> Vec<Vec<String>> {
    let edges: BTreeMap<&str, BTreeSet<String>> = modules
        .iter()
        .map(|(from, text)| {
            let targets = paths(&code(text)).into_iter().filter_map(|p| target(modules, from, &p));
            (from.as_str(), targets.filter(|to| to != from).collect())
        })
        .collect();
    let reached = |from: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(next) = open.pop() {
            for to in edges.get(next.as_str()).into_iter().flatten() {
                if seen.insert(to.clone()) {
                    open.push(to.clone());
                }
            }
        }
        seen
    };
    let all: BTreeMap<&str, BTreeSet<String>> =
        modules.keys().map(|module| (module.as_str(), reached(module))).collect();
    let mut found: Vec<Vec<String>> = Vec::new();
    for (module, reached) in &all {
        if reached.contains(*module) && !found.iter().flatten().any(|known| known == module) {
            let with = reached.iter().filter(|other| all[other.as_str()].contains(*module));
            found.push(with.cloned().collect());
        }
    }
    found
}

fn of(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    circles(&files.iter().map(|(m, text)| ((*m).to_owned(), (*text).to_owned())).collect())
}

#[test]
fn circles_are_seen() {
    let none: Vec<Vec<String>> = Vec::new();
    assert_eq!(of(&[("a", "use crate::b::X;"), ("b", "struct X;")]), none);
    assert_eq!(of(&[("a", "use crate::b::X;"), ("b", "use super::a::Y;")]), [["a", "b"]]);
    assert_eq!(of(&[("a", "fn f() { crate::b::f() }"), ("b", "use crate::{a, c};")]), [["a", "b"]]);
    assert_eq!(
        of(&[("a", "pub use b::X;"), ("a::b", "use super::Y;")]),
        [["a", "a::b"]],
        "a parent counts like any other"
    );
    assert_eq!(of(&[("a", "use b::X;"), ("a::b", "pub(in crate::a) struct X;")]), none);
    let declared = "#[cfg(test)]\nmod tests;\nuse super::a::Y;";
    assert_eq!(of(&[("a", "use crate::b::X;"), ("b", declared)]), [["a", "b"]]);
    assert_eq!(of(&[("a", "fn f() { b::f() }"), ("a::b", "use super::Y;")]), [["a", "a::b"]]);
    let tests = "struct X;\n#[cfg(test)]\nmod tests {\n    use crate::a::Y;\n}";
    assert_eq!(of(&[("a", "use crate::b::X;"), ("b", tests)]), none);
}

#[test]
fn no_file_imports_what_imports_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crates = std::fs::read_dir(root.join("crates")).unwrap();
    let members = crates.map(|entry| entry.unwrap().path().join("src"));
    let roots: Vec<PathBuf> = members.chain([root.join("src")]).collect();
    assert!(roots.len() > 10, "only {} crates were found", roots.len());
    for root in roots {
        let own = sources().into_iter().filter_map(|(path, text)| {
            let module = module(&root, &path)?;
            (!module.split("::").any(|part| part == "tests")).then_some((module, text))
        });
        let circles = circles(&own.collect());
        assert!(circles.is_empty(), "{}: {circles:#?}", root.display());
    }
}
