//! The arguments of Jira's tools: kinds of text that are read as what they name.

mod addresses;
mod attachment;
mod fields;
mod keys;
mod synonyms;
mod work_time;

pub(in crate::jira::tools) use addresses::named_hosts;
pub(crate) use attachment::AttachmentId;
pub(in crate::jira::tools) use fields::given_twice;
pub(crate) use fields::{FieldList, FieldObjects, FieldText, FieldValues};
pub(crate) use keys::{IssueKey, Jql, ProjectKey};
pub(in crate::jira::tools) use synonyms::SYNONYMS;
pub(in crate::jira::tools) use tool_kit::{
    args::{Argument, Arguments, NumericId, RawArguments, Shape, nearest, shown},
    arguments, keywords,
};
pub(crate) use work_time::WorkTime;

/// The key of an issue, from the key in any letter case or the issue's address.
pub fn issue_key(text: &str) -> Option<String> {
    IssueKey::parse(text).map(|key| key.as_str().to_owned())
}

/// The key of a project, likewise.
pub fn project_key(text: &str) -> Option<String> {
    ProjectKey::parse(text).map(|key| key.as_str().to_owned())
}

#[cfg(test)]
mod tests;
