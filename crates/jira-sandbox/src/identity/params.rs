//! The parameters of a request, from its query or from its body.

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value as Json};

/// Names and values; no name twice, no value empty.
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    /// # Errors
    /// What is wrong with it, for the client's developer.
    pub(super) fn from_form(text: &[u8]) -> Result<Self, String> {
        let mut params = Self(Vec::new());
        for (name, value) in url::form_urlencoded::parse(text) {
            params.add(&name, &value)?;
        }
        Ok(params)
    }

    /// A form, or a JSON object of strings.
    ///
    /// # Errors
    /// What is wrong with it, for the client's developer.
    pub(super) fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, String> {
        match media_type(headers) {
            "application/x-www-form-urlencoded" => Self::from_form(body),
            "application/json" => Self::from_json(body),
            _ => Err("Expected application/json or application/x-www-form-urlencoded".to_owned()),
        }
    }

    fn from_json(body: &[u8]) -> Result<Self, String> {
        let object: Map<String, Json> =
            serde_json::from_slice(body).map_err(|_| "The body is not a JSON object".to_owned())?;
        let mut params = Self(Vec::new());
        for (name, value) in object {
            let value = value.as_str().ok_or_else(|| format!("{name} is not a string"))?;
            params.add(&name, value)?;
        }
        Ok(params)
    }

    /// An empty value counts as none, a second one as an error (RFC 6749 section 3.1).
    fn add(&mut self, name: &str, value: &str) -> Result<(), String> {
        if value.is_empty() {
            return Ok(());
        }
        if self.get(name).is_some() {
            return Err(format!("{name} is given twice"));
        }
        self.0.push((name.to_owned(), value.to_owned()));
        Ok(())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// The media type of the body, without its parameters.
fn media_type(headers: &HeaderMap) -> &str {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().split(';').next().unwrap_or_default().trim()
}
