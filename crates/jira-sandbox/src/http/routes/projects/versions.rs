//! Versions of projects: make one, read it, change it.

use serde_json::{Map, Value as Json};

use crate::{
    answer::{Answer, Fault, Reply},
    clock,
    http::{
        call::Call,
        route::{Route, read, write},
    },
    model::{Access, Project, Site, Version, scope::MANAGE_PROJECT},
    render::{self, SiteView},
};

pub(crate) const ROUTES: &[Route] = &[
    write("POST", "/rest/api/3/version", create).needs(&[MANAGE_PROJECT]),
    read("/rest/api/3/version/{id}", get),
    write("PUT", "/rest/api/3/version/{id}", update).needs(&[MANAGE_PROJECT]),
];

const NAME_CHARS_MAX: usize = 255;

fn create(call: &Call, site: &mut Site) -> Answer {
    let body = call.object()?;
    // The key under `project` is the older form; Jira still takes it.
    let by_key =
        || body.get("project").and_then(Json::as_str).map(|key| ("project", key.to_owned()));
    let by_id =
        body.get("projectId").and_then(Json::as_u64).map(|id| ("projectId", id.to_string()));
    let (at, wanted) = by_id.or_else(by_key).ok_or_else(Fault::bad_payload)?;
    let kind = if at == "project" { "key" } else { "id" };
    let absent =
        || Fault::field(404, at, format!("No project could be found with {kind} '{wanted}'."));
    let project = site.visible_project(call.who, &wanted).ok_or_else(absent)?;
    if !project.may(call.who, Access::Admin) {
        return Err(absent());
    }
    let home = project.id;
    let mut version = Version {
        id: 0,
        name: String::new(),
        description: String::new(),
        start: None,
        release: None,
        released: false,
        archived: false,
    };
    if !body.contains_key("name") {
        return Err(Fault::field(400, "name", "You must specify a valid version name"));
    }
    fill(project, &mut version, &body)?;
    version.id = site.next_id();
    let project = site.projects.iter_mut().find(|project| project.id == home).ok_or_else(absent)?;
    project.versions.push(version.clone());
    show(call, site, 201, version.id)
}

fn find<'a>(call: &Call, site: &'a Site) -> Result<(&'a Project, &'a Version), Fault> {
    let id = call.param("id");
    let seen = site.projects.iter().filter(|project| project.may(call.who, Access::Viewer));
    let mut all =
        seen.flat_map(|project| project.versions.iter().map(move |version| (project, version)));
    let found = all.find(|(_, version)| version.id.to_string() == id);
    found.ok_or_else(|| Fault::message(404, format!("Could not find version for id '{id}'")))
}

fn get(call: &Call, site: &SiteView) -> Answer {
    let (project, version) = find(call, site)?;
    Ok(Reply::json(200, render::version(site, project, version)))
}

fn update(call: &Call, site: &mut Site) -> Answer {
    let (project, version) = find(call, site)?;
    if !project.may(call.who, Access::Admin) {
        return Err(Fault::message(
            400,
            "You must have project or global administrator rights to modify versions.",
        ));
    }
    let (at, mut version) = (project.id, version.clone());
    fill(project, &mut version, &call.object()?)?;
    let id = version.id;
    let project = site.projects.iter_mut().find(|project| project.id == at);
    if let Some(known) =
        project.and_then(|project| project.versions.iter_mut().find(|known| known.id == id))
    {
        *known = version;
    }
    show(call, site, 200, id)
}

fn show(call: &Call, site: &Site, status: u16, id: u64) -> Answer {
    let mut all = site
        .projects
        .iter()
        .flat_map(|project| project.versions.iter().map(move |one| (project, one)));
    let (project, version) =
        all.find(|(_, version)| version.id == id).ok_or_else(Fault::bad_payload)?;
    Ok(Reply::json(status, render::version(&SiteView::new(site, call.who), project, version)))
}

fn fill(project: &Project, version: &mut Version, body: &Map<String, Json>) -> Result<(), Fault> {
    for (name, value) in body {
        let text = || value.as_str().map(str::to_owned).ok_or_else(Fault::bad_payload);
        let flag = || value.as_bool().ok_or_else(Fault::bad_payload);
        match name.as_str() {
            "name" => version.name = checked_name(project, version, text()?)?,
            "description" => version.description = text()?,
            "startDate" => version.start = Some(day(&text()?)?),
            "releaseDate" => version.release = Some(day(&text()?)?),
            "released" => version.released = flag()?,
            "archived" => version.archived = flag()?,
            "project" | "projectId" | "id" => {}
            _ => return Err(Fault::bad_payload()),
        }
    }
    if version.start.zip(version.release).is_some_and(|(start, release)| start > release) {
        return Err(Fault::field(
            400,
            "startDate",
            "The start date must be before the release date.",
        ));
    }
    Ok(())
}

fn checked_name(project: &Project, version: &Version, name: String) -> Result<String, Fault> {
    if name.trim().is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err(Fault::field(400, "name", "You must specify a valid version name"));
    }
    let taken = |other: &Version| other.id != version.id && other.name.eq_ignore_ascii_case(&name);
    if project.versions.iter().any(taken) {
        let text = "A version with this name already exists in this project.";
        return Err(Fault::field(400, "name", text));
    }
    Ok(name)
}

fn day(text: &str) -> Result<i64, Fault> {
    let midnight = clock::is_day(text)
        .then(|| clock::parse_time(&format!("{text}T00:00:00.000+0000")))
        .flatten();
    midnight.ok_or_else(|| {
        Fault::field(400, "releaseDate", format!("Error parsing date string: {text}"))
    })
}
