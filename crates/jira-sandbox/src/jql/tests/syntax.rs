//! Faults of grammar, each with Jira's sentence and place.

use crate::jql::parse;

/// `expected` leaves out the sentence's common opening.
fn check(jql: &str, expected: &str) {
    let error = parse(jql).expect_err(jql);
    assert_eq!(error, [format!("Error in the JQL Query: {expected}")], "{jql:?}");
}

const OPERATORS: &str = "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'.";

#[test]
fn operators_are_expected_after_fields() {
    check(
        "invalid query",
        &format!("Expecting operator but got 'query'. {OPERATORS} (line 1, character 9)"),
    );
    check("a", &format!("Expecting operator before the end of the query. {OPERATORS}"));
    check("project = a&b", &format!("Expecting operator before the end of the query. {OPERATORS}"));
    check("a =a and j not is empty", "Expecting 'IN' but got 'is'. (line 1, character 16)");
    check("a =a and j is ! empty", "Expecting 'NOT' but got '!'. (line 1, character 15)");
}

#[test]
fn values_have_a_sentence_of_their_own() {
    let check_value = |jql: &str, expected: &str| {
        let opening = "Error in JQL Query: Expecting either a value, list or function";
        assert_eq!(parse(jql).expect_err(jql), [format!("{opening} {expected}")], "{jql:?}");
    };
    check_value("project =", "before the end of the query.");
    check_value("a was", "before the end of the query.");
    check_value("a = (b,", "before the end of the query.");
    let or = "but got 'OR'. You must surround 'OR' in quotation marks to use it as a value.";
    check_value("project = OR", &format!("{or} (line 1, character 11)"));
    let sign = "but got '='. You must surround '=' in quotation marks to use it as a value.";
    check_value("project = P AND status = = Done", &format!("{sign} (line 1, character 26)"));
    let paren = "but got ')'. You must surround ')' in quotation marks to use it as a value.";
    check_value("a in ()", &format!("{paren} (line 1, character 7)"));
}

#[test]
fn fields_are_expected_before_operators() {
    check("project = P AND", "Expecting a field name at the end of the query.");
    check("(", "Expecting a field name at the end of the query.");
    check("not not", "Expecting a field name at the end of the query.");
    let comma = "Expecting a field name but got ','. You must surround ',' in quotation marks to use it as a field name.";
    check(", a = b", &format!("{comma} (line 1, character 1)"));
    check(
        "[brenden] = a",
        "Expecting a field name but got '['. Did you mean 'cf['? (line 1, character 1)",
    );
    check("'' = c", "A field name cannot be empty. (line 1, character 1)");
    check("a = b and not (cf = 6)", "Expecting '[' but got '='. (line 1, character 19)");
    let id = "Expecting a custom field id (a positive number)";
    check("cf[", &format!("{id} before the end of the query."));
    check("cf[-29829] = 1", &format!("{id} but got '-29829'. (line 1, character 4)"));
    check("cf[29829 = world", "Expecting ']' but got '='. (line 1, character 10)");
}

#[test]
fn conditions_are_joined_and_closed() {
    check("a=b c=d", "Expecting either 'OR' or 'AND' but got 'c'. (line 1, character 5)");
    check("a=b !c=d", "Expecting either 'OR' or 'AND' but got '!'. (line 1, character 5)");
    check("a = b)", "Expecting either 'OR' or 'AND' but got ')'. (line 1, character 6)");
    check("(a=b and c = d", "Expecting ')' before the end of the query.");
    check("(a = b ORDER BY c)", "Expecting ')' but got 'ORDER'. (line 1, character 8)");
    check("abc IN ((foo) abc = a", "Expecting ')' but got 'abc'. (line 1, character 15)");
    check(
        "a = b\nAND\n  c d",
        &format!("Expecting operator but got 'd'. {OPERATORS} (line 3, character 5)"),
    );
}

