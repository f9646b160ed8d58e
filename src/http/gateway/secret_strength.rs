//! Does a secret look as if somebody had thought of it? Length alone does not make one.
//!
//! This only warns: nobody can tell a random text from one that merely looks random.

/// To complete "a secret …".
pub const ADVICE: &str =
    "can be guessed: it repeats itself or reads like words. Make one with: openssl rand -base64 32";

/// A random text of 32 characters from an alphabet of 16 has fewer different ones in one case of
/// some hundred thousand.
const DIFFERENT_MIN: usize = 9;

/// Letters in a row that count as a word: an upper-case letter only at its beginning, and a vowel
/// among any four.
const WORD_LETTERS_MIN: usize = 4;

/// Whether a secret repeats itself, or consists by two thirds of words. Of random texts in base64
/// some in ten thousand have half of their letters in what looks like words.
pub(super) fn is_guessable(secret: &str) -> bool {
    let mut different: Vec<u8> = secret.bytes().collect();
    different.sort_unstable();
    different.dedup();
    different.len() < DIFFERENT_MIN
        || repeats(secret.as_bytes())
        || letters_of_words(secret) * 3 > secret.len() * 2
}

/// Whether a shorter text stands there again and again.
fn repeats(secret: &[u8]) -> bool {
    (1..=secret.len() / 2).any(|period| {
        let next = secret.iter().skip(period);
        secret.iter().zip(next).all(|(here, there)| here == there)
    })
}

fn letters_of_words(secret: &str) -> usize {
    let (mut words, mut word) = (0, Vec::new());
    let is_word = |word: &[u8]| {
        word.len() >= WORD_LETTERS_MIN
            && word
                .windows(4)
                .all(|four| four.iter().any(|letter| b"aeiouyAEIOUY".contains(letter)))
    };
    for byte in secret.bytes() {
        let goes_on = byte.is_ascii_lowercase() || (byte.is_ascii_uppercase() && word.is_empty());
        if !goes_on && !word.is_empty() {
            words += if is_word(&word) { word.len() } else { 0 };
            word.clear();
        }
        if byte.is_ascii_alphabetic() {
            word.push(byte);
        }
    }
    words + if is_word(&word) { word.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_think_of_is_noticed() {
        let guessable = [
            "a".repeat(40),
            "ab12".repeat(10),
            "gateway".repeat(6),
            "Summer2026-Contoso-Jira-Gateway!!".to_owned(),
            "correct-horse-battery-staple-2026".to_owned(),
            "thisismysecretpasswordforthegateway".to_owned(),
        ];
        for secret in guessable {
            assert!(is_guessable(&secret), "{secret}");
        }
    }

    proptest! {
        #[test]
        fn what_is_random_is_left_alone(bytes in prop::array::uniform32(any::<u8>())) {
            let hex = blake3::Hash::from_bytes(bytes).to_hex().to_string();
            let varied = hex.bytes().collect::<std::collections::BTreeSet<_>>().len() >= DIFFERENT_MIN;
            prop_assume!(varied);
            prop_assert!(!is_guessable(&STANDARD.encode(bytes)));
            prop_assert!(!is_guessable(&hex));
        }
    }
}
