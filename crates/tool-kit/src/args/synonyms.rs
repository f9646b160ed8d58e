//! What to say about an argument that a tool does not have: the one that is meant, or the tool that
//! has it.

use super::{
    argument::ArgSpec,
    words::{nearest, shown},
};

/// Other words for arguments, and what of one tool another one does.
#[derive(Debug)]
pub struct Synonyms {
    /// A word in lower case without underscores, and ours; the first that the tool has is meant.
    pub arguments: &'static [(&'static str, &'static [&'static str])],
    /// What another tool does: the tool that was called, the words for it, the other tool.
    pub elsewhere: &'static [(&'static str, &'static [&'static str], &'static str)],
}

impl Synonyms {
    /// No words at all.
    pub const NONE: Self = Self { arguments: &[], elsewhere: &[] };

    /// The sentence about one argument that is not known.
    pub(super) fn advice(&self, name: &str, tool: &str, specs: &[ArgSpec]) -> String {
        // What a client put around the arguments, or in their place.
        if name == "arguments" {
            return "`arguments` must be one JSON object that holds the arguments themselves"
                .to_owned();
        }
        let plain: String =
            name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        let unknown = format!("`{}` is not an argument of this tool", shown(name));
        let does_it = |(of, words, _): &&(&str, &[&str], &str)| {
            *of == tool && words.contains(&plain.as_str())
        };
        if let Some((.., other)) = self.elsewhere.iter().find(does_it) {
            return format!("{unknown}; {other} does that");
        }
        let has = |known: &&&str| specs.iter().any(|spec| spec.name == **known);
        let word = self.arguments.iter().find(|(word, _)| *word == plain).map(|(_, meant)| *meant);
        let meant = word.and_then(|meant| meant.iter().find(has)).copied();
        match meant.or_else(|| nearest(name, specs.iter().map(|spec| spec.name))) {
            Some(known) => format!("{unknown}; did you mean `{known}`?"),
            None => unknown,
        }
    }
}