#[test]
fn functions_are_closed() {
    check("a = func(", "Expecting ')' before the end of the query.");
    check("a = func(, and not (a = x)", "Expecting ')' but got ','. (line 1, character 10)");
    check("b=func(bad", "Expecting ')' before the end of the query.");
    check("bas=func(bad,)", "Function argument must be specified. (line 1, character 14)");
    check("bas=func(bad,", "Expecting a function argument at the end of the query.");
    let bang = "Expecting a function argument but got '!'. You must surround '!' in quotation marks to use it as an argument.";
    check("k = func(!", &format!("{bang} (line 1, character 10)"));
    check("k = func(abc, jk!)", "Expecting ')' or ',' but got '!'. (line 1, character 17)");
    check("a = ''()", "A function name cannot be empty. (line 1, character 5)");
}

#[test]
fn orders() {
    check("a =b order", "Expecting 'by' before the end of the query.");
    check("a =b order summary", "Expecting 'by' but got 'summary'. (line 1, character 12)");
    check("a =b order by", "Expecting a field name at the end of the query.");
    check(
        "order by x blah",
        "Expecting either 'ASC' or 'DESC' but got 'blah'. (line 1, character 12)",
    );
    check("order by a desc d", "Expecting ',' but got 'd'. (line 1, character 17)");
}

#[test]
fn words_and_characters_that_need_quotes() {
    let word = "You must surround it in quotation marks to use it in a query.";
    check(
        "summary ~ Default",
        &format!("'Default' is a reserved JQL word. {word} (line 1, character 11)"),
    );
    check("field = open", &format!("'field' is a reserved JQL word. {word} (line 1, character 1)"));
    let at = "You must enclose it in a string or use the escape '\\u0040' instead.";
    check(
        "assignee = a@b",
        &format!("The character '@' is a reserved JQL character. {at} (line 1, character 13)"),
    );
    let bell = "must be escaped. Use the escape '\\u0007' instead.";
    check(
        "a = \"\u{7}\"",
        &format!("The character 'U+0007' on line 1 at position 6 {bell} (line 1, character 6)"),
    );
    check(
        "summary ~ 'test",
        "The quoted string 'test' has not been completed. (line 1, character 11)",
    );
    check(
        "priority=\"test\nword",
        "The quoted string 'test word' has not been completed. (line 1, character 10)",
    );
    check("comment ~ '", "The quoted string has not been completed. (line 1, character 11)");
    let escapes = r#"The valid escape sequences are \', \", \t, \n, \r, \\, '\ ' and \uXXXX."#;
    check(
        "a = case\\k",
        &format!("'\\k' is an illegal JQL escape sequence. {escapes} (line 1, character 9)"),
    );
    check(
        "a = '\\u27zz'",
        &format!("'\\u27z' is an illegal JQL escape sequence. {escapes} (line 1, character 6)"),
    );
    check(
        "a = b\\",
        &format!("The escape sequence has not been completed. {escapes} (line 1, character 6)"),
    );
    let range = "Numbers must be between -9,223,372,036,854,775,808 and 9,223,372,036,854,775,807.";
    check(
        "a=-9999999999999999999",
        &format!("'-9999999999999999999' is not a valid number. {range} (line 1, character 3)"),
    );
}

#[test]
fn depth_has_an_end() {
    for opening in ["(", "NOT ", "!", "a in ("] {
        let error = parse(&opening.repeat(100_000)).expect_err(opening);
        assert!(error[0].starts_with("Error in "), "{error:?}");
    }
    let deep = "(".repeat(60) + "a = b" + &")".repeat(60);
    assert!(parse(&deep).is_ok());
    assert!(parse(&format!("({deep})")).is_err());
}

#[test]
fn what_is_well_formed() {
    for jql in [
        "",
        "  ",
        "order by a, b desc, cf[1] asc",
        "a = b && c != 'd' || !(e < 5) and not f ~ \"x\\\"y\"",
        "status was not in (a, b) before -7d by currentUser() or x changed from a to b",
        "a not in (b, (c, empty), f(1, -1d)) and 'my field' is not null",
        "version = 1.0 and due < 2026-11-01 and who = 557058:1f-a",
        "a=b\tAND\r\nc=d",
    ] {
        assert!(parse(jql).is_ok(), "{jql:?}: {:?}", parse(jql));
    }
    assert!(!parse("order by a").unwrap().is_bounded() && parse("a = b").unwrap().is_bounded());
}
