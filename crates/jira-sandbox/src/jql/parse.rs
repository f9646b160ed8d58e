//! From tokens to a [`Query`], one method per rule of the grammar, stopping at the first fault as
//! Jira does.

use std::{iter::Peekable, vec::IntoIter};

use super::{
    ast::{Expr, OrderBy, Query},
    lexer::tokens,
    syntax_errors::{self, Found},
    token::{Position, Token, TokenKind},
};

/// Jira's limit is not documented; this keeps the parser and all who walk its result off the end of
/// the stack.
const DEPTH_MAX: usize = 60;

/// Parses a query; the error is Jira's `errorMessages`, always one for a syntax fault.
pub(crate) fn parse(jql: &str) -> Result<Query, Vec<String>> {
    read(jql).map_err(|message| vec![message])
}

fn read(jql: &str) -> Result<Query, String> {
    let mut parser = Parser { tokens: tokens(jql)?.into_iter().peekable(), depth: 0 };
    let filter = match parser.kind() {
        None | Some(TokenKind::Order) => None,
        Some(_) => Some(parser.any_of()?),
    };
    let order = match parser.kind() {
        None => Vec::new(),
        Some(TokenKind::Order) => parser.order()?,
        Some(_) => return Err(syntax_errors::expected("either 'OR' or 'AND'", parser.found())),
    };
    Ok(Query { filter, order })
}

/// The tokens still to come; `clause.rs` adds the rules below a single comparison.
pub(super) struct Parser {
    tokens: Peekable<IntoIter<Token>>,
    depth: usize,
}

impl Parser {
    fn any_of(&mut self) -> Result<Expr, String> {
        self.chain(TokenKind::Or, Self::all_of, Expr::Or)
    }

    fn all_of(&mut self) -> Result<Expr, String> {
        self.chain(TokenKind::And, Self::single, Expr::And)
    }

    fn chain(
        &mut self,
        word: TokenKind,
        part: fn(&mut Self) -> Result<Expr, String>,
        join: fn(Vec<Expr>) -> Expr,
    ) -> Result<Expr, String> {
        let first = part(self)?;
        if self.kind() != Some(word) {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.eat(word) {
            parts.push(part(self)?);
        }
        Ok(join(parts))
    }

    fn single(&mut self) -> Result<Expr, String> {
        match self.kind() {
            Some(TokenKind::Not | TokenKind::Bang) => {
                let at = self.enter()?;
                self.next();
                let inner = self.single()?;
                self.leave(at);
                Ok(Expr::Not(Box::new(inner)))
            }
            Some(TokenKind::LeftParen) => {
                let at = self.enter()?;
                self.next();
                let inner = self.any_of()?;
                self.expect(TokenKind::RightParen, "')'")?;
                self.leave(at);
                Ok(inner)
            }
            _ => Ok(Expr::Clause(self.clause()?)),
        }
    }

    fn order(&mut self) -> Result<Vec<OrderBy>, String> {
        self.next();
        self.expect(TokenKind::By, "'by'")?;
        let mut order = Vec::new();
        loop {
            let field = self.field()?;
            let descending = match self.kind() {
                Some(TokenKind::Asc) => Some(false),
                Some(TokenKind::Desc) => Some(true),
                _ => None,
            };
            if descending.is_some() {
                self.next();
            }
            order.push(OrderBy { field, descending });
            match (self.kind(), descending) {
                (None, _) => return Ok(order),
                (Some(TokenKind::Comma), _) => self.next(),
                (Some(_), None) => {
                    return Err(syntax_errors::expected("either 'ASC' or 'DESC'", self.found()));
                }
                (Some(_), Some(_)) => return Err(syntax_errors::expected("','", self.found())),
            };
        }
    }

    /// Goes one level down; the token that opens it says where, if that is one too many.
    pub(super) fn enter(&mut self) -> Result<usize, String> {
        if self.depth >= DEPTH_MAX {
            let start = Position { line: 1, character: 1 };
            return Err(syntax_errors::too_deep(
                self.tokens.peek().map_or(start, |token| token.at),
            ));
        }
        let before = self.depth;
        self.depth += 1;
        Ok(before)
    }

    /// Comes back up to where [`Parser::enter`] was called.
    pub(super) fn leave(&mut self, before: usize) {
        self.depth = before;
    }

    /// What comes next, without taking it.
    pub(super) fn kind(&mut self) -> Option<TokenKind> {
        self.tokens.peek().map(|token| token.kind)
    }

    /// What comes next, as messages show it.
    pub(super) fn found(&mut self) -> Found<'_> {
        self.tokens.peek().map(|token| (token.text.as_str(), token.at))
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        self.tokens.next()
    }

    /// Takes the next token if it is of this kind.
    pub(super) fn eat(&mut self, wanted: TokenKind) -> bool {
        self.tokens.next_if(|token| token.kind == wanted).is_some()
    }

    /// Takes the next token, which has to be of this kind; `shown` is how the message calls it.
    pub(super) fn expect(&mut self, wanted: TokenKind, shown: &str) -> Result<(), String> {
        if self.eat(wanted) { Ok(()) } else { Err(syntax_errors::expected(shown, self.found())) }
    }
}
