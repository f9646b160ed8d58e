//! The sentences with which Jira refuses a query it cannot read.
//!
//! Clients and people match on these texts, so they are Jira's to the letter, down to the one
//! family that says "in JQL Query" where all others say "in the JQL Query".

use super::token::Position;

const ESCAPES: &str = r#"The valid escape sequences are \', \", \t, \n, \r, \\, '\ ' and \uXXXX."#;
const OPERATORS: &str = "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'.";

/// What the parser found: a token's text and place, or the end of the query.
pub(super) type Found<'a> = Option<(&'a str, Position)>;

pub(super) fn reserved_word(word: &str, at: Position) -> String {
    let rest = "You must surround it in quotation marks to use it in a query.";
    placed(&format!("'{word}' is a reserved JQL word. {rest}"), at)
}

pub(super) fn reserved_char(c: char, at: Position) -> String {
    let code = u32::from(c);
    let rest =
        format!("You must enclose it in a string or use the escape '\\u{code:04x}' instead.");
    placed(&format!("The character '{c}' is a reserved JQL character. {rest}"), at)
}

pub(super) fn illegal_char(c: char, at: Position) -> String {
    let code = u32::from(c);
    let Position { line, character } = at;
    let rest = format!("must be escaped. Use the escape '\\u{code:04x}' instead.");
    placed(
        &format!("The character 'U+{code:04X}' on line {line} at position {character} {rest}"),
        at,
    )
}

pub(super) fn illegal_escape(escape: &str, at: Position) -> String {
    match escape {
        "\\" => placed(&format!("The escape sequence has not been completed. {ESCAPES}"), at),
        _ => placed(&format!("'{escape}' is an illegal JQL escape sequence. {ESCAPES}"), at),
    }
}

pub(super) fn illegal_number(digits: &str, at: Position) -> String {
    let range = "Numbers must be between -9,223,372,036,854,775,808 and 9,223,372,036,854,775,807.";
    placed(&format!("'{digits}' is not a valid number. {range}"), at)
}

pub(super) fn unfinished_string(text: &str, at: Position) -> String {
    let shown = text.replace(['\n', '\r'], " ");
    if shown.trim().is_empty() {
        return placed("The quoted string has not been completed.", at);
    }
    placed(&format!("The quoted string '{shown}' has not been completed."), at)
}

pub(super) fn empty_name(what: &str, at: Position) -> String {
    placed(&format!("A {what} name cannot be empty."), at)
}

pub(super) fn no_field(found: Found<'_>) -> String {
    match found {
        None => unplaced("Expecting a field name at the end of the query."),
        Some(("[", at)) => placed("Expecting a field name but got '['. Did you mean 'cf['?", at),
        Some((got, at)) => {
            let advice =
                format!("You must surround '{got}' in quotation marks to use it as a field name.");
            placed(&format!("Expecting a field name but got '{got}'. {advice}"), at)
        }
    }
}

pub(super) fn no_custom_field_id(found: Found<'_>) -> String {
    expected("a custom field id (a positive number)", found)
}

pub(super) fn no_operator(found: Found<'_>) -> String {
    match found {
        None => unplaced(&format!("Expecting operator before the end of the query. {OPERATORS}")),
        Some((got, at)) => placed(&format!("Expecting operator but got '{got}'. {OPERATORS}"), at),
    }
}

pub(super) fn no_value(found: Found<'_>) -> String {
    let expecting = "Error in JQL Query: Expecting either a value, list or function";
    match found {
        None => format!("{expecting} before the end of the query."),
        Some((got, at)) => {
            let advice =
                format!("You must surround '{got}' in quotation marks to use it as a value.");
            format!("{expecting} but got '{got}'. {advice} {}", place(at))
        }
    }
}

pub(super) fn no_argument(found: Found<'_>) -> String {
    match found {
        None => unplaced("Expecting a function argument at the end of the query."),
        Some((")", at)) => placed("Function argument must be specified.", at),
        Some((got, at)) => {
            let advice =
                format!("You must surround '{got}' in quotation marks to use it as an argument.");
            placed(&format!("Expecting a function argument but got '{got}'. {advice}"), at)
        }
    }
}

/// For what can only be this one thing, or one of these, written as the sentence wants it: `')'`,
/// `')' or ','`.
pub(super) fn expected(what: &str, found: Found<'_>) -> String {
    match found {
        None => unplaced(&format!("Expecting {what} before the end of the query.")),
        Some((got, at)) => placed(&format!("Expecting {what} but got '{got}'."), at),
    }
}

/// Ours: Jira's own words for a query beyond its limits are not documented.
pub(super) fn too_deep(at: Position) -> String {
    placed("The query is nested too deeply.", at)
}

fn unplaced(message: &str) -> String {
    format!("Error in the JQL Query: {message}")
}

fn placed(message: &str, at: Position) -> String {
    format!("Error in the JQL Query: {message} {}", place(at))
}

fn place(at: Position) -> String {
    format!("(line {}, character {})", at.line, at.character)
}
