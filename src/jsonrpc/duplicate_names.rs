//! Refuses JSON that says one thing twice, so that no gateway before us and no parser behind us can
//! read it otherwise.
//!
//! Parsers differ in which of two equal names they take, and some take `Name` for `name`: a gateway
//! that checks one tool would let another one through. The names that the protocol defines stand in
//! the two outermost levels, so there they may not even differ in letter case; below, in what tools
//! are given, case is part of a name.

use std::{collections::HashSet, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Levels whose names the protocol defines: the message and its `params`.
const PROTOCOL_LEVELS: usize = 2;

/// Names the first object member that stands twice, if one does.
pub(super) fn check(text: &str) -> Result<(), serde_json::Error> {
    Level(0).deserialize(&mut serde_json::Deserializer::from_str(text))
}

/// The same for what stands below the names of the protocol.
pub(super) fn check_nested(text: &str) -> Result<(), serde_json::Error> {
    Level(PROTOCOL_LEVELS).deserialize(&mut serde_json::Deserializer::from_str(text))
}

#[derive(Clone, Copy)]
struct Level(usize);

impl<'de> DeserializeSeed<'de> for Level {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            let name = if self.0 < PROTOCOL_LEVELS { name.to_ascii_lowercase() } else { name };
            if !seen.insert(name) {
                return Err(A::Error::custom("an object has two members of one name"));
            }
            map.next_value_seed(Self(self.0 + 1))?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Self(self.0 + 1))?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _value: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _value: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _value: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _value: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _value: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    fn check(text: &str, expected: bool) {
        assert_eq!(super::check(text).is_ok(), expected, "{text}");
    }

    #[test]
    fn one_name_one_member() {
        check(r#"{"a":1,"b":[{"a":null},{"a":-1.5e3}],"c":{"d":{"a":true,"A":"x"}}}"#, true);
        check(r#"{"a":1,"a":2}"#, false);
        check(r#"{"a":1,"\u0061":2}"#, false);
        check(r#"{"a":1,"A":2}"#, false);
        check(r#"{"params":{"name":1,"Name":2}}"#, false);
        check(r#"{"params":{"arguments":{"Team":1,"team":2}}}"#, true);
        check(r#"{"params":{"arguments":{"team":1,"team":2}}}"#, false);
        check(r#"{"params":{"arguments":{"a":[{"b":1,"b":1}]}}}"#, false);
    }
}
