//! Ids that number things.

use serde_json::Value;

use super::{
    argument::{Argument, Shape},
    words::shown,
};

/// The number of a comment, worklog, attachment, link or task, as text of at most 18 digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumericId(String);

impl NumericId {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Argument for NumericId {
    const SHAPE: Shape = Shape::Text;

    fn read(value: Value) -> Result<Self, String> {
        let text = String::read(value)?;
        let digits = text.trim();
        if (1..=18).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self(digits.to_owned()));
        }
        Err(format!("must be an id, a whole number, not '{}'", shown(&text)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_digits_become_an_id() {
        for (given, expected) in [
            (json!("10042"), Some("10042")),
            (json!(10042), Some("10042")),
            (json!(" 7 "), Some("7")),
            (json!("7/../8"), None),
            (json!("-7"), None),
            (json!(1.5), None),
            (json!("1234567890123456789"), None),
            (json!(["7"]), None),
        ] {
            assert_eq!(NumericId::read(given).ok().as_ref().map(NumericId::as_str), expected);
        }
    }
}
