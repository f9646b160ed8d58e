//! JSON as `serde_json` writes it, in less time. A reply is JSON within a text of JSON, so about
//! each seventh of its bytes has to be escaped; `serde_json` looks at each byte and copies each run
//! between two of them by a call.

use std::io::Write as _;

use serde_json::Value;
use wide::u8x16;

/// Bytes that are looked at and copied together.
const BLOCK_BYTES: usize = 16;

/// Writes a text with its quotes, escaped exactly as `serde_json` does (RFC 8259 section 7).
pub fn write_json_text(text: &str, json: &mut Vec<u8>) {
    json.push(b'"');
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let block = first_block(rest);
        let length = rest.len().min(BLOCK_BYTES);
        let plain = first_escaped(block).unwrap_or(length);
        // Copying a whole block and taking back costs less than copying a part of it.
        json.extend_from_slice(&block);
        json.truncate(json.len() - (BLOCK_BYTES - plain));
        rest = rest.get(plain..).unwrap_or_default();
        if plain < length
            && let Some((byte, behind)) = rest.split_first()
        {
            write_escaped(*byte, json);
            rest = behind;
        }
    }
    json.push(b'"');
}

/// The first bytes, filled up with some that need no escape.
#[inline]
fn first_block(bytes: &[u8]) -> [u8; BLOCK_BYTES] {
    bytes.first_chunk().copied().unwrap_or_else(|| {
        let mut block = [b' '; BLOCK_BYTES];
        for (filled, byte) in block.iter_mut().zip(bytes) {
            *filled = *byte;
        }
        block
    })
}

/// Writes a value as `serde_json` does. It recurses as deep as the value nests.
pub(super) fn write_json(value: &Value, json: &mut Vec<u8>) {
    match value {
        Value::String(text) => write_json_text(text, json),
        Value::Array(items) => {
            json.push(b'[');
            write_list(items, json, write_json);
            json.push(b']');
        }
        Value::Object(members) => write_members(members.iter(), json),
        // Writing to memory does not fail.
        Value::Null | Value::Bool(_) | Value::Number(_) => drop(write!(json, "{value}")),
    }
}

/// Writes an object.
pub(super) fn write_members<'v, N: AsRef<str>>(
    members: impl IntoIterator<Item = (N, &'v Value)>,
    json: &mut Vec<u8>,
) {
    json.push(b'{');
    write_list(members, json, |(name, value), json| {
        write_json_text(name.as_ref(), json);
        json.push(b':');
        write_json(value, json);
    });
    json.push(b'}');
}

/// Writes items with commas between them.
fn write_list<T>(
    items: impl IntoIterator<Item = T>,
    json: &mut Vec<u8>,
    write: impl Fn(T, &mut Vec<u8>),
) {
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            json.push(b',');
        }
        write(item, json);
    }
}

/// The first byte of a block that does not stand in a text of JSON as it is.
fn first_escaped(block: [u8; BLOCK_BYTES]) -> Option<usize> {
    const CONTROL_MAX: u8 = b' ' - 1;
    let bytes = u8x16::from(block);
    let control = bytes.min(u8x16::splat(CONTROL_MAX)).simd_eq(bytes);
    let quotes = bytes.simd_eq(u8x16::splat(b'"')) | bytes.simd_eq(u8x16::splat(b'\\'));
    let found = (control | quotes).to_bitmask();
    (found != 0).then(|| found.trailing_zeros() as usize)
}

/// Writes a byte that [`first_escaped`] has found.
fn write_escaped(byte: u8, json: &mut Vec<u8>) {
    let short = match byte {
        b'"' => br#"\""#,
        b'\\' => br"\\",
        0x08 => br"\b",
        b'\t' => br"\t",
        b'\n' => br"\n",
        0x0C => br"\f",
        b'\r' => br"\r",
        // Writing to memory does not fail.
        _ => return drop(write!(json, "\\u{byte:04x}")),
    };
    json.extend_from_slice(short);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::Row;

    use super::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        scalar.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn check(text: &str) {
        let mut json = b"before ".to_vec();
        write_json_text(text, &mut json);
        let expected = format!("before {}", serde_json::to_string(text).unwrap());
        assert_eq!(String::from_utf8(json).unwrap(), expected);
    }

    #[test]
    fn every_character_of_ascii_is_written_as_serde_json_writes_it_at_every_place() {
        for byte in 0..=0x7F {
            for place in 0..40 {
                let mut text = "x".repeat(40);
                text.insert(place, char::from(byte));
                check(&text);
            }
        }
    }

    proptest! {
        #[test]
        fn texts_are_written_as_serde_json_writes_them(text in any::<String>(), inside in r#"([{}:,a-z0-9é]{0,12}["\\\\\n]{1,2}){0,12}"#) {
            check(&text);
            check(&inside);
        }

        #[test]
        fn values_and_rows_are_written_as_serde_json_writes_them(values in prop::collection::vec(any_value(), 0..4)) {
            let mut row = Row::new();
            for (index, value) in values.iter().enumerate() {
                let mut json = Vec::new();
                write_json(value, &mut json);
                prop_assert_eq!(String::from_utf8(json).unwrap(), value.to_string());
                row.push(format!("\"{index}"), value.clone());
            }
            let mut json = Vec::new();
            row.write_json(&mut json);
            prop_assert_eq!(String::from_utf8(json).unwrap(), serde_json::to_string(&row).unwrap());
        }
    }
}
