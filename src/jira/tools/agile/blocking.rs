//! Which links say that one issue blocks another, which way round, and where they go in a circle.

use std::collections::{BTreeMap, BTreeSet};

use tool_kit::clean;

/// Phrases by which an issue says that the other waits for it.
const BLOCKS: &[&str] = &[
    "blocks",
    "is blocking",
    "is depended on by",
    "is depended upon by",
    "is dependency of",
    "is a dependency of",
    "is required by",
    "is needed by",
    "precedes",
    "is predecessor of",
    "has to be done before",
    "must be done before",
    "is a prerequisite of",
    "is prerequisite for",
];

/// Phrases by which an issue says that it waits for the other.
const IS_BLOCKED: &[&str] = &[
    "is blocked by",
    "blocked by",
    "depends on",
    "depends upon",
    "is dependent on",
    "requires",
    "needs",
    "follows",
    "is successor of",
    "has to be done after",
    "must be done after",
    "waits for",
    "has prerequisite",
];

/// Whether the issue on which a link stands blocks the other end (true), waits for it (false), or
/// neither. Of Jira's own kind, whose phrases may be translated, the outward end is the one that
/// is blocked.
pub(super) fn direction(kind: &str, phrase: &str, is_outward: bool) -> Option<bool> {
    let phrase = phrase.trim().to_lowercase();
    if BLOCKS.contains(&phrase.as_str()) {
        return Some(true);
    }
    if IS_BLOCKED.contains(&phrase.as_str()) {
        return Some(false);
    }
    kind.trim().eq_ignore_ascii_case("blocks").then_some(is_outward)
}

/// Links that are kept: people draw as many as Jira lets them, and each costs memory.
const LINKS_MAX: usize = 20_000;

/// Who blocks whom, by key.
#[derive(Debug, Default)]
pub(super) struct Links(BTreeSet<(String, String)>);

impl Links {
    /// Notes that the first blocks the second, once however often it is seen. False where no more
    /// are kept.
    pub(super) fn add(&mut self, first: &str, second: &str) -> bool {
        let link = (clean(first).into_owned(), clean(second).into_owned());
        if self.0.len() >= LINKS_MAX {
            return self.0.contains(&link);
        }
        self.0.insert(link);
        true
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(blocker, blocked)| (blocker.as_str(), blocked.as_str()))
    }

    /// What blocks one of these.
    pub(super) fn blockers_of(&self, keys: &BTreeSet<String>) -> BTreeSet<String> {
        let found = self.0.iter().filter(|(_, blocked)| keys.contains(blocked));
        found.map(|(blocker, _)| blocker.clone()).collect()
    }

    /// What one of these blocks.
    pub(super) fn blocked_by(&self, keys: &BTreeSet<String>) -> BTreeSet<String> {
        let found = self.0.iter().filter(|(blocker, _)| keys.contains(blocker));
        found.map(|(_, blocked)| blocked.clone()).collect()
    }
}

/// The shortest circles, and how many there are.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Circles<'l> {
    pub(super) shortest: Vec<Vec<&'l str>>,
    pub(super) total: usize,
}

impl<'l> Circles<'l> {
    /// Every link back makes a circle, and each may be as long as the whole way: only those that
    /// are shown are copied, or memory would grow with the cube of the issues.
    fn note(&mut self, circle: &[(&'l str, usize)], kept_max: usize) {
        self.total += 1;
        let at = self.shortest.partition_point(|known| known.len() <= circle.len());
        if at < kept_max {
            self.shortest.insert(at, circle.iter().map(|(key, _)| *key).collect());
            self.shortest.truncate(kept_max);
        }
    }
}

/// One way around for each circle: issues of which each blocks the next, and the last the first.
/// Issues that are in several circles are said with the first of them.
pub(super) fn cycles<'l>(links: &[(&'l str, &'l str)], kept_max: usize) -> Circles<'l> {
    let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (blocker, blocked) in links {
        next.entry(blocker).or_default().push(blocked);
    }
    let (mut finished, mut circles) = (BTreeSet::new(), Circles::default());
    for start in next.keys() {
        // The way from the start, each issue with how many of its links were followed.
        let mut way: Vec<(&str, usize)> = vec![(start, 0)];
        let mut on_way: BTreeMap<&str, usize> = BTreeMap::from([(*start, 0)]);
        while let Some((key, followed)) = way.last_mut() {
            let key = *key;
            let target = next.get(key).and_then(|all| all.get(*followed)).copied();
            *followed += 1;
            match target.filter(|_| !finished.contains(key)) {
                None => {
                    finished.insert(key);
                    on_way.remove(key);
                    way.pop();
                }
                Some(target) => match on_way.get(target) {
                    Some(from) => circles.note(way.get(*from..).unwrap_or_default(), kept_max),
                    None if !finished.contains(target) => {
                        on_way.insert(target, way.len());
                        way.push((target, 0));
                    }
                    None => {}
                },
            }
        }
    }
    circles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_tell_the_direction_and_the_kind_where_they_are_translated() {
        for (kind, phrase, is_outward, expected) in [
            ("Blocks", "blocks", true, Some(true)),
            ("Blocks", "is blocked by", false, Some(false)),
            ("Dependency", "depends on", true, Some(false)),
            ("Dependency", "Is depended on by", false, Some(true)),
            ("Blocks", "blockiert", true, Some(true)),
            ("Blocks", "wird blockiert von", false, Some(false)),
            ("Relates", "relates to", true, None),
            ("Cloners", "clones", true, None),
        ] {
            assert_eq!(direction(kind, phrase, is_outward), expected, "{phrase}");
        }
    }

    fn check(links: &[(&str, &str)], expected: &[&[&str]]) {
        let found = cycles(links, 10);
        assert_eq!(found.shortest, expected, "{links:?}");
        assert_eq!(found.total, expected.len(), "{links:?}");
    }

    #[test]
    fn each_circle_is_said_once() {
        check(&[("a", "b"), ("b", "c"), ("a", "c")], &[]);
        check(&[("a", "b"), ("b", "a")], &[&["a", "b"]]);
        check(&[("a", "a")], &[&["a"]]);
        check(&[("x", "a"), ("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")], &[&["a", "b", "c"]]);
        check(&[("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")], &[&["a", "b"], &["c", "d"]]);
    }

    #[test]
    fn links_are_kept_up_to_a_bound() {
        let mut links = Links::default();
        assert!((0..LINKS_MAX).all(|at| links.add("A-1", &format!("B-{at}"))));
        assert!(!links.add("A-1", "C-1") && links.add("A-1", "B-7"));
        assert_eq!(links.iter().count(), LINKS_MAX);
    }

    #[test]
    fn of_many_circles_only_the_shortest_are_kept() {
        let keys: Vec<String> = (0..200).map(|at| format!("A-{at}")).collect();
        let pairs = keys.iter().flat_map(|one| keys.iter().map(move |other| (one, other)));
        let links: Vec<(&str, &str)> = pairs
            .filter(|(one, other)| one != other)
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        let found = cycles(&links, 30);
        assert!(found.total > 10_000, "{}", found.total);
        assert_eq!(found.shortest.len(), 30);
        assert!(found.shortest.iter().all(|circle| circle.len() == 2), "{:?}", found.shortest);
    }
}
