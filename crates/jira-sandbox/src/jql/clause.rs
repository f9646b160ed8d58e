//! The lower half of the grammar: one comparison, its field, operator and operand.

use super::{
    ast::{Clause, FieldRef, Literal, Operand, Operator, Predicate},
    lex::Kind,
    parse::Parser,
    syntax,
};

impl Parser {
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
            Kind::By => Some(Predicate::By),
            Kind::Predicate(Predicate::From | Predicate::To) if operator.takes_value() => None,
            Kind::Predicate(predicate) => Some(predicate),
            _ => None,
        }
    }

    pub(super) fn field(&mut self) -> Result<FieldRef, String> {
        match self.kind() {
            Some(Kind::Word | Kind::Quoted | Kind::Number(_)) => {}
            Some(Kind::Cf) => return self.custom_field(),
            _ => return Err(syntax::no_field(self.met())),
        }
        let Some(token) = self.next() else { return Err(syntax::no_field(None)) };
        if token.text.trim().is_empty() {
            return Err(syntax::empty_name("field", token.at));
        }
        Ok(FieldRef::Name(token.text))
    }

    fn custom_field(&mut self) -> Result<FieldRef, String> {
        self.next();
        self.expect(Kind::LeftBracket, "'['")?;
        let id = match self.kind() {
            Some(Kind::Number(number)) => u64::try_from(number).ok(),
            _ => None,
        };
        let Some(id) = id else { return Err(syntax::no_custom_field_id(self.met())) };
        self.next();
        self.expect(Kind::RightBracket, "']'")?;
        Ok(FieldRef::Custom(id))
    }

    fn operator(&mut self) -> Result<Operator, String> {
        let operator = match self.kind() {
            Some(Kind::Compare(operator)) => operator,
            Some(Kind::In) => Operator::In,
            Some(Kind::Not) => Operator::NotIn,
            Some(Kind::Is) => Operator::Is,
            Some(Kind::Was) => Operator::Was,
            Some(Kind::Changed) => Operator::Changed,
            _ => return Err(syntax::no_operator(self.met())),
        };
        self.next();
        Ok(match operator {
            Operator::NotIn => {
                self.expect(Kind::In, "'IN'")?;
                Operator::NotIn
            }
            Operator::Is if self.kind() == Some(Kind::Bang) => {
                return Err(syntax::expected("'NOT'", self.met()));
            }
            Operator::Is if self.eat(Kind::Not) => Operator::IsNot,
            Operator::Was => match (self.eat(Kind::Not), self.eat(Kind::In)) {
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
            Some(Kind::Empty) => {
                self.next();
                Ok(Operand::Empty)
            }
            Some(Kind::LeftParen) => self.list(),
            Some(Kind::Number(number)) => {
                self.next();
                Ok(Operand::Literal(Literal::Number(number)))
            }
            Some(Kind::Word | Kind::Quoted) => self.text_or_function(),
            _ => Err(syntax::no_value(self.met())),
        }
    }

    fn list(&mut self) -> Result<Operand, String> {
        let before = self.enter()?;
        self.next();
        let mut items = vec![self.operand()?];
        while self.eat(Kind::Comma) {
            items.push(self.operand()?);
        }
        self.expect(Kind::RightParen, "')'")?;
        self.leave(before);
        Ok(Operand::List(items))
    }

    fn text_or_function(&mut self) -> Result<Operand, String> {
        let Some(token) = self.next() else { return Err(syntax::no_value(None)) };
        if !self.eat(Kind::LeftParen) {
            return Ok(Operand::Literal(Literal::Text(token.text)));
        }
        if token.text.trim().is_empty() {
            return Err(syntax::empty_name("function", token.at));
        }
        let mut args = Vec::new();
        if matches!(self.kind(), None | Some(Kind::RightParen | Kind::Comma)) {
            self.expect(Kind::RightParen, "')'")?;
            return Ok(Operand::Function { name: token.text, args });
        }
        loop {
            args.push(self.argument()?);
            match self.kind() {
                Some(Kind::Comma) => self.next(),
                Some(Kind::RightParen) | None => break,
                Some(_) => return Err(syntax::expected("')' or ','", self.met())),
            };
        }
        self.expect(Kind::RightParen, "')'")?;
        Ok(Operand::Function { name: token.text, args })
    }

    fn argument(&mut self) -> Result<String, String> {
        match self.kind() {
            Some(Kind::Word | Kind::Quoted | Kind::Number(_)) => {
                self.next().map(|token| token.text).ok_or_else(|| syntax::no_argument(None))
            }
            _ => Err(syntax::no_argument(self.met())),
        }
    }
}
