//! Replacing rich text that is stored: one guard for every text, by whatever door it comes.
//!
//! What Markdown cannot say would be lost with the old text, and a text that was read clipped would
//! lose its rest. Neither happens by accident.

use std::{borrow::Cow, fmt};

use serde_json::value::RawValue;
use tool_kit::ToolError;

/// Whether what Markdown cannot keep may be lost with the text that is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::jira::tools) enum ReplaceRichText {
    /// It must stay.
    Refuse,
    /// The user accepts the loss.
    Allow,
}

/// Which stored text is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::jira::tools) enum Target<'a> {
    /// The description of an issue.
    Description,
    /// What stands under one heading of it.
    Section(&'a str),
    /// A comment.
    Comment,
    /// Another field, by the name that is shown.
    Field(&'a str),
}

impl From<Option<bool>> for ReplaceRichText {
    fn from(argument: Option<bool>) -> Self {
        if argument.unwrap_or(false) { Self::Allow } else { Self::Refuse }
    }
}

impl fmt::Display for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Description => f.write_str("The description"),
            Self::Section(heading) => write!(f, "The section '{heading}'"),
            Self::Comment => f.write_str("The comment"),
            Self::Field(name) => write!(f, "The field '{name}'"),
        }
    }
}

impl Target<'_> {
    fn without_loss(self) -> &'static str {
        match self {
            Self::Description => {
                "Use append_description, replace one section, or set replace_rich_text to true if the user accepts the loss."
            }
            Self::Section(_) => {
                "Use append_description, replace another section, or set replace_rich_text to true if the user accepts the loss."
            }
            Self::Comment => {
                "Set replace_rich_text to true if the user accepts the loss, or add a further comment."
            }
            Self::Field(_) => {
                "Use jira_update_issue with replace_rich_text true if the user accepts the loss."
            }
        }
    }

    fn read_whole(self) -> String {
        match self {
            Self::Description | Self::Section(_) => {
                "Read it whole with fields=[\"description\"] of jira_get_issue and send the whole text, or use \
                 append_description or section."
                    .to_owned()
            }
            Self::Comment => "Read it whole with jira_get_comments and max_results 1, then send the whole text, or add a further comment.".to_owned(),
            Self::Field(name) => {
                format!("Read it whole with fields=[\"{name}\"] of jira_get_issue and send the whole text.")
            }
        }
    }
}

/// Refuses to replace a stored text where something of it would be lost unasked. Jira's null is no
/// text.
pub(in crate::jira::tools) fn check_replace(
    stored: Option<&RawValue>,
    text: &str,
    keep: ReplaceRichText,
    target: Target<'_>,
) -> Result<(), ToolError> {
    match stored {
        Some(stored) if stored.get() != "null" => {
            // What cannot be read is not taken for nothing.
            let stored = json_borrow::from_str(stored.get()).unwrap_or_default();
            check_replace_node(&stored, text, keep, target)
        }
        _ => Ok(()),
    }
}

/// The same for a text that is read already.
pub(in crate::jira::tools) fn check_replace_node(
    stored: &adf::Node,
    text: &str,
    keep: ReplaceRichText,
    target: Target<'_>,
) -> Result<(), ToolError> {
    let lost = adf::unsupported_in_markdown(stored);
    if !lost.is_empty() && keep == ReplaceRichText::Refuse {
        let message = format!("{target} holds what Markdown cannot keep: {}.", lost.join(", "));
        return Err(ToolError::invalid_argument(message).hint(target.without_loss()));
    }
    if is_clip_of(&shown(text), stored) {
        let message = format!(
            "The text holds the mark of a clipped text, and {} is longer: the rest would be lost.",
            lower_first(&target.to_string())
        );
        return Err(ToolError::invalid_argument(message).hint(target.read_whole()));
    }
    Ok(())
}

/// Refuses a text that ends in the mark of a clipped one, whatever it is written to: only a part
/// was read.
///
/// The mark inside a text may be meant, at its very end it hardly can.
pub(in crate::jira::tools) fn check_complete(text: &str) -> Result<(), ToolError> {
    if marks(&shown(text)).any(|mark| mark.is_last && mark.has_ellipsis) {
        return Err(ToolError::invalid_argument(
            "The text ends in the mark of a clipped text: the rest of it would be missing.",
        )
        .hint(
            "Nothing was written. Read the whole text, a field by its name in fields, a comment or worklog with max_results 1; or leave the mark out.",
        ));
    }
    Ok(())
}

/// Whether a text was read from a longer stored one: it holds a mark that the other does not, of at
/// most as many characters.
fn is_clip_of(text: &str, stored: &adf::Node) -> bool {
    let mut marks = marks(text).peekable();
    if marks.peek().is_none() {
        return false;
    }
    let stored = adf::to_markdown(stored);
    let stored_chars = stored.chars().count();
    // Each is looked for in the whole stored text, and nobody copies more than a few.
    marks
        .take(MARKS_MAX)
        .any(|mark| mark.left_out <= stored_chars && !stored.contains(&mark.label()))
}

/// How many marks of one text are looked at.
const MARKS_MAX: usize = 50;

/// `… [+N chars]` at the end of a line, as [`tool_kit::clip`] writes it and a model may
/// have copied it.
struct Mark {
    left_out: usize,
    has_ellipsis: bool,
    /// Whether nothing but blanks follows in the text.
    is_last: bool,
}

