//! What a request of one type is asked.

use json_borrow::{List, or_default, required};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::jira::client::wire::{
    allowed_values::AllowedValues,
    meta::{FieldMeta, FieldSchema},
};

/// `GET /servicedesk/{id}/requesttype/{id}/field`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestForm {
    /// The fields of the form.
    #[serde(default)]
    pub request_type_fields: List<RequestField>,
    /// Whether the user may ask in the name of another; not every answer says so.
    #[serde(default, deserialize_with = "or_default")]
    pub can_raise_on_behalf_of: Option<bool>,
}

/// One field of a form.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestField {
    #[serde(deserialize_with = "required")]
    field_id: String,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    required: bool,
    #[serde(default, deserialize_with = "or_default")]
    jira_schema: FieldSchema,
    #[serde(default)]
    valid_values: List<ValidValue>,
    #[serde(default)]
    default_values: List<Value>,
    #[serde(default)]
    preset_values: List<Value>,
}

/// One value of a field, and those below it.
#[derive(Debug, Deserialize)]
struct ValidValue {
    #[serde(deserialize_with = "required")]
    value: String,
    #[serde(default, deserialize_with = "or_default")]
    label: String,
    #[serde(default)]
    children: List<ValidValue>,
}

impl RequestField {
    /// The field as the screens of Jira describe theirs.
    pub fn meta(&self) -> FieldMeta {
        let is_system = self.jira_schema.custom.is_empty();
        let values: Vec<Value> =
            self.valid_values.iter().map(|value| value.as_allowed(is_system)).collect();
        // What the form fills in by itself nobody has to give.
        let is_required =
            self.required && self.preset_values.is_empty() && self.default_values.is_empty();
        FieldMeta::on_form(
            self.field_id.clone(),
            self.name.clone(),
            is_required,
            self.jira_schema.clone(),
            AllowedValues::of(&values),
        )
    }
}

impl ValidValue {
    /// As createmeta has allowed values: options have a `value`, other things a `name`.
    fn as_allowed(&self, is_system: bool) -> Value {
        let name = if is_system { "name" } else { "value" };
        let label = if self.label.is_empty() { &self.value } else { &self.label };
        let mut allowed = json!({ "id": self.value, name: label });
        if let (Some(map), false) = (allowed.as_object_mut(), self.children.is_empty()) {
            let below: Vec<Value> =
                self.children.iter().map(|child| child.as_allowed(is_system)).collect();
            map.insert("children".to_owned(), Value::from(below));
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_a_screen() {
        let form = r#"{"requestTypeFields": [
            {"fieldId": "priority", "name": "Urgency", "required": true, "jiraSchema": {"type": "priority", "system": "priority"},
             "validValues": [{"value": "1", "label": "High", "children": []}]},
            {"fieldId": "customfield_1", "name": "Where", "required": true, "presetValues": ["x"],
             "jiraSchema": {"type": "option-with-child", "custom": "a:cascadingselect", "customId": 1},
             "validValues": [{"value": "7", "label": "Europe", "children": [{"value": "8", "label": "Spain"}]}]},
            {"name": "no id"}
        ], "canRaiseOnBehalfOf": true}"#;
        let form: RequestForm = json_borrow::from_str(form).unwrap();
        assert_eq!(form.request_type_fields.unreadable(), 1);
        let metas: Vec<FieldMeta> =
            form.request_type_fields.iter().map(RequestField::meta).collect();
        assert_eq!((metas[0].id(), metas[0].required), ("priority", true));
        assert_eq!(metas[0].allowed_values[0], json!({"id": "1", "name": "High"}));
        // What is preset need not be given.
        assert!(!metas[1].required);
        let spain = json!({"id": "8", "value": "Spain"});
        assert_eq!(
            metas[1].allowed_values[0],
            json!({"id": "7", "value": "Europe", "children": [spain]})
        );
    }
}
