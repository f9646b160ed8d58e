//! The history of an issue.

use std::borrow::Cow;

use serde::Serialize;
use tool_kit::clip;

use crate::jira::client::wire;

use super::{
    fence::{HIDDEN, keys_hidden, without},
    field::short_text,
    person::{is_customer, somebody},
    visible::Visible,
};

/// Names and the values of a change are clipped to this many characters.
const LABEL_CHARS: usize = 200;

/// One changed field in an issue's history.
#[derive(Debug, Serialize)]
pub struct ChangeView {
    when: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<String>,
    /// Made by a customer of a service desk: the values are text from outside the company.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    from_customer: bool,
    field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
}

/// Fields whose values are issues, in lower case.
const OF_ISSUES: &[&str] =
    &["link", "epic link", "epic child", "parent", "parent link", "issueparentassociation", "key"];

/// The same by id.
const IDS_OF_ISSUES: &[&str] = &["issuelinks", "parent", "subtasks", "issuekey"];

impl ChangeView {
    /// One view for each field of an edit.
    pub fn all(
        history: &wire::ChangelogEntry<'_>,
        visible: &dyn Visible,
    ) -> impl Iterator<Item = Self> {
        history.items.iter().map(move |item| Self::of(history, item, visible))
    }

    /// One field of an edit. Issues that may not be shown are not named in it.
    pub fn of(
        history: &wire::ChangelogEntry<'_>,
        item: &wire::ChangeDetails<'_>,
        visible: &dyn Visible,
    ) -> Self {
        let value = |text: Option<&str>| {
            text.map(|text| short_text(&fit_to_show(item, text, visible), LABEL_CHARS))
        };
        Self {
            when: short_text(&history.created, LABEL_CHARS),
            who: somebody(&history.author),
            from_customer: is_customer(history.author.as_ref()),
            field: short_text(&item.field, LABEL_CHARS),
            from: value(item.from_string.as_deref()),
            to: value(item.to_string.as_deref()),
        }
    }

    /// Clips the values further, when one change alone exceeds the budget of a reply.
    pub fn clip(&mut self, text_chars: usize) {
        for value in [&mut self.from, &mut self.to].into_iter().flatten() {
            *value = clip(value, text_chars).into_owned();
        }
    }
}

fn fit_to_show<'a>(
    item: &wire::ChangeDetails<'_>,
    value: &'a str,
    visible: &dyn Visible,
) -> Cow<'a, str> {
    if visible.shows_all() {
        return Cow::Borrowed(value);
    }
    // Names are translated and given anew; ids are not.
    let (field, id) = (item.field.to_lowercase(), item.field_id.as_deref().unwrap_or_default());
    if field == "project" || id == "project" {
        return Cow::Borrowed(HIDDEN);
    }
    if OF_ISSUES.contains(&field.as_str()) || IDS_OF_ISSUES.contains(&id) {
        let is_between = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
        return without(value, is_between, visible);
    }
    if matches!(id, "summary" | "description" | "environment" | "comment") || field == "summary" {
        return Cow::Borrowed(value);
    }
    keys_hidden(value, visible)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::jira::views::worklog::WorklogView;

    /// Shows the issues of one project.
    #[derive(Debug)]
    struct Only(&'static str);

    impl Visible for Only {
        fn shows(&self, issue_key: &str) -> bool {
            issue_key.rsplit_once('-').is_some_and(|(project, _)| project == self.0)
        }

        fn shows_project(&self, project_key: &str) -> bool {
            project_key == self.0
        }

        fn shows_all(&self) -> bool {
            false
        }
    }

    #[test]
    fn hidden_issues_are_not_named_in_the_history() {
        for (field, id, value, expected) in [
            ("Link", "", "This issue blocks Q-12", "This issue blocks [hidden]"),
            ("Verknüpfung", "issuelinks", "This issue blocks Q-12", "This issue blocks [hidden]"),
            ("Link", "", "This issue blocks P-12", "This issue blocks P-12"),
            ("Parent", "", "Q-1", "[hidden]"),
            ("Übergeordnet", "parent", "Q-1", "[hidden]"),
            ("Key", "", "Q-1", "[hidden]"),
            ("Epic Child", "", "P-1, Q-2,P-3", "P-1, [hidden],P-3"),
            ("project", "", "Quarry", "[hidden]"),
            ("Projekt", "project", "Quarry", "[hidden]"),
            ("Related", "customfield_1", "Q-1", "[hidden]"),
            ("Notes", "customfield_2", "as in Q-1", "as in Q-1"),
            ("summary", "summary", "as in Q-1", "as in Q-1"),
        ] {
            let change = json!({"field": field, "fieldId": id}).to_string();
            let change: wire::ChangeDetails<'_> = serde_json::from_str(&change).unwrap();
            assert_eq!(fit_to_show(&change, value, &Only("P")), expected, "{field}: {value}");
        }
    }

    const CUSTOMER: &str =
        r#"{"accountId":"qm:1","displayName":"Cu\u200bs","accountType":"customer"}"#;

    #[test]
    fn what_a_customer_did_is_marked() {
        let json = format!(
            r#"{{"author":{CUSTOMER},"created":"2026-11-20T10:00:00.000+0000",
                "items":[{{"field":"summary","fromString":"a","toString":"b"}}]}}"#
        );
        let history: wire::ChangelogEntry<'_> = serde_json::from_str(&json).unwrap();
        let views: Vec<ChangeView> = ChangeView::all(&history, &Only("P")).collect();
        assert_eq!(
            serde_json::to_string(&views).unwrap(),
            r#"[{"when":"2026-11-20T10:00Z","who":"Cus","from_customer":true,"field":"summary","from":"a","to":"b"}]"#
        );
        let json = format!(r#"{{"id":"1","author":{CUSTOMER},"timeSpent":"1h"}}"#);
        let worklog: wire::Worklog<'_> = serde_json::from_str(&json).unwrap();
        let shown = serde_json::to_value(WorklogView::of(&worklog, 100)).unwrap();
        assert_eq!(shown["from_customer"], true);
    }

    #[test]
    fn long_values_are_clipped_and_say_so() {
        let json =
            format!(r#"{{"items":[{{"field":"description","toString":"{}"}}]}}"#, "x".repeat(900));
        let history: wire::ChangelogEntry<'_> = serde_json::from_str(&json).unwrap();
        let mut view = ChangeView::all(&history, &Only("P")).next().unwrap();
        assert!(view.to.as_deref().unwrap().ends_with("[+700 chars]"));
        view.clip(20);
        assert!(view.to.unwrap().chars().count() < 40);
    }
}
