//! `/search/jql` with its page tokens, the count, query checks, and the removed `/search`.

use serde_json::{Map, Value as Json, json};

use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        paging::PageToken,
        route::{Route, query, read},
    },
    json::object,
    model::Issue,
    render::{self, Expand, FieldSelection, SiteView},
    search,
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/api/3/search/jql", by_query),
    query("/rest/api/3/search/jql", by_body),
    query("/rest/api/3/search/approximate-count", count),
    query("/rest/api/3/jql/parse", parse),
    read("/rest/api/3/search", removed),
    query("/rest/api/3/search", removed),
];

/// How many issues one page holds at most: fewer as soon as it takes more than ids and keys.
const IDS_MAX: usize = 5_000;
const FIELDS_MAX: usize = 100;
/// How many properties, and how many issues to reconcile, one search may name.
const PROPERTIES_MAX: usize = 5;
const RECONCILE_MAX: usize = 50;

#[derive(Default)]
struct Search {
    jql: String,
    token: Option<String>,
    size: Option<i64>,
    fields: Vec<String>,
    expand: Vec<String>,
    properties: Vec<String>,
}

fn by_query(call: &Call, site: &SiteView) -> Answer {
    let owned = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect();
    let wished = match call.query("maxResults") {
        None | Some("") => None,
        Some(text) => Some(text.parse().map_err(|_| Fault::bad_payload())?),
    };
    let asked = Search {
        jql: call.query("jql").unwrap_or_default().to_owned(),
        token: call.query("nextPageToken").filter(|token| !token.is_empty()).map(str::to_owned),
        size: wished,
        fields: owned(call.list("fields")),
        expand: owned(call.list("expand")),
        properties: owned(call.list("properties")),
    };
    run(call, site, &asked)
}

fn by_body(call: &Call, site: &SiteView) -> Answer {
    let asked = read_body(&call.object()?).ok_or_else(Fault::bad_payload)?;
    run(call, site, &asked)
}

