//! What may stand in a query: its fields, functions and values, as Jira knows them for this user.

use tool_kit::{ToolError, clean, clip};

use crate::jira::{
    names::{self, PersonScope},
    request,
    tools::{args::Jql, context::Context, search::near_projects},
    wire::{self, JqlField, JqlReference, JqlSuggestion, JqlSuggestions, ParsedQueries},
};

/// Jira's sentences are clipped to this many characters, and no more of them are read.
const TEXT_CHARS: usize = 400;
const TEXTS_MAX: usize = 20;

/// With how many letters a misspelt value is looked for at first.
const BEGINNING_CHARS: usize = 2;

/// Fields whose values are people.
const PEOPLE: &[&str] = &["assignee", "reporter", "creator", "watcher", "voter", "worklogauthor"];

/// Fields whose values say nothing of any project.
const SITE_WIDE: &[&str] =
    &["status", "statuscategory", "priority", "resolution", "issuetype", "type", "projecttype"];

/// Jira's sentences about a query; none when it can run.
pub(in crate::jira::tools) async fn judged(
    context: &Context,
    jql: &Jql,
) -> Result<Vec<String>, ToolError> {
    let parsed: ParsedQueries = context.ask(request::parse_jql(jql.as_str())).await?.read()?;
    let errors = parsed.queries.into_iter().flat_map(|query| query.errors).take(TEXTS_MAX);
    Ok(errors.map(|text| clip(&clean(&text), TEXT_CHARS).into_owned()).collect())
}

/// The fields and functions of the site.
pub(in crate::jira::tools) struct Reference<'a>(pub(in crate::jira::tools) JqlReference<'a>);

impl<'a> Reference<'a> {
    /// A field by the name that stands in queries, with or without quotes, or by `cf[…]`, in any
    /// letter case.
    pub(in crate::jira::tools) fn field(&self, name: &str) -> Option<&JqlField<'a>> {
        let name = unquoted(name.trim());
        // `Story Points[Number]` is how Jira tells fields of the same name apart.
        let bare = |value: &str| {
            value.rsplit_once('[').map_or(value.to_owned(), |(name, _)| name.to_owned())
        };
        let all = || self.0.visible_field_names.iter();
        let same = |field: &&JqlField<'_>| {
            unquoted(&field.value).eq_ignore_ascii_case(&name)
                || field.cfid.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(&name))
        };
        all().find(same).or_else(|| {
            all().find(|field| {
                field.cfid.is_some() && bare(&unquoted(&field.value)).eq_ignore_ascii_case(&name)
            })
        })
    }

    /// The fields whose names are most like a given one, as they stand in a query.
    pub(in crate::jira::tools) fn fields_like(&self, name: &str) -> Vec<String> {
        let fields: Vec<(String, &str)> = self
            .0
            .visible_field_names
            .iter()
            .map(|field| (unquoted(&field.value), field.value.as_ref()))
            .collect();
        let near = names::nearest(&unquoted(name), &fields, |(plain, _)| plain.as_str());
        near.into_iter().map(|(_, value)| clean(value).into_owned()).collect()
    }

    /// The functions whose names are most like a given one, as they stand in a query.
    pub(in crate::jira::tools) fn functions_like(&self, name: &str) -> Vec<String> {
        let functions = &self.0.visible_function_names;
        let near = names::nearest(name, functions, |function| {
            function.value.split('(').next().unwrap_or_default()
        });
        near.into_iter().map(|function| function.value.clone().into_owned()).collect()
    }

    /// The operators that a field knows.
    pub(in crate::jira::tools) fn operators(&self, field: &str) -> Vec<String> {
        self.field(field).map(operators).unwrap_or_default()
    }

    /// The functions that may stand for values of a field.
    pub(in crate::jira::tools) fn functions(&self, field: &JqlField<'_>) -> Vec<String> {
        let types = wire::texts(field.types);
        let fits = |list| wire::texts(list).iter().any(|kind| types.contains(kind));
        let functions = self.0.visible_function_names.iter();
        functions.filter(|one| fits(one.types)).map(|one| one.value.clone().into_owned()).collect()
    }
}

/// The operators that a field knows.
pub(in crate::jira::tools) fn operators(field: &JqlField<'_>) -> Vec<String> {
    wire::texts(field.operators).into_iter().map(wire::Text::into_owned).collect()
}

/// The values most like one that a field does not have; none when Jira cannot be asked.
pub(in crate::jira::tools) async fn values_like(
    context: &Context,
    field: &str,
    value: &str,
) -> Vec<String> {
    let plain = field.to_lowercase();
    if plain == "project" {
        return near_projects::projects_like(context, value).await;
    }
    if PEOPLE.contains(&plain.as_str()) {
        return names::people_like(&context.jira, value, PersonScope::Everyone).await;
    }
    if !may_show(context, field) {
        return Vec::new();
    }
    let beginning: String = value.chars().take(BEGINNING_CHARS).collect();
    for part in [Some(beginning.as_str()), None] {
        let Ok(choices) = choices(context, field, part).await else { return Vec::new() };
        let near = names::nearest(value, choices, |choice| choice.name.as_str());
        if !near.is_empty() {
            return near.into_iter().map(Choice::said).collect();
        }
    }
    Vec::new()
}

