//! The last calls of an agent's tools: what they were given, what came of it, and what it cost.

use axum::response::Response;
use maud::{Markup, html};

use super::{frame::Frame, live::LIVE};
use crate::{
    calls::{Kept, Seen},
    render::SiteView,
};

/// All that are kept.
pub(super) fn page(view: &SiteView, frame: &Frame<'_>, seen: &Seen) -> Response {
    let main = html! {
        (totals(seen))
        section .card aria-label="Calls, the newest first" { (list(view, seen, usize::MAX, true)) }
        p.soft {
            "Bytes from Jira are what Jira sent for the call, unpacked; bytes to the agent are its answer. A token is \
             taken for four bytes, which is about right for English and JSON. The last 200 calls are kept until the \
             program ends, and nowhere else."
        }
    };
    frame.page("Calls", LIVE, &news(seen), main)
}

/// The newest ones, in short.
pub(super) fn newest(view: &SiteView, seen: &Seen, most: usize) -> Markup {
    html! { (totals(seen)) (list(view, seen, most, false)) }
}

/// What is said to whoever hears the page.
pub(super) fn news(seen: &Seen) -> String {
    let said =
        |kept: &Kept| format!("Call {}: {}, {}.", kept.number, kept.call.tool, kept.call.outcome);
    seen.calls.back().map(said).unwrap_or_default()
}

fn totals(seen: &Seen) -> Markup {
    html! {
        div #totals data-live {
            dl.figures {
                div { dt { "Calls" } dd { (grouped(seen.count)) } }
                div { dt { "Bytes from Jira" } dd { (grouped(seen.bytes_from_jira)) } }
                div { dt { "Bytes to the agent" } dd { (grouped(seen.bytes_sent)) } }
                div { dt { "Tokens saved, about" } dd { (grouped(seen.tokens_saved)) } }
            }
        }
    }
}

fn list(view: &SiteView, seen: &Seen, most: usize, is_whole: bool) -> Markup {
    // A bar is as long as its bytes are beside the most that are shown.
    let shown = || seen.calls.iter().rev().take(most);
    let longest = shown().map(|kept| kept.call.bytes_from_jira.max(kept.call.bytes_sent)).max();
    html! {
        ul #calls .calls data-live {
            @for kept in shown() { (one(view, kept, longest.unwrap_or(1).max(1), is_whole)) }
            @if seen.calls.is_empty() {
                li { "None yet. Connect a client and ask it something: its calls appear here as they happen." }
            }
        }
    }
}

fn one(view: &SiteView, kept: &Kept, longest: u64, is_whole: bool) -> Markup {
    let call = &kept.call;
    let saved = call.tokens_saved();
    html! {
        li {
            p {
                strong { (call.tool) } " "
                span.tag.bad[call.is_error].good[!call.is_error] { (call.outcome) } " "
                span.soft { span.ms { (grouped(call.elapsed_ms)) " ms" } }
                @if is_whole { span.soft { ", " (view.clock_time(kept.at_ms)) } }
            }
            (bars(call.bytes_from_jira, call.bytes_sent, longest))
            p.soft {
                "Jira " (grouped(call.bytes_from_jira)) " B in " (call.requests)
                (if call.requests == 1 { " request" } else { " requests" })
                ", agent " (grouped(call.bytes_sent)) " B"
                @if saved > 0 { "; about " (grouped(saved)) " tokens saved" }
            }
            @if is_whole {
                details id=(format!("arguments-{}", kept.number)) {
                    summary id=(format!("summary-{}", kept.number)) {
                        "Arguments" span.unseen { " of call " (kept.number) }
                    }
                    pre { code { (call.arguments) } }
                }
            }
        }
    }
}

/// Jira's bytes above ours. The sentence beside it says the same.
fn bars(theirs: u64, ours: u64, longest: u64) -> Markup {
    let width = |bytes: u64| format!("{}%", (bytes * 100 / longest).max(1));
    html! {
        svg.bars aria-hidden="true" {
            rect.theirs x="0" y="2" height="7" rx="3" width=(width(theirs)) {}
            rect.ours x="0" y="11" height="7" rx="3" width=(width(ours)) {}
        }
    }
}

/// A number with a comma between its thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let places = (1..=digits.len()).rev();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (digit, place) in digits.chars().zip(places) {
        text.push(digit);
        if place > 1 && place % 3 == 1 {
            text.push(',');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        for (number, expected) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345, "12,345"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(number), expected);
        }
    }
}