impl Mark {
    fn label(&self) -> String {
        format!("[+{} chars", self.left_out)
    }
}

fn marks(text: &str) -> impl Iterator<Item = Mark> {
    let trimmed = text.trim_end();
    trimmed.match_indices("[+").filter_map(move |(at, opening)| {
        let after = trimmed.get(at + opening.len()..)?;
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let left_out = after.get(..digits)?.parse().ok()?;
        let rest = after
            .get(digits..)?
            .strip_prefix(" chars")?
            .trim_start_matches('\\')
            .strip_prefix(']')?;
        let before = trimmed.get(..at)?.trim_end_matches(['\\', ' ']);
        // Emphasis and cells may have been closed behind it.
        let line = rest.lines().next().unwrap_or_default();
        let ends_line = line.chars().all(|c| c.is_whitespace() || "|*_~".contains(c));
        ends_line.then(|| Mark {
            left_out,
            has_ellipsis: before.ends_with('…') || before.ends_with("..."),
            is_last: rest.chars().all(|c| c.is_whitespace() || "|*_~".contains(c)),
        })
    })
}

/// A text as it will read: as Markdown, also where it is a document as JSON text.
pub(in crate::jira::tools) fn shown(text: &str) -> Cow<'_, str> {
    match adf::document(text) {
        Ok(Some(document)) => Cow::Owned(adf::to_markdown(&document)),
        _ => Cow::Borrowed(text),
    }
}

fn lower_first(sentence: &str) -> String {
    sentence.replacen('T', "t", 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use tool_kit::clip;

    use super::*;

    fn refused(stored: &str, text: &str) -> bool {
        let stored = adf::from_markdown(stored, &|_| None);
        check_replace_node(&stored, text, ReplaceRichText::Allow, Target::Description).is_err()
    }

    #[test]
    fn nothing_is_no_content() {
        for stored in [None, Some("null"), Some(r#"{"type":"doc","version":1,"content":[]}"#)] {
            let stored = stored.map(|json| RawValue::from_string(json.to_owned()).unwrap());
            let checked = check_replace(
                stored.as_deref(),
                "new",
                ReplaceRichText::Refuse,
                Target::Description,
            );
            assert!(checked.is_ok(), "{stored:?}");
        }
    }

    #[test]
    fn what_markdown_cannot_keep_is_named() {
        let stored = json!({"type": "doc", "content": [{"type": "expand"}]}).to_string();
        let stored = RawValue::from_string(stored).unwrap();
        let check = |keep| check_replace(Some(&stored), "new", keep, Target::Field("Steps"));
        assert!(check(ReplaceRichText::Allow).is_ok());
        let error = check(ReplaceRichText::Refuse).unwrap_err();
        assert_eq!(error.message(), "The field 'Steps' holds what Markdown cannot keep: expand.");
    }

    #[test]
    fn a_clipped_text_is_known_by_its_mark() {
        let stored = "word ".repeat(100);
        for (text, expected) in [
            ("word word… [+480 chars]", true),
            ("word word… [+480 chars]  \n", true),
            ("changed word word... [+480 chars]", true),
            ("word word… \\[+480 chars\\]", true),
            ("**word word… [+480 chars]**", true),
            ("| word… [+480 chars] |", true),
            ("word… [+480 chars]\n\nand a new paragraph", true),
            ("word… [+480 chars]\n```", true),
            ("the mark `… [+480 chars]` in a sentence", false),
            ("word… [+48000 chars] is of another text\nend", false),
            ("word", false),
            ("[+x chars] [+5] [+5 chars", false),
        ] {
            assert_eq!(refused(&stored, text), expected, "{text:?}");
        }
        assert!(
            !refused("it shows … [+3 chars]", "it showed … [+3 chars]\n"),
            "the mark is stored itself"
        );
        assert!(refused(
            "a text",
            r#"{"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":"a… [+5 chars]"}]}]}"#
        ));
    }

    #[test]
    fn a_new_text_is_refused_only_when_it_ends_clipped() {
        for (text, expected) in [
            ("a… [+480 chars]", false),
            ("a… [+480 chars]\n\n", false),
            ("a… [+480 chars]\n\nmore", true),
            ("a `… [+480 chars]`", true),
            ("a [+480 chars]", true),
        ] {
            assert_eq!(check_complete(text).is_ok(), expected, "{text:?}");
        }
    }

    proptest! {
        // Most texts are too short to be clipped.
        #![proptest_config(ProptestConfig { max_global_rejects: 1_000_000, ..ProptestConfig::default() })]

        #[test]
        fn every_clipped_text_is_refused(
            stored in "[a-z *_\\[\\]+…ä`|\n-]{20,200}", at in 1_usize..100,
            before in "[a-z ]{0,30}", after in "(\n\n[a-z ]{0,300})?",
        ) {
            let stored = adf::to_markdown(&adf::from_markdown(&stored, &|_| None));
            let text = clip(&stored, at);
            prop_assume!(matches!(text, Cow::Owned(_)));
            let refused = refused(&stored, &format!("{before}{text}{after}"));
            prop_assert!(refused, "{} of {}", text, stored);
        }

        #[test]
        fn a_whole_text_is_never_taken_for_a_clipped_one(stored in "\\PC{0,60}", text in "[ -~\n…]{0,200}") {
            prop_assume!(!text.contains(" chars"));
            prop_assert!(!refused(&stored, &text));
        }
    }
}