/// Whether the values of a field may be shown: where projects are restricted, versions, sprints,
/// labels and the like would tell of the others.
pub(in crate::jira::tools) fn may_show(context: &Context, field: &str) -> bool {
    let plain = field.to_lowercase();
    context.projects.is_open()
        || SITE_WIDE.contains(&plain.as_str())
        || PEOPLE.contains(&plain.as_str())
}

/// A value that a query may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::jira::tools) struct Choice {
    /// As it stands in a query.
    pub(in crate::jira::tools) value: String,
    /// As people know it.
    pub(in crate::jira::tools) name: String,
}

impl Choice {
    /// Both in one text, or one of them where it says the same.
    fn said(self) -> String {
        if unquoted(&self.value) == self.name {
            self.value
        } else {
            format!("{} ({})", self.name, self.value)
        }
    }
}

/// The first values of a field, or those that contain `part`.
pub(in crate::jira::tools) async fn choices(
    context: &Context,
    field: &str,
    part: Option<&str>,
) -> Result<Vec<Choice>, ToolError> {
    let answer = context.ask(request::jql_suggestions(&unquoted(field), part)).await?;
    let suggestions: JqlSuggestions<'_> = answer.read()?;
    Ok(suggestions.results.iter().map(choice).collect())
}

fn choice(suggestion: &JqlSuggestion<'_>) -> Choice {
    let value = clean(&suggestion.value).into_owned();
    let name = without_mail(&clean(&without_markup(&suggestion.display_name)));
    Choice { name: if name.is_empty() { unquoted(&value) } else { name }, value }
}

/// Jira marks the matching part of a name in bold.
fn without_markup(html: &str) -> String {
    let plain = html.replace("<b>", "").replace("</b>", "");
    // The ampersand comes last, or what it hides would be decoded twice.
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ];
    entities.iter().fold(plain, |text, (entity, sign)| text.replace(entity, sign))
}

/// Jira shows people as `Name - address`.
fn without_mail(text: &str) -> String {
    if !text.contains('@') {
        return text.to_owned();
    }
    let words: Vec<&str> = text.split_whitespace().filter(|word| !word.contains('@')).collect();
    words.join(" ").trim_end_matches(['-', ' ']).to_owned()
}

/// A name without the quotes that JQL needs around it.
pub(in crate::jira::tools) fn unquoted(name: &str) -> String {
    let inner =
        ['"', '\''].iter().find_map(|quote| name.strip_prefix(*quote)?.strip_suffix(*quote));
    inner.map_or_else(|| name.to_owned(), |inner| inner.replace("\\\"", "\"").replace("\\\\", "\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFERENCE: &str = r#"{"jqlReservedWords":["and"],"visibleFieldNames":[
        {"value":"status","displayName":"status","auto":"true","operators":["=","in"],"types":["Status"]},
        {"value":"\"Story Points\"","displayName":"Story Points - cf[7]","cfid":"cf[7]","operators":["="],"types":["Number"]},
        {"value":"\"Team[Select List]\"","cfid":"cf[8]"},{"value":"created","types":["Date"]}],
        "visibleFunctionNames":[{"value":"now()","types":["Date"]},{"value":"currentUser()","types":["User"]}]}"#;

    #[test]
    fn fields_and_functions_are_found_by_every_name() {
        let reference = Reference(serde_json::from_str(REFERENCE).unwrap());
        for (name, expected) in [
            ("STATUS", Some("status")),
            ("story points", Some("\"Story Points\"")),
            ("\"Story Points\"", Some("\"Story Points\"")),
            ("CF[7]", Some("\"Story Points\"")),
            ("team", Some("\"Team[Select List]\"")),
            ("sprint", None),
            ("\"", None),
        ] {
            assert_eq!(reference.field(name).map(|field| field.value.as_ref()), expected, "{name}");
        }
        assert_eq!(reference.fields_like("stautus"), ["status"]);
        assert_eq!(reference.functions_like("currentUsr"), ["currentUser()"]);
        assert_eq!(reference.operators("status"), ["=", "in"]);
        assert_eq!(reference.functions(reference.field("created").unwrap()), ["now()"]);
    }

    #[test]
    fn values_lose_markup_and_addresses() {
        let check = |value: &str, shown: &str, expected: &str| {
            let choice = choice(&JqlSuggestion { value: value.into(), display_name: shown.into() });
            assert_eq!(choice.said(), expected);
        };
        check("\"In Progress\"", "<b>In</b> Progress", "\"In Progress\"");
        check("5b10", "<b>An</b>na Admin - anna@example.com", "Anna Admin (5b10)");
        check("A", "R&amp;D &amp;lt; (<b>A</b>)", "R&D &lt; (A) (A)");
        check("Done", "", "Done");
    }
}
