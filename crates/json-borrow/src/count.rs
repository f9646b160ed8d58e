//! How many values a JSON text holds, counted without building any: each one takes up to a hundred
//! times its bytes.

use memchr::memchr2;

/// Whether a JSON text holds at most so many values, lists and objects counted as well as what
/// stands in them. A text that is no JSON may be judged either way.
pub fn has_at_most(text: &str, max: usize) -> bool {
    let bytes = text.as_bytes();
    // Each value but the first is behind a comma, or the first of a list or an object.
    let (mut count, mut at) = (1_usize, 0_usize);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b',' | b'[' | b'{' => {
                count += 1;
                if count > max {
                    return false;
                }
            }
            b'"' => at = text_end(bytes, at),
            _ => {}
        }
    }
    true
}

/// The position behind the closing quote of a text.
fn text_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found;
        if bytes.get(at) == Some(&b'"') {
            return at + 1;
        }
        at += 2;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn values(value: &Value) -> usize {
        1 + match value {
            Value::Array(items) => items.iter().map(values).sum(),
            Value::Object(members) => members.values().map(values).sum(),
            _ => 0,
        }
    }

    #[test]
    fn no_value_is_missed_and_no_text_is_counted() {
        let value = json!({"a": [1, 2, {"b": "x,[{\\\"],", "c": null}], "d": {}, "e,": []});
        let text = value.to_string();
        assert!(has_at_most(&text, values(&value) + 2) && !has_at_most(&text, values(&value) - 1));
    }

    proptest! {
        #[test]
        fn what_passes_holds_no_more(text in r#"[\[\]{},:"a1 \\\\]{0,40}"#, max in 0_usize..20) {
            if let Ok(value) = serde_json::from_str::<Value>(&text) && has_at_most(&text, max) {
                prop_assert!(values(&value) <= max.max(1), "{}", text);
            }
        }
    }
}
