//! Which words and characters mean something to JQL and so cannot stand for themselves.
//!
//! Source:
//! <https://support.atlassian.com/jira-software-cloud/docs/what-is-advanced-search-in-jira-cloud/>,
//! "Reserved words" and "Reserved characters", with what Jira's parser is seen to refuse.

use super::{ast::Predicate, token::TokenKind};

/// The keyword a bare word is, in any letter case.
pub(super) fn keyword(word: &str) -> Option<TokenKind> {
    let kind = match word.to_ascii_lowercase().as_str() {
        "and" => TokenKind::And,
        "or" => TokenKind::Or,
        "not" => TokenKind::Not,
        "in" => TokenKind::In,
        "is" => TokenKind::Is,
        "empty" | "null" => TokenKind::Empty,
        "cf" => TokenKind::Cf,
        "order" => TokenKind::Order,
        "by" => TokenKind::By,
        "asc" => TokenKind::Asc,
        "desc" => TokenKind::Desc,
        "was" => TokenKind::Was,
        "changed" => TokenKind::Changed,
        "after" => TokenKind::Predicate(Predicate::After),
        "before" => TokenKind::Predicate(Predicate::Before),
        "during" => TokenKind::Predicate(Predicate::During),
        "from" => TokenKind::Predicate(Predicate::From),
        "on" => TokenKind::Predicate(Predicate::On),
        "to" => TokenKind::Predicate(Predicate::To),
        _ => return None,
    };
    Some(kind)
}

/// Whether a bare word is refused because the language may want it one day.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.split(' ').any(|reserved| reserved.eq_ignore_ascii_case(word))
}

/// Whether a name can be written without quotes: letters, no keyword, not reserved.
pub(super) fn is_plain(name: &str) -> bool {
    let is_word = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphabetic());
    is_word && keyword(name).is_none() && !is_reserved(name)
}

/// Whether a bare character is refused because the language may want it one day.
pub(super) fn is_reserved_char(c: char) -> bool {
    matches!(c, '{' | '}' | '*' | '/' | '%' | '+' | '^' | '$' | '#' | '@' | '?' | ';')
}

/// Whether a character may be written only as `\uXXXX`: controls other than line ends, and
/// noncharacters.
pub(super) fn must_be_escaped(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r'))
        || matches!(c, '\u{fdd0}'..='\u{fdef}' | '\u{fffe}' | '\u{ffff}')
}

const RESERVED: &str = "\
    abort access add alias all alter any as audit avg begin between boolean break byte catch char \
    character check checkpoint collate collation column commit connect continue count create current \
    date decimal declare decrement default defaults define delete delimiter difference distinct divide \
    do double drop else encoding end equals escape exclusive exec execute exists explain false fetch \
    field file first float for function go goto grant greater group having identified if immediate \
    increment index initial inner inout input insert int integer intersect intersection into isempty \
    isnull join last left less like limit lock long max min minus mode modify modulo more multiply next \
    noaudit notin nowait number object of option outer output power previous prior privileges public \
    raise raw remainder rename resource return returns revoke right row rowid rownum rows select session \
    set share size sqrt start strict string subtract sum synonym table then trans transaction trigger \
    true uid union unique update user validate values view when whenever where while with";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_are_no_keywords() {
        assert_eq!(RESERVED.split(' ').count(), 160);
        for word in RESERVED.split(' ') {
            assert!(is_reserved(&word.to_uppercase()) && keyword(word).is_none(), "{word}");
        }
    }
}
