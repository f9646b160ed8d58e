//! What is awkward about real sites, put into the main one: see [`crate::Seed::Awkward`].

use serde_json::json;

use super::{
    documents::nodes::{doc, leaf, para, paragraph, text},
    ids::{ACME, BUG, MOB, OPS, RESOLUTION_DONE, STORY, TASK},
    people::{ANNA, BEN, CARLA, DANA, GRETA},
    site::custom_fields,
};
use crate::{
    clock::{DAY_MS, HOUR_MS},
    half_emoji::HALF_EMOJI,
    model::{
        Access, Change, ChangeItem, Comment, Issue, Named, Person, Project, RemoteLink,
        ScreenField, Site, Value, Who, Worklog,
    },
};

/// Customers of the service desk, who fill the first windows of every search for people.
const CUSTOMERS: u64 = 120;

/// Changes the main site; issues 100 to 112 of its first project get one oddity each.
pub(crate) fn make_awkward(site: &mut Site, now: i64) {
    let newcomers = people(site);
    screens(site);
    names(site);
    for number in 100..=112 {
        let key = format!("ACME-{number}");
        let Some(issue) = site.keys.get(&key).copied().and_then(|id| site.issues.get_mut(&id))
        else {
            continue;
        };
        make_odd(issue, number, &newcomers, now);
    }
}

/// Accounts that only this site has.
struct Newcomers {
    intern: Who,
}

/// Names with a comma, names that begin other names, half a letter, a German profile, and who may
/// do less.
fn people(site: &mut Site) -> Newcomers {
    if let Some(greta) = site.people.get_mut(GRETA) {
        greta.name = "Tester, Greta".into();
        greta.locale = "de_DE";
    }
    for number in 1..=CUSTOMERS {
        site.people.push(person(
            &format!("qm:sandbox:{number:04}"),
            &format!("Test account {number:03}"),
            "customer",
        ));
    }
    let members = [
        ("712020:0a1b2c3d-0000-4000-8000-00000000d011", "Dan".to_owned()),
        ("712020:0a1b2c3d-0000-4000-8000-00000000d012", "Tester".to_owned()),
        ("712020:0a1b2c3d-0000-4000-8000-00000000d013", format!("Intern {HALF_EMOJI}")),
    ];
    let mut last = ANNA;
    for (account_id, name) in members {
        last = site.people.len();
        site.people.push(person(account_id, &name, "atlassian"));
        for project in site.projects.iter_mut().filter(|project| project.id != MOB) {
            project.members.insert(last, Access::Member);
        }
    }
    site.without_directory.insert(BEN);
    if let Some(acme) = project(site, ACME) {
        acme.members.insert(CARLA, Access::Assigner);
    }
    Newcomers { intern: last }
}

fn person(account_id: &str, name: &str, kind: &'static str) -> Person {
    let mailbox: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '.' })
        .collect();
    Person {
        account_id: account_id.into(),
        name: name.into(),
        email: format!("{mailbox}@example.com"),
        shows_email: false,
        active: true,
        kind,
        time_zone: "Pacific/Auckland",
        locale: "en_US",
    }
}

fn project(site: &mut Site, id: u64) -> Option<&mut Project> {
    site.projects.iter_mut().find(|project| project.id == id)
}

/// An epic link and an unannounced resolution in one project, no assignee when editing in another.
fn screens(site: &mut Site) {
    site.fields.extend(custom_fields::awkward());
    let standard = &[STORY, TASK, BUG][..];
    let entry = |field: &str, types: &[u64]| ScreenField {
        field: field.into(),
        types: types.to_vec(),
        required: false,
    };
    if let Some(acme) = project(site, ACME) {
        acme.screen.extend([
            entry("customfield_10014", standard),
            entry(custom_fields::CATEGORY, &[]),
            entry(custom_fields::SIZE, &[]),
            entry(custom_fields::OTHER_POINTS, standard),
            entry(custom_fields::CHECKLIST, &[]),
        ]);
        for transition in &mut acme.workflow.transitions {
            if transition.sets_resolution == Some(RESOLUTION_DONE) {
                transition.unannounced.push("resolution");
            }
        }
    }
    if let Some(ops) = project(site, OPS) {
        ops.not_on_edit.push("assignee");
        ops.screen.push(entry(custom_fields::MOOD, &[]));
    }
}

/// A priority that is called like its absence, and half letters where names are.
fn names(site: &mut Site) {
    site.priorities.push(Named {
        id: 6,
        name: "None".into(),
        description: "Nobody has said yet.".into(),
        color: "#cccccc",
    });
    if let Some(ops) = project(site, OPS) {
        ops.name.push(' ');
        ops.name.push(HALF_EMOJI);
    }
    if let Some(sprint) = site.sprints.iter_mut().find(|sprint| sprint.id == 9) {
        sprint.name.push(HALF_EMOJI);
    }
}

