//! Jira's own form of a moment.

use jiff::{
    Timestamp,
    fmt::strtime,
    tz::{Offset, TimeZone},
};

/// The one form that Jira takes for a moment, with the offset that the zone has then:
/// `2026-12-24T10:00:00.000+0100`.
pub fn jira_datetime(moment: Timestamp, zone: &TimeZone) -> String {
    // Jira's form cannot say an offset with seconds, as zones had long ago.
    let is_whole = zone.to_offset(moment).seconds() % 60 == 0;
    let zone = if is_whole { zone.clone() } else { TimeZone::fixed(Offset::UTC) };
    moment.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%.3f%z").to_string()
}

/// A moment as Jira shows it: the offset with or without a colon, or `Z`; with or without a
/// fraction.
pub fn parse_jira(text: &str) -> Option<Timestamp> {
    let jiras = strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", text).and_then(|time| time.to_timestamp());
    jiras.ok().or_else(|| text.parse().ok())
}
