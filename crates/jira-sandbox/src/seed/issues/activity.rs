//! What people did with the seeded issues: talk, log work, move, link, attach.

use crate::{
    clock::{HOUR_MS, MINUTE_MS},
    model::{Comment, Issue, Link, Site, Visibility, Who, Worklog},
    seed::{
        documents::nodes::{bullets, code, doc, mention, para, paragraph, text},
        ids::{ACME, OPS},
        issues::{
            draft::members,
            history::{attachments, history, moment, remote_links},
            words,
        },
        people::{ANNA_ACCOUNT, AUTOMATION},
        prng::Prng,
    },
};

/// The issue with more comments than one page of most clients, by its number in the first project.
const MANY_COMMENTS: u64 = 30;
/// The issue with more work logs than an issue carries inline.
const MANY_WORKLOGS: u64 = 31;

/// Gives every issue of the site its past, up to `now`.
pub(crate) fn add_activity(site: &mut Site, now: i64) {
    let mut prng = Prng::new(0x11FE);
    let ids: Vec<u64> = site.issues.keys().copied().collect();
    for id in &ids {
        // A copy, because the past is told with names that stand on the site.
        let Some(mut issue) = site.issues.get(id).cloned() else { continue };
        let team = members(site, issue.project);
        history(site, &mut prng, &mut issue, &team);
        comments(&mut prng, &mut issue, &team);
        worklogs(&mut prng, &mut issue, &team);
        attachments(&mut prng, &mut issue, &team);
        remote_links(&mut prng, &mut issue);
        issue.watchers.extend((0..prng.below(3)).map(|_| prng.pick(&team)));
        issue.voters.extend((0..prng.below(2)).map(|_| prng.pick(&team)));
        issue.updated = issue.updated.min(now);
        site.issues.insert(*id, issue);
    }
    links(site, &mut prng, &ids);
}

fn comments(prng: &mut Prng, issue: &mut Issue, team: &[Who]) {
    let many = issue.project == ACME && issue.number == MANY_COMMENTS;
    let count = if many { 120 } else { prng.pick(&[0, 0, 1, 1, 2, 3, 5]) };
    for at in 0..count {
        let author = if prng.chance(6) { AUTOMATION } else { prng.pick(team) };
        let body = match prng.below(6) {
            0 => doc(vec![paragraph(vec![
                mention(ANNA_ACCOUNT, "Anna Admin"),
                text(" can you have a look? "),
                text(&words::sentence(prng)),
            ])]),
            1 => doc(vec![
                para(&words::sentence(prng)),
                bullets(&[&words::sentence(prng), &words::sentence(prng)]),
            ]),
            2 => doc(vec![
                para("This is what the log says:"),
                code("text", "WARN retry 3 of 5\nERROR gave up"),
            ]),
            _ => doc(vec![para(&words::prose(prng, 2))]),
        };
        let created = moment(issue, at + 1, count + 1);
        let restricted = issue.project == ACME && at == 1 && prng.chance(30);
        let internal = issue.project == OPS && prng.chance(40);
        let edited = prng.chance(10);
        issue.comments.push(Comment {
            id: issue.id * 200 + at,
            parent: (at == 2).then_some(issue.id * 200),
            author,
            editor: author,
            body,
            created,
            updated: if edited { created + 5 * MINUTE_MS } else { created },
            visibility: restricted
                .then(|| Visibility { kind: "role".into(), value: "Administrators".into() }),
            properties: internal
                .then(|| ("sd.public.comment".to_owned(), serde_json::json!({ "internal": true })))
                .into_iter()
                .collect(),
        });
    }
}

fn worklogs(prng: &mut Prng, issue: &mut Issue, team: &[Who]) {
    let many = issue.project == ACME && issue.number == MANY_WORKLOGS;
    let count = match issue.values.contains_key("timetracking") || prng.chance(10) {
        _ if many => 30,
        true => 1 + prng.below(3),
        false => 0,
    };
    for at in 0..count {
        let started = moment(issue, at + 1, count + 2);
        let comment = prng.chance(60).then(|| doc(vec![para(&words::sentence(prng))]));
        issue.worklogs.push(Worklog {
            id: issue.id * 100 + at,
            author: prng.pick(team),
            comment,
            started,
            created: started + HOUR_MS / 2,
            updated: started + HOUR_MS / 2,
            seconds: 900 * (1 + prng.below(12)),
        });
    }
}

/// Links between neighbours, some across projects.
fn links(site: &mut Site, prng: &mut Prng, ids: &[u64]) {
    for (place, pair) in (0_u64..).zip(ids.chunks(7)) {
        if let [from, .., to] = pair {
            let type_id = prng.pick(&[10_000, 10_000, 10_002, 10_003, 10_003, 10_004]);
            site.links.push(Link { id: 10_300 + place, type_id, from: *from, to: *to });
        }
    }
}
