//! The service level agreements of a request: what was promised, and how much of the time is gone.

use serde_json::{Value as Json, json};

use super::value::{API, date, duration};
use crate::{clock::HOUR_MS, json::put, model::Issue, render::SiteView};

/// The first status of the desk's workflow, and the one in which its clocks stand still.
const FIRST: &str = "Open";
const PAUSED: &str = "Waiting for customer";

const RESPONSE_MS: i64 = 4 * HOUR_MS;
const RESOLUTION_MS: i64 = 72 * HOUR_MS;

/// All of them, with the clocks as they stand at `now`.
pub(crate) fn slas(site: &SiteView, issue: &Issue, now: i64) -> Vec<Json> {
    let status = site.status(issue.status).map_or("", |status| status.name.as_str());
    // Somebody answers after an hour or a few.
    let hours = 1 + i64::try_from(issue.number % 6).unwrap_or(0);
    let answered =
        (status != FIRST).then(|| (issue.created + hours * HOUR_MS).min(issue.category_changed));
    let sla = |id: u64, name: &str, goal: i64, stopped: Option<i64>, is_paused: bool| {
        let stop = stopped.unwrap_or(now);
        let mut cycle = cycle(site, issue.created, stop, goal);
        let address = format!("{}{API}/request/{}/sla/{id}", site.host, issue.id);
        let mut shown = json!({ "id": id.to_string(), "name": name, "completedCycles": [], "_links": { "self": address } });
        if stopped.is_some() {
            put(&mut cycle, "stopTime", date(site, stop));
            put(&mut shown, "completedCycles", json!([cycle]));
        } else {
            put(&mut cycle, "paused", is_paused);
            put(&mut cycle, "withinCalendarHours", true);
            put(&mut shown, "ongoingCycle", cycle);
        }
        shown
    };
    vec![
        sla(41, "Time to first response", RESPONSE_MS, answered, false),
        sla(42, "Time to resolution", RESOLUTION_MS, issue.resolved, status == PAUSED),
    ]
}

fn cycle(site: &SiteView, start: i64, stop: i64, goal: i64) -> Json {
    let elapsed = (stop - start).max(0);
    json!({
        "startTime": date(site, start),
        "breachTime": date(site, start + goal),
        "breached": elapsed > goal,
        "goalDuration": duration(goal),
        "elapsedTime": duration(elapsed),
        "remainingTime": duration(goal - elapsed),
    })
}
