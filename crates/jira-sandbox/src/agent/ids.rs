//! Random names. They cannot fail, and need to be no more than hard to guess.

use std::{collections::hash_map::RandomState, hash::BuildHasher};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

fn random() -> u128 {
    let half = || u128::from(RandomState::new().hash_one(()));
    (half() << 64) | half()
}

/// A conversation of Direct Line, such as `Lio2W9dbWpt3BMlFDi5wAk-us`: the end names the region.
pub(super) fn conversation() -> String {
    format!("{}-us", URL_SAFE_NO_PAD.encode(random().to_be_bytes()))
}

/// A token of Direct Line: visibly fake, easy to search logs for.
pub(super) fn token(kind: &str) -> String {
    format!("sandbox-{kind}-{:032x}", random())
}

/// A GUID, marked as random (RFC 9562 section 5.4).
pub(super) fn guid() -> String {
    let number = (random() & !(0xF << 76)) | (0x4 << 76);
    let number = (number & !(0x3 << 62)) | (0x2 << 62);
    let mut guid = String::with_capacity(36);
    for (at, digit) in format!("{number:032x}").chars().enumerate() {
        if [8, 12, 16, 20].contains(&at) {
            guid.push('-');
        }
        guid.push(digit);
    }
    guid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_their_form_and_differ() {
        let guid = guid();
        let lengths: Vec<_> = guid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{guid}");
        assert_eq!(&guid[14..15], "4", "{guid}");
        let (one, other) = (conversation(), conversation());
        assert!(one != other && one.len() == 25 && one.ends_with("-us"), "{one} {other}");
        assert_ne!(token("dl"), token("dl"));
    }
}
