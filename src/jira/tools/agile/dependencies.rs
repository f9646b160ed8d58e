//! What blocks what, across projects: the links of some issues, and of those that they lead to.
//!
//! It takes a call or two for the issues that are asked about and one for each hundred that links
//! lead to, level by level: at most 30 calls to Jira.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use tool_kit::{Reply, Row, ToolError, clean};

use crate::jira::{
    NamedIssue,
    request::{self, agile::scopes},
    tools::{
        args::{IssueKey, Jql, arguments},
        context::Context,
        project_guard,
        registry::{Tool, tool},
    },
    wire::{FetchedIssues, Issue, IssueLink, List},
};

use super::{
    blocking::{self, Circles, Links},
    brief::{Brief, Briefs, put_page},
    epic_tree, issues, reach,
};

pub(super) const GET_DEPENDENCIES: Tool = tool!(
    /// What blocks what across projects: of an issue or epic and all below, a sprint, or JQL.
    "jira_get_dependencies", "Dependencies", Agile, Read, get_dependencies(GetDependencies),
    r#"{"issue_key": "ACME-1"}"#
)
.also(&[scopes::SPRINTS, scopes::BOARDS]);

arguments! {
    GetDependencies {
        issue_key: Option<IssueKey>,
        sprint_id: Option<String>,
        jql: Option<Jql>,
        start_at: Option<u32>,
    }
}

/// Issues that may be asked about at once.
const ASKED_MAX: u32 = 500;

/// Further issues that links lead to.
const LINKED_MAX: usize = 500;

/// Links in a row that are followed from the issues that are asked about.
const STEPS_MAX: usize = 5;

/// Issues of one question.
const FETCHED_MAX: usize = 100;

/// What one reply lists of what waits for one issue, and of links that are resolved.
const LISTED_MAX: usize = 30;

/// The issues that were read, by key, and the links between them.
#[derive(Default)]
struct Found {
    issues: BTreeMap<String, Brief>,
    links: Links,
    /// Links of other kinds, by phrase.
    others: BTreeMap<String, u32>,
    is_cut: bool,
}

impl Found {
    fn note(&mut self, briefs: &Briefs<'_>, context: &Context, issue: &Issue<'_>) {
        let brief = briefs.of(issue);
        let links: List<IssueLink<'_>> = issue.fields.list("issuelinks");
        for link in &links {
            let (other, phrase, is_outward) = match (&*link.outward_issue, &*link.inward_issue) {
                (Some(other), _) => (other, &link.kind.outward, true),
                (None, Some(other)) => (other, &link.kind.inward, false),
                (None, None) => continue,
            };
            if !context.projects.holds_issue(&other.key) {
                continue;
            }
            let is_kept = match blocking::direction(&link.kind.name, phrase, is_outward) {
                Some(true) => self.links.add(&brief.key, &other.key),
                Some(false) => self.links.add(&other.key, &brief.key),
                None => {
                    *self.others.entry(clean(phrase).into_owned()).or_default() += 1;
                    true
                }
            };
            self.is_cut |= !is_kept;
        }
        self.issues.insert(brief.key.clone(), brief);
    }

    fn is_open(&self, key: &str) -> bool {
        self.issues.get(key).is_none_or(|issue| !issue.is_done)
    }
}

async fn get_dependencies(context: &Context, args: GetDependencies) -> Result<Reply, ToolError> {
    let briefs = Briefs::new(context, &["issuelinks".to_owned()]).await?;
    let mut found = Found::default();
    asked(context, &briefs, &args, &mut found).await?;
    let asked: BTreeSet<String> = found.issues.keys().cloned().collect();
    follow(context, &briefs, &mut found, &asked).await?;
    let (open, resolved): (Vec<_>, Vec<_>) = found
        .links
        .iter()
        .partition(|(blocker, blocked)| found.is_open(blocker) && found.is_open(blocked));
    let mut reply = Row::new();
    reply.push("asked", asked.len());
    reply.push("open_links", open.len());
    if found.is_cut {
        reply.put_non_empty("complete", false);
    }
    put_cycles(&mut reply, &blocking::cycles(&open, LISTED_MAX));
    if args.start_at.is_none_or(|at| at == 0) {
        let said: Vec<String> = resolved
            .iter()
            .take(LISTED_MAX)
            .map(|(from, to)| format!("{from} blocks {to}"))
            .collect();
        reply.put_non_empty("resolved_links", resolved.len());
        reply.put_non_empty("resolved", json!(said));
        let others: BTreeMap<_, _> = found.others.iter().take(LISTED_MAX).collect();
        reply.put_non_empty("other_links", json!(others));
    }
    put_page(
        context,
        &mut reply,
        "blockers",
        rows(&found, &open, &asked),
        args.start_at.unwrap_or_default(),
        None,
    );
    Reply::json(&reply)
}

/// Circles of which one is enough to see that something is wrong; of a long one the beginning.
fn put_cycles(reply: &mut Row, found: &Circles<'_>) {
    let shown = found.shortest.iter().map(|circle| {
        let mut shown: Vec<String> =
            circle.iter().take(LISTED_MAX).map(|key| (*key).to_owned()).collect();
        let more = circle.len().saturating_sub(LISTED_MAX);
        shown.extend((more > 0).then(|| format!("and {more} more")));
        shown
    });
    reply.put_non_empty("cycles", json!(shown.collect::<Vec<_>>()));
    let omitted = found.total.saturating_sub(found.shortest.len());
    if omitted > 0 {
        reply.put_non_empty("cycles_omitted", omitted);
    }
}

