//! Links of an issue: reading all of them, and making those between issues.

use serde_json::json;
use tool_kit::{Reply, Row, ToolError};

use crate::jira::{
    AllowedIssue, Response,
    names::{self, NameError, Relation},
    request::{self, Body},
    tools::{
        args::{IssueKey, arguments},
        context::Context,
        project_guard,
        registry::{Tool, tool},
        writing::{
            audience::{self, Audience},
            text, uncertain_write,
        },
    },
    views::{LinkView, WebLinkView},
    wire::{Issue, IssueLink, LinkTypes, List, RemoteLink},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[
    tool!(
        /// List an issue's links, web pages, and all relations.
        "jira_list_links", "List links", Collab, Read, list_links(ListLinks),
        r#"{"issue_key": "ACME-1"}"#
    ),
    tool!(
        /// Link two issues: from_key relation to_key, as in A-1 blocks B-2.
        "jira_link_issues", "Link issues", Collab, Write, link_issues(LinkIssues),
        r#"{"from_key": "ACME-1", "relation": "blocks", "to_key": "ACME-2"}"#
    ),
];

arguments! {
    ListLinks {
        issue_key: IssueKey,
    }
}

arguments! {
    LinkIssues {
        from_key: IssueKey,
        /// e.g. blocks, is blocked by
        relation: String,
        to_key: IssueKey,
        comment: Option<String>,
        internal: Option<bool>,
        dry_run: Option<bool>,
    }
}

async fn list_links(context: &Context, args: ListLinks) -> Result<Reply, ToolError> {
    let key = &project_guard::allowed(context, &args.issue_key).await?;
    let (issue, web, types) = tokio::try_join!(
        context.ask(request::issue(key, &["issuelinks"], &[])),
        context.ask(request::remote_links(key)),
        context.ask(request::link_types()),
    )?;
    let issue: Issue<'_> = issue.read()?;
    project_guard::found(context, key, &issue)?;
    let web: List<RemoteLink<'_>> = web.read()?;
    let types: LinkTypes<'_> = types.read()?;
    let links = links(&issue);
    let seen = links
        .iter()
        .filter(|link| other_key(link).is_some_and(|key| context.projects.holds_issue(key)));
    let mut reply = Row::new();
    reply.put_non_empty("key", issue.key.as_ref());
    let counts = json!({
        "key": key, "links": [], "web": [], "relations": [], "links_omitted": links.len(), "web_omitted": web.len(),
        "relations_omitted": types.issue_link_types.len(),
    });
    // The links are the point; what the site knows takes a third of the reply at most.
    let room = context.budget.reserve(&counts);
    let relations = room.split(3).fit(&"", names::phrases(&types.issue_link_types));
    let room = room.reserve(&relations.kept);
    let shown = room.fit(&"", seen.filter_map(LinkView::with_id).collect());
    let pages = room.reserve(&shown.kept).fit(&"", web.iter().map(WebLinkView::from).collect());
    reply.push("links", json!(shown.kept));
    reply.push("web", json!(pages.kept));
    reply.put_unreadable_of("links", issue.fields.list::<IssueLink<'_>>("issuelinks").unreadable());
    reply.put_unreadable_of("web", web.unreadable());
    reply.push("relations", json!(relations.kept));
    let omitted = [
        ("links_omitted", shown.dropped),
        ("web_omitted", pages.dropped),
        ("relations_omitted", relations.dropped),
    ];
    for (name, count) in omitted.into_iter().filter(|(_, count)| *count > 0) {
        reply.put_non_empty(name, count);
    }
    Reply::json(&reply)
}

async fn link_issues(context: &Context, args: LinkIssues) -> Result<Reply, ToolError> {
    if args.from_key == args.to_key {
        return Err(ToolError::invalid_argument("An issue cannot be linked to itself."));
    }
    let allowed = project_guard::all_allowed(context, &[&args.from_key, &args.to_key]).await?;
    let [from, to] = allowed.as_slice() else {
        return Err(ToolError::internal("two issues were not two"));
    };
    let answer = context.ask(request::link_types()).await?;
    let types: LinkTypes<'_> = answer.read()?;
    let relation = names::pick_relation(&types.issue_link_types, &args.relation)
        .map_err(|error| advise(error, &types))?;
    let comment = match &args.comment {
        Some(markdown) => {
            Some(text::body(context, markdown, names::PersonScope::AssignableTo(from)).await?)
        }
        None => None,
    };
    // A link is made at once: Jira makes none twice, and says whether the issues are there. What is
    // known of them already is needed for a preview only, and so that a repeat of a call whose
    // answer was lost does not write its comment twice.
    let is_dry = args.dry_run.unwrap_or(false);
    let before = if is_dry || comment.is_some() {
        Some(context.ask(request::issue(from, &["issuelinks", audience::PROJECT], &[])).await?)
    } else {
        None
    };
    let before: Option<Issue<'_>> = before.as_ref().map(Response::read).transpose()?;
    let audience = before.as_ref().map(|issue| Audience::on(issue, args.internal));
    let audience = audience.filter(|_| comment.is_some());
    let before = before.as_ref().map(links).unwrap_or_default();
    let there = before.iter().find(|link| is_between(link, relation, to));
    if is_dry {
        let sentence = format!("{from} {} {to}", relation.phrase());
        let mut reply = Row::new();
        reply.put_non_empty("dry_run", true);
        reply.put_non_empty("would_link", sentence);
        reply.put_non_empty("already_linked", there.is_some());
        match audience {
            Some(_) if there.is_some() => reply.put_non_empty("would_comment", false),
            Some(audience) => audience.tell(&mut reply, None),
            None => {}
        }
        return Reply::json(&reply);
    }
    if there.is_some() {
        let mut reply = acknowledgement(from, relation.phrase(), to);
        reply.put_non_empty("already_linked", true);
        // It belongs to the call that made the link, and may stand there.
        reply.put_non_empty("comment_added", comment.is_some().then_some(false));
        return Reply::json(&reply);
    }
    make(context, relation, from, to).await?;
    let mut reply = acknowledgement(from, relation.phrase(), to);
    if let (Some(body), Some(audience)) = (comment, audience) {
        let mut comment = Body::with_text("body", body);
        audience.restrict(&mut comment);
        let is_added = context.jira.call(request::add_comment(from, &comment)).await.is_ok();
        reply.put_non_empty("comment_added", is_added);
        if is_added {
            audience.tell(&mut reply, None);
        }
    }
    Reply::json(&reply)
}

fn acknowledgement(from: &AllowedIssue, phrase: &str, to: &AllowedIssue) -> Row {
    let mut reply = Row::new();
    reply.put_non_empty("linked", true);
    reply.put_non_empty("from", from);
    reply.put_non_empty("relation", phrase);
    reply.put_non_empty("to", to);
    reply
}

/// Makes the link. When the answer was lost, Jira is asked whether the link is there before it is
/// called a failure.
async fn make(
    context: &Context,
    relation: Relation<'_, '_>,
    from: &AllowedIssue,
    to: &AllowedIssue,
) -> Result<(), ToolError> {
    let (source, destination) = if relation.outward { (from, to) } else { (to, from) };
    let outcome =
        context.jira.call(request::link_issues(&relation.kind.id, source, destination)).await;
    match outcome {
        Err(error) if uncertain_write::is_lost(&error) => {
            if is_made(context, relation, from, to).await { Ok(()) } else { Err(error.into()) }
        }
        outcome => Ok(outcome.map(drop)?),
    }
}

/// Whether the link can be seen on `from`.
async fn is_made(
    context: &Context,
    relation: Relation<'_, '_>,
    from: &AllowedIssue,
    to: &AllowedIssue,
) -> bool {
    let Ok(answer) = context.jira.call(request::issue(from, &["issuelinks"], &[])).await else {
        return false;
    };
    answer
        .read::<Issue<'_>>()
        .is_ok_and(|issue| links(&issue).iter().any(|link| is_between(link, relation, to)))
}

fn is_between(link: &IssueLink<'_>, relation: Relation<'_, '_>, to: &AllowedIssue) -> bool {
    let undirected = relation.kind.outward == relation.kind.inward;
    link.kind.id == relation.kind.id
        && other_key(link) == Some(to.as_str())
        && (undirected || link.outward_issue.is_some() == relation.outward)
}

fn other_key<'l>(link: &'l IssueLink<'_>) -> Option<&'l str> {
    link.outward_issue.as_ref().or(link.inward_issue.as_ref()).map(|issue| issue.key.as_ref())
}

fn links<'a>(issue: &Issue<'a>) -> Vec<IssueLink<'a>> {
    issue.fields.list("issuelinks").into_vec()
}

/// A site has a dozen phrases at most, so an unknown one is answered with all of them.
fn advise(error: NameError, types: &LinkTypes<'_>) -> ToolError {
    match error {
        NameError::Jira(error) => error.into(),
        NameError::Inexact { .. } | NameError::Elsewhere { .. } => error.into(),
        NameError::Unknown { .. } => {
            let known = names::phrases(&types.issue_link_types);
            ToolError::invalid_argument(error.to_string())
                .hint(format!("Nothing was linked. This site knows: {}.", known.join(", ")))
                .with("relations", json!(known))
        }
        NameError::Ambiguous { .. } => ToolError::from(error).hint(
            "Nothing was linked. Repeat the call with one of the candidates as it is written.",
        ),
    }
}
