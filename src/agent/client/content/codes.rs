//! Failures that an agent tells in its text: Copilot Studio has no other place for them.

use serde::Serialize;

/// Codes of a spent quota. They come as the text of a message, alone or after `Error code:`.
/// Source: Microsoft, "Understand error codes" and "Throttling errors in agents", Copilot Studio.
const QUOTA_CODES: [&str; 4] = [
    "EnforcementMessage",
    "GenAIToolPlannerRateLimitReached",
    "GenAISearchandSummarizeRateLimitReached",
    "OpenAIRateLimitReached",
];

const LABEL: &str = "error code:";
const CODE_CHARS_MAX: usize = 64;
/// A text that only mentions a code is longer than one that reports it.
const REPORT_CHARS_MAX: usize = 2_000;

/// A code that the agent reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentCode {
    /// The code: one word.
    pub code: String,
    /// Whether a quota of the agent is spent, so that to ask again later may help.
    pub is_quota: bool,
}

/// The code in a text, if it reports one.
pub(super) fn find(text: &str) -> Option<AgentCode> {
    if text.len() > REPORT_CHARS_MAX {
        return None;
    }
    if let Some(code) = QUOTA_CODES.into_iter().find(|code| has_word(text, code)) {
        return Some(AgentCode { code: code.to_owned(), is_quota: true });
    }
    let lower = text.to_ascii_lowercase();
    let at = lower.find(LABEL)? + LABEL.len();
    let rest = text.get(at..)?.trim_start_matches([' ', '*', '`', '"', '\u{a0}']);
    let code: String = rest
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        .take(CODE_CHARS_MAX + 1)
        .collect();
    (1..=CODE_CHARS_MAX).contains(&code.len()).then_some(AgentCode { code, is_quota: false })
}

fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, bool)>) {
        let found = find(text);
        let found = found.as_ref().map(|found| (found.code.as_str(), found.is_quota));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn codes_in_texts_are_data() {
        check(
            "Sorry, something went wrong. Error code: ContentFiltered. Conversation Id: x",
            Some(("ContentFiltered", false)),
        );
        check("Error code: **2012**", Some(("2012", false)));
        check("Error Code: OpenAIRateLimitReached. Time", Some(("OpenAIRateLimitReached", true)));
        for code in QUOTA_CODES {
            check(code, Some((code, true)));
            check(&format!("({code})"), Some((code, true)));
            check(&format!("x{code}"), None);
        }
        check("Which error code: do you mean?", Some(("do", false)));
        check("Error code:", None);
        check("You said: hello", None);
        check(&format!("Error code: X{}", " y".repeat(2_000)), None);
    }
}
