//! The only reader of Jira's error bodies.
//!
//! Shapes and meanings: Jira REST v3 `ErrorCollection`, and the API gateway's own bodies in front
//! of it.

use serde_json::Value;

/// Texts of Jira are passed on up to this many characters each.
const TEXT_CHARS_MAX: usize = 400;

/// More texts than this help nobody.
const TEXTS_MAX: usize = 8;

/// What was wrong with each element of a bulk request that failed as a whole, by its place.
pub(super) fn elements(body: &Value) -> Vec<(usize, String)> {
    let entries = body.get("errors").and_then(Value::as_array).into_iter().flatten();
    entries
        .filter_map(|entry| {
            let at = usize::try_from(entry.get("failedElementNumber")?.as_u64()?).ok()?;
            Some((at, collected(entry.get("elementErrors")?)))
        })
        .collect()
}

/// The texts of one of Jira's `ErrorCollection`s as one sentence.
pub(super) fn collected(collection: &Value) -> String {
    joined_or(&texts(collection), "it gave no reason.")
}

/// Every text that speaks of the user's input, from each shape Atlassian's servers use.
pub(super) fn texts(body: &Value) -> Vec<String> {
    let mut texts = Vec::new();
    if let Some(messages) = body.get("errorMessages").and_then(Value::as_array) {
        texts.extend(messages.iter().filter_map(Value::as_str).map(str::to_owned));
    }
    if let Some(errors) = body.get("errors").and_then(Value::as_object) {
        texts.extend(errors.iter().map(|(field, fault)| match fault {
            Value::String(text) => format!("{field}: {text}"),
            other => format!("{field}: {other}"),
        }));
    }
    // The bulk endpoints answer a list instead, of messages or of one collection for each element.
    for entry in body.get("errors").and_then(Value::as_array).into_iter().flatten() {
        texts.extend(entry.get("message").and_then(Value::as_str).map(str::to_owned));
    }
    if texts.is_empty() {
        let plain = ["message", "errorMessage", "error_description"]
            .iter()
            .find_map(|name| body.get(*name)?.as_str());
        texts.extend(plain.map(str::to_owned));
    }
    texts.truncate(TEXTS_MAX);
    texts.iter().map(|text| clean(text)).filter(|text| !text.is_empty()).collect()
}

pub(super) fn field_ids(body: &Value) -> Vec<String> {
    let errors = body.get("errors").and_then(Value::as_object);
    errors.map(|errors| errors.keys().take(TEXTS_MAX).cloned().collect()).unwrap_or_default()
}

/// Jira's texts repeat user input: control characters go, and length is bounded.
fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(TEXT_CHARS_MAX)
        .collect::<String>()
        .trim()
        .to_owned()
}

pub(super) fn joined_or(texts: &[String], otherwise: &str) -> String {
    if texts.is_empty() { otherwise.to_owned() } else { texts.join(" ") }
}

/// The gateway answers a missing scope with 401, not 403; signing in again would loop for ever.
pub(super) fn is_scope_mismatch(headers: &http::HeaderMap, texts: &[String]) -> bool {
    headers
        .get("x-failure-category")
        .is_some_and(|category| category.as_bytes() == b"FAILURE_CLIENT_SCOPE_CHECK")
        || texts.iter().any(|text| text.contains("scope does not match"))
}

/// Jira's words for what is not found, without the part that every such message begins with.
pub(super) fn without_permission_hint(texts: &[String]) -> Vec<String> {
    const ENDS: [&str; 2] =
        [" or you do not have permission to see it", " or you do not have permission to view it"];
    texts
        .iter()
        .map(|text| ENDS.iter().fold(text.clone(), |text, end| text.replace(end, "")))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn elements_of_a_bulk_request_are_told_apart() {
        let collection = json!({"errorMessages": ["No."], "errors": {"summary": "Required."}});
        let body = json!({"issues": [], "errors": [
            {"status": 400, "failedElementNumber": 3, "elementErrors": collection},
            {"status": 400, "failedElementNumber": 5, "elementErrors": {}},
        ]});
        let expected =
            [(3, "No. summary: Required.".to_owned()), (5, "it gave no reason.".to_owned())];
        assert_eq!(elements(&body), expected);
        assert_eq!(elements(&json!({"errors": {"summary": "x"}})), []);
    }
}
