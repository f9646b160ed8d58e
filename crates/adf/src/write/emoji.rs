//! The emoji names people and agents write most; any other `:name:` stays text.

/// Names with their characters, sorted by name. Source: Unicode CLDR characters under the short
/// names that Atlassian's editor and GitHub share.
const EMOJI: [(&str, &str); 40] = [
    ("+1", "👍"),
    ("-1", "👎"),
    ("100", "💯"),
    ("arrow_right", "➡️"),
    ("boom", "💥"),
    ("broken_heart", "💔"),
    ("bug", "🐛"),
    ("bulb", "💡"),
    ("calendar", "📆"),
    ("clap", "👏"),
    ("construction", "🚧"),
    ("cry", "😢"),
    ("exclamation", "❗"),
    ("eyes", "👀"),
    ("fire", "🔥"),
    ("green_circle", "🟢"),
    ("heart", "❤️"),
    ("hourglass", "⌛"),
    ("information_source", "ℹ️"),
    ("joy", "😂"),
    ("lock", "🔒"),
    ("mag", "🔍"),
    ("memo", "📝"),
    ("ok_hand", "👌"),
    ("pray", "🙏"),
    ("question", "❓"),
    ("raised_hands", "🙌"),
    ("red_circle", "🔴"),
    ("rocket", "🚀"),
    ("slight_smile", "🙂"),
    ("smile", "😄"),
    ("sparkles", "✨"),
    ("star", "⭐"),
    ("tada", "🎉"),
    ("thinking", "🤔"),
    ("thumbsup", "👍"),
    ("warning", "⚠️"),
    ("white_check_mark", "✅"),
    ("x", "❌"),
    ("zap", "⚡"),
];

/// The characters of an emoji by its name, without the colons.
pub(crate) fn emoji_text(name: &str) -> Option<&'static str> {
    let index = EMOJI.binary_search_by_key(&name, |(known, _)| known).ok()?;
    EMOJI.get(index).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::EMOJI;

    #[test]
    fn names_are_sorted() {
        assert!(EMOJI.is_sorted_by(|a, b| a.0 < b.0));
    }
}
