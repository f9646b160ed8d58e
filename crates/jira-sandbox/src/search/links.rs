//! Links between issues as queries see them: the other ends, and the directions by their phrases.

use std::{borrow::Cow, collections::BTreeSet};

use super::terms::term;
use crate::{
    jql::Term,
    model::{Issue, Link, LinkType, Site},
};

/// A kind of link read from one end: `10000:outward` of an issue that blocks another.
fn direction(kind: &LinkType, is_outward: bool) -> Term<'_> {
    let (end, phrase) =
        if is_outward { ("outward", &kind.outward) } else { ("inward", &kind.inward) };
    Term { id: Cow::from(format!("{}:{end}", kind.id)), label: Cow::from(phrase), rank: 0 }
}

/// Every phrase of the site.
pub(super) fn phrases(site: &Site) -> Vec<Term<'_>> {
    site.link_types
        .iter()
        .flat_map(|kind| [direction(kind, true), direction(kind, false)])
        .collect()
}

/// What a phrase means, or both directions of the kind that is called so.
pub(super) fn directions<'a>(site: &'a Site, value: &str) -> Vec<Term<'a>> {
    let is = |text: &str| text.eq_ignore_ascii_case(value);
    let by_phrase: Vec<_> = phrases(site).into_iter().filter(|term| is(&term.label)).collect();
    if !by_phrase.is_empty() {
        return by_phrase;
    }
    let kinds = site.link_types.iter().filter(|kind| is(&kind.name) || is(&kind.id.to_string()));
    kinds.flat_map(|kind| [direction(kind, true), direction(kind, false)]).collect()
}

fn touching<'a>(site: &'a Site, issue: &'a Issue) -> impl Iterator<Item = &'a Link> {
    site.links.iter().filter(|link| link.from == issue.id || link.to == issue.id)
}

/// The directions of an issue's links.
pub(super) fn of<'a>(site: &'a Site, issue: &'a Issue) -> Vec<Term<'a>> {
    let shown = touching(site, issue).filter_map(|link| {
        let kind = site.link_types.iter().find(|kind| kind.id == link.type_id)?;
        Some(direction(kind, link.from == issue.id))
    });
    shown.collect()
}

/// The issues that an issue is linked to.
pub(super) fn others<'a>(site: &'a Site, issue: &'a Issue) -> Vec<Term<'a>> {
    let ends =
        touching(site, issue).map(|link| if link.from == issue.id { link.to } else { link.from });
    ends.filter_map(|id| site.issues.get(&id)).map(|other| term(other.id, &other.key, 0)).collect()
}

/// Ids of the issues linked to one, by any or by that phrase as this one says it.
pub(super) fn linked(site: &Site, issue: &Issue, phrase: Option<&str>) -> Vec<String> {
    let fits = |text: &str| phrase.is_none_or(|phrase| phrase.eq_ignore_ascii_case(text));
    let other = |link: &Link| {
        let kind = site.link_types.iter().find(|kind| kind.id == link.type_id)?;
        match (link.from == issue.id, link.to == issue.id) {
            (true, _) if fits(&kind.outward) => Some(link.to.to_string()),
            (_, true) if fits(&kind.inward) => Some(link.from.to_string()),
            _ => None,
        }
    };
    site.links.iter().filter_map(other).collect()
}

/// Ids of whatever stands below an issue, each once.
pub(super) fn below(site: &Site, id: u64) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![id];
    while let Some(above) = open.pop() {
        for child in site.issues.values().filter(|issue| issue.reference("parent") == Some(above)) {
            if found.insert(child.id) {
                open.push(child.id);
            }
        }
    }
    found.into_iter().map(|id| id.to_string()).collect()
}
