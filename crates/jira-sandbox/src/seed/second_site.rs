//! The second site: small, with one person of the first one and one project.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    documents::nodes::{doc, para},
    ids,
    issues::words,
    people,
    prng::Prng,
    site::{catalog, projects, system_fields},
};
use crate::{
    clock::DAY_MS,
    model::{Access, Issue, Person, Project, ScreenField, Site, Value, Workflow},
};

const LAB: u64 = 10_000;
const ISSUES: u64 = 12;

pub(crate) fn site(now: i64) -> Site {
    let mut site = Site {
        cloud_id: "5a9db0c1-0000-4000-8000-5a9db0c10002".into(),
        host: "https://sandbox-lab.atlassian.net".into(),
        name: "sandbox-lab".into(),
        people: people(),
        admins: BTreeSet::from([0]),
        without_directory: BTreeSet::new(),
        projects: vec![project()],
        types: catalog::types().into_iter().filter(|kind| kind.id == ids::TASK).collect(),
        statuses: catalog::statuses()
            .into_iter()
            .filter(|status| STATUSES.contains(&status.id))
            .collect(),
        priorities: catalog::priorities(),
        resolutions: catalog::resolutions(),
        link_types: catalog::link_types(),
        fields: system_fields::system().collect(),
        boards: Vec::new(),
        sprints: Vec::new(),
        filters: Vec::new(),
        links: Vec::new(),
        tasks: Vec::new(),
        issues: BTreeMap::new(),
        keys: HashMap::new(),
        service_desks: Vec::new(),
        requests: BTreeMap::new(),
        recent_writes: HashMap::new(),
        teams: Vec::new(),
        last_id: ids::FIRST_FREE_ID,
    };
    let mut prng = Prng::new(0x1AB);
    for number in 1..=ISSUES {
        let issue = issue(&mut prng, number, now);
        site.keys.insert(issue.key.clone(), issue.id);
        site.issues.insert(issue.id, issue);
    }
    site
}

const STATUSES: &[u64] = &[ids::TO_DO, ids::IN_PROGRESS, ids::DONE];

fn people() -> Vec<Person> {
    let known = people::people();
    [people::FEMI, people::AUTOMATION].iter().filter_map(|who| known.get(*who).cloned()).collect()
}

fn project() -> Project {
    let screen = [
        ("project", true),
        ("issuetype", true),
        ("summary", true),
        ("description", false),
        ("labels", false),
    ];
    Project {
        id: LAB,
        key: "LAB".into(),
        name: "Laboratory".into(),
        description: "Experiments on the second site.".into(),
        kind: "business",
        team_managed: false,
        lead: 0,
        avatar: 10_420,
        types: vec![ids::TASK],
        members: [(0, Access::Admin)].into(),
        components: Vec::new(),
        versions: Vec::new(),
        workflow: Workflow {
            statuses: STATUSES.to_vec(),
            initial: ids::TO_DO,
            transitions: vec![
                projects::global_transition(11, "To Do", ids::TO_DO, Some(0)),
                projects::global_transition(21, "In Progress", ids::IN_PROGRESS, Some(0)),
                projects::global_transition(41, "Done", ids::DONE, Some(ids::RESOLUTION_DONE)),
            ],
        },
        screen: screen
            .iter()
            .map(|&(field, required)| ScreenField {
                field: field.into(),
                types: Vec::new(),
                required,
            })
            .collect(),
        not_on_edit: Vec::new(),
        last_number: ISSUES,
    }
}

fn issue(prng: &mut Prng, number: u64, now: i64) -> Issue {
    let created = now - (30 - i64::try_from(number).unwrap_or(0)) * DAY_MS;
    let mut values = BTreeMap::new();
    values.insert("summary".to_owned(), Value::Text(words::summary(prng, "Task")));
    values.insert("description".to_owned(), Value::Rich(doc(vec![para(&words::prose(prng, 2))])));
    values.insert("reporter".to_owned(), Value::Person(0));
    values.insert("priority".to_owned(), Value::Ref(3));
    Issue {
        id: 10_000 + number,
        key: format!("LAB-{number}"),
        number,
        project: LAB,
        type_id: ids::TASK,
        status: prng.pick(&[ids::TO_DO, ids::IN_PROGRESS]),
        creator: 0,
        created,
        updated: created + DAY_MS,
        category_changed: created,
        resolved: None,
        values,
        comments: Vec::new(),
        worklogs: Vec::new(),
        changes: Vec::new(),
        attachments: Vec::new(),
        remote_links: Vec::new(),
        watchers: BTreeSet::new(),
        voters: BTreeSet::new(),
        properties: BTreeMap::new(),
    }
}
