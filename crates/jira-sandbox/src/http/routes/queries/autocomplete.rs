//! Help for whoever writes queries: the language's names, and values of fields.

#![expect(
    clippy::unnecessary_wraps,
    reason = "all routes have one signature, also those that cannot fail"
)]

use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        route::{Route, read},
    },
    render::SiteView,
    search,
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/api/3/jql/autocompletedata", reference),
    read("/rest/api/3/jql/autocompletedata/suggestions", suggestions),
];

fn reference(call: &Call, site: &SiteView) -> Answer {
    Ok(Reply::json(200, search::reference_data(site, call.who)))
}

fn suggestions(call: &Call, site: &SiteView) -> Answer {
    let Some(field) = call.query("fieldName") else {
        return Err(Fault::message(400, "The fieldName parameter must be provided."));
    };
    let part = call.query("fieldValue").unwrap_or_default();
    Ok(Reply::json(200, search::suggestions(site, call.who, call.now, field, part)))
}
