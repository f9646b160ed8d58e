//! Fields: what can be stored in an issue under a field id.

/// The custom field in which issues keep their sprints, old and new.
pub(crate) const SPRINT_FIELD: &str = "customfield_10020";
/// The custom field that orders issues on boards: a `LexoRank`.
pub(crate) const RANK_FIELD: &str = "customfield_10019";
/// The custom field with the short name of an epic.
pub(crate) const EPIC_NAME_FIELD: &str = "customfield_10011";

/// A system or custom field of a site.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldDef {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: FieldKind,
    /// `schema.type` and `schema.items` of Jira's metadata; `None` for pseudo fields such as
    /// `issuekey`.
    pub(crate) schema: Option<(&'static str, Option<&'static str>)>,
    /// `schema.custom`: the plugin key of a custom field's type.
    pub(crate) custom: Option<&'static str>,
    pub(crate) options: Vec<FieldOption>,
    /// The team-managed project that owns the field.
    pub(crate) scope: Option<u64>,
    pub(crate) navigable: bool,
    pub(crate) searchable: bool,
    pub(crate) clauses: Vec<String>,
}

impl FieldDef {
    /// The number of `customfield_10020`.
    pub(crate) fn number(&self) -> Option<u64> {
        self.id.strip_prefix("customfield_")?.parse().ok()
    }

    pub(crate) fn option(&self, id: u64) -> Option<&FieldOption> {
        self.options.iter().find(|option| option.id == id)
    }
}

/// One choice of a select field; `children` only in cascading selects.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldOption {
    pub(crate) id: u64,
    pub(crate) value: String,
    pub(crate) children: Vec<FieldOption>,
}

/// How a field's value is read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldKind {
    Text,
    Rich,
    Number,
    Date,
    Instant,
    Labels,
    /// A list of texts that may hold spaces, as the checklists of apps are.
    Lines,
    Person,
    People,
    Choice,
    Choices,
    Cascade,
    Priority,
    Type,
    Project,
    Parent,
    Components,
    Versions,
    Resolution,
    Estimates,
    Sprint,
    Team,
    /// The key of an epic; the same link as `parent`.
    EpicLink,
    Url,
    /// Computed by Jira from elsewhere, or only shown: never written through `fields`.
    ReadOnly,
}

/// A stored value. References are ids inside the site.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Rich(serde_json::Value),
    Number(f64),
    Instant(i64),
    Labels(Vec<String>),
    Person(usize),
    People(Vec<usize>),
    Choice(u64),
    Choices(Vec<u64>),
    Cascade(u64, Option<u64>),
    /// A priority, resolution, issue type, project or parent issue.
    Ref(u64),
    /// Components, versions or sprints.
    Refs(Vec<u64>),
    /// Seconds: original and remaining estimate.
    Estimates(Option<u64>, Option<u64>),
    Json(serde_json::Value),
}
