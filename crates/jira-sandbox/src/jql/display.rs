//! The parts of a query as messages show them; operators and operands read back as what they were.

use std::fmt::{self, Display, Formatter, Write as _};

use super::{
    ast::{FieldRef, Literal, Operand, Operator},
    keywords,
};

impl Display for FieldRef {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Custom(number) => write!(f, "cf[{number}]"),
        }
    }
}

impl Display for Operator {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Eq => "=",
            Self::NotEq => "!=",
            Self::Lt => "<",
            Self::Gt => ">",
            Self::LtEq => "<=",
            Self::GtEq => ">=",
            Self::Like => "~",
            Self::NotLike => "!~",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::Was => "was",
            Self::WasNot => "was not",
            Self::WasIn => "was in",
            Self::WasNotIn => "was not in",
            Self::Changed => "changed",
        })
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("EMPTY"),
            Self::Literal(Literal::Text(text)) => quoted(f, text),
            Self::Literal(Literal::Number(number)) => write!(f, "{number}"),
            Self::Function { name, args } => {
                if keywords::is_plain(name) {
                    f.write_str(name)?;
                } else {
                    quoted(f, name)?;
                }
                f.write_char('(')?;
                for (index, arg) in args.iter().enumerate() {
                    f.write_str(if index > 0 { ", " } else { "" })?;
                    quoted(f, arg)?;
                }
                f.write_char(')')
            }
            Self::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index > 0 { ", " } else { "(" })?;
                }
                f.write_char(')')
            }
        }
    }
}

fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            c if keywords::must_be_escaped(c) => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}
