//! One value of one field, on its way from a person's words to Jira's shape.

use jiff::tz::TimeZone;
use moment::{self, DayTime, Direction};
use serde_json::{Value, json};

use crate::jira::client::{
    names::{
        compare::same_name,
        error::NameError,
        people::{name_of, person, person_seen_from},
        person_scope::PersonScope,
        sprints::sprint_named,
    },
    session::Session,
    wire::{FieldMeta, User},
};

use super::{
    choice,
    fault::{FieldFault, fault, quoted},
    field_value::FieldValue,
    input::{Input, Operation, input, reference, unquoted},
    kind::Kind,
    resolved::Resolved,
    time_tracking,
};

/// Values that one field takes in one call.
const ITEMS_MAX: usize = 500;

/// What a cleared field is shown as: a reply holds no nulls.
const NOTHING: &str = "none";

/// One field, and all that its value may have to be looked up in.
pub(super) struct Writer<'w> {
    pub(super) session: &'w Session,
    pub(super) scope: PersonScope<'w>,
    pub(super) meta: &'w FieldMeta,
    pub(super) kind: Kind,
}

/// What became of a value.
pub(super) struct Written {
    pub(super) value: FieldValue,
    pub(super) shown: Value,
    pub(super) issue: Option<String>,
}

impl From<Resolved> for Written {
    fn from(resolved: Resolved) -> Self {
        Self { value: FieldValue::Set(resolved.json), shown: resolved.shown, issue: resolved.issue }
    }
}

