//! The beginning of a list or an object that may have no end.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Raw, Text};

/// What is kept; more than any reply shows.
const KEPT_MAX: usize = 1_000;

/// The first items of a list.
pub struct FirstItems<'a> {
    /// Those that are kept.
    pub kept: Vec<Raw<'a>>,
    /// How many more there are.
    pub omitted: usize,
}

/// The first members of an object.
pub struct FirstMembers<'a> {
    /// Those that are kept.
    pub kept: Vec<(Text<'a>, Raw<'a>)>,
    /// How many more there are.
    pub omitted: usize,
}

impl<'de: 'a, 'a> Deserialize<'de> for FirstItems<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items;

        impl<'de> Visitor<'de> for Items {
            type Value = FirstItems<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let (mut kept, mut omitted) = (Vec::new(), 0);
                while kept.len() < KEPT_MAX
                    && let Some(item) = items.next_element()?
                {
                    kept.push(item);
                }
                while items.next_element::<IgnoredAny>()?.is_some() {
                    omitted += 1;
                }
                Ok(FirstItems { kept, omitted })
            }
        }

        deserializer.deserialize_seq(Items)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for FirstMembers<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = FirstMembers<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
                let (mut kept, mut omitted) = (Vec::new(), 0);
                while kept.len() < KEPT_MAX
                    && let Some(member) = members.next_entry()?
                {
                    kept.push(member);
                }
                while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
                    omitted += 1;
                }
                Ok(FirstMembers { kept, omitted })
            }
        }

        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::from_str;

    #[test]
    fn the_rest_is_counted() {
        let list = format!("[{}0]", "1,".repeat(KEPT_MAX + 4));
        let read: FirstItems<'_> = from_str(&list).unwrap();
        assert_eq!((read.kept.len(), read.omitted), (KEPT_MAX, 5));
        let object: Vec<String> = (0..KEPT_MAX + 2).map(|at| format!("\"m{at}\":0")).collect();
        let object = format!("{{{}}}", object.join(","));
        let read: FirstMembers<'_> = from_str(&object).unwrap();
        assert_eq!((read.kept.len(), read.omitted), (KEPT_MAX, 2));
        assert_eq!(from_str::<FirstItems<'_>>("[]").map(|read| read.omitted), Ok(0));
    }
}
