//! What stands right of `~`: words that must all occur, phrases, alternatives, exclusions and
//! wildcards.
//!
//! Words are runs of letters, digits and underscores, compared without letter case; a hyphenated
//! word is searched as the phrase of its parts. Jira also reduces English words to their stems
//! (`bugs` finds `bug`); this does not.
//!
//! Source:
//! <https://support.atlassian.com/jira-software-cloud/docs/search-for-issues-using-the-text-field/>.

/// A readable text search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextQuery {
    /// At least one holds.
    alternatives: Vec<AllOf>,
}

/// Words and phrases that must, and that must not, occur; never without one that must or must not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct AllOf {
    wanted: Vec<Phrase>,
    unwanted: Vec<Phrase>,
}

/// Patterns of neighbouring words.
type Phrase = Vec<Vec<char>>;

/// A field's text cut into words, once for all parts of a search.
pub(super) struct Words(Vec<Vec<char>>);

impl TextQuery {
    /// Reads a search; `None` where Jira says it is unable to parse the text.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut alternatives = Vec::new();
        let mut current = AllOf::default();
        let mut wants_operand = true;
        let mut negate_next = false;
        for piece in pieces(text)? {
            match piece {
                Piece::Word("AND" | "&&") if !wants_operand => wants_operand = true,
                Piece::Word("OR" | "||") if !wants_operand => {
                    alternatives.push(std::mem::take(&mut current));
                    wants_operand = true;
                }
                Piece::Word("NOT" | "!") if !negate_next => negate_next = true,
                Piece::Word("AND" | "OR" | "NOT" | "&&" | "||" | "!") => return None,
                Piece::Word(word) => {
                    let (sign, word) = match word.strip_prefix(['-', '!']) {
                        Some(rest) => (true, rest),
                        None => (false, word.strip_prefix('+').unwrap_or(word)),
                    };
                    current.add(cut(without_suffix(word), true), sign || negate_next);
                    (wants_operand, negate_next) = (false, false);
                }
                Piece::Phrase { text, negated } => {
                    current.add(cut(text, false), negated || negate_next);
                    (wants_operand, negate_next) = (false, false);
                }
            }
        }
        alternatives.push(current);
        let complete =
            !wants_operand && !negate_next && alternatives.iter().all(AllOf::says_something);
        complete.then_some(Self { alternatives })
    }

    /// Whether a text has what is searched.
    pub(super) fn is_in(&self, words: &Words) -> bool {
        self.alternatives.iter().any(|all| {
            all.wanted.iter().all(|phrase| words.have(phrase))
                && !all.unwanted.iter().any(|phrase| words.have(phrase))
        })
    }
}

impl AllOf {
    fn add(&mut self, phrase: Phrase, is_unwanted: bool) {
        if phrase.is_empty() {
            return;
        }
        let list = if is_unwanted { &mut self.unwanted } else { &mut self.wanted };
        list.push(phrase);
    }

    fn says_something(&self) -> bool {
        !self.wanted.is_empty() || !self.unwanted.is_empty()
    }
}

impl Words {
    /// Cuts several texts into words, with a border between them that no phrase crosses.
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut words = Vec::new();
        for text in texts {
            words.extend(cut(text, false));
            words.push(Vec::new());
        }
        Self(words)
    }

    fn have(&self, phrase: &[Vec<char>]) -> bool {
        self.0.windows(phrase.len()).any(|window| {
            window
                .iter()
                .zip(phrase)
                .all(|(word, pattern)| !word.is_empty() && is_like(word, pattern))
        })
    }
}

enum Piece<'a> {
    Word(&'a str),
    Phrase { text: &'a str, negated: bool },
}

/// Cuts a search at spaces and parentheses, keeping `"quoted phrases"` whole; `None` when a quote
/// stays open.
fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')'));
        if rest.is_empty() {
            return Some(found);
        }
        let unsigned = rest.strip_prefix(['-', '+', '!']).unwrap_or(rest);
        if let Some(opened) = unsigned.strip_prefix('"') {
            let (phrase, after) = opened.split_once('"')?;
            found.push(Piece::Phrase { text: phrase, negated: rest.starts_with(['-', '!']) });
            rest = skip_slop(after);
        } else {
            let stop = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"');
            let (word, after) = rest.split_at_checked(rest.find(stop).unwrap_or(rest.len()))?;
            found.push(Piece::Word(word));
            rest = after;
        }
    }
}

