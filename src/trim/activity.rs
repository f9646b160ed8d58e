//! What people did with an issue: its history and the work logged on it.

use serde::Serialize;

use crate::jira::wire;

use super::{
    date,
    field::{markdown, person, short_text},
    text::clip,
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

impl ChangeView {
    /// One view for each field of an edit.
    pub fn all(history: &wire::History<'_>) -> impl Iterator<Item = Self> {
        history.items.iter().map(|item| Self::of(history, item))
    }

    /// One field of an edit.
    pub fn of(history: &wire::History<'_>, item: &wire::Change<'_>) -> Self {
        let value = |text: Option<&str>| text.map(|text| short_text(text, LABEL_CHARS));
        Self {
            when: date::short(&history.created).into_owned(),
            who: history.author.as_ref().map(person),
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

/// A piece of logged work.
#[derive(Debug, Serialize)]
pub struct WorklogView {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    started: String,
    time: String,
    /// Written by a customer of a service desk: text from outside the company.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    from_customer: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    comment: String,
}

impl WorklogView {
    /// Reads a worklog, its comment clipped to `text_chars` characters.
    pub fn of(worklog: &wire::Worklog<'_>, text_chars: usize) -> Self {
        Self {
            id: worklog.id.clone().into_owned(),
            author: worklog.author.as_ref().map(person),
            started: date::short(&worklog.started).into_owned(),
            time: short_text(&worklog.time_spent, LABEL_CHARS),
            from_customer: is_customer(worklog.author.as_ref()),
            comment: worklog
                .comment
                .as_ref()
                .map(|comment| markdown(comment, text_chars))
                .unwrap_or_default(),
        }
    }

    /// Clips the comment further, when one worklog alone exceeds the budget of a reply.
    pub fn clip(&mut self, text_chars: usize) {
        self.comment = clip(&self.comment, text_chars).into_owned();
    }
}

fn is_customer(author: Option<&wire::User<'_>>) -> bool {
    author.and_then(|author| author.account_type.as_deref()) == Some("customer")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUSTOMER: &str = r#"{"accountId":"qm:1","displayName":"Cu\u200bs","accountType":"customer"}"#;

    #[test]
    fn what_a_customer_did_is_marked() {
        let json = format!(
            r#"{{"author":{CUSTOMER},"created":"2026-11-20T10:00:00.000+0000",
                "items":[{{"field":"summary","fromString":"a","toString":"b"}}]}}"#
        );
        let history: wire::History<'_> = serde_json::from_str(&json).unwrap();
        let views: Vec<ChangeView> = ChangeView::all(&history).collect();
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
        let json = format!(r#"{{"items":[{{"field":"description","toString":"{}"}}]}}"#, "x".repeat(900));
        let history: wire::History<'_> = serde_json::from_str(&json).unwrap();
        let mut view = ChangeView::all(&history).next().unwrap();
        assert!(view.to.as_deref().unwrap().ends_with("[+700 chars]"));
        view.clip(20);
        assert!(view.to.unwrap().chars().count() < 40);
    }
}
