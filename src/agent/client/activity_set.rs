//! What one read brings: activities, and where the next read begins.

use json_borrow::{Lenient, List, Raw, Text};
use serde::Deserialize;

use super::activity::{Activity, ID_CHARS_MAX};

/// What the activities of one answer may take in memory; those beyond it count as unreadable. No
/// turn and no reading has room for more.
const SET_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Activities of one answer that are looked at; a conversation of a day has far fewer.
const ACTIVITIES_MAX: usize = 50_000;

/// What one read brought.
#[derive(Debug, Default)]
pub(crate) struct ActivitySet {
    /// In the service's order.
    pub activities: Vec<Activity>,
    /// Where the next read begins; opaque.
    pub watermark: Option<String>,
    /// How many could not be read.
    pub unreadable: usize,
}

#[derive(Default, Deserialize)]
struct WireSet<'a> {
    #[serde(borrow, default)]
    activities: List<Raw<'a>, ACTIVITIES_MAX>,
    #[serde(borrow, default)]
    watermark: Lenient<Text<'a>>,
}

impl ActivitySet {
    /// About how many bytes it takes in memory.
    pub(crate) fn weight(&self) -> usize {
        self.activities.iter().map(Activity::weight).sum()
    }

    /// Puts what a later read brought behind it.
    pub(crate) fn append(&mut self, later: Self) {
        self.activities.extend(later.activities);
        self.unreadable += later.unreadable;
        if later.watermark.is_some() {
            self.watermark = later.watermark;
        }
    }

    /// Reads an answer or a frame of a socket; none if it is no JSON object.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?.trim_start_matches('\u{FEFF}');
        let wire: WireSet<'_> = json_borrow::from_str(text).ok()?;
        let unread = wire.activities.unreadable();
        let received = wire.activities.into_vec();
        let count = received.len();
        let mut room_left = SET_BYTES_MAX;
        let activities: Vec<_> = received
            .into_iter()
            .filter_map(|raw| {
                let activity = Activity::parse(raw.get())?;
                room_left = room_left.checked_sub(activity.weight())?;
                Some(activity)
            })
            .collect();
        let watermark = wire.watermark.into_option().map(Text::into_owned);
        Some(Self {
            unreadable: unread + count - activities.len(),
            activities,
            watermark: watermark.filter(|mark| !mark.is_empty() && mark.len() <= ID_CHARS_MAX),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::activity::{Kind, VALUES_MAX},
        *,
    };

    #[test]
    fn one_odd_activity_costs_only_itself() {
        let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
        let many = format!("[{}1]", "1,".repeat(VALUES_MAX));
        let body = format!(
            r#"{{"activities":[{{"id":"a","text":"half \ud83d"}},7,null,{{"value":{deep}}},
                {{"value":{many}}},{{"id":9,"type":{{}},"from":3,"new":[1]}}],
                "watermark":5,"later":{{"x":1}}}}"#
        );
        let set = ActivitySet::parse(body.as_bytes()).unwrap();
        assert_eq!(set.activities.len(), 2);
        assert_eq!(set.activities[0].text(), Some("half \u{fffd}"));
        assert_eq!((set.activities[1].id(), set.activities[1].kind()), (None, Kind::Other));
        assert_eq!(set.watermark.as_deref(), Some("5"));
        assert!(set.unreadable >= 3, "{}", set.unreadable);
        for odd in ["", "[]", "7", "<html>", "{\"activities\":["] {
            assert!(ActivitySet::parse(odd.as_bytes()).is_none(), "{odd}");
        }
        let empty = ActivitySet::parse(b"{}").unwrap();
        assert!(empty.activities.is_empty() && empty.watermark.is_none());
    }

    #[test]
    fn what_takes_too_much_memory_is_counted_and_not_kept() {
        let small = "[[],[],[],[],[],[],[],[]],".repeat(2_000);
        let one = format!(r#"{{"type":"message","value":[{small}1]}}"#);
        let count = 40;
        let body = format!(r#"{{"activities":[{}]}}"#, vec![one; count].join(","));
        let set = ActivitySet::parse(body.as_bytes()).unwrap();
        assert!(set.weight() <= SET_BYTES_MAX && set.unreadable > 0);
        assert_eq!(set.activities.len() + set.unreadable, count);
    }
}
