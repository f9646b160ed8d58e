//! Bodies that hold rich text: values of JSON, and beside them documents, which are written as they
//! are.

use adf::Document;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

/// An object of values and documents by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Body {
    /// Values.
    pub values: Map<String, Value>,
    /// Rich text.
    pub texts: Vec<(String, Document)>,
}

impl Body {
    /// An object with one document in it.
    pub fn with_text(name: &str, text: Document) -> Self {
        Self { values: Map::new(), texts: vec![(name.to_owned(), text)] }
    }

    /// A document by name.
    pub fn text(&self, name: &str) -> Option<&Document> {
        self.texts.iter().find(|(known, _)| known == name).map(|(_, text)| text)
    }

    /// The names of all that it holds.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().chain(self.texts.iter().map(|(name, _)| name)).map(String::as_str)
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.texts.is_empty()
    }
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in &self.values {
            map.serialize_entry(name, value)?;
        }
        for (name, text) in &self.texts {
            map.serialize_entry(name, text)?;
        }
        map.end()
    }
}

/// What a create, an edit or a transition tells Jira of one issue.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct IssueBody {
    /// Values that will stand there.
    #[serde(skip_serializing_if = "Body::is_empty")]
    pub fields: Body,
    /// Elements that are added and taken away, by field id.
    #[serde(skip_serializing_if = "Update::is_empty")]
    pub update: Update,
    /// Other members of the object.
    #[serde(flatten)]
    pub beside: Map<String, Value>,
}

/// The operations on lists, and a comment that is added with them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Update {
    /// By field id.
    pub operations: Map<String, Value>,
    /// What `POST /issue/{key}/comment` would take.
    pub comment: Option<Body>,
}

impl Update {
    fn is_empty(&self) -> bool {
        self.operations.is_empty() && self.comment.is_none()
    }
}

impl Serialize for Update {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Add<'a> {
            add: &'a Body,
        }

        let mut map = serializer.serialize_map(None)?;
        for (name, operations) in &self.operations {
            map.serialize_entry(name, operations)?;
        }
        if let Some(comment) = &self.comment {
            map.serialize_entry("comment", &[Add { add: comment }])?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{json, to_value};

    use super::*;
    use adf::from_markdown;

    #[test]
    fn documents_stand_among_the_values() {
        let text = || Document::of(&from_markdown("a", &|_| None)).unwrap();
        let document: Value = serde_json::from_str(text().json()).unwrap();
        let mut body =
            IssueBody { fields: Body::with_text("description", text()), ..IssueBody::default() };
        assert_eq!(to_value(&body).unwrap(), json!({"fields": {"description": document}}));
        body.fields.values.insert("summary".to_owned(), json!("s"));
        body.update.comment = Some(Body::with_text("body", text()));
        body.update.operations.insert("labels".to_owned(), json!([{"add": "x"}]));
        body.beside.insert("transition".to_owned(), json!({"id": "5"}));
        let expected = json!({
            "fields": {"summary": "s", "description": document},
            "update": {"labels": [{"add": "x"}], "comment": [{"add": {"body": document}}]},
            "transition": {"id": "5"},
        });
        assert_eq!(to_value(&body).unwrap(), expected);
        assert_eq!(serde_json::to_string(&IssueBody::default()).unwrap(), "{}");
    }
}
