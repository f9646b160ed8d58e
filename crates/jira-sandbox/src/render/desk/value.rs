//! The small values of the service desk API: moments, durations, people.

use serde_json::{Value as Json, json};

use crate::{
    clock::{DAY_MS, HOUR_MS, MINUTE_MS},
    json::put,
    model::Who,
    render::{SiteView, person},
};

/// Where the service desk API stands on a site.
pub(crate) const API: &str = "/rest/servicedeskapi";

/// A moment in four forms.
pub(super) fn date(site: &SiteView, ms: i64) -> Json {
    let jira = site.time(ms);
    let iso: String = match (jira.split_once('.'), jira.get(jira.len().saturating_sub(5)..)) {
        (Some((seconds, _)), Some(offset)) => format!("{seconds}{offset}"),
        _ => jira.clone(),
    };
    json!({ "iso8601": iso, "jira": jira, "friendly": site.rendered_time(ms), "epochMillis": ms })
}

/// A length of time, negative when it is over by so much.
pub(super) fn duration(ms: i64) -> Json {
    json!({ "millis": ms, "friendly": friendly(ms) })
}

fn friendly(ms: i64) -> String {
    let (sign, ms) = if ms < 0 { ("-", -ms) } else { ("", ms) };
    let (days, hours, minutes) = (ms / DAY_MS, ms % DAY_MS / HOUR_MS, ms % HOUR_MS / MINUTE_MS);
    let parts = [(days, "d"), (hours, "h"), (minutes, "m")];
    let told: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    if told.is_empty() { "0m".to_owned() } else { format!("{sign}{}", told.join(" ")) }
}

/// A person; unlike the platform API it names no kind of account.
pub(crate) fn user(site: &SiteView, who: Who) -> Json {
    let full = person(site, who);
    let mut shown = json!({});
    for name in ["accountId", "displayName", "emailAddress", "active", "timeZone"] {
        if let Some(value) = full.get(name) {
            put(&mut shown, name, value.clone());
        }
    }
    let links = json!({
        "jiraRest": full.get("self"), "self": full.get("self"), "avatarUrls": full.get("avatarUrls"),
    });
    put(&mut shown, "_links", links);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_told_in_days_hours_and_minutes() {
        for (ms, expected) in [
            (0, "0m"),
            (59_000, "0m"),
            (90 * MINUTE_MS, "1h 30m"),
            (-DAY_MS, "-1d"),
            (DAY_MS + MINUTE_MS, "1d 1m"),
        ] {
            assert_eq!(friendly(ms), expected);
        }
    }
}
