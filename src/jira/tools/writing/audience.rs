//! Who reads a comment: on an issue of a service desk the customer does, unless it is internal.
//!
//! One rule for every tool that writes a comment, be it with a transition or a link: it is internal
//! unless the caller said otherwise, and the reply says who sees it. Work logs are not shown to
//! customers, and `comment` among the fields of an issue is refused.

use json_borrow::{Text, or_default};
use serde::Deserialize;
use serde_json::{Value, json};
use tool_kit::{Row, ToolError};

use crate::jira::{
    AllowedIssue,
    request::{self, Body},
    tools::context::Context,
    wire::Issue,
};

/// The field of an issue that tells.
pub(in crate::jira::tools) const PROJECT: &str = "project";

/// Kinds of projects that have no customers. Source: the `projectTypeKey` of Jira's REST v3, and
/// Jira Product Discovery's.
const WITHOUT_CUSTOMERS: [&str; 3] = ["software", "business", "product_discovery"];

/// Who reads a comment that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::jira::tools) struct Audience {
    /// Whether the issue has a customer, as far as can be told.
    has_customers: bool,
    is_internal: bool,
}

impl Audience {
    /// Of a comment on an issue that was read with [`PROJECT`]; `internal` is what the caller said.
    pub(in crate::jira::tools) fn on(issue: &Issue<'_>, internal: Option<bool>) -> Self {
        let has_customers = may_have_customers(issue);
        Self { has_customers, is_internal: internal.unwrap_or(has_customers) }
    }

    /// The same, asking Jira about the issue.
    pub(in crate::jira::tools) async fn ask(
        context: &Context,
        key: &AllowedIssue,
        internal: Option<bool>,
    ) -> Result<Self, ToolError> {
        let answer = context.ask(request::issue(key, &[PROJECT], &[])).await?;
        Ok(Self::on(&answer.read()?, internal))
    }

    /// Makes a comment internal, if it is to be.
    pub(in crate::jira::tools) fn restrict(self, comment: &mut Body) {
        if self.is_internal {
            comment.values.insert("properties".to_owned(), internal_property());
        }
    }

    /// Says who sees it, where there are customers: as Jira tells it, else as it was sent.
    pub(in crate::jira::tools) fn tell(self, reply: &mut Row, is_public: Option<bool>) {
        if self.has_customers {
            reply.put_non_empty("customers_see_it", is_public.unwrap_or(!self.is_internal));
        }
    }
}

/// Without this property a comment on a service desk request is public to the customer.
pub(in crate::jira::tools) fn internal_property() -> Value {
    json!([{ "key": "sd.public.comment", "value": { "internal": true } }])
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Project<'a> {
    #[serde(borrow, default, deserialize_with = "or_default")]
    project_type_key: Option<Text<'a>>,
}

/// Whether an issue lies in a service desk, or where that cannot be told: what cannot be read is
/// not taken for a project without customers.
pub(in crate::jira::tools) fn may_have_customers(issue: &Issue<'_>) -> bool {
    let project: Option<Project<'_>> = issue.fields.read(PROJECT);
    let kind = project.and_then(|project| project.project_type_key);
    kind.is_none_or(|kind| has_customers(&kind))
}

/// The same of a kind of project.
pub(in crate::jira::tools) fn has_customers(project_type_key: &str) -> bool {
    !WITHOUT_CUSTOMERS.contains(&project_type_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fields: &str, has_customers: bool) {
        let json = format!(r#"{{"key": "A-1", "fields": {fields}}}"#);
        let issue: Issue<'_> = json_borrow::from_str(&json).unwrap();
        for (said, is_internal) in [(None, has_customers), (Some(true), true), (Some(false), false)]
        {
            let expected = Audience { has_customers, is_internal };
            assert_eq!(Audience::on(&issue, said), expected, "{fields} {said:?}");
        }
    }

    #[test]
    fn only_what_is_known_to_have_no_customers_is_written_as_usual() {
        for kind in WITHOUT_CUSTOMERS {
            check(&format!(r#"{{"project": {{"projectTypeKey": "{kind}"}}}}"#), false);
        }
        for fields in [
            r#"{"project": {"projectTypeKey": "service_desk"}}"#,
            r#"{"project": {"projectTypeKey": "customer_service"}}"#,
            r#"{"project": {"projectTypeKey": ""}}"#,
            r#"{"project": {"projectTypeKey": 7}}"#,
            r#"{"project": {"key": "A"}}"#,
            r#"{"project": null}"#,
            r#"{"project": "software"}"#,
            "{}",
        ] {
            check(fields, true);
        }
    }
}
