//! What holds for every query: no panic, and a rendered query reads as it was.

use proptest::prelude::*;

use super::site::{TestSite, issues};
use crate::jql::{
    ast::{Clause, Expr, FieldRef, Literal, Operand, Operator, OrderBy, Query},
    parse,
};

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,8}", "\\PC{1,12}", "[\\x00-\\x7f]{1,6}"]
        .prop_filter("a name", |s| !s.trim().is_empty())
}

fn field() -> impl Strategy<Value = FieldRef> {
    prop_oneof![text().prop_map(FieldRef::Name), (0..=99_999_u64).prop_map(FieldRef::Custom)]
}

fn operand() -> impl Strategy<Value = Operand> {
    let leaf = prop_oneof![
        Just(Operand::Empty),
        any::<i64>().prop_map(|number| Operand::Literal(Literal::Number(number))),
        any::<String>().prop_map(|text| Operand::Literal(Literal::Text(text))),
        (text(), prop::collection::vec(any::<String>(), 0..3))
            .prop_map(|(name, args)| Operand::Function { name, args }),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop::collection::vec(inner, 1..4).prop_map(Operand::List)
    })
}

fn operator() -> impl Strategy<Value = Operator> {
    use Operator as Op;
    prop::sample::select(vec![
        Op::Eq,
        Op::NotEq,
        Op::Lt,
        Op::Gt,
        Op::LtEq,
        Op::GtEq,
        Op::Like,
        Op::NotLike,
        Op::In,
        Op::NotIn,
        Op::Is,
        Op::IsNot,
        Op::Was,
        Op::WasNot,
        Op::WasIn,
        Op::WasNotIn,
    ])
}

fn expr() -> impl Strategy<Value = Expr> {
    let leaf = (field(), operator(), operand()).prop_map(|(field, operator, operand)| {
        Expr::Clause(Clause { field, operator, operand, predicates: Vec::new() })
    });
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Or),
            inner.prop_map(|inner| Expr::Not(Box::new(inner))),
        ]
    })
}

fn query() -> impl Strategy<Value = Query> {
    let sort = (field(), any::<Option<bool>>())
        .prop_map(|(field, descending)| OrderBy { field, descending });
    (prop::option::of(expr()), prop::collection::vec(sort, 0..4))
        .prop_map(|(filter, order)| Query { filter, order })
}

/// Words that reach further into the analysis than noise does.
fn plausible() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "project",
        "status",
        "key",
        "created",
        "due",
        "text",
        "Team",
        "cf[10016]",
        "assignee",
        "labels",
        "=",
        "!=",
        ">",
        "<=",
        "~",
        "!~",
        "in",
        "not in",
        "is",
        "and",
        "or",
        "not",
        "(",
        ")",
        ",",
        "EMPTY",
        "P",
        "P-1",
        "Done",
        "-7d",
        "2026-11-01",
        "'-9999999d'",
        "startOfMonth(",
        "currentUser()",
        "openSprints()",
        "'a* OR -b'",
        "order by",
        "desc",
        "9223372036854775807",
        "-1",
        "was",
        "changed",
        "'\"'",
    ]);
    prop::collection::vec(word, 0..14).prop_map(|words| words.join(" "))
}

fn rendered(query: &Query) -> String {
    let filter = query.filter.as_ref().map(rendered_expr).unwrap_or_default();
    let sorts = query.order.iter().map(|sort| match sort.descending {
        Some(true) => rendered_field(&sort.field) + " DESC",
        Some(false) => rendered_field(&sort.field) + " asc",
        None => rendered_field(&sort.field),
    });
    let sorts: Vec<String> = sorts.collect();
    if sorts.is_empty() { filter } else { format!("{filter} ORDER BY {}", sorts.join(", ")) }
}

fn rendered_expr(expr: &Expr) -> String {
    let joined = |parts: &[Expr], word| {
        let parts = parts.iter().map(|part| format!("({})", rendered_expr(part)));
        parts.collect::<Vec<_>>().join(word)
    };
    match expr {
        Expr::And(parts) => joined(parts, " AND "),
        Expr::Or(parts) => joined(parts, " || "),
        Expr::Not(inner) => format!("!({})", rendered_expr(inner)),
        Expr::Clause(Clause { field, operator, operand, .. }) => {
            format!("{} {operator} {operand}", rendered_field(field))
        }
    }
}

/// A name as JQL has it, in quotes; its own `Display` is for messages.
fn rendered_field(field: &FieldRef) -> String {
    match field {
        FieldRef::Name(name) => Operand::Literal(Literal::Text(name.clone())).to_string(),
        FieldRef::Custom(_) => field.to_string(),
    }
}

proptest! {
    #[test]
    fn nothing_panics(jql in prop_oneof![any::<String>(), "[ -~\n]{0,60}", plausible()]) {
        if let Ok(plan) = parse(&jql).and_then(|query| query.plan(&TestSite { user: Some("acc:tom") })) {
            let mut rows = issues();
            rows.retain(|row| plan.matches(row));
            rows.sort_by(|a, b| plan.compare(a, b));
        }
    }

    #[test]
    fn a_rendered_query_reads_as_it_was(query in query()) {
        let rendered = rendered(&query);
        prop_assert_eq!(parse(&rendered), Ok(query), "{}", rendered);
    }
}