/// One oddity for each of some issues.
fn make_odd(issue: &mut Issue, number: u64, people: &Newcomers, now: i64) {
    let set = |issue: &mut Issue, field: &str, value: Value| {
        issue.values.insert(field.to_owned(), value);
    };
    match number {
        100 => set(issue, "summary", Value::Text(format!("Cut off in the middle {HALF_EMOJI}"))),
        101 => {
            let broken = format!("An app cut this one {HALF_EMOJI}");
            let document = doc(vec![
                para("The first paragraph is whole."),
                para(&broken),
                para("So is the last."),
            ]);
            set(issue, "description", Value::Rich(document));
        }
        102 => add_activity_of(issue, people.intern, now),
        103 => issue.remote_links.push(RemoteLink {
            id: issue.id * 10 + 6,
            global_id: None,
            relationship: None,
            url: "https://wiki.example.com/pages/half".into(),
            title: format!("Half a title {HALF_EMOJI}"),
            summary: None,
        }),
        104 => {
            issue.values.remove("description");
            issue.values.remove("assignee");
        }
        105 => {
            set(issue, "customfield_10036", Value::Number(5.0));
            set(issue, custom_fields::OTHER_POINTS, Value::Number(8.0));
        }
        106 => {
            let lines = ["Custom service account created", "Reviewed, then merged"];
            set(issue, custom_fields::CHECKLIST, Value::Labels(lines.map(str::to_owned).to_vec()));
            set(issue, custom_fields::CATEGORY, Value::Choice(custom_fields::CATEGORY_WITH_COMMA));
            set(
                issue,
                custom_fields::SIZE,
                Value::Cascade(custom_fields::SIZE_PARENT, Some(custom_fields::SIZE_PARENT + 1)),
            );
        }
        107 => set(issue, "priority", Value::Ref(6)),
        // Whoever wrote it is gone, and so is their name.
        108 => {
            let at = issue.created + HOUR_MS;
            let mut lost =
                comment(issue, Who::MAX, doc(vec![para("Nobody is known to have said this.")]), at);
            lost.editor = Who::MAX;
            issue.comments.push(lost);
        }
        109 => {
            let unknown = leaf("futureBlock", json!({ "kind": "poll" }));
            let body = doc(vec![para("Before the unknown."), unknown, para("After it.")]);
            let at = issue.created + HOUR_MS;
            issue.comments.push(comment(issue, ANNA, body, at));
        }
        110 => add_thread(issue),
        111 => set(issue, "assignee", Value::Person(GRETA)),
        _ => {
            set(
                issue,
                "environment",
                Value::Rich(doc(vec![paragraph(vec![text("a"), text("b")])])),
            );
        }
    }
}

fn comment(issue: &Issue, author: Who, body: serde_json::Value, created: i64) -> Comment {
    Comment {
        id: issue.id * 200 + 150 + u64::try_from(issue.comments.len()).unwrap_or(0),
        parent: None,
        author,
        editor: author,
        body,
        created,
        updated: created,
        visibility: None,
        properties: std::collections::BTreeMap::new(),
    }
}

/// A comment, a work log and a change by somebody with half a letter in the name.
fn add_activity_of(issue: &mut Issue, who: Who, now: i64) {
    let at = now - DAY_MS;
    let said = comment(issue, who, doc(vec![para("My name was cut off.")]), at);
    issue.comments.push(said);
    issue.worklogs.push(Worklog {
        id: issue.id * 100 + 50,
        author: who,
        comment: None,
        started: at,
        created: at,
        updated: at,
        seconds: 3_600,
    });
    issue.changes.push(Change {
        id: issue.id * 50 + 40,
        author: who,
        created: at,
        items: vec![ChangeItem {
            field: "labels".into(),
            field_id: "labels".into(),
            custom: false,
            from: (None, Some(String::new())),
            to: (None, Some("intern".into())),
        }],
    });
    issue.updated = issue.updated.max(at);
}

/// A question for administrators with two answers below it.
fn add_thread(issue: &mut Issue) {
    let limit = crate::model::Visibility { kind: "role".into(), value: "Administrators".into() };
    let mut question =
        comment(issue, ANNA, doc(vec![para("Which version?")]), issue.created + HOUR_MS);
    question.visibility = Some(limit);
    let parent = question.id;
    issue.comments.push(question.clone());
    for (who, answer) in [(DANA, "2.4"), (ANNA, "2.5 by now")] {
        let mut reply = comment(issue, who, doc(vec![para(answer)]), issue.created + 2 * HOUR_MS);
        reply.parent = Some(parent);
        reply.visibility.clone_from(&question.visibility);
        issue.comments.push(reply);
    }
}
