//! The little of a provider's words that goes on: into a log, onto a page, or to a client. Whatever
//! else it says may hold names, addresses, or line breaks that forge a line of a log.

/// A code or an id in the characters that they have; all others are dropped.
pub(super) fn plain(text: &str) -> String {
    let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.chars().filter(allowed).take(60).collect()
}

/// The number with which Entra ID begins the description of an error, such as `AADSTS50011: …`.
pub(super) fn aadsts_in(description: &str) -> Option<u32> {
    let rest = description.trim_start().strip_prefix("AADSTS")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// How the number is shown behind a sentence, if there is one: Entra ID's own documents and
/// administrators' tools know an error by it.
pub(super) fn number(aadsts: Option<u32>) -> String {
    aadsts.map(|number| format!(" (AADSTS{number})")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_number_is_read_where_entra_writes_it() {
        let check = |text: &str, expected| assert_eq!(aadsts_in(text), expected, "{text}");
        check("AADSTS50011: The redirect URI\r\nTrace ID: x", Some(50_011));
        check("AADSTS7000222: expired", Some(7_000_222));
        check(" AADSTS9010010", Some(9_010_010));
        check("AADSTS: none", None);
        check("AADSTS99999999999999999999", None);
        check("see AADSTS50011", None);
        check("", None);
    }

    proptest! {
        #[test]
        fn nothing_that_could_forge_a_line_goes_on(text in any::<String>()) {
            let plain = plain(&text);
            prop_assert!(plain.len() <= 60);
            prop_assert!(plain.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b)));
        }
    }
}
