//! When two names are the same to a person: letter case, typography and the language of the profile
//! do not count.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// What a name led to among several things.
#[derive(Debug)]
pub enum Picked<'t, T> {
    /// The one that is meant.
    One(&'t T),
    /// Several of the same likeness.
    Several(Vec<&'t T>),
    /// None.
    Nothing,
}

/// The thing whose name is the given one. Names that are written alike go before those that are
/// only spelt alike, and a thing's first name before its others; `is_lenient` also takes
/// `Storypoints` for `Story Points`.
pub fn pick<'t, T>(
    things: &'t [T],
    given: &str,
    is_lenient: bool,
    names: impl Fn(&T) -> [Option<&str>; 2],
) -> Picked<'t, T> {
    let given = given.trim();
    let written = |name: &str| name.trim() == given;
    let folded = folded(given);
    let spelt = |name: &str| same_folded(name, &folded);
    let bare = bare(&folded);
    let loose = |name: &str| {
        is_lenient
            && !bare.is_empty()
            && may_begin(name, &bare)
            && self::bare(&self::folded(name)) == bare
    };
    let rules: [&dyn Fn(&str) -> bool; 3] = [&written, &spelt, &loose];
    for rule in rules {
        for at in 0..2 {
            let fits: Vec<&T> = things
                .iter()
                .filter(|thing| names(thing).get(at).copied().flatten().is_some_and(rule))
                .collect();
            match fits.as_slice() {
                [] => {}
                [only] => return Picked::One(only),
                _ => return Picked::Several(fits),
            }
        }
    }
    Picked::Nothing
}

/// Whether two names are the same to a person.
pub fn same_name(one: &str, other: &str) -> bool {
    same_folded(one, &folded(other))
}

/// Whether two names differ in capital and small letters at most. Ends at the first difference, so
/// that a long text costs no more than the name that it is compared with.
pub fn same_letters(one: &str, other: &str) -> bool {
    let one = one.trim().chars().flat_map(char::to_lowercase);
    one.eq(other.trim().chars().flat_map(char::to_lowercase))
}

/// No name of Jira's is as long. A longer text is compared as it is written: folding it costs many
/// times its length, and once for each name that it is compared with.
const NAME_BYTES_MAX: usize = 2_048;

fn same_folded(name: &str, folded: &str) -> bool {
    if folded.len() > NAME_BYTES_MAX {
        return name == folded;
    }
    may_begin(name, folded) && self::folded(name) == folded
}

/// Whether two names can be the same by how they begin, `folded` being one without what does not
/// count. Most names differ there, and none of those has to be normalised.
fn may_begin(name: &str, folded: &str) -> bool {
    match name.trim_start().as_bytes() {
        // What follows may compose with the first letter.
        [first, second, ..] if first.is_ascii_alphanumeric() && second.is_ascii() => {
            folded.as_bytes().first() == Some(&first.to_ascii_lowercase())
        }
        _ => true,
    }
}

/// A name in the form in which most systems keep it, for a search.
pub(super) fn composed(name: &str) -> Cow<'_, str> {
    if name.len() > NAME_BYTES_MAX {
        return Cow::Borrowed(name);
    }
    ComposingNormalizerBorrowed::new_nfc().normalize(name)
}

/// A name without what people do not see or do not write: Unicode's compatible forms made one,
/// small letters, straight apostrophes, plain hyphens, single blanks, no invisible characters.
pub fn folded(name: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.len() > NAME_BYTES_MAX || name.bytes().all(is_plain) {
        return Cow::Borrowed(name);
    }
    let normalizer = ComposingNormalizerBorrowed::new_nfkc();
    let mut folded = String::with_capacity(name.len());
    for c in normalizer.normalize(name).chars() {
        match c {
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => {}
            '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' | '\u{b4}' | '`' | '\u{2032}' => {
                folded.push('\'');
            }
            '\u{201c}'..='\u{201f}' => folded.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => folded.push('-'),
            // In small letters it would keep its dot beside it.
            '\u{130}' => folded.push('i'),
            c if c.is_whitespace() => {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            c => folded.extend(c.to_lowercase()),
        }
    }
    folded.truncate(folded.trim_end().len());
    // Small letters may compose where capitals did not.
    match normalizer.normalize(&folded) {
        Cow::Borrowed(_) => Cow::Owned(folded),
        Cow::Owned(composed) => Cow::Owned(composed),
    }
}

/// A folded name without blanks and hyphens, and without the plural of its last word.
fn bare(folded: &str) -> String {
    let mut bare: String = folded.chars().filter(|c| !matches!(c, ' ' | '-' | '_')).collect();
    if bare.len() > 3 && bare.ends_with('s') && !bare.ends_with("ss") {
        bare.pop();
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typography_and_case_do_not_count() {
        for (one, other) in [
            ("Won’t Do", "won't do"),
            ("Jane\u{a0}Doe", "Jane  Doe"),
            ("Ärger", "A\u{308}rger"),
            ("STRASSE", "strasse"),
            ("Sub‑task", "sub-task"),
            (" Done ", "DONE"),
            ("o\u{200b}k", "OK"),
        ] {
            assert!(same_name(one, other), "{one} {other}");
        }
        assert!(!same_name("Doe", "Doe, Jane"));
        assert!(!same_name("", "x"));
    }

    #[test]
    fn what_is_written_alike_goes_before_what_is_spelt_alike() {
        let things =
            [("Team", None), ("team", None), ("Fehler", Some("Bug")), ("Story Points", None)];
        let check = |given: &str, is_lenient: bool, expected: Result<usize, usize>| {
            let picked = pick(&things, given, is_lenient, |(name, other)| [Some(name), *other]);
            let found = match picked {
                Picked::One(thing) => {
                    Ok(things.iter().position(|one| std::ptr::eq(one, thing)).unwrap())
                }
                Picked::Several(things) => Err(things.len()),
                Picked::Nothing => Err(0),
            };
            assert_eq!(found, expected, "{given}");
        };
        check("Team", false, Ok(0));
        check("team", false, Ok(1));
        check("TEAM", false, Err(2));
        check("bug", false, Ok(2));
        check("fehler", false, Ok(2));
        check("Storypoints", false, Err(0));
        check("Storypoints", true, Ok(3));
        check("story-point", true, Ok(3));
        check("-", true, Err(0));
    }

    proptest::proptest! {
        #[test]
        fn folding_is_stable(name in "\\PC{0,20}") {
            let once = folded(&name).into_owned();
            proptest::prop_assert_eq!(folded(&once), once.as_str());
        }
    }
}
