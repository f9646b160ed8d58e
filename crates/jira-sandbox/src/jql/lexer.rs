//! From characters to tokens: words, quoted strings, numbers and signs, each with its place.

use std::str::Chars;

use super::{
    ast::Operator,
    keywords, syntax_errors,
    token::{Position, Token, TokenKind},
};

/// Reads the whole query, as Jira does before it looks at the grammar: a bad character at the end
/// is reported before a missing operator at the beginning.
pub(super) fn tokens(jql: &str) -> Result<Vec<Token>, String> {
    let mut cursor = Cursor { rest: jql.chars(), at: Position { line: 1, character: 1 } };
    let mut found = Vec::new();
    while let Some(token) = cursor.token()? {
        found.push(token);
    }
    Ok(found)
}

struct Cursor<'a> {
    rest: Chars<'a>,
    at: Position,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        if c == '\n' {
            self.at = Position { line: self.at.line.saturating_add(1), character: 1 };
        } else {
            self.at.character = self.at.character.saturating_add(1);
        }
        Some(c)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.bump();
        }
        found
    }

    fn token(&mut self) -> Result<Option<Token>, String> {
        while self.peek().is_some_and(is_space) {
            self.bump();
        }
        let at = self.at;
        let Some(first) = self.peek() else { return Ok(None) };
        if matches!(first, '"' | '\'') {
            return self.quoted(first, at).map(Some);
        }
        if let Some(kind) = self.sign(first) {
            return Ok(Some(Token { kind, text: sign_text(kind, first), at }));
        }
        if keywords::must_be_escaped(first) {
            return Err(syntax_errors::illegal_char(first, at));
        }
        if keywords::is_reserved_char(first) {
            return Err(syntax_errors::reserved_char(first, at));
        }
        self.word(at).map(Some)
    }

    fn sign(&mut self, first: char) -> Option<TokenKind> {
        let kind = match first {
            '(' => TokenKind::LeftParen,
            ')' => TokenKind::RightParen,
            '[' => TokenKind::LeftBracket,
            ']' => TokenKind::RightBracket,
            ',' => TokenKind::Comma,
            '&' => TokenKind::And,
            '|' => TokenKind::Or,
            '!' => TokenKind::Bang,
            '=' => TokenKind::Compare(Operator::Eq),
            '<' => TokenKind::Compare(Operator::Lt),
            '>' => TokenKind::Compare(Operator::Gt),
            '~' => TokenKind::Compare(Operator::Like),
            _ => return None,
        };
        self.bump();
        Some(match kind {
            TokenKind::And if self.eat('&') => TokenKind::And,
            TokenKind::Or if self.eat('|') => TokenKind::Or,
            TokenKind::Bang if self.eat('=') => TokenKind::Compare(Operator::NotEq),
            TokenKind::Bang if self.eat('~') => TokenKind::Compare(Operator::NotLike),
            TokenKind::Compare(Operator::Lt) if self.eat('=') => TokenKind::Compare(Operator::LtEq),
            TokenKind::Compare(Operator::Gt) if self.eat('=') => TokenKind::Compare(Operator::GtEq),
            kind => kind,
        })
    }

    fn quoted(&mut self, quote: char, start: Position) -> Result<Token, String> {
        self.bump();
        let mut text = String::new();
        loop {
            let at = self.at;
            match self.peek() {
                None => return Err(syntax_errors::unfinished_string(&text, start)),
                Some('\\') => text.push(self.escape()?),
                Some(c) if keywords::must_be_escaped(c) => {
                    return Err(syntax_errors::illegal_char(c, at));
                }
                Some(c) => {
                    self.bump();
                    if c == quote {
                        return Ok(Token { kind: TokenKind::Quoted, text, at: start });
                    }
                    text.push(c);
                }
            }
        }
    }

    fn word(&mut self, start: Position) -> Result<Token, String> {
        let mut text = String::new();
        let mut escaped = false;
        while let Some(c) = self.peek() {
            if c == '\\' {
                text.push(self.escape()?);
                escaped = true;
            } else if ends_word(c) {
                break;
            } else {
                self.bump();
                text.push(c);
            }
        }
        let kind = if escaped {
            TokenKind::Word
        } else if let Some(keyword) = keywords::keyword(&text) {
            keyword
        } else if is_number(&text) {
            TokenKind::Number(
                text.parse().map_err(|_| syntax_errors::illegal_number(&text, start))?,
            )
        } else if keywords::is_reserved(&text) {
            return Err(syntax_errors::reserved_word(&text, start));
        } else {
            TokenKind::Word
        };
        Ok(Token { kind, text, at: start })
    }

    fn escape(&mut self) -> Result<char, String> {
        let at = self.at;
        self.bump();
        let mut read = String::from("\\");
        let Some(c) = self.bump() else { return Err(syntax_errors::illegal_escape(&read, at)) };
        read.push(c);
        match c {
            't' => Ok('\t'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            '\'' | '"' | '\\' | ' ' => Ok(c),
            'u' => {
                let mut code = 0;
                for _ in 0..4 {
                    let next = self.bump();
                    read.extend(next);
                    let digit = next.and_then(|c| c.to_digit(16));
                    code = code * 16
                        + digit.ok_or_else(|| syntax_errors::illegal_escape(&read, at))?;
                }
                char::from_u32(code).ok_or_else(|| syntax_errors::illegal_escape(&read, at))
            }
            _ => Err(syntax_errors::illegal_escape(&read, at)),
        }
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn ends_word(c: char) -> bool {
    is_space(c)
        || matches!(
            c,
            '"' | '\'' | '(' | ')' | '[' | ']' | ',' | '&' | '|' | '!' | '=' | '<' | '>' | '~'
        )
        || keywords::is_reserved_char(c)
        || keywords::must_be_escaped(c)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

fn sign_text(kind: TokenKind, first: char) -> String {
    match kind {
        TokenKind::Compare(operator) => operator.to_string(),
        _ => first.to_string(),
    }
}
