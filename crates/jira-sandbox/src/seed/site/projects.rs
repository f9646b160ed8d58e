//! Three projects of three kinds: company-managed, team-managed, and a service desk.

use std::collections::BTreeMap;

use crate::{
    clock::DAY_MS,
    model::{Access, Component, Project, Transition, Version, Who, Workflow},
    seed::{
        ids::{
            ACME, BUG, CHANGE, CLOSED, DONE, EPIC, IN_PROGRESS, IN_REVIEW, INCIDENT, INVESTIGATING,
            MOB, MOB_BUG, MOB_DONE, MOB_EPIC, MOB_IN_PROGRESS, MOB_STORY, MOB_SUBTASK, MOB_TASK,
            MOB_TO_DO, OPEN, OPS, RESOLUTION_DONE, RESOLVED, STORY, SUBTASK, TASK, TO_DO, WAITING,
        },
        people::{ANNA, BEN, CARLA, DANA, EMIL, FEMI, GRETA, OTHER_BEN},
        site::screens,
    },
};

pub(crate) fn projects(now: i64) -> Vec<Project> {
    vec![acme(now), mob(now), ops()]
}

fn members(rows: &[(Who, Access)]) -> BTreeMap<Who, Access> {
    rows.iter().copied().collect()
}

fn acme(now: i64) -> Project {
    use Access::{Admin, Member, Viewer};
    Project {
        id: ACME,
        key: "ACME".into(),
        name: "Acme Webshop".into(),
        description: "The webshop, from catalogue to checkout.".into(),
        kind: "software",
        team_managed: false,
        lead: ANNA,
        avatar: 10_417,
        types: vec![EPIC, STORY, TASK, BUG, SUBTASK],
        members: members(&[
            (ANNA, Admin),
            (BEN, Member),
            (CARLA, Viewer),
            (DANA, Member),
            (EMIL, Member),
            (GRETA, Member),
        ]),
        components: components(
            10_010,
            &[
                ("Catalogue", "Products and search"),
                ("Checkout", "Basket to payment"),
                ("Accounts", ""),
                ("Mail", ""),
                ("Platform", "Build, deploy, run"),
            ],
        ),
        versions: versions(10_100, "2", now),
        workflow: Workflow {
            statuses: vec![TO_DO, IN_PROGRESS, IN_REVIEW, DONE],
            initial: TO_DO,
            transitions: vec![
                global_transition(11, "To Do", TO_DO, Some(0)),
                global_transition(21, "In Progress", IN_PROGRESS, Some(0)),
                global_transition(31, "In Review", IN_REVIEW, Some(0)),
                global_transition(41, "Done", DONE, Some(RESOLUTION_DONE)),
            ],
        },
        screen: screens::acme(),
        not_on_edit: Vec::new(),
        last_number: 0,
    }
}

fn mob(now: i64) -> Project {
    use Access::{Admin, Member};
    let mut done = global_transition(31, "Done", MOB_DONE, Some(RESOLUTION_DONE));
    done.validator = Some("customfield_10016".into());
    Project {
        id: MOB,
        key: "MOB".into(),
        name: "Mobile App".into(),
        description: "The app for phones and tablets.".into(),
        kind: "software",
        team_managed: true,
        lead: BEN,
        avatar: 10_418,
        types: vec![MOB_EPIC, MOB_STORY, MOB_TASK, MOB_BUG, MOB_SUBTASK],
        members: members(&[
            (ANNA, Admin),
            (BEN, Member),
            (DANA, Member),
            (EMIL, Member),
            (GRETA, Member),
        ]),
        components: Vec::new(),
        versions: versions(10_200, "7", now),
        workflow: Workflow {
            statuses: vec![MOB_TO_DO, MOB_IN_PROGRESS, MOB_DONE],
            initial: MOB_TO_DO,
            transitions: vec![
                global_transition(11, "To Do", MOB_TO_DO, Some(0)),
                global_transition(21, "In Progress", MOB_IN_PROGRESS, Some(0)),
                done,
            ],
        },
        screen: screens::mob(),
        not_on_edit: Vec::new(),
        last_number: 0,
    }
}

fn ops() -> Project {
    use Access::{Admin, Member};
    Project {
        id: OPS,
        key: "OPS".into(),
        name: "Operations".into(),
        description: "Incidents and changes of everything that runs.".into(),
        kind: "service_desk",
        team_managed: false,
        lead: OTHER_BEN,
        avatar: 10_419,
        types: vec![INCIDENT, CHANGE, TASK],
        members: members(&[(ANNA, Admin), (DANA, Member), (FEMI, Member), (OTHER_BEN, Member)]),
        components: components(
            10_030,
            &[("Network", ""), ("Database", ""), ("Queue", ""), ("Storage", "")],
        ),
        versions: Vec::new(),
        workflow: ops_workflow(),
        screen: screens::ops(),
        not_on_edit: Vec::new(),
        last_number: 0,
    }
}

/// Transition names differ from the statuses they lead to, and closing asks for a resolution on its
/// screen.
fn ops_workflow() -> Workflow {
    let step = |id, name: &str, from: &[u64], target| Transition {
        from: from.to_vec(),
        ..global_transition(id, name, target, None)
    };
    let screen = |required| {
        vec![("resolution".to_owned(), required), ("customfield_10049".to_owned(), false)]
    };
    let mut resolve = step(41, "Resolve this issue", &[INVESTIGATING, WAITING], RESOLVED);
    resolve.screen = screen(true);
    let mut close = step(51, "Close", &[OPEN, RESOLVED], CLOSED);
    close.screen = screen(true);
    let mut reopen = step(61, "Reopen", &[RESOLVED, CLOSED], OPEN);
    reopen.sets_resolution = Some(0);
    Workflow {
        statuses: vec![OPEN, INVESTIGATING, WAITING, RESOLVED, CLOSED],
        initial: OPEN,
        transitions: vec![
            step(21, "Start investigation", &[OPEN], INVESTIGATING),
            step(31, "Ask the customer", &[INVESTIGATING], WAITING),
            step(32, "Customer answered", &[WAITING], INVESTIGATING),
            resolve,
            close,
            reopen,
        ],
    }
}

/// A global transition without a screen.
pub(crate) fn global_transition(
    id: u64,
    name: &str,
    target: u64,
    sets_resolution: Option<u64>,
) -> Transition {
    Transition {
        id,
        name: name.into(),
        to: target,
        from: Vec::new(),
        screen: Vec::new(),
        unannounced: Vec::new(),
        validator: None,
        sets_resolution,
    }
}

fn components(first: u64, rows: &[(&str, &str)]) -> Vec<Component> {
    let people = [BEN, EMIL, GRETA, DANA, ANNA];
    rows.iter()
        .zip(people)
        .zip(first..)
        .map(|((&(name, description), lead), id)| Component {
            id,
            name: name.into(),
            description: description.into(),
            lead: (id % 2 == 0).then_some(lead),
        })
        .collect()
}

/// Two released, one overdue, one ahead, one archived.
fn versions(first: u64, major: &str, now: i64) -> Vec<Version> {
    [
        (0, -90, true, true),
        (1, -60, true, false),
        (2, -25, true, false),
        (3, -2, false, false),
        (4, 30, false, false),
    ]
    .into_iter()
    .zip(first..)
    .map(|((minor, days, released, archived), id)| Version {
        id,
        name: format!("{major}.{minor}"),
        description: format!("Release {major}.{minor}"),
        start: Some(now + (days - 28) * DAY_MS),
        release: Some(now + days * DAY_MS),
        released,
        archived,
    })
    .collect()
}
