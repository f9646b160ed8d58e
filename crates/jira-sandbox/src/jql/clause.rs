//! The lower half of the grammar: one comparison, its field, operator and operand.

use super::{
    ast::{Clause, FieldRef, Literal, Operand, Operator, Predicate},
    parse::Parser,
    syntax_errors,
    token::TokenKind,
};

impl Parser {
    /// `field operator operand`, then the predicates of a history search.
    pub(super) fn clause(&mut self) -> Result<Clause, String> {
        let field = self.field()?;
        let operator = self.operator()?;
        let operand = match operator {
            Operator::Changed => Operand::Empty,
            _ => self.operand()?,
        };
        let mut predicates = Vec::new();
        while operator.is_historical()
            && let Some(predicate) = self.predicate(operator)
        {
            self.next();
            predicates.push((predicate, self.operand()?));
        }
        Ok(Clause { field, operator, operand, predicates })
    }

    /// `FROM` and `TO` belong to `CHANGED` alone.
    fn predicate(&mut self, operator: Operator) -> Option<Predicate> {
        match self.kind()? {
            TokenKind::By => Some(Predicate::By),
            TokenKind::Predicate(Predicate::From | Predicate::To) if operator.takes_value() => None,
            TokenKind::Predicate(predicate) => Some(predicate),
            _ => None,
        }
    }

    /// A name, or `cf[10016]`.
    pub(super) fn field(&mut self) -> Result<FieldRef, String> {
        match self.kind() {
            Some(TokenKind::Word | TokenKind::Quoted | TokenKind::Number(_)) => {}
            Some(TokenKind::Cf) => return self.custom_field(),
            _ => return Err(syntax_errors::no_field(self.found())),
        }
        let Some(token) = self.next() else { return Err(syntax_errors::no_field(None)) };
        if token.text.trim().is_empty() {
            return Err(syntax_errors::empty_name("field", token.at));
        }
        Ok(FieldRef::Name(token.text))
    }

    fn custom_field(&mut self) -> Result<FieldRef, String> {
        self.next();
        self.expect(TokenKind::LeftBracket, "'['")?;
        let id = match self.kind() {
            Some(TokenKind::Number(number)) => u64::try_from(number).ok(),
            _ => None,
        };
        let Some(id) = id else { return Err(syntax_errors::no_custom_field_id(self.found())) };
        self.next();
        self.expect(TokenKind::RightBracket, "']'")?;
        Ok(FieldRef::Custom(id))
    }

    fn operator(&mut self) -> Result<Operator, String> {
        let operator = match self.kind() {
            Some(TokenKind::Compare(operator)) => operator,
            Some(TokenKind::In) => Operator::In,
            Some(TokenKind::Not) => Operator::NotIn,
            Some(TokenKind::Is) => Operator::Is,
            Some(TokenKind::Was) => Operator::Was,
            Some(TokenKind::Changed) => Operator::Changed,
            _ => return Err(syntax_errors::no_operator(self.found())),
        };
        self.next();
        Ok(match operator {
            Operator::NotIn => {
                self.expect(TokenKind::In, "'IN'")?;
                Operator::NotIn
            }
            Operator::Is if self.kind() == Some(TokenKind::Bang) => {
                return Err(syntax_errors::expected("'NOT'", self.found()));
            }
            Operator::Is if self.eat(TokenKind::Not) => Operator::IsNot,
            Operator::Was => match (self.eat(TokenKind::Not), self.eat(TokenKind::In)) {
                (false, false) => Operator::Was,
                (true, false) => Operator::WasNot,
                (false, true) => Operator::WasIn,
                (true, true) => Operator::WasNotIn,
            },
            operator => operator,
        })
    }

    fn operand(&mut self) -> Result<Operand, String> {
        match self.kind() {
            Some(TokenKind::Empty) => {
                self.next();
                Ok(Operand::Empty)
            }
            Some(TokenKind::LeftParen) => self.list(),
            Some(TokenKind::Number(number)) => {
                self.next();
                Ok(Operand::Literal(Literal::Number(number)))
            }
            Some(TokenKind::Word | TokenKind::Quoted) => self.text_or_function(),
            _ => Err(syntax_errors::no_value(self.found())),
        }
    }

    fn list(&mut self) -> Result<Operand, String> {
        let before = self.enter()?;
        self.next();
        let mut items = vec![self.operand()?];
        while self.eat(TokenKind::Comma) {
            items.push(self.operand()?);
        }
        self.expect(TokenKind::RightParen, "')'")?;
        self.leave(before);
        Ok(Operand::List(items))
    }

    fn text_or_function(&mut self) -> Result<Operand, String> {
        let Some(token) = self.next() else { return Err(syntax_errors::no_value(None)) };
        if !self.eat(TokenKind::LeftParen) {
            return Ok(Operand::Literal(Literal::Text(token.text)));
        }
        if token.text.trim().is_empty() {
            return Err(syntax_errors::empty_name("function", token.at));
        }
        let mut args = Vec::new();
        if matches!(self.kind(), None | Some(TokenKind::RightParen | TokenKind::Comma)) {
            self.expect(TokenKind::RightParen, "')'")?;
            return Ok(Operand::Function { name: token.text, args });
        }
        loop {
            args.push(self.argument()?);
            match self.kind() {
                Some(TokenKind::Comma) => self.next(),
                Some(TokenKind::RightParen) | None => break,
                Some(_) => return Err(syntax_errors::expected("')' or ','", self.found())),
            };
        }
        self.expect(TokenKind::RightParen, "')'")?;
        Ok(Operand::Function { name: token.text, args })
    }

    fn argument(&mut self) -> Result<String, String> {
        match self.kind() {
            Some(TokenKind::Word | TokenKind::Quoted | TokenKind::Number(_)) => {
                self.next().map(|token| token.text).ok_or_else(|| syntax_errors::no_argument(None))
            }
            _ => Err(syntax_errors::no_argument(self.found())),
        }
    }
}
