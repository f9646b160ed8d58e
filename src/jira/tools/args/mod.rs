//! The arguments of Jira's tools: kinds of text that are read as what they name.

mod addresses;
mod attachment;
mod fields;
mod keys;
mod synonyms;
mod work_time;

pub(in crate::jira::tools) use addresses::named_hosts;
pub(crate) use attachment::AttachmentId;
pub(crate) use fields::{FieldList, FieldObjects, FieldText, FieldValues};
pub(crate) use keys::{IssueKey, Jql, ProjectKey};
pub(in crate::jira::tools) use synonyms::SYNONYMS;
pub(in crate::jira::tools) use tool_kit::{
    args::{Argument, Arguments, Given, ListItem, NumericId, Shape, nearest, shown},
    arguments, keywords,
};
pub(crate) use work_time::WorkTime;

#[cfg(test)]
mod tests;
