//! Jira's sentences about a query that cannot run: where the fault is, and which name was not
//! known.
//!
//! The sentences are those of an English site; any other stands for itself, without position and
//! name.

use std::borrow::Cow;

/// What a sentence complains about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::jira::tools) enum Subject<'t> {
    /// No such field, or none that can be sorted by.
    Field(&'t str),
    /// No such value of a field.
    Value { field: Cow<'t, str>, value: &'t str },
    /// No such function.
    Function(&'t str),
    /// The field does not know the operator.
    Operator { field: &'t str },
}

/// The line and the character in it, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::jira::tools) struct Position {
    pub(in crate::jira::tools) line: u32,
    pub(in crate::jira::tools) character: u32,
}

/// What a sentence complains about, as far as something can be looked up for it.
pub(in crate::jira::tools) fn subject(text: &str) -> Option<Subject<'_>> {
    let between = |start: &str, end: &str| text.strip_prefix(start)?.split_once(end);
    if let Some((field, _)) = between("Field '", "' does not exist") {
        return Some(Subject::Field(field));
    }
    if let Some((field, _)) = between("Not able to sort using field '", "'") {
        return Some(Subject::Field(field));
    }
    for start in ["The value '", "A value with ID '"] {
        if let Some((value, rest)) = between(start, "' does not exist for the field '") {
            return Some(Subject::Value {
                field: rest.trim_end_matches(['.', '\'']).into(),
                value,
            });
        }
    }
    if let Some((value, rest)) = between("The option '", "' for field '") {
        let (field, _) = rest.split_once("' does not exist")?;
        return Some(Subject::Value { field: field.into(), value });
    }
    if let Some((value, _)) = between("Sprint with name '", "' does not exist") {
        return Some(Subject::Value { field: "sprint".into(), value });
    }
    if let Some((call, _)) = between("Unable to find JQL function '", "'") {
        return Some(Subject::Function(call.split('(').next().unwrap_or(call)));
    }
    let (_, rest) = between("The operator '", "' is not supported by the '")?;
    rest.split_once("' field").map(|(field, _)| Subject::Operator { field })
}

/// Where in the query the fault is, when the sentence says so.
pub(in crate::jira::tools) fn position(text: &str) -> Option<Position> {
    let (_, rest) = text.rsplit_once("line ")?;
    let (line, rest) = number(rest)?;
    let rest =
        [", character ", " at position "].iter().find_map(|words| rest.strip_prefix(words))?;
    let (character, _) = number(rest)?;
    Some(Position { line, character })
}

fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_names_are_read_from_jiras_sentences() {
        let value =
            |field: &'static str, value| Some(Subject::Value { field: field.into(), value });
        for (text, expected) in [
            (
                "Field 'universe' does not exist or you do not have permission to view it.",
                Some(Subject::Field("universe")),
            ),
            ("Not able to sort using field 'bar'.", Some(Subject::Field("bar"))),
            ("The value 'NOPE' does not exist for the field 'project'.", value("project", "NOPE")),
            (
                "The value 'O'Neil' does not exist for the field 'assignee'.",
                value("assignee", "O'Neil"),
            ),
            (
                "A value with ID '1' does not exist for the field 'reporter'.",
                value("reporter", "1"),
            ),
            ("The option 'Red' for field 'cf[10020]' does not exist.", value("cf[10020]", "Red")),
            (
                "Sprint with name 'Nope' does not exist or you do not have permission to view it.",
                value("sprint", "Nope"),
            ),
            ("Unable to find JQL function 'bogus(1, b)'.", Some(Subject::Function("bogus"))),
            (
                "The operator '~' is not supported by the 'project' field.",
                Some(Subject::Operator { field: "project" }),
            ),
            ("Das Feld 'x' gibt es nicht.", None),
            ("Field '", None),
            ("", None),
        ] {
            assert_eq!(subject(text), expected, "{text}");
        }
    }

    #[test]
    fn positions_are_read_where_jira_names_them() {
        let at = |line, character| Some(Position { line, character });
        for (text, expected) in [
            ("Expecting operator but got 'query'. (line 1, character 9)", at(1, 9)),
            ("The character 'U+0007' on line 2 at position 3 must be escaped.", at(2, 3)),
            ("Expecting ')' before the end of the query.", None),
            ("got 'line 7' (line 1, character 2)", at(1, 2)),
            ("line 99999999999999999999, character 1", None),
            ("line ", None),
        ] {
            assert_eq!(position(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_a_surprise(text in ".{0,80}") {
            let _ = (subject(&text), position(&text));
        }
    }
}
