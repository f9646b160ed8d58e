//! The nearest names: what an error offers when something was misspelt.

/// How many near names an error lists.
const NEAR_MAX: usize = 5;

/// Likeness from which a name may have been meant.
const LIKENESS_MIN: f64 = 0.7;

/// Comparing costs the product of both lengths, and nothing longer was ever a misspelt name.
const NAME_CHARS_MAX: usize = 100;

/// The things whose names are most like the given one, best first, each name once; at most five.
pub fn nearest<T>(
    given: &str,
    things: impl IntoIterator<Item = T>,
    name: impl Fn(&T) -> &str,
) -> Vec<T> {
    let is_short =
        |name: &str| name.len() <= 4 * NAME_CHARS_MAX && name.chars().count() <= NAME_CHARS_MAX;
    if !is_short(given) {
        return Vec::new();
    }
    let given = given.trim().to_lowercase();
    let scored = things.into_iter().filter(|thing| is_short(name(thing))).filter_map(|thing| {
        let score = likeness(&given, &name(&thing).to_lowercase());
        (score > LIKENESS_MIN).then_some((score, thing))
    });
    let mut scored: Vec<(f64, T)> = scored.collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.dedup_by(|a, b| name(&a.1) == name(&b.1));
    scored.truncate(NEAR_MAX);
    scored.into_iter().map(|(_, thing)| thing).collect()
}

/// How alike two names in lower case are, from 0 to 2; a name that contains the other goes before
/// all others.
fn likeness(given: &str, name: &str) -> f64 {
    let holds =
        !given.is_empty() && !name.is_empty() && (name.contains(given) || given.contains(name));
    strsim::jaro_winkler(given, name) + if holds { 1.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: &str, names: &[&str], expected: &[&str]) {
        assert_eq!(nearest(given, names.iter().copied(), |name| *name), expected, "{given}");
    }

    #[test]
    fn what_is_too_long_for_a_name_is_like_nothing() {
        check(&"x".repeat(1_000_000), &["x", &"x".repeat(1_000_000)], &[]);
        check("x", &[&"x".repeat(101), "xy"], &["xy"]);
    }

    #[test]
    fn what_was_meant_comes_first() {
        check(
            "story pionts",
            &["Status", "Story Points", "Story point estimate"],
            &["Story Points", "Story point estimate"],
        );
        check("points", &["Pointer", "Story Points"], &["Story Points", "Pointer"]);
        check("acmee", &["OPS", "ACME", "ACME", "MOB"], &["ACME"]);
        check("zzz", &["OPS", "ACME"], &[]);
        check("", &["OPS"], &[]);
    }
}