impl Writer<'_> {
    pub(super) async fn write(&self, value: &Value) -> Result<Written, FieldFault> {
        let unread = if self.kind.is_text() { None } else { unquoted(value) };
        let value = unread.as_ref().unwrap_or(value);
        // Only time tracking is edited in parts.
        let value = match (self.kind, value) {
            (Kind::TimeTracking, Value::Object(map)) if map.len() == 1 => {
                map.get("edit").unwrap_or(value)
            }
            (Kind::TimeTracking, Value::Array(items)) => items
                .first()
                .filter(|_| items.len() == 1)
                .and_then(|one| one.get("edit"))
                .unwrap_or(value),
            _ => value,
        };
        match input(value).ok_or_else(|| self.unread(value))? {
            Input::Clear => self.clear(),
            Input::Set(value) if self.clears(value) => self.clear(),
            Input::Set(value) if self.kind.is_list() => self.list(value).await,
            Input::Set(value) if self.kind == Kind::RichText => self.rich_text(value),
            Input::Set(value) => Ok(self.item(value).await?.into()),
            Input::Change(changes) => self.change(&changes).await,
        }
    }

    pub(super) fn unread(&self, value: &Value) -> FieldFault {
        fault(self.meta, format!("{} cannot be read as a value", quoted(value)))
    }

    fn clear(&self) -> Result<Written, FieldFault> {
        let nothing = match self.kind {
            Kind::SingleLine => return Err(fault(self.meta, "it cannot be empty")),
            Kind::TimeTracking => return Err(fault(self.meta, "it is set to 0m, not cleared")),
            Kind::RichText => FieldValue::RichText(None),
            kind if kind.is_list() => FieldValue::Set(json!([])),
            Kind::AsIs if self.meta.schema.kind == "array" => FieldValue::Set(json!([])),
            _ => FieldValue::Set(Value::Null),
        };
        Ok(Written { value: nothing, shown: Value::from(NOTHING), issue: None })
    }

    /// Words that mean nothing where no value can have such a name.
    fn clears(&self, value: &Value) -> bool {
        let Some(word) = value.as_str().map(|text| text.trim().to_ascii_lowercase()) else {
            return false;
        };
        match self.kind {
            Kind::User => matches!(word.as_str(), "none" | "null" | "unassigned" | "nobody"),
            Kind::Sprint => matches!(word.as_str(), "none" | "null" | "backlog"),
            Kind::Date | Kind::DateTime | Kind::Parent | Kind::EpicLink | Kind::ParentLink => {
                matches!(word.as_str(), "none" | "null")
            }
            _ => false,
        }
    }

    fn rich_text(&self, value: &Value) -> Result<Written, FieldFault> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Object(map) if map.get("type").is_some_and(|kind| kind == "doc") => {
                value.to_string()
            }
            other => return Err(self.unread(other)),
        };
        // The tool that makes the document says how it is shown.
        Ok(Written { value: FieldValue::RichText(Some(text)), shown: Value::Null, issue: None })
    }

    async fn list(&self, value: &Value) -> Result<Written, FieldFault> {
        let texts;
        let items: Vec<&Value> = match value {
            Value::Array(items) => items.iter().collect(),
            Value::String(text) => {
                texts = self.cut(text).await?;
                texts.iter().collect()
            }
            one => vec![one],
        };
        if items.is_empty() {
            return Err(self.unread(value));
        }
        self.check_count(items.len())?;
        let (mut written, mut shown) =
            (Vec::with_capacity(items.len()), Vec::with_capacity(items.len()));
        for item in items {
            let item = self.item(item).await?;
            if !written.contains(&item.json) {
                written.push(item.json);
                shown.push(item.shown);
            }
        }
        Ok(Resolved::new(Value::Array(written), Value::Array(shown)).into())
    }

    /// The elements of a list that was written as one text. Whoever has the whole text as a name is
    /// meant by it.
    async fn cut(&self, text: &str) -> Result<Vec<Value>, FieldFault> {
        self.check_count(text.bytes().filter(|byte| matches!(byte, b',' | b';')).count())?;
        let cut = |separators: &[char]| -> Vec<Value> {
            text.split(separators)
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(Value::from)
                .collect()
        };
        Ok(match self.kind {
            Kind::Texts => vec![Value::from(text)],
            // Without a list to compare with, a comma may stand in a name.
            Kind::NamedList if self.meta.allowed_values.is_empty() => vec![Value::from(text)],
            Kind::Users => match self.person(text).await {
                Err(NameError::Unknown { .. } | NameError::Inexact { .. })
                    if text.contains([',', ';']) =>
                {
                    // "Doe, Jane; Roe, Richard" has names with commas in it.
                    if text.contains(';') { cut(&[';']) } else { cut(&[',']) }
                }
                _ => vec![Value::from(text)],
            },
            Kind::Options | Kind::NamedList => {
                choice::parts(self.meta, text)?.into_iter().map(Value::from).collect()
            }
            _ => cut(&[',']),
        })
    }

    async fn change(&self, changes: &[(Operation, &Value)]) -> Result<Written, FieldFault> {
        if !self.kind.is_list() {
            return Err(fault(self.meta, "it holds one value, to which nothing can be added"));
        }
        self.check_count(changes.len())?;
        let mut operations: Vec<Value> = Vec::with_capacity(changes.len());
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        for (operation, value) in changes {
            let item = self.item(value).await?;
            let both = operations.iter().any(|other| {
                other.as_object().is_some_and(|other| {
                    other.values().any(|value| *value == item.json)
                        && !other.contains_key(operation.name())
                })
            });
            if both {
                return Err(fault(
                    self.meta,
                    format!("{} is both added and removed", quoted(&item.shown)),
                ));
            }
            operations.push(json!({ operation.name(): item.json }));
            match operation {
                Operation::Add => added.push(item.shown),
                Operation::Remove => removed.push(item.shown),
            }
        }
        let mut shown = serde_json::Map::new();
        for (name, values) in [("added", added), ("removed", removed)] {
            if !values.is_empty() {
                shown.insert(name.to_owned(), Value::Array(values));
            }
        }
        Ok(Written {
            value: FieldValue::Change(operations),
            shown: Value::Object(shown),
            issue: None,
        })
    }

    /// Each value is looked for in a list, and held against all the others.
    fn check_count(&self, count: usize) -> Result<(), FieldFault> {
        let is_too_much = count > ITEMS_MAX;
        if is_too_much {
            Err(fault(self.meta, format!("{count} values are more than {ITEMS_MAX}")))
        } else {
            Ok(())
        }
    }

    /// One value, or one element of a list.
    async fn item(&self, value: &Value) -> Result<Resolved, FieldFault> {
        match (self.kind, self.kind.item()) {
            (_, Kind::Option | Kind::Named) => choice::choice(self.meta, value),
            (_, Kind::Cascading) => choice::cascading(self.meta, value),
            (_, Kind::User) => self.user(value).await,
            (_, Kind::Sprint) => self.sprint(value).await,
            (_, Kind::Date | Kind::DateTime) => self.moment(value).await,
            (_, Kind::TimeTracking) => time_tracking::time_tracking(self.meta, value),
            (_, Kind::Parent | Kind::EpicLink | Kind::ParentLink) => self.issue(value),
            (_, Kind::Number) => self.number(value),
            (_, Kind::Project) => self.project(value),
            (_, Kind::Team | Kind::RequestType) => self.bare_id(value),
            (Kind::Labels, _) => self.label(value),
            (_, Kind::SingleLine) => self.line(value),
            (_, Kind::Text) => self.text(value),
            _ => Ok(Resolved::new(value.clone(), value.clone())),
        }
    }

    async fn user(&self, value: &Value) -> Result<Resolved, FieldFault> {
        if value.as_array().is_some_and(|several| several.len() > 1) {
            return Err(fault(self.meta, "it takes one person"));
        }
        let given = reference(value).ok_or_else(|| self.unread(value))?;
        if let Some(id) = &given.id {
            return self.user_by_id(id, given.name).await;
        }
        let name = given.words.as_deref().or(given.name).ok_or_else(|| self.unread(value))?;
        let user = self.person(name).await?;
        let shown = user.display_name.into_owned();
        Ok(Resolved::new(json!({ "accountId": user.account_id }), shown))
    }

    /// Whoever is given by id and by name has to be one person.
    async fn user_by_id(&self, id: &str, name: Option<&str>) -> Result<Resolved, FieldFault> {
        let written = |shown: &str| Resolved::new(json!({ "accountId": id }), shown);
        let Some(name) = name else { return Ok(written(id)) };
        let own = name_of(self.session, id).await;
        if own == id {
            return Ok(written(id));
        }
        if same_name(&own, name) {
            Ok(written(&own))
        } else {
            Err(fault(self.meta, format!("{id} is '{own}', not '{name}'")))
        }
    }

    async fn person(&self, name: &str) -> Result<User<'static>, NameError> {
        if self.meta.schema.system == "assignee" {
            return person(self.session, name, self.scope).await;
        }
        person_seen_from(self.session, name, self.scope).await
    }

    /// A sprint field is written as a bare number though it is read as a list of objects.
    async fn sprint(&self, value: &Value) -> Result<Resolved, FieldFault> {
        let given = reference(value).ok_or_else(|| fault(self.meta, "must be one sprint"))?;
        let words = given.id.or(given.words).or_else(|| given.name.map(str::to_owned));
        let words = words.ok_or_else(|| fault(self.meta, "must be one sprint"))?;
        if let Ok(id) = words.parse::<u64>() {
            return Ok(Resolved::new(Value::from(id), id));
        }
        let project = self.scope.project();
        let field = Some(self.meta.id());
        let found =
            sprint_named(self.session, &words, project.as_slice(), &|_| true, field).await?;
        Ok(Resolved::new(Value::from(found.id), found.name))
    }

    async fn moment(&self, value: &Value) -> Result<Resolved, FieldFault> {
        let Some(text) = value.as_str().map(str::trim) else { return Err(self.unread(value)) };
        let unread =
            || fault(self.meta, format!("'{}' is no moment that can be read", quoted(value)));
        if self.kind == Kind::Date {
            let day = self.session.day(text, Direction::Future).await.map_err(NameError::from)?;
            let day = day.ok_or_else(unread)?.to_string();
            return Ok(Resolved::new(Value::from(day.as_str()), day));
        }
        let moment = self.session.instant(text, Direction::Future, DayTime::Start).await;
        let moment = moment.map_err(NameError::from)?.ok_or_else(unread)?;
        let zone = self.session.known_zone().unwrap_or(TimeZone::UTC);
        let written = moment::jira_datetime(moment, &zone);
        Ok(Resolved::new(Value::from(written.as_str()), written))
    }
}
