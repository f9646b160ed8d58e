//! Documents of real sites and of Atlassian's reference corpus, where they are at hand.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::{from_markdown, plain, to_markdown};
use super::{nobody, node, structure};

/// The folder with reference data beside the repository, or beside a folder that holds it. It is
/// not part of it: without it these tests pass.
pub(super) fn reference() -> PathBuf {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(1);
    above
        .map(|folder| folder.join("shared/reference"))
        .find(|folder| folder.is_dir())
        .unwrap_or_default()
}

/// The document in a file, if it holds one: at the top, or as the description of an issue.
fn documents(path: &Path) -> Option<Value> {
    let json: Value = serde_json::from_str(&fs::read_to_string(path).ok()?).ok()?;
    let description = json["fields"]["description"].clone();
    Some(if description["type"] == "doc" { description } else { json })
        .filter(|json| json["type"] == "doc")
}

#[test]
fn samples_convert_both_ways() {
    let mut files = vec![reference().join("jira-payloads/issue-get-rich-adf.json")];
    for folder in ["adf-samples/fetched-valid", "adf-samples/fetched-lenient"] {
        let entries = fs::read_dir(reference().join(folder)).into_iter().flatten();
        files.extend(entries.filter_map(|entry| entry.ok().map(|entry| entry.path())));
    }
    for document in files.iter().filter_map(|path| documents(path)) {
        let document = node(document);
        let markdown = to_markdown(&document);
        assert!(plain(&document).is_empty() || !markdown.is_empty(), "{document:?}");
        assert!(!markdown.contains("\n\n\n") || markdown.contains("```"), "{markdown}");
        let written = from_markdown(&markdown, &nobody);
        assert_eq!(structure::check(&serde_json::to_value(&written).unwrap()), Ok(()));
        // What has been through Markdown once says the same from then on.
        let again = to_markdown(&from_markdown(&to_markdown(&written), &nobody));
        assert_eq!(again, to_markdown(&written));
    }
}
