//! Text from Jira is data from strangers: what cannot be seen is removed, what is long is clipped
//! and says so.

use std::borrow::Cow;

/// Removes what a person cannot see but a model reads: control, bidi-control, zero-width, tag and
/// filler characters.
///
/// Joiners and variation selectors stay behind a symbol, where they build an emoji. Unicode line
/// and paragraph separators become line feeds. Borrows when there is nothing to do.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.as_bytes().chunks(64).all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut previous = None;
    let mut signs = text.chars().peekable();
    while let Some(c) = signs.next() {
        match char_action(c, previous, signs.peek().copied()) {
            CharAction::Keep => {
                cleaned.push(c);
                previous = Some(c);
            }
            CharAction::LineFeed => {
                cleaned.push('\n');
                previous = Some('\n');
            }
            CharAction::Drop => {}
        }
    }
    Cow::Owned(cleaned)
}

/// Visible ASCII and line feeds. Without an early end, so that many bytes are looked at in one go.
fn is_plain(bytes: &[u8]) -> bool {
    bytes.iter().fold(true, |all, byte| all & matches!(byte, b'\n' | b' '..=b'~'))
}

/// The first `chars` characters, followed by how many were left out. Borrows when all of it fits.
pub fn clip(text: &str, chars: usize) -> Cow<'_, str> {
    // No text has more characters than bytes, which spares the count for most.
    if text.len() <= chars {
        return Cow::Borrowed(text);
    }
    let Some((end, _)) = text.char_indices().nth(chars) else {
        return Cow::Borrowed(text);
    };
    let (kept, rest) = text.split_at(end);
    Cow::Owned(format!("{}… [+{} chars]", kept.trim_end(), rest.chars().count()))
}

/// What becomes of a character.
pub enum CharAction {
    /// It is shown.
    Keep,
    /// A line feed is shown in its place.
    LineFeed,
    /// Nothing is shown.
    Drop,
}

/// Whether a character may be shown between the one that was shown last and the one that comes
/// next.
pub fn char_action(c: char, previous: Option<char>, next: Option<char>) -> CharAction {
    let is_after_emoji = previous.is_some_and(is_emoji);
    match c {
        '\n' | '\t' => CharAction::Keep,
        '\u{2028}' | '\u{2029}' | '\u{85}' => CharAction::LineFeed,
        // Only where they build one sign: elsewhere they are bits that nobody sees.
        '\u{200D}'
            if (is_after_emoji || previous == Some('\u{FE0F}')) && next.is_some_and(is_emoji) =>
        {
            CharAction::Keep
        }
        '\u{FE0E}' | '\u{FE0F}' if is_after_emoji => CharAction::Keep,
        '\u{FE0F}' if previous.is_some_and(is_key) && next == Some('\u{20E3}') => CharAction::Keep,
        _ if u32::from(c) & 0xFFFE == 0xFFFE => CharAction::Drop,
        '\u{00}'..='\u{1F}'
        | '\u{7F}'..='\u{9F}'
        | '\u{AD}'
        | '\u{34F}'
        | '\u{61C}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}'
        | '\u{FDD0}'..='\u{FDEF}'
        | '\u{13430}'..='\u{1345F}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}' => CharAction::Drop,
        _ => CharAction::Keep,
    }
}

/// What a keycap is made of.
fn is_key(c: char) -> bool {
    matches!(c, '#' | '*' | '0'..='9')
}

/// The pictures of text, skin tones among them. Source: Unicode's emoji-data.txt, Emoji and
/// Extended_Pictographic, without the keys; blocks of pictures are taken whole.
fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{A9}' | '\u{AE}' | '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2194}'..='\u{2199}' | '\u{21A9}'
        | '\u{21AA}' | '\u{231A}'..='\u{23FF}' | '\u{24C2}' | '\u{25AA}'..='\u{25FE}' | '\u{2600}'..='\u{27BF}' | '\u{2934}'
        | '\u{2935}' | '\u{2B05}'..='\u{2B55}' | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}' | '\u{1F000}'..='\u{1FAFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &str) {
        assert_eq!(clean(input), expected, "{input:?}");
    }

    #[test]
    fn the_invisible_goes_and_the_visible_stays() {
        check("plain text", "plain text");
        check("pay\u{202E}load\u{2066}x\u{200B}", "payloadx");
        check("hi\u{E0041}\u{E0042}\u{E007F}", "hi");
        check("\u{1b}[31mred\u{7}\r\n", "[31mred\n");
        check("a\u{2028}b", "a\nb");
        check("soft\u{AD}hyphen\u{FEFF}", "softhyphen");
        check(
            "👩\u{200D}💻 ❤\u{FE0F} 1\u{FE0F}\u{20E3}",
            "👩\u{200D}💻 ❤\u{FE0F} 1\u{FE0F}\u{20E3}",
        );
        check("a\u{200D}b x\u{FE0F}\u{E0100}", "ab x");
        check("Grüße, 日本語, שלום", "Grüße, 日本語, שלום");
    }

    #[test]
    fn clipping_says_how_much_is_missing() {
        assert_eq!(clip("short", 10), "short");
        assert_eq!(clip("äöü", 3), "äöü");
        assert_eq!(clip("0123456789", 4), "0123… [+6 chars]");
    }

    proptest::proptest! {
        #[test]
        fn cleaning_twice_changes_nothing_more(text in ".{0,200}") {
            let once = clean(&text).into_owned();
            proptest::prop_assert_eq!(clean(&once).into_owned(), once.clone());
        }

        #[test]
        fn a_clip_keeps_a_prefix(text in ".{0,200}", chars in 0_usize..220) {
            let clipped = clip(&text, chars).into_owned();
            let kept = clipped.split("… [+").next().unwrap_or_default();
            proptest::prop_assert!(text.starts_with(kept) || text.contains("… [+"));
        }
    }
}
