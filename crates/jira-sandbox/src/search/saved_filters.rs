//! `filter = 10051` in a query stands for the query that was saved under that id.

use crate::model::Site;

/// The query with every known filter's own query in its place, in parentheses and without its
/// order. A filter that nobody saved stays as it is, which the language then refuses as an unknown
/// field.
pub(super) fn expanded(site: &Site, text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    let mut in_quotes = false;
    while let Some(first) = rest.chars().next() {
        let begins_word = !shown.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if !in_quotes
            && begins_word
            && let Some((id, behind)) = named(rest)
            && let Some(filter) = site.filters.iter().find(|filter| filter.id.to_string() == id)
        {
            shown.extend(["(", unordered(&filter.jql), ")"]);
            rest = behind;
            continue;
        }
        in_quotes ^= first == '"';
        shown.push(first);
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    shown
}

/// The id in `filter = 10051`, and what stands behind it.
fn named(text: &str) -> Option<(&str, &str)> {
    let (word, behind) = text.split_at_checked("filter".len())?;
    let value = behind.trim_start().strip_prefix('=')?.trim_start();
    let end = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    let (id, behind) = value.split_at_checked(end)?;
    (word.eq_ignore_ascii_case("filter") && !id.is_empty()).then_some((id, behind))
}

fn unordered(jql: &str) -> &str {
    let at = jql.to_ascii_uppercase().rfind("ORDER BY");
    at.and_then(|at| jql.get(..at)).unwrap_or(jql).trim()
}