/// `"a b"~5` allows words between; here the phrase stays exact.
fn skip_slop(after: &str) -> &str {
    after
        .strip_prefix(['~', '^'])
        .map_or(after, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()))
}

/// Drops a fuzzy or boost mark: `roam~`, `jira^4`.
fn without_suffix(word: &str) -> &str {
    let stem = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    stem.strip_suffix(['~', '^']).unwrap_or(word)
}

fn cut(text: &str, keep_wildcards: bool) -> Phrase {
    let belongs =
        |c: char| c.is_alphanumeric() || c == '_' || (keep_wildcards && matches!(c, '*' | '?'));
    text.split(|c| !belongs(c))
        .filter(|word| word.chars().any(|c| c.is_alphanumeric() || c == '_' || c == '*'))
        .map(|word| word.chars().flat_map(char::to_lowercase).collect())
        .collect()
}

/// Whether a word fits a pattern with `*` for any run and `?` for any one character.
///
/// Only the last `*` is ever returned to, so the cost is at most the product of the two lengths.
fn is_like(word: &[char], pattern: &[char]) -> bool {
    let (mut w, mut p) = (0, 0);
    let mut retry = None;
    while let Some(c) = word.get(w) {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((w, p));
                p += 1;
            }
            Some(wanted) if *wanted == '?' || wanted == c => {
                w += 1;
                p += 1;
            }
            _ => {
                let Some((from, star)) = retry else { return false };
                retry = Some((from + 1, star));
                (w, p) = (from + 1, star + 1);
            }
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|c| *c == '*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(search: &str, text: &str, expected: Option<bool>) {
        let found = TextQuery::parse(search).map(|query| query.is_in(&Words::of(text.split('|'))));
        assert_eq!(found, expected, "{search:?} in {text:?}");
    }

    #[test]
    fn words_must_all_occur_as_words() {
        check("login", "The LOGIN page", Some(true));
        check("log", "The login page", Some(false));
        check("login broken", "the page: login is (broken)", Some(true));
        check("login broken", "login works", Some(false));
        check("lcls-ii", "about LCLS-II again", Some(true));
        check("lcls-ii", "ii about lcls", Some(false));
        check("straße", "Straße", Some(true));
    }

    #[test]
    fn phrases_are_exact_and_stay_in_one_text() {
        check("\"exact phrase\"", "an exact phrase here", Some(true));
        check("\"exact phrase\"", "phrase exact", Some(false));
        check("\"exact phrase\"", "exact|phrase", Some(false));
        check("\"exact phrase\"~3 other", "exact phrase and other", Some(true));
    }

    #[test]
    fn wildcards_and_operators() {
        check("log*", "login", Some(true));
        check("l?g*", "login", Some(true));
        check("l?n*", "login", Some(false));
        check("lo?in", "login", Some(true));
        check("*gin", "login", Some(true));
        check("a OR b", "only b", Some(true));
        check("a AND b", "only b", Some(false));
        check("page -broken", "a broken page", Some(false));
        check("page NOT broken", "a fine page", Some(true));
        check("-\"broken page\"", "a broken page", Some(false));
        check("logni~ ", "login", Some(false));
    }

    #[test]
    fn what_jira_cannot_parse() {
        for search in ["AND", "a AND", "OR b", "\"open", "?", "-", "NOT", "a OR OR b", "!!"] {
            check(search, "a b", None);
        }
    }

    #[test]
    fn a_hostile_pattern_is_not_exponential() {
        let pattern = "*a".repeat(200) + "b";
        check(&pattern, &"a".repeat(2_000), Some(false));
    }
}
