//! Ids of files.

use serde_json::Value;

use tool_kit::args::{Argument, Shape, shown};

/// A file's id: digits only, so that it can never change the shape of a request's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AttachmentId(pub u64);

impl Argument for AttachmentId {
    const SHAPE: Shape = Shape::Text;

    /// Takes the id, or the link that a reply showed in place of the file.
    fn read(value: Value) -> Result<Self, String> {
        let text = String::read(value)?;
        let text = text.trim();
        let digits = text.strip_prefix("jira://attachment/").unwrap_or(text);
        // Where projects are limited, the link names the issue as well.
        let digits = digits.split('?').next().unwrap_or_default();
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let id = if is_number { digits.parse().ok().filter(|id| *id > 0) } else { None };
        id.map(Self).ok_or_else(|| {
            format!(
                "must be an id from jira_list_attachments, such as 10234, not '{}'",
                shown(text)
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(value: &Value, expected: Option<u64>) {
        assert_eq!(AttachmentId::read(value.clone()).ok().map(|id| id.0), expected, "{value}");
    }

    #[test]
    fn an_id_is_a_number_and_nothing_else() {
        check(&json!("10234"), Some(10_234));
        check(&json!(10_234), Some(10_234));
        check(&json!(" 010234 "), Some(10_234));
        check(&json!("jira://attachment/10234"), Some(10_234));
        for bad in
            ["0", "-1", "+1", "1.0", "1/../2", "content/1", "a.png", "99999999999999999999", "１２"]
        {
            check(&json!(bad), None);
        }
    }
}