/// `None` when a key is unknown or of the wrong type: the document allows no additional properties.
fn read_body(body: &Map<String, Json>) -> Option<Search> {
    let strings = |value: &Json| -> Option<Vec<String>> {
        value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let mut asked = Search::default();
    for (name, value) in body.iter().filter(|(_, value)| !value.is_null()) {
        match name.as_str() {
            "jql" => value.as_str()?.clone_into(&mut asked.jql),
            "nextPageToken" => {
                asked.token = Some(value.as_str()?.to_owned()).filter(|token| !token.is_empty());
            }
            "maxResults" => asked.size = Some(value.as_i64()?),
            "fields" => asked.fields = strings(value)?,
            "expand" => {
                asked.expand =
                    value.as_str()?.split(',').map(|part| part.trim().to_owned()).collect();
            }
            "properties" => {
                asked.properties = strings(value).filter(|list| list.len() <= PROPERTIES_MAX)?;
            }
            "fieldsByKeys" | "failFast" => value.as_bool().map(drop)?,
            "reconcileIssues" => {
                value.as_array().filter(|list| list.len() <= RECONCILE_MAX).map(drop)?;
            }
            _ => return None,
        }
    }
    Some(asked)
}

fn run(call: &Call, site: &SiteView, asked: &Search) -> Answer {
    let found = search::find_bounded(site, call.who, call.now, &asked.jql)
        .map_err(|errors| messages(&errors))?;
    let account = site.people.get(call.who).map_or("", |person| person.account_id.as_str());
    let start = match &asked.token {
        None => 0,
        Some(token) => {
            let token = PageToken::decode(token, &asked.jql, account);
            resume(
                &found,
                &token.ok_or_else(|| {
                    Fault::message(400, "The provided next page token is invalid or expired.")
                })?,
            )
        }
    };
    let fields: Vec<&str> = asked.fields.iter().map(String::as_str).collect();
    // A page of ids and keys may be larger.
    let light = fields.iter().all(|field| matches!(*field, "id" | "key"));
    let most = page_size(asked.size, if light { IDS_MAX } else { FIELDS_MAX })?;
    let rest = found.get(start..).unwrap_or_default();
    let page = rest.get(..most.min(rest.len())).unwrap_or_default();
    let wanted = FieldSelection::read(&fields, "id");
    let expand = Expand(
        asked
            .expand
            .iter()
            .map(String::as_str)
            .filter(|part| !matches!(*part, "names" | "schema"))
            .collect(),
    );
    let shown: Vec<_> = page
        .iter()
        .map(|issue| {
            let mut shown = render::issue(site, issue, &wanted, &expand);
            if let (Some(shown), false) = (shown.as_object_mut(), asked.properties.is_empty()) {
                let entries =
                    issue.properties.iter().filter(|(key, _)| asked.properties.contains(key));
                let entries: Map<_, _> =
                    entries.map(|(key, value)| (key.clone(), value.clone())).collect();
                shown.insert("properties".into(), entries.into());
            }
            shown
        })
        .collect();
    let is_last = start + page.len() >= found.len();
    let mut answer = object([("issues", shown.into()), ("isLast", is_last.into())]);
    let Some(map) = answer.as_object_mut() else { return Err(Fault::bad_payload()) };
    if let (false, Some(last)) = (is_last, page.last()) {
        let next = PageToken { after: last.id, position: start + page.len() };
        map.insert("nextPageToken".into(), next.encode(&asked.jql, account).into());
    }
    for (name, of) in
        [("names", names as fn(&SiteView, &FieldSelection) -> Json), ("schema", schemas)]
    {
        if asked.expand.iter().any(|part| part == name) {
            map.insert(name.into(), of(site, &wanted));
        }
    }
    Ok(Reply::json(200, answer))
}

fn page_size(asked: Option<i64>, cap: usize) -> Result<usize, Fault> {
    match asked {
        None => Ok(50),
        Some(size) if size < 1 => {
            Err(Fault::message(400, "The value for 'maxResults' must be between 1 and 5000."))
        }
        Some(size) => Ok(usize::try_from(size).unwrap_or(cap).min(cap)),
    }
}

/// Right after the last issue answered, wherever it stands by now.
fn resume(found: &[&Issue], token: &PageToken) -> usize {
    let last = found.iter().position(|issue| issue.id == token.after);
    last.map_or(token.position.min(found.len()), |at| at + 1)
}

fn names(site: &SiteView, wanted: &FieldSelection) -> Json {
    let shown = site.fields.iter().filter(|field| wanted.takes(field));
    Json::Object(shown.map(|field| (field.id.clone(), site.word(&field.name).into())).collect())
}

fn schemas(site: &SiteView, wanted: &FieldSelection) -> Json {
    let shown = site.fields.iter().filter(|field| wanted.takes(field));
    Json::Object(
        shown.filter_map(|field| Some((field.id.clone(), render::schema(field)?))).collect(),
    )
}

fn messages(errors: &[String]) -> Fault {
    Fault(Reply::json(400, json!({ "errorMessages": errors, "errors": {} })))
}

fn count(call: &Call, site: &SiteView) -> Answer {
    let body = call.object()?;
    let jql = body
        .get("jql")
        .and_then(Json::as_str)
        .filter(|_| body.len() == 1)
        .ok_or_else(Fault::bad_payload)?;
    let found =
        search::find_bounded(site, call.who, call.now, jql).map_err(|errors| messages(&errors))?;
    Ok(Reply::json(200, json!({ "count": found.len() })))
}

/// Validates queries without running them.
fn parse(call: &Call, site: &SiteView) -> Answer {
    let body = call.object()?;
    let queries = body.get("queries").and_then(Json::as_array).ok_or_else(Fault::bad_payload)?;
    let strict = call.query("validation").unwrap_or("strict") == "strict";
    let validated = queries.iter().filter_map(Json::as_str).map(|query| {
        let errors = search::validate(site, call.who, call.now, query, strict);
        let mut shown = json!({ "query": query });
        if let (Some(shown), false) = (shown.as_object_mut(), errors.is_empty()) {
            shown.insert("errors".into(), json!(errors));
        }
        shown
    });
    Ok(Reply::json(200, json!({ "queries": validated.collect::<Vec<_>>() })))
}

fn removed(_: &Call, _: &SiteView) -> Answer {
    let text = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration \
                guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046";
    Err(Fault::message(410, text))
}
