//! What kind of value a field takes, and in which words that is taught.
//!
//! Source: the `schema` objects of createmeta and editmeta; the tail of `schema.custom` decides for
//! custom fields.

use crate::jira::client::wire::{FieldMeta, FieldSchema};

/// How a field's value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    RichText,
    /// The summary.
    SingleLine,
    Text,
    Number,
    Date,
    DateTime,
    Option,
    Options,
    Cascading,
    Named,
    NamedList,
    User,
    Users,
    Labels,
    /// A list of texts that are no labels, such as the items of a checklist.
    Texts,
    Sprint,
    Parent,
    /// The parent of company-managed projects in former times: the key as a bare text.
    EpicLink,
    /// The parent of plans, above epics: the key as a bare text, too.
    ParentLink,
    Project,
    /// Takes the team's id as a bare text.
    Team,
    TimeTracking,
    /// The kind of request in a service desk, as a bare text.
    RequestType,
    /// A shape we do not know: the value goes to Jira as it is, and Jira judges.
    AsIs,
}

impl Kind {
    pub(super) fn of(schema: &FieldSchema) -> Self {
        let tail = schema.custom.rsplit(':').next().unwrap_or_default();
        match (schema.kind.as_str(), tail, schema.system.as_str()) {
            (_, "textarea", _) | (_, _, "description" | "environment") => Self::RichText,
            (_, _, "summary") => Self::SingleLine,
            (_, "gh-sprint", _) => Self::Sprint,
            (_, "gh-epic-link", _) => Self::EpicLink,
            (_, "jpo-custom-field-parent", _) => Self::ParentLink,
            (_, _, "parent") => Self::Parent,
            (_, "atlassian-team", _) | ("team", ..) => Self::Team,
            (_, "vp-origin", _) | ("sd-customerrequesttype", ..) => Self::RequestType,
            ("timetracking", ..) | (_, _, "timetracking") => Self::TimeTracking,
            (_, "labels", _) | (_, _, "labels") => Self::Labels,
            ("number", ..) => Self::Number,
            ("date", ..) => Self::Date,
            ("datetime", ..) => Self::DateTime,
            ("option", ..) => Self::Option,
            ("option-with-child", ..) => Self::Cascading,
            ("user", ..) => Self::User,
            ("project", ..) => Self::Project,
            ("string", ..) => Self::Text,
            (
                "priority" | "resolution" | "version" | "component" | "issuetype" | "securitylevel"
                | "group",
                ..,
            ) => Self::Named,
            ("array", ..) => match schema.items.as_str() {
                "option" => Self::Options,
                "user" => Self::Users,
                "version" | "component" | "group" => Self::NamedList,
                "string" => Self::Texts,
                _ => Self::AsIs,
            },
            _ => Self::AsIs,
        }
    }

    /// Whether it is a list, which an empty list clears and to which single values can be added.
    pub(super) fn is_list(self) -> bool {
        self.item() != self
    }

    /// What an element of a list is; a single value is its own.
    pub(super) fn item(self) -> Self {
        match self {
            Self::Options => Self::Option,
            Self::NamedList => Self::Named,
            Self::Users => Self::User,
            // Both are told apart from single texts by what they are called in faults only.
            Self::Labels | Self::Texts => Self::Text,
            other => other,
        }
    }

    /// Whether a value that looks like JSON in a text is meant as text.
    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::RichText | Self::SingleLine | Self::Text)
    }

    /// The forms that are read, to complete "takes …".
    pub(super) fn accepts(self) -> &'static str {
        match self {
            Self::RichText => "Markdown text",
            Self::SingleLine => "one line of text, at most 255 characters",
            Self::Text => "text",
            Self::Number => "a number",
            Self::Date => "a day like 2026-12-24, tomorrow, +3d or next monday",
            Self::DateTime => {
                "a time like 2026-12-24T10:00+01:00, 2026-12-24 10:00 or tomorrow 9am"
            }
            Self::Option | Self::Named => "one value, by name or as {\"id\": \"…\"}",
            Self::Options | Self::NamedList => {
                "a list of names, or {\"add\": […]}, {\"remove\": […]} to keep the others"
            }
            Self::Cascading => "\"Parent > Child\" or [\"Parent\", \"Child\"]",
            Self::User => {
                "one person: me, a whole name, an e-mail address or {\"accountId\": \"…\"}"
            }
            Self::Users => {
                "a list of people, or {\"add\": […]}, {\"remove\": […]} to keep the others"
            }
            Self::Labels => {
                "a list of labels without spaces, or {\"add\": […]}, {\"remove\": […]} to keep the others"
            }
            Self::Texts => "a list of texts",
            Self::Sprint => "one sprint, by name or id",
            Self::Parent | Self::EpicLink | Self::ParentLink => "an issue key like PROJ-123",
            Self::Project => "a project key like PROJ",
            Self::Team => {
                "the team's id as text; reading the field of an issue of that team shows it"
            }
            Self::TimeTracking => {
                "{\"originalEstimate\": \"2d\", \"remainingEstimate\": \"4h\"}, one of them or both"
            }
            Self::RequestType => {
                "the request type's id as text, or portal/key such as help/incident"
            }
            Self::AsIs => "JSON in the shape of Jira's REST API, which Jira judges",
        }
    }
}

/// The forms that a field takes, where its type does not tell them.
pub fn taught_forms(field: &FieldMeta) -> Option<&'static str> {
    let kind = Kind::of(&field.schema);
    let is_known = !matches!(
        kind,
        Kind::TimeTracking
            | Kind::Team
            | Kind::RequestType
            | Kind::Texts
            | Kind::DateTime
            | Kind::AsIs
    );
    (!is_known).then(|| kind.accepts())
}
