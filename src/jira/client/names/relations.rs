//! Kinds of links between issues, by either phrase or by name.

use std::collections::HashSet;

use crate::jira::client::wire::LinkType;

use super::error::NameError;

/// How many kinds of one phrase an error lists.
const CANDIDATES_MAX: usize = 50;

/// How many phrases are listed.
const PHRASES_MAX: usize = 1_000;

/// A kind of link and the direction in which it was said.
#[derive(Debug, Clone, Copy)]
pub struct Relation<'t, 'a> {
    /// The kind.
    pub kind: &'t LinkType<'a>,
    /// True for "A blocks B", false for "A is blocked by B".
    pub outward: bool,
}

impl<'t> Relation<'t, '_> {
    /// The phrase that stands between the two issues.
    pub fn phrase(&self) -> &'t str {
        if self.outward { &self.kind.outward } else { &self.kind.inward }
    }
}

/// Whether a kind of link is meant, and in which direction.
type Rule<'r> = &'r dyn Fn(&LinkType<'_>) -> Option<bool>;

/// The relation that is meant: a phrase in either direction, else the name of a kind, which means
/// its outward phrase. A phrase of several kinds is told apart by the kind's name in parentheses
/// behind it. Letter case, dashes, underscores and a leading "is" do not count.
pub fn pick_relation<'t, 'a>(
    types: &'t [LinkType<'a>],
    wanted: &str,
) -> Result<Relation<'t, 'a>, NameError> {
    let plain = folded(wanted);
    let short = plain.strip_prefix("is ").unwrap_or(&plain);
    let same = |phrase: &str| may_be(phrase, &plain) && folded(phrase) == plain;
    let alike = |phrase: &str| {
        if !may_be(phrase, short) && !may_be(phrase, "is") {
            return false;
        }
        let phrase = folded(phrase);
        phrase.strip_prefix("is ").unwrap_or(&phrase) == short
    };
    let full = |phrase: &str, kind: &LinkType<'_>| {
        may_be(phrase, &plain) && plain.ends_with(')') && same(&format!("{phrase} ({})", kind.name))
    };
    let rules: [Rule<'_>; 4] = [
        &|kind| direction(full(&kind.outward, kind), full(&kind.inward, kind)),
        &|kind| direction(same(&kind.outward), same(&kind.inward)),
        &|kind| direction(alike(&kind.outward), alike(&kind.inward)),
        &|kind| same(&kind.name).then_some(true),
    ];
    for rule in rules {
        let fits: Vec<Relation<'t, 'a>> =
            types.iter().filter_map(|kind| Some(Relation { kind, outward: rule(kind)? })).collect();
        match fits.as_slice() {
            [] => {}
            [only] => return Ok(*only),
            several => {
                let say = |it: &Relation<'_, '_>| format!("{} ({})", it.phrase(), it.kind.name);
                return Err(NameError::Ambiguous {
                    given: wanted.trim().to_owned(),
                    candidates: several.iter().take(CANDIDATES_MAX).map(say).collect(),
                });
            }
        }
    }
    Err(NameError::Unknown {
        what: "relation",
        given: wanted.trim().to_owned(),
        known: phrases(types),
    })
}

/// Every phrase of the site, each once.
pub fn phrases(types: &[LinkType<'_>]) -> Vec<String> {
    let mut seen = HashSet::new();
    let all = types.iter().flat_map(|kind| [&kind.outward, &kind.inward]);
    let phrases = all.filter(|phrase| !phrase.is_empty() && seen.insert(phrase.as_str()));
    // A site has a dozen; thousands help nobody to choose.
    phrases.take(PHRASES_MAX).map(|phrase| phrase.as_str().to_owned()).collect()
}

/// Whether two texts begin alike, which most do not: of thousands of phrases few are looked at more
/// closely.
fn may_be(phrase: &str, plain: &str) -> bool {
    let first = phrase
        .chars()
        .flat_map(char::to_lowercase)
        .find(|c| !matches!(c, '_' | '-') && !c.is_whitespace());
    first == plain.chars().next()
}

/// A kind whose phrases are the same has no direction; outward is as good as inward.
fn direction(outward: bool, inward: bool) -> Option<bool> {
    (outward || inward).then_some(outward)
}

fn folded(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            '_' | '-' => blank(&mut plain),
            c if c.is_whitespace() => blank(&mut plain),
            c => plain.push(c),
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

fn blank(plain: &mut String) {
    if !plain.is_empty() && !plain.ends_with(' ') {
        plain.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::client::wire::LinkTypes;

    const TYPES: &str = r#"{"issueLinkTypes":[
        {"id":"1","name":"Blocks","inward":"is blocked by","outward":"blocks"},
        {"id":"2","name":"Duplicate","inward":"is duplicated by","outward":"duplicates"},
        {"id":"3","name":"Relates","inward":"relates to","outward":"relates to"},
        {"id":"4","name":"Problem/Incident","inward":"is caused by","outward":"causes"},
        {"id":"5","name":"Defect","inward":"created by","outward":"created"},
        {"id":"6","name":"Split","inward":"created by","outward":"split to"}
    ]}"#;

    fn check(wanted: &str, expected: Result<(&str, &str), &str>) {
        let types: LinkTypes<'_> = serde_json::from_str(TYPES).unwrap();
        let picked = pick_relation(&types.issue_link_types, wanted);
        match expected {
            Ok((id, phrase)) => {
                let relation = picked.unwrap_or_else(|error| panic!("{wanted}: {error}"));
                assert_eq!(
                    (relation.kind.id.as_ref(), relation.phrase()),
                    (id, phrase),
                    "{wanted}"
                );
            }
            Err(part) => assert!(picked.unwrap_err().to_string().contains(part), "{wanted}"),
        }
    }

    #[test]
    fn phrases_decide_the_direction_and_names_go_outward() {
        check("blocks", Ok(("1", "blocks")));
        check(" Is Blocked By ", Ok(("1", "is blocked by")));
        check("is_blocked-by", Ok(("1", "is blocked by")));
        check("blocked by", Ok(("1", "is blocked by")));
        check("duplicate", Ok(("2", "duplicates")));
        check("RELATES TO", Ok(("3", "relates to")));
        check("relates", Ok(("3", "relates to")));
        check("problem/incident", Ok(("4", "causes")));
        check("created by", Err("created by (Defect); created by (Split)"));
        check("created by (Split)", Ok(("6", "created by")));
        check("eats", Err("'eats' is no relation."));
        check("", Err("'' is no relation."));
    }

    #[test]
    fn every_phrase_is_listed_once() {
        let types: LinkTypes<'_> = serde_json::from_str(TYPES).unwrap();
        let listed = phrases(&types.issue_link_types);
        assert_eq!(listed.len(), 10);
        assert_eq!(listed.iter().filter(|phrase| *phrase == "created by").count(), 1);
    }
}