/// Reads the issues that are asked about.
async fn asked(
    context: &Context,
    briefs: &Briefs<'_>,
    args: &GetDependencies,
    found: &mut Found,
) -> Result<(), ToolError> {
    let (given, jql) = match (&args.issue_key, &args.sprint_id, &args.jql) {
        (Some(key), None, None) => {
            let named = context.projects.check_issue(key)?;
            let answer = context.ask(request::issue(&named, &briefs.field_ids, &[])).await?;
            let issue: Issue<'_> = answer.read()?;
            let key = project_guard::present(context, &named, &issue)?;
            found.note(briefs, context, &issue);
            let tree =
                epic_tree::below(briefs, key.as_str(), |issue| found.note(briefs, context, issue))
                    .await?;
            found.is_cut |= tree.cut_at_level.is_some();
            return Ok(());
        }
        (None, Some(sprint), None) => {
            let id = match sprint.trim().parse::<u64>() {
                Ok(id) => id,
                Err(_) => issues::sprint_id(context, sprint).await?,
            };
            reach::check_sprint(context, id).await?;
            (None, format!("sprint = {id} ORDER BY key ASC"))
        }
        (None, None, Some(jql)) => (Some(jql), jql.as_str().to_owned()),
        _ => {
            return Err(ToolError::invalid_argument(
                "Pass one of `issue_key`, `sprint_id` and `jql`.",
            )
            .hint("issue_key takes an epic too, and all below it."));
        }
    };
    let is_whole =
        briefs.read(given, &jql, ASKED_MAX, |issue| found.note(briefs, context, issue)).await?;
    found.is_cut |= !is_whole;
    Ok(())
}

/// Reads the issues that links lead to: what blocks the asked ones and what they block, from there
/// only on in the same direction. Past what is done nothing is waited for.
async fn follow(
    context: &Context,
    briefs: &Briefs<'_>,
    found: &mut Found,
    asked: &BTreeSet<String>,
) -> Result<(), ToolError> {
    let (mut up, mut down) = (asked.clone(), asked.clone());
    for _ in 0..STEPS_MAX {
        let more_up = found.links.blockers_of(&up);
        let more_down = found.links.blocked_by(&down);
        let unknown: Vec<String> = more_up
            .union(&more_down)
            .filter(|key| !found.issues.contains_key(*key))
            .cloned()
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        if found.issues.len() + unknown.len() > asked.len() + LINKED_MAX {
            break;
        }
        for some in unknown.chunks(FETCHED_MAX) {
            let named: Vec<NamedIssue> =
                some.iter().filter_map(|key| context.projects.named(key).ok()).collect();
            let named: Vec<&NamedIssue> = named.iter().collect();
            let answer = context.ask(request::bulk_fetch(&named, &briefs.field_ids)).await?;
            let fetched: FetchedIssues<'_> = answer.read()?;
            for issue in
                fetched.issues.iter().filter(|issue| context.projects.holds_issue(&issue.key))
            {
                found.note(briefs, context, issue);
            }
        }
        let is_next = |key: &String| unknown.contains(key) && found.is_open(key);
        up = more_up.into_iter().filter(is_next).collect();
        down = more_down.into_iter().filter(is_next).collect();
    }
    found.is_cut = true;
    Ok(())
}

/// One row for each issue that others wait for, the one that most wait for first. A row is built
/// when it is taken: each repeats up to thirty others.
fn rows(
    found: &Found,
    open: &[(&str, &str)],
    asked: &BTreeSet<String>,
) -> impl ExactSizeIterator<Item = Row> {
    let mut waiting: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (blocker, blocked) in open {
        waiting.entry(blocker).or_default().push(blocked);
    }
    let mut order: Vec<(&str, Vec<&str>)> = waiting.into_iter().collect();
    order.sort_by_key(|(_, blocked)| std::cmp::Reverse(blocked.len()));
    let shown = move |key: &str| {
        let known = found.issues.get(key).map(|issue| issue.row.clone());
        known.unwrap_or_else(|| {
            // Somebody who may not see the issue still sees the link.
            let mut row = Row::new();
            row.put_non_empty("key", key);
            row
        })
    };
    let row = move |(blocker, blocked): (&str, Vec<&str>)| {
        let mut row = shown(blocker);
        if !asked.contains(blocker) {
            row.put_non_empty("outside", true);
        }
        let listed = blocked.iter().take(LISTED_MAX).map(|key| {
            let mut row = shown(key);
            row.remove("assignee");
            row.remove("type");
            row
        });
        row.put_non_empty("blocks", json!(listed.collect::<Vec<_>>()));
        if blocked.len() > LISTED_MAX {
            row.put_non_empty("blocks_omitted", blocked.len() - LISTED_MAX);
        }
        row
    };
    order.into_iter().map(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_take_little_however_many_there_are() {
        let keys: Vec<String> = (0..200).map(|at| format!("A-{at}")).collect();
        let circle = |length| keys.iter().take(length).map(String::as_str).collect::<Vec<_>>();
        let shown = |shortest, total| {
            let mut reply = Row::new();
            put_cycles(&mut reply, &Circles { shortest, total });
            json!(reply)
        };
        let few = shown((2..2 + LISTED_MAX).map(circle).collect(), 198);
        assert_eq!(few["cycles"][0], json!(["A-0", "A-1"]));
        assert_eq!(few["cycles_omitted"], 198 - LISTED_MAX);
        assert!(few.to_string().len() < 9_000);
        let long = shown(vec![circle(LISTED_MAX + 5)], 1);
        assert_eq!(long["cycles"][0][LISTED_MAX], "and 5 more");
        assert!(long.get("cycles_omitted").is_none());
    }
}
