//! What is below an epic or another parent, level by level, and how far it has come.
//!
//! Each level is one query for the children of all issues above it. With at most 500 issues on 6
//! levels that is at most 25 calls to Jira; most trees take three or four.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use tool_kit::{Reply, Row, ToolError};

use crate::jira::{
    names, request,
    tools::{
        args::{IssueKey, arguments},
        context::Context,
        project_guard,
        registry::{Tool, tool},
    },
    wire::Issue,
};

use super::brief::{Brief, Briefs, Progress, by_status, number, put_page};

pub(super) const GET_EPIC_TREE: Tool = tool!(
    /// An epic's or parent's tree: progress, points, children by status.
    "jira_get_epic_tree", "Epic tree", Agile, Read, get_epic_tree(GetEpicTree),
    r#"{"issue_key": "ACME-1"}"#
);

arguments! {
    GetEpicTree {
        issue_key: IssueKey,
        max_results: Option<u32>,
        start_at: Option<u32>,
    }
}

/// Levels below the root; Jira's own hierarchies have up to five.
const LEVELS_MAX: usize = 6;

/// Issues of one tree that are read.
const ISSUES_MAX: usize = 500;

/// Parents that one query names.
const PARENTS_MAX: usize = 100;

/// What was found below an issue.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Level by level; the level counts from 1.
    pub(super) issues: Vec<(Brief, usize)>,
    /// The first level that was not, or not wholly, read.
    pub(super) cut_at_level: Option<usize>,
}

/// Everything below an issue, as far as the bounds go.
/// Each issue is shown to `each`, as Jira has it.
pub(super) async fn below(
    briefs: &Briefs<'_>,
    root: &str,
    mut each: impl FnMut(&Issue<'_>),
) -> Result<Tree, ToolError> {
    let mut tree = Tree::default();
    let mut seen = BTreeSet::from([root.to_owned()]);
    let mut parents = vec![root.to_owned()];
    let mut level = 1;
    while !parents.is_empty() {
        if level > LEVELS_MAX || tree.issues.len() >= ISSUES_MAX {
            tree.cut_at_level = Some(level);
            break;
        }
        let mut found: Vec<Brief> = Vec::new();
        for some in parents.chunks(PARENTS_MAX) {
            let left = ISSUES_MAX.saturating_sub(tree.issues.len() + found.len()).max(100);
            let left = u32::try_from(left).unwrap_or(u32::MAX);
            let quoted: Vec<String> = some.iter().map(|key| names::quoted(key)).collect();
            let jql = format!("parent in ({}) ORDER BY key ASC", quoted.join(", "));
            let is_whole = briefs
                .read(None, &jql, left, |issue| {
                    let brief = briefs.of(issue);
                    each(issue);
                    if seen.insert(brief.key.clone()) {
                        found.push(brief);
                    }
                })
                .await?;
            if !is_whole || tree.issues.len() + found.len() > ISSUES_MAX {
                tree.cut_at_level = Some(level);
                break;
            }
        }
        parents = found.iter().filter(|one| !one.is_subtask).map(|one| one.key.clone()).collect();
        tree.issues.extend(found.into_iter().map(|one| (one, level)));
        if tree.cut_at_level.is_some() {
            break;
        }
        level += 1;
    }
    Ok(tree)
}

async fn get_epic_tree(context: &Context, args: GetEpicTree) -> Result<Reply, ToolError> {
    let named = context.projects.check_issue(&args.issue_key)?;
    let briefs = Briefs::new(context, &[]).await?;
    let answer = context.ask(request::issue(&named, &briefs.field_ids, &[])).await?;
    let issue: Issue<'_> = answer.read()?;
    let key = project_guard::present(context, &named, &issue)?;
    let root = briefs.of(&issue);
    let tree = below(&briefs, key.as_str(), |_| ()).await?;
    let mut progress = Progress::default();
    for (issue, _) in &tree.issues {
        progress.add(issue.points, issue.is_done);
    }
    let mut reply = root.row.clone();
    reply.put_non_empty("progress", json!(progress.row()));
    let direct = || tree.issues.iter().filter(|(_, level)| *level == 1).map(|(issue, _)| issue);
    reply.put_non_empty("children_by_status", json!(by_status(direct())));
    let levels = tree.issues.iter().map(|(_, level)| *level).max().unwrap_or_default();
    if levels > 1 {
        let all = by_status(tree.issues.iter().map(|(issue, _)| issue));
        reply.put_non_empty("tree_by_status", json!(all));
    }
    reply.put_non_empty("levels", levels);
    reply.put_non_empty("cut_at_level", tree.cut_at_level);
    let rows = in_order(&tree, key.as_str()).into_iter();
    put_page(
        context,
        &mut reply,
        "issues",
        rows,
        args.start_at.unwrap_or_default(),
        args.max_results,
    );
    Reply::json(&reply)
}

/// Each issue behind its parent, with how much below it is done; at the end those whose parents
/// lead round in a circle.
fn in_order(tree: &Tree, root: &str) -> Vec<Row> {
    let mut children: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, (issue, _)) in tree.issues.iter().enumerate() {
        children.entry(issue.parent.as_deref().unwrap_or(root)).or_default().push(at);
    }
    let mut rows = Vec::with_capacity(tree.issues.len());
    let mut left: BTreeSet<usize> = (0..tree.issues.len()).collect();
    let mut stack: Vec<usize> = children.get(root).into_iter().flatten().rev().copied().collect();
    while let Some(at) = stack.pop().or_else(|| left.first().copied()) {
        let Some((issue, level)) = tree.issues.get(at).filter(|_| left.remove(&at)) else {
            continue;
        };
        let below = children.get(issue.key.as_str());
        let mut progress = Progress::default();
        for (child, _) in below.into_iter().flatten().filter_map(|at| tree.issues.get(*at)) {
            progress.add(child.points, child.is_done);
        }
        let mut row = issue.row.clone();
        row.put_non_empty("points", issue.points.map(number));
        if *level > 1 {
            row.put_non_empty("parent", issue.parent.as_deref());
        }
        if progress.total > 0 {
            row.put_non_empty("children_done", format!("{}/{}", progress.done, progress.total));
        }
        rows.push(row);
        stack.extend(below.into_iter().flatten().rev());
    }
    rows
}
