//! JQL as Jira Cloud documents it: parsing, analysis against a site, matching and ordering rows.
//!
//! The sandbox uses it in three steps, each of which answers with Jira's own `errorMessages`:
//!
//! ```text
//! let query = jql::parse(text)?;          // syntax errors
//! if !query.is_bounded() { 400 }
//! let plan = query.plan(&site)?;          // unknown fields, values, functions; wrong operators
//! rows.retain(|row| plan.matches(row));
//! rows.sort_by(|a, b| plan.compare(a, b));
//! ```
//!
//! It knows nothing of the sandbox's model: a [`Site`] turns names into ids once per query, a
//! [`Row`] says which ids, texts, numbers and dates an issue holds. Written from Jira's
//! documentation, not from our client.
//!
//! Source: <https://support.atlassian.com/jira-software-cloud/docs/jql-fields/>, `jql-operators`,
//! `jql-functions` and `jql-keywords` beside it.

mod analyze;
mod ast;
mod clause;
mod condition;
mod dates;
mod display;
mod field;
mod function;
mod history;
mod keywords;
mod lexer;
mod operand;
mod order;
mod parse;
mod plan;
pub(crate) mod reference_data;
mod row;
mod site;
mod syntax_errors;
mod text;
mod token;

#[cfg(test)]
mod tests;

pub(crate) use self::{
    field::{Field, Kind},
    parse::parse,
    row::{FieldChange, Row, Term, Values},
    site::{CustomField, CustomRef, Site, SiteFunction},
};
