//! History entries, files and web links of the seeded issues.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    clock::MINUTE_MS,
    model::{Attachment, Change, ChangeItem, Issue, RemoteLink, Site, Status, Who},
    seed::prng::Prng,
};

/// The end of the `at`-th of `of` equal steps from the creation of the issue to its last update.
pub(crate) fn moment(issue: &Issue, at: u64, of: u64) -> i64 {
    let (at, of) = (i64::try_from(at).unwrap_or(0), i64::try_from(of).unwrap_or(1).max(1));
    issue.created + (issue.updated - issue.created) * at / of
}

/// The steps from the workflow's first status to the present one, and who was asked to do it.
pub(crate) fn history(site: &Site, prng: &mut Prng, issue: &mut Issue, team: &[Who]) {
    let Some(project) = site.project(issue.project) else { return };
    let path = &project.workflow.statuses;
    let end = path.iter().position(|status| *status == issue.status).unwrap_or(0);
    let steps: Vec<_> = path.iter().take(end + 1).zip(path.iter().skip(1).take(end)).collect();
    let total = u64::try_from(steps.len()).unwrap_or(0) + 2;
    let first = issue.id * 50;
    if let Some(person) = issue.person("assignee").and_then(|who| site.people.get(who)) {
        let to = (Some(person.account_id.clone()), Some(person.name.clone()));
        let item = item("assignee", (None, None), to);
        issue.changes.push(Change {
            id: first,
            author: issue.creator,
            created: moment(issue, 1, total * 2),
            items: vec![item],
        });
    }
    let named = |status: Option<&Status>| {
        (status.map(|s| s.id.to_string()), status.map(|s| s.name.clone()))
    };
    for ((from, to), at) in steps.into_iter().zip(1_u64..) {
        let item = item("status", named(site.status(*from)), named(site.status(*to)));
        let created = moment(issue, at, total);
        issue.changes.push(Change {
            id: first + at,
            author: prng.pick(team),
            created,
            items: vec![item],
        });
    }
}

type Side = (Option<String>, Option<String>);

fn item(field: &str, from: Side, to: Side) -> ChangeItem {
    ChangeItem { field: field.into(), field_id: field.into(), custom: false, from, to }
}

/// A one-pixel picture.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

pub(crate) fn attachments(prng: &mut Prng, issue: &mut Issue, team: &[Who]) {
    if !prng.chance(18) {
        return;
    }
    let pixel = STANDARD.decode(PIXEL).unwrap_or_default();
    let log = (1..=40).map(|line| format!("12:00:{line:02} worker {line} waits for the queue\n"));
    let files = [
        ("screenshot.png", "image/png", pixel),
        ("worker.log", "text/plain", log.collect::<String>().into_bytes()),
        ("orders.csv", "text/csv", b"order,total\n1001,19.90\n1002,5.00\n".to_vec()),
    ];
    let count = usize::try_from(1 + prng.below(3)).unwrap_or(1);
    for ((name, mime, content), at) in files.into_iter().take(count).zip(0_u64..) {
        issue.attachments.push(Attachment {
            // Below the ids of whatever is made later, so that none comes twice.
            id: issue.id * 4 + at,
            author: prng.pick(team),
            name: name.into(),
            mime: mime.into(),
            created: issue.created + 2 * MINUTE_MS,
            content,
        });
    }
}

pub(crate) fn remote_links(prng: &mut Prng, issue: &mut Issue) {
    if !prng.chance(10) {
        return;
    }
    let url = format!("https://wiki.example.com/pages/{}", issue.number);
    issue.remote_links.push(RemoteLink {
        id: issue.id * 10 + 5,
        global_id: Some(url.clone()),
        relationship: Some("mentioned in".into()),
        url,
        title: "Design page".into(),
        summary: prng.chance(50).then(|| "Decisions and open questions".to_owned()),
    });
}
