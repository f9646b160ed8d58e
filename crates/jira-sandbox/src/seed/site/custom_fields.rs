//! About 150 custom fields: those the projects use, some that share a name, and a long tail that
//! stays empty.

use crate::{
    half_emoji::HALF_EMOJI,
    model::{FieldDef, FieldKind, FieldOption},
    seed::ids::MOB,
};

/// How a kind of custom field is called in Jira's metadata: kind, schema type, items, plugin key.
type Type = (FieldKind, &'static str, Option<&'static str>, &'static str);

macro_rules! standard {
    ($name:literal) => {
        concat!("com.atlassian.jira.plugin.system.customfieldtypes:", $name)
    };
}

const NUMBER: Type = (FieldKind::Number, "number", None, standard!("float"));
const POINTS: Type =
    (FieldKind::Number, "number", None, "com.pyxis.greenhopper.jira:jsw-story-points");
const LINE: Type = (FieldKind::Text, "string", None, standard!("textfield"));
const AREA: Type = (FieldKind::Rich, "string", None, standard!("textarea"));
const LINK: Type = (FieldKind::Url, "string", None, standard!("url"));
const DAY: Type = (FieldKind::Date, "date", None, standard!("datepicker"));
const MOMENT: Type = (FieldKind::Instant, "datetime", None, standard!("datetime"));
const SELECT: Type = (FieldKind::Choice, "option", None, standard!("select"));
const RADIO: Type = (FieldKind::Choice, "option", None, standard!("radiobuttons"));
const MULTI: Type = (FieldKind::Choices, "array", Some("option"), standard!("multiselect"));
const BOXES: Type = (FieldKind::Choices, "array", Some("option"), standard!("multicheckboxes"));
const CASCADE: Type = (FieldKind::Cascade, "option-with-child", None, standard!("cascadingselect"));
const USER: Type = (FieldKind::Person, "user", None, standard!("userpicker"));
const USERS: Type = (FieldKind::People, "array", Some("user"), standard!("multiuserpicker"));
const LABELS: Type = (FieldKind::Labels, "array", Some("string"), standard!("labels"));
const LINES: Type =
    (FieldKind::Lines, "array", Some("string"), "com.okapya.jira.checklist:checklist");
const TEAM: Type = (FieldKind::Team, "team", None, standard!("atlassian-team"));
const SPRINT: Type =
    (FieldKind::Sprint, "array", Some("json"), "com.pyxis.greenhopper.jira:gh-sprint");
const RANK: Type = (FieldKind::ReadOnly, "any", None, "com.pyxis.greenhopper.jira:gh-lexo-rank");
const EPIC_LINK: Type =
    (FieldKind::EpicLink, "any", None, "com.pyxis.greenhopper.jira:gh-epic-link");
const EPIC_NAME: Type =
    (FieldKind::Text, "string", None, "com.pyxis.greenhopper.jira:gh-epic-label");
const EPIC_COLOR: Type =
    (FieldKind::Text, "string", None, "com.pyxis.greenhopper.jira:gh-epic-color");
const DEVELOPMENT: Type = (
    FieldKind::ReadOnly,
    "any",
    None,
    "com.atlassian.jira.plugins.jira-development-integration-plugin:devsummarycf",
);

type Row = (u64, &'static str, Type, &'static [&'static str], Option<u64>);

/// Number, name, type, options, owning project. "Severity" and "Acceptance criteria" exist twice on
/// purpose.
const USED: &[Row] = &[
    (10_000, "development", DEVELOPMENT, &[], None),
    (10_001, "Team", TEAM, &[], None),
    (10_003, "Approvers", USERS, &[], None),
    (10_004, "Impact", SELECT, &["Extensive", "Significant", "Moderate", "Minor"], None),
    (10_005, "Change type", SELECT, &["Standard", "Normal", "Emergency"], None),
    (10_006, "Change risk", RADIO, &["Critical", "High", "Medium", "Low"], None),
    (
        10_007,
        "Change reason",
        SELECT,
        &["Repair", "Upgrade", "Maintenance", "New functionality"],
        None,
    ),
    (10_008, "Change start date", MOMENT, &[], None),
    (10_009, "Change completion date", MOMENT, &[], None),
    (10_011, "Epic Name", EPIC_NAME, &[], None),
    (10_013, "Epic Color", EPIC_COLOR, &[], None),
    (10_014, "Epic Link", EPIC_LINK, &[], None),
    (10_015, "Start date", DAY, &[], None),
    (10_016, "Story point estimate", POINTS, &[], None),
    (10_019, "Rank", RANK, &[], None),
    (10_020, "Sprint", SPRINT, &[], None),
    (10_021, "Flagged", BOXES, &["Impediment"], None),
    (10_022, "Target start", DAY, &[], None),
    (10_023, "Target end", DAY, &[], None),
    (10_036, "Story Points", NUMBER, &[], None),
    (
        10_037,
        "Region",
        CASCADE,
        &["Europe>Germany|France|Spain", "Americas>Canada|Brazil", "Asia>India|Japan"],
        None,
    ),
    (10_038, "Reference", LINK, &[], None),
    (10_041, "Acceptance criteria", AREA, &[], None),
    (10_042, "Severity", SELECT, &["Critical", "Major", "Minor", "Trivial"], None),
    (10_043, "Platforms", MULTI, &["Web", "Android", "iOS", "API"], None),
    (10_044, "Reviewers", USERS, &[], None),
    (10_045, "Product owner", USER, &[], None),
    (10_046, "Go-live at", MOMENT, &[], None),
    (10_047, "External ID", LINE, &[], None),
    (10_048, "Tags", LABELS, &[], None),
    (10_049, "Root cause", AREA, &[], None),
    (10_050, "Found in build", LINE, &[], None),
    (10_051, "Affected services", BOXES, &["Shop", "Checkout", "Search", "Mail", "Payments"], None),
    (10_052, "Customer count", NUMBER, &[], None),
    (10_101, "Severity", SELECT, &["Sev 1", "Sev 2", "Sev 3"], Some(MOB)),
    (10_102, "Acceptance criteria", AREA, &[], Some(MOB)),
    (10_103, "App version", LINE, &[], Some(MOB)),
    (10_104, "Device", SELECT, &["Phone", "Tablet", "Watch"], Some(MOB)),
];

const AREAS: &[&str] = &[
    "Finance",
    "Legal",
    "Security",
    "Marketing",
    "Support",
    "Privacy",
    "Procurement",
    "Training",
    "Localisation",
    "Accessibility",
    "Hosting",
    "Data",
];
const THINGS: &[(&str, Type)] = &[
    ("owner", USER),
    ("status", SELECT),
    ("reviewed on", DAY),
    ("notes", AREA),
    ("reference", LINE),
    ("score", NUMBER),
    ("tags", LABELS),
    ("approved at", MOMENT),
    ("link", LINK),
    ("checks", BOXES),
];

pub(crate) fn fields() -> impl Iterator<Item = FieldDef> {
    let used = USED.iter().map(|&(number, name, kind, options, scope)| {
        field(number, name.into(), kind, options, scope)
    });
    let tail = AREAS.iter().zip(0_u64..).flat_map(|(area, row)| {
        THINGS.iter().zip(0_u64..).map(move |((thing, kind), column)| {
            let options: &[&str] = if matches!(kind.0, FieldKind::Choice | FieldKind::Choices) {
                &["Open", "Passed", "Failed"]
            } else {
                &[]
            };
            field(10_200 + row * 10 + column, format!("{area} {thing}"), *kind, options, None)
        })
    });
    used.chain(tail)
}

fn field(number: u64, name: String, kind: Type, options: &[&str], scope: Option<u64>) -> FieldDef {
    let (kind, schema, items, custom) = kind;
    FieldDef {
        id: format!("customfield_{number}"),
        kind,
        schema: Some((schema, items)),
        custom: Some(custom),
        options: options
            .iter()
            .zip(1_u64..)
            .map(|(text, place)| option(number, place, text))
            .collect(),
        scope,
        navigable: true,
        searchable: true,
        clauses: vec![format!("cf[{number}]"), name.clone()],
        name,
    }
}

pub(crate) const CATEGORY: &str = "customfield_10060";
pub(crate) const CATEGORY_WITH_COMMA: u64 = 16_010;
pub(crate) const SIZE: &str = "customfield_10061";
pub(crate) const SIZE_PARENT: u64 = 16_110;
pub(crate) const OTHER_POINTS: &str = "customfield_10062";
pub(crate) const CHECKLIST: &str = "customfield_10063";
pub(crate) const MOOD: &str = "customfield_10064";

/// Options with commas and signs that separate elsewhere, a second field of one name, a list that
/// is no labels, and a name that was cut off in the middle of a letter.
pub(crate) fn awkward() -> Vec<FieldDef> {
    let categories = ["WL: Tools, Development and Support", "WL: Tools", "Other"];
    let mut sizes = field(10_061, "Site size".into(), CASCADE, &[], None);
    let sizes_of = |place: u64, value: &str, children: [&str; 2]| {
        let id = SIZE_PARENT + place * 10;
        let child = |(child, at): (&str, u64)| FieldOption {
            id: id + at,
            value: child.into(),
            children: Vec::new(),
        };
        FieldOption {
            id,
            value: value.into(),
            children: children.into_iter().zip(1..).map(child).collect(),
        }
    };
    sizes.options = vec![
        sizes_of(0, "Users > 100", ["100 > 500", "More than 500"]),
        sizes_of(1, "Users <= 100", ["1 > 10", "10 > 100"]),
    ];
    let mood = format!("Mood {HALF_EMOJI}");
    vec![
        field(10_060, "Work category".into(), SELECT, &categories, None),
        sizes,
        field(10_062, "Story Points".into(), NUMBER, &[], None),
        field(10_063, "Checklist".into(), LINES, &[], None),
        field(10_064, mood, LINE, &[], None),
    ]
}

/// `Parent>Child|Child`; ids follow from the field's number and the place.
fn option(number: u64, place: u64, text: &str) -> FieldOption {
    let (value, children) = text.split_once('>').unwrap_or((text, ""));
    let id = (number - 10_000) * 100 + 10_000 + place * 10;
    let children = children.split('|').filter(|child| !child.is_empty()).zip(1_u64..);
    FieldOption {
        id,
        value: value.into(),
        children: children
            .map(|(child, at)| FieldOption {
                id: id + at,
                value: child.into(),
                children: Vec::new(),
            })
            .collect(),
    }
}
