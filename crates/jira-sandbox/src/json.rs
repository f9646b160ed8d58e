//! Building JSON objects by moving values in (`json!` copies every value it is handed), and reading
//! lists.

use serde_json::Value as Json;

/// An object of the given members.
pub(super) fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Adds a member to an object; anything else stays as it is.
pub(super) fn put(object: &mut Json, name: &str, value: impl Into<Json>) {
    if let Some(map) = object.as_object_mut() {
        map.insert(name.to_owned(), value.into());
    }
}

/// The texts of a list; `None` when it is something else.
pub(crate) fn strings(value: Option<&Json>) -> Option<Vec<&str>> {
    value?.as_array()?.iter().map(Json::as_str).collect()
}
