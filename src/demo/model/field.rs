//! Fields: what can be stored in an issue under a field id.

/// A system or custom field of a site.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct FieldDef {
    pub(in crate::demo) id: String,
    pub(in crate::demo) name: String,
    pub(in crate::demo) kind: Kind,
    /// `schema.type` and `schema.items` of Jira's metadata; `None` for pseudo fields such as
    /// `issuekey`.
    pub(in crate::demo) schema: Option<(&'static str, Option<&'static str>)>,
    /// `schema.custom`: the plugin key of a custom field's type.
    pub(in crate::demo) custom: Option<&'static str>,
    pub(in crate::demo) options: Vec<Opt>,
    /// The team-managed project that owns the field.
    pub(in crate::demo) scope: Option<u64>,
    pub(in crate::demo) navigable: bool,
    pub(in crate::demo) searchable: bool,
    pub(in crate::demo) clauses: Vec<String>,
}

impl FieldDef {
    /// The number of `customfield_10020`.
    pub(in crate::demo) fn number(&self) -> Option<u64> {
        self.id.strip_prefix("customfield_")?.parse().ok()
    }

    pub(in crate::demo) fn option(&self, id: u64) -> Option<&Opt> {
        self.options.iter().find(|option| option.id == id)
    }
}

/// One choice of a select field; `children` only in cascading selects.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Opt {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) value: String,
    pub(in crate::demo) children: Vec<Opt>,
}

/// How a field's value is read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::demo) enum Kind {
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
pub(in crate::demo) enum Value {
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
