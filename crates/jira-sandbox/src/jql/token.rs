//! The tokens of the language.

use super::ast::{Operator, Predicate};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word,
    Quoted,
    Number(i64),
    Compare(Operator),
    And,
    Or,
    Not,
    Bang,
    In,
    Is,
    Empty,
    Cf,
    Order,
    By,
    Asc,
    Desc,
    Was,
    Changed,
    Predicate(Predicate),
    LeftParen,
    RightParen,
    LeftBracket,
    RightBracket,
    Comma,
}

/// A token with its text (escapes read, quotes gone) and the place where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) text: String,
    pub(super) at: Position,
}

/// Where a token begins, both counted from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    /// The line.
    pub(super) line: u32,
    /// The character in the line.
    pub(super) character: u32,
}
