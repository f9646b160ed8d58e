//! Service desks, and the requests of customers with their clocks and approvals.

use jiff::tz::TimeZone;
use json_borrow::{Raw, UNREADABLE};
use serde_json::{Value, json};
use tool_kit::{Row, clean};

use crate::jira::client::wire::{
    Lenient,
    desk::{
        Approval, CustomerRequest, DeskDate, DeskDuration, DeskStatus, DeskUser, FilledField,
        Queue, RequestType, ServiceDesk, Sla, SlaCycle,
    },
};

use super::{
    date,
    fence::fenced,
    field::{compact, id, short_text},
    visible::Visible,
};

const NAME_CHARS: usize = 200;
const ABOUT_CHARS: usize = 300;

/// A service desk.
pub fn desk_row(desk: &ServiceDesk) -> Row {
    let mut row = Row::new();
    row.put_non_empty("id", id(&desk.id));
    row.put_non_empty("key", id(&desk.project_key));
    row.put_non_empty("name", short_text(&desk.project_name, NAME_CHARS));
    row
}

/// What customers may ask for.
pub fn request_type_row(kind: &RequestType) -> Row {
    let mut row = Row::new();
    row.put_non_empty("id", id(&kind.id));
    row.put_non_empty("name", short_text(&kind.name, NAME_CHARS));
    row.put_non_empty("description", short_text(&kind.description, ABOUT_CHARS));
    row
}

/// A queue, with how many issues it holds.
pub fn queue_row(queue: &Queue) -> Row {
    let mut row = Row::new();
    row.put_non_empty("id", id(&queue.id));
    row.put_non_empty("name", short_text(&queue.name, NAME_CHARS));
    row.put_non_empty("count", queue.issue_count);
    row
}

/// A request without its parts, its texts clipped to `text_chars` characters.
pub fn request_row(
    request: &CustomerRequest,
    text_chars: usize,
    zone: Option<&TimeZone>,
    visible: &dyn Visible,
) -> Row {
    let mut row = Row::new();
    row.put_non_empty("key", id(&request.issue_key));
    let kind = |kind: &RequestType| short_text(&kind.name, NAME_CHARS);
    row.put_non_empty("type", told(&request.request_type, kind));
    row.put_non_empty("summary", short_text(&request.summary, NAME_CHARS * 2));
    let status = |status: &DeskStatus| short_text(&status.status, NAME_CHARS);
    row.put_non_empty("status", told(&request.current_status, status));
    let since = request.current_status.as_ref();
    row.put_non_empty("status_since", since.and_then(|status| moment(&status.status_date, zone)));
    row.put_non_empty("reporter", person(&request.reporter));
    row.put_non_empty("created", moment(&request.created_date, zone));
    let desk = |desk: &ServiceDesk| short_text(&desk.project_name, NAME_CHARS);
    row.put_non_empty("service_desk", told(&request.service_desk, desk));
    let mut fields = Row::new();
    for filled in request.request_field_values.iter().filter(|one| one.field_id != "summary") {
        let label = if filled.label.is_empty() { &filled.field_id } else { &filled.label };
        fields.put_non_empty(short_text(label, NAME_CHARS), value(filled, text_chars, visible));
    }
    row.put_unreadable_of("fields", request.request_field_values.unreadable());
    row.put_non_empty("fields", json!(fields));
    row
}

/// What is there, or that it cannot be read.
fn told<T>(value: &Lenient<T>, say: impl Fn(&T) -> String) -> Option<String> {
    if value.is_unreadable() {
        return Some(UNREADABLE.to_owned());
    }
    value.as_ref().map(say)
}

fn value(filled: &FilledField, text_chars: usize, visible: &dyn Visible) -> Option<Value> {
    let raw: Raw<'_> = json_borrow::from_str(filled.value.get()).ok()?;
    match fenced(&filled.field_id, raw, visible) {
        Some(rest) => compact(json_borrow::from_str(&rest).ok()?, text_chars),
        None => compact(raw, text_chars),
    }
}

/// How a service level agreement stands: of the time that is being measured, else of the last one.
pub fn sla_row(sla: &Sla, zone: Option<&TimeZone>) -> Row {
    let mut row = Row::new();
    row.put_non_empty("name", short_text(&sla.name, NAME_CHARS));
    // A clock that was not read may be the one that counts.
    if sla.ongoing_cycle.is_unreadable()
        || (sla.ongoing_cycle.is_none() && sla.completed_cycles.unreadable() > 0)
    {
        row.put_non_empty("state", UNREADABLE);
        return row;
    }
    if let Some(cycle) = sla.ongoing_cycle.as_ref() {
        let is_paused = cycle.paused == Some(true);
        row.put_non_empty("state", if is_paused { "paused" } else { "running" });
        put_breached(&mut row, cycle);
        // Of a clock that stands still nobody knows when it will have run out.
        let due = moment(&cycle.breach_time, zone).filter(|_| !is_paused);
        row.put_non_empty("due", due);
        row.put_non_empty("remaining", time(&cycle.remaining_time));
        row.put_non_empty("goal", time(&cycle.goal_duration));
    } else if let Some(cycle) = sla.completed_cycles.iter().next_back() {
        row.put_non_empty("state", "completed");
        put_breached(&mut row, cycle);
        row.put_non_empty("completed", moment(&cycle.stop_time, zone));
        row.put_non_empty("elapsed", time(&cycle.elapsed_time));
        row.put_non_empty("goal", time(&cycle.goal_duration));
    } else {
        row.put_non_empty("state", "not_started");
    }
    row
}

