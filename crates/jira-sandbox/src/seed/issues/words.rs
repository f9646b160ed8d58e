//! Plausible English: summaries, sentences and paragraphs from word tables.

use serde_json::Value as Json;

use crate::seed::documents::nodes::{bullets, code, doc, heading, numbered, panel, para, table};
use crate::seed::prng::Prng;

const VERBS: &[&str] = &[
    "Add",
    "Allow",
    "Replace",
    "Speed up",
    "Simplify",
    "Document",
    "Test",
    "Remove",
    "Cache",
    "Validate",
    "Translate",
    "Log",
    "Retry",
    "Migrate",
    "Redesign",
];
const THINGS: &[&str] = &[
    "guest checkout",
    "the product search",
    "voucher codes",
    "order confirmation mails",
    "the basket sidebar",
    "image thumbnails",
    "the returns form",
    "address suggestions",
    "invoice downloads",
    "the wish list",
    "stock warnings",
    "delivery estimates",
    "the login page",
    "push notifications",
    "the offline mode",
    "password resets",
    "the price filter",
    "customer reviews",
    "the payment callback",
    "the nightly export",
];
const ENDS: &[&str] = &[
    "for returning customers",
    "on small screens",
    "in the new theme",
    "behind a feature flag",
    "for business accounts",
    "before the autumn sale",
    "in all languages",
    "with keyboard only",
    "after the timeout",
    "for large orders",
];
const FAULTS: &[&str] = &[
    "crashes",
    "shows the wrong total",
    "loads forever",
    "ignores the chosen language",
    "loses its state",
    "answers with an empty page",
    "sends two mails",
    "shows a broken image",
    "is cut off",
    "rounds down",
];
const WHENS: &[&str] = &[
    "after a refresh",
    "when the basket is empty",
    "on slow networks",
    "with more than 50 items",
    "on Safari",
    "for prices above 1,000",
    "when two tabs are open",
    "after the session ends",
    "with an expired card",
    "in dark mode",
];
const SERVICES: &[&str] = &[
    "Checkout",
    "Search",
    "Mail relay",
    "Payment gateway",
    "Order queue",
    "Image store",
    "Session cache",
    "Backups",
];
const TROUBLES: &[&str] = &[
    "slow since this morning",
    "unreachable from one region",
    "returns errors for some users",
    "disk nearly full",
    "certificate expires soon",
    "queue grows without end",
    "failed over twice tonight",
    "restarts every hour",
];
const SUBJECTS: &[&str] = &[
    "The shop",
    "A customer",
    "The nightly job",
    "Our monitoring",
    "The support team",
    "The new service",
    "Every second request",
    "The old endpoint",
    "The test suite",
    "A partner system",
];
const DOES: &[&str] = &[
    "reports",
    "needs",
    "still uses",
    "expects",
    "rejects",
    "waits for",
    "cannot find",
    "writes",
    "reads",
    "repeats",
];
const OBJECTS: &[&str] = &[
    "the order number",
    "a valid address",
    "the cached price",
    "an answer within two seconds",
    "the session cookie",
    "the same record twice",
    "an outdated template",
    "the currency of the basket",
    "a time zone",
    "the customer's name",
];
const BECAUSE: &[&str] = &[
    "which nobody noticed until now",
    "as described in the handbook",
    "although the flag is off",
    "so the page stays empty",
    "and that costs us a second per click",
    "because the index is rebuilt at that time",
    "unless the cache is warm",
    "even in the staging environment",
];

/// A summary for an issue of this kind of work.
pub(crate) fn summary(prng: &mut Prng, kind: &str) -> String {
    match kind {
        "Bug" => {
            format!("{} {} {}", capital(prng.pick(THINGS)), prng.pick(FAULTS), prng.pick(WHENS))
        }
        "Incident" => format!("{}: {}", prng.pick(SERVICES), prng.pick(TROUBLES)),
        "Change" => {
            format!("Upgrade the {} {}", prng.pick(SERVICES).to_lowercase(), prng.pick(ENDS))
        }
        "Epic" => capital(prng.pick(THINGS)),
        "Story" => format!("As a customer I want {} {}", prng.pick(THINGS), prng.pick(ENDS)),
        _ => format!("{} {} {}", prng.pick(VERBS), prng.pick(THINGS), prng.pick(ENDS)),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

pub(crate) fn sentence(prng: &mut Prng) -> String {
    let tail = if prng.chance(50) { format!(", {}", prng.pick(BECAUSE)) } else { String::new() };
    format!("{} {} {}{tail}.", prng.pick(SUBJECTS), prng.pick(DOES), prng.pick(OBJECTS))
}

pub(crate) fn prose(prng: &mut Prng, sentences: u64) -> String {
    (0..sentences).map(|_| sentence(prng)).collect::<Vec<_>>().join(" ")
}

/// A description as teams write them: from one line to a page with headings, a table and code.
pub(crate) fn description(prng: &mut Prng) -> Json {
    let opening = prose(prng, 2);
    match prng.below(4) {
        0 => doc(vec![para(&opening)]),
        1 => doc(vec![para(&opening), para(&prose(prng, 3))]),
        2 => doc(vec![
            heading(2, "Context"),
            para(&opening),
            heading(2, "Steps"),
            numbered(&[&sentence(prng), &sentence(prng), &sentence(prng)]),
            panel("info", vec![para(&sentence(prng))]),
        ]),
        _ => doc(vec![
            para(&opening),
            bullets(&[&sentence(prng), &sentence(prng)]),
            table(&[
                &["Case", "Expected", "Seen"],
                &["first", "ok", "ok"],
                &["second", "ok", &sentence(prng)],
            ]),
            code("java", "if (basket.isEmpty()) {\n    return Price.ZERO; // nothing to pay\n}"),
            para(&prose(prng, 2)),
        ]),
    }
}

/// More than ten thousand characters in sections.
pub(crate) fn long_description(prng: &mut Prng) -> Json {
    let mut blocks = vec![heading(1, "Design note")];
    for section in 1..=12 {
        blocks.push(heading(2, &format!("{section}. {}", sentence(prng))));
        blocks.push(para(&prose(prng, 8)));
        blocks.push(bullets(&[&sentence(prng), &sentence(prng), &sentence(prng)]));
    }
    doc(blocks)
}
