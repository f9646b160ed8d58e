//! What a query says, before anybody asks whether its fields and values exist.

/// A parsed query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    /// What narrows the result; `None` for an empty query or one that only orders.
    pub(super) filter: Option<Expr>,
    /// The sort keys, the most significant first.
    pub(super) order: Vec<OrderBy>,
}

impl Query {
    /// Whether the query restricts its result at all; `POST /rest/api/3/search/jql` refuses one
    /// that does not.
    pub(crate) fn is_bounded(&self) -> bool {
        self.filter.is_some()
    }
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expr {
    /// All hold; two or more.
    And(Vec<Expr>),
    /// At least one holds; two or more.
    Or(Vec<Expr>),
    /// It does not hold.
    Not(Box<Expr>),
    /// One comparison.
    Clause(Clause),
}

/// `field operator operand`, and the predicates of a history search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clause {
    /// The left side.
    pub(super) field: FieldRef,
    /// The comparison.
    pub(super) operator: Operator,
    /// The right side; [`Operand::Empty`] for `CHANGED`, which has none.
    pub(super) operand: Operand,
    /// `BY`, `AFTER` and their like, in the order given.
    pub(super) predicates: Vec<(Predicate, Operand)>,
}

/// What confines a history search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Predicate {
    After,
    Before,
    By,
    During,
    From,
    On,
    To,
}

/// A field as the query names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FieldRef {
    /// By name, as it was written.
    Name(String),
    /// By number, `cf[10016]`.
    Custom(u64),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Eq,
    NotEq,
    Lt,
    Gt,
    LtEq,
    GtEq,
    Like,
    NotLike,
    In,
    NotIn,
    Is,
    IsNot,
    Was,
    WasNot,
    WasIn,
    WasNotIn,
    Changed,
}

impl Operator {
    /// The operator that holds exactly where this one does not, among rows whose field is not
    /// empty.
    pub(super) fn opposite(self) -> Self {
        match self {
            Self::Eq => Self::NotEq,
            Self::NotEq => Self::Eq,
            Self::Lt => Self::GtEq,
            Self::Gt => Self::LtEq,
            Self::LtEq => Self::Gt,
            Self::GtEq => Self::Lt,
            Self::Like => Self::NotLike,
            Self::NotLike => Self::Like,
            Self::In => Self::NotIn,
            Self::NotIn => Self::In,
            Self::Is => Self::IsNot,
            Self::IsNot => Self::Is,
            Self::Was | Self::WasNot | Self::WasIn | Self::WasNotIn | Self::Changed => self,
        }
    }

    /// Whether it holds for everything but what its operand names.
    pub(super) fn is_negative(self) -> bool {
        matches!(self, Self::NotEq | Self::NotIn | Self::NotLike | Self::IsNot)
    }

    /// Whether it looks at an issue's history.
    pub(super) fn is_historical(self) -> bool {
        matches!(self, Self::Was | Self::WasNot | Self::WasIn | Self::WasNotIn | Self::Changed)
    }

    /// Whether a history search names a value of the past, which `CHANGED` does not.
    pub(super) fn takes_value(self) -> bool {
        self != Self::Changed
    }

    /// Whether it finds what never was.
    pub(super) fn denies_the_past(self) -> bool {
        matches!(self, Self::WasNot | Self::WasNotIn)
    }

    /// Whether `EMPTY` may stand right of it.
    pub(super) fn takes_empty(self) -> bool {
        !self.takes_list() && !matches!(self, Self::Lt | Self::Gt | Self::LtEq | Self::GtEq)
    }

    /// Whether its operand has to be a list.
    pub(super) fn takes_list(self) -> bool {
        matches!(self, Self::In | Self::NotIn | Self::WasIn | Self::WasNotIn)
    }
}

/// The right side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operand {
    /// `EMPTY` or `NULL`.
    Empty,
    /// One value.
    Literal(Literal),
    /// A function with its arguments, as in `startOfDay("-1d")`.
    Function {
        /// The name as it was written.
        name: String,
        /// The arguments; numbers are kept as their digits.
        args: Vec<String>,
    },
    /// Several operands in parentheses, at least one.
    List(Vec<Operand>),
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Literal {
    /// A word or a quoted string.
    Text(String),
    /// A whole number without quotes, which Jira tries as an id (and in dates as milliseconds since
    /// 1970).
    Number(i64),
}

impl Literal {
    /// The value as text.
    pub(super) fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// One sort key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OrderBy {
    /// The field.
    pub(super) field: FieldRef,
    /// `true` for `DESC`, `false` for `ASC`, `None` where the field's own default decides.
    pub(super) descending: Option<bool>,
}
