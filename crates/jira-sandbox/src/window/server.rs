//! The window's paths, and what each page begins with: whose eyes it is seen with, on which site.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use local_page::Watcher;
use maud::html;

use super::{
    board, call_list, connect,
    frame::{Frame, Here},
    issue,
    live::EVENTS,
    settings::WindowSettings,
};
use crate::{
    model::{Site, Who},
    render::SiteView,
    world::World,
};

#[derive(Clone)]
struct Window {
    world: Arc<World>,
    settings: Arc<WindowSettings>,
}

/// The pages, for requests that are meant for this machine.
pub(crate) fn router(world: Arc<World>, settings: WindowSettings) -> Router {
    let window = Window { world, settings: Arc::new(settings) };
    let routes = Router::new()
        .route("/", get(show_board))
        .route("/browse/{key}", get(show_issue))
        .route("/calls", get(show_calls))
        .route("/connect", get(show_connect))
        .route(EVENTS, get(events))
        .with_state(window);
    local_page::guarded(routes)
}

type Params = Query<HashMap<String, String>>;

async fn show_board(State(window): State<Window>, headers: HeaderMap, query: Params) -> Response {
    window.show(&headers, &query, Here::Board, |view, frame| {
        board::page(
            view,
            frame,
            query.get("project").map(String::as_str),
            &window.world.calls.seen(),
        )
    })
}

async fn show_issue(
    State(window): State<Window>,
    Path(key): Path<String>,
    headers: HeaderMap,
    query: Params,
) -> Response {
    window.show(&headers, &query, Here::Elsewhere, |view, frame| issue::page(view, frame, &key))
}

async fn show_calls(State(window): State<Window>, headers: HeaderMap, query: Params) -> Response {
    window.show(&headers, &query, Here::Calls, |view, frame| {
        call_list::page(view, frame, &window.world.calls.seen())
    })
}

async fn show_connect(State(window): State<Window>, headers: HeaderMap, query: Params) -> Response {
    window.show(&headers, &query, Here::Connect, |_, frame| connect::page(frame, &window.settings))
}

async fn events(State(window): State<Window>) -> Watcher {
    window.world.changes.watch()
}

impl Window {
    /// Draws a page of the site that the request's `Host` is the address of, else of the main one,
    /// as the person of `?as=` sees it, else the first one.
    fn show(
        &self,
        headers: &HeaderMap,
        query: &HashMap<String, String>,
        here: Here,
        draw: impl FnOnce(&SiteView, &Frame) -> Response,
    ) -> Response {
        let Ok(sites) = self.world.sites.read() else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let at = |site: &Site| site.host.split_once("://").map(|(_, host)| host) == host;
        let index = sites.iter().position(at).unwrap_or(0);
        let Some(site) = sites.get(index) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let people = self.people(index, site);
        let asked = query.get("as").map(String::as_str);
        let found = people.iter().find(|(name, _)| asked.is_none_or(|asked| asked == *name));
        let (name, who) = found.copied().unwrap_or(("", 0));
        let frame = Frame {
            product: &self.settings.product,
            here,
            people: people.iter().map(|(name, _)| *name).collect(),
            name,
        };
        if found.is_none() {
            let main = html! { p { "Nobody of that name is on this site. " a href="/" { "See it as somebody who is." } } };
            return frame.refuse(StatusCode::BAD_REQUEST, "No such person", main);
        }
        draw(&SiteView::new(site, who), &frame)
    }

    /// Those who have a token for the site.
    fn people(&self, index: usize, site: &Site) -> Vec<(&'static str, Who)> {
        let on = self.world.tokens.iter().filter(|token| token.sites.contains(&index));
        on.filter_map(|token| Some((token.name, site.person_by_account(token.account_id)?)))
            .collect()
    }
}
