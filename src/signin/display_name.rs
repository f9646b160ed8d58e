//! A name that a stranger gave, made fit to be shown: of a client, or of a person.

use std::fmt;

/// More than any real name has, and two lines on a phone.
const CHARS_MAX: usize = 100;

/// Accents that may stand on one letter; more would climb over the lines around it.
const MARKS_MAX: usize = 2;

/// A name in one line of at most 100 characters, all of which can be seen and none of which changes
/// the direction of others. Whoever shows it still escapes it and sets it apart (`bdi`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DisplayName(String);

impl DisplayName {
    /// Nothing, if nothing that can be seen is left of `text`.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let mut name = String::new();
        let (mut chars, mut marks, mut is_gap) = (0, 0, false);
        for c in text.chars() {
            if c.is_whitespace() {
                is_gap = !name.is_empty();
                continue;
            }
            if is_hidden(c) {
                continue;
            }
            marks = if is_mark(c) { marks + 1 } else { 0 };
            // An accent without a letter would stand on what comes before the name.
            if marks > MARKS_MAX || marks > 0 && (name.is_empty() || is_gap) {
                continue;
            }
            if chars + usize::from(is_gap) >= CHARS_MAX {
                shorten(&mut name);
                break;
            }
            if std::mem::take(&mut is_gap) {
                name.push(' ');
                chars += 1;
            }
            name.push(c);
            chars += 1;
        }
        (!name.is_empty()).then_some(Self(name))
    }

    /// The text, which is not escaped.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DisplayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Puts an ellipsis in the place of the last letter with its accents.
fn shorten(name: &mut String) {
    while name.pop().is_some_and(is_mark) {}
    name.truncate(name.trim_end().len());
    name.push('…');
}

/// What nobody sees, or what changes how others are seen. Emoji lose their joiners, and are shown
/// as several. Source: Unicode's Default_Ignorable_Code_Point and Bidi_Control, and blank letters.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FDD0}'..='\u{FDEF}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{13430}'..='\u{1345F}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
        || c.is_control()
        || u32::from(c) & 0xFFFE == 0xFFFE
}

/// The blocks of accents that any letter takes.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tool_kit::{CharAction, char_action};

    use super::*;

    #[test]
    fn names_are_shown_without_what_cannot_be_seen() {
        let check = |text: &str, expected: Option<&str>| {
            let name = DisplayName::new(text);
            assert_eq!(name.as_ref().map(DisplayName::as_str), expected, "{text:?}");
        };
        check("Visual Studio Code", Some("Visual Studio Code"));
        check("  a\r\n\tb\u{2028}c\u{A0}\u{3000}d ", Some("a b c d"));
        check("pay\u{202E}lap\u{2066}x\u{200B}\u{E0041}\u{FEFF}", Some("paylapx"));
        check("\u{200F}\u{3164} \u{2800}\u{0}", None);
        check("שלום Grüße 日本語 👩\u{200D}💻", Some("שלום Grüße 日本語 👩💻"));
        check("\u{301}e\u{301}\u{302}\u{303}\u{304}", Some("e\u{301}\u{302}"));
        check(&"ä".repeat(100), Some("ä".repeat(100).as_str()));
        check(&"ä".repeat(101), Some(format!("{}…", "ä".repeat(99)).as_str()));
        let cut = "e\u{301}".repeat(60);
        check(&cut, Some(format!("{}…", "e\u{301}".repeat(49)).as_str()));
    }

    fn texts() -> impl Strategy<Value = String> {
        prop_oneof!["\\PC{0,150}", any::<String>(), "[a \u{300}\u{202E}]{0,250}"]
    }

    proptest! {
        #[test]
        fn every_name_can_be_shown(text in texts()) {
            let Some(name) = DisplayName::new(&text) else { return Ok(()) };
            prop_assert!(name.0.chars().count() <= CHARS_MAX);
            prop_assert_eq!(name.0.trim(), name.0.as_str());
            prop_assert_eq!(DisplayName::new(&name.0), Some(name.clone()));
            for c in name.0.chars() {
                let is_dropped = matches!(char_action(c, None, None), CharAction::Drop);
                prop_assert!(!is_dropped, "{c:?}");
            }
        }
    }
}