/// Whether a promise was kept is the point, so it is said either way; nothing where Jira says
/// nothing.
fn put_breached(row: &mut Row, cycle: &SlaCycle) {
    row.put_non_empty("breached", cycle.breached);
}

/// An approval: what came of it, and who said what.
pub fn approval_row(approval: &Approval, zone: Option<&TimeZone>) -> Row {
    let mut row = Row::new();
    row.put_non_empty("id", id(&approval.id));
    row.put_non_empty("name", short_text(&approval.name, NAME_CHARS));
    row.put_non_empty("decision", short_text(&approval.final_decision, NAME_CHARS));
    row.put_non_empty("waits_for_me", approval.can_answer_approval.filter(|waits| *waits));
    let approvers = approval.approvers.iter().map(|one| {
        json!({
            "name": person(&one.approver).unwrap_or_default(),
            "decision": clean(&one.approver_decision).as_ref(),
        })
    });
    row.put_non_empty("approvers", approvers.collect::<Vec<_>>());
    row.put_unreadable_of("approvers", approval.approvers.unreadable());
    row.put_non_empty("created", moment(&approval.created_date, zone));
    row.put_non_empty("completed", moment(&approval.completed_date, zone));
    row
}

/// The name of somebody; people who have left are marked.
pub fn desk_person(user: &DeskUser) -> Option<String> {
    let name = if user.display_name.is_empty() { &user.account_id } else { &user.display_name };
    let name = short_text(name, NAME_CHARS);
    match user.active {
        _ if name.is_empty() => None,
        Some(false) => Some(format!("{name} (inactive)")),
        _ => Some(name),
    }
}

fn person(user: &Lenient<DeskUser>) -> Option<String> {
    if user.is_unreadable() {
        return Some(UNREADABLE.to_owned());
    }
    desk_person(user.as_ref()?)
}

fn moment(date: &Lenient<DeskDate>, zone: Option<&TimeZone>) -> Option<String> {
    let date = date.as_ref()?;
    let time = [&date.jira, &date.iso8601].into_iter().find(|time| !time.is_empty())?;
    Some(short_text(&date::short_on_clock(time, zone), NAME_CHARS))
}

fn time(duration: &Lenient<DeskDuration>) -> Option<String> {
    duration.as_ref().map(|duration| short_text(&duration.friendly, NAME_CHARS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sla: &str, expected: &Value) {
        let sla: Sla = json_borrow::from_str(sla).unwrap();
        assert_eq!(json!(sla_row(&sla, Some(&TimeZone::UTC))), *expected);
    }

    #[test]
    fn a_clock_runs_stands_still_or_has_ended() {
        let breach = r#""breachTime": {"jira": "2026-11-20T10:00:00.000+0100"}"#;
        let left = r#""remainingTime": {"millis": -1, "friendly": "-1h"}, "goalDuration": {"friendly": "4h"}"#;
        check(
            &format!(
                r#"{{"name": "R", "ongoingCycle": {{"breached": true, "paused": false, {breach}, {left}}}}}"#
            ),
            &json!({"name": "R", "state": "running", "breached": true, "due": "2026-11-20T09:00Z", "remaining": "-1h", "goal": "4h"}),
        );
        check(
            &format!(
                r#"{{"name": "R", "ongoingCycle": {{"breached": false, "paused": true, {breach}}}}}"#
            ),
            &json!({"name": "R", "state": "paused", "breached": false}),
        );
        check(
            r#"{"name": "R", "completedCycles": [{"breached": true}, {"breached": false, "elapsedTime": {"friendly": "1h"}}]}"#,
            &json!({"name": "R", "state": "completed", "breached": false, "elapsed": "1h"}),
        );
        check(
            r#"{"name": "R", "completedCycles": []}"#,
            &json!({"name": "R", "state": "not_started"}),
        );
        check(r#"{"name": "R", "ongoingCycle": 7}"#, &json!({"name": "R", "state": UNREADABLE}));
        for cycles in ["7", "[7]", r#"[{"breached": true}, 7]"#] {
            check(
                &format!(r#"{{"name": "R", "completedCycles": {cycles}}}"#),
                &json!({"name": "R", "state": UNREADABLE}),
            );
        }
    }

    /// Nothing is confined.
    #[derive(Debug)]
    struct Everything;

    impl Visible for Everything {
        fn shows(&self, _: &str) -> bool {
            true
        }

        fn shows_project(&self, _: &str) -> bool {
            true
        }

        fn shows_all(&self) -> bool {
            true
        }
    }

    #[test]
    fn what_cannot_be_read_of_a_request_is_said() {
        let request: CustomerRequest = json_borrow::from_str(
            r#"{"issueKey": "A-1", "requestType": 7, "currentStatus": [], "serviceDesk": "x"}"#,
        )
        .unwrap();
        let row = json!(request_row(&request, 100, None, &Everything));
        for name in ["type", "status", "service_desk"] {
            assert_eq!(row[name], UNREADABLE, "{row}");
        }
    }
}
