//! A site as one person reads it: on their clock, in the language of their profile.

use std::ops::Deref;

use jiff::tz::TimeZone;

use super::{
    clock,
    model::{Site, Who},
};

/// What everything that is shown is shown to.
pub(super) struct Reader<'a> {
    site: &'a Site,
    pub(super) who: Who,
    zone: TimeZone,
}

impl<'a> Reader<'a> {
    pub(super) fn new(site: &'a Site, who: Who) -> Self {
        Self { site, who, zone: site.zone(who) }
    }

    /// A moment as the platform API writes it for this person, with the offset of that date.
    pub(super) fn time(&self, ms: i64) -> String {
        clock::jira_time(ms, &self.zone)
    }

    /// A moment in the words of rendered fields.
    pub(super) fn rendered_time(&self, ms: i64) -> String {
        clock::rendered_time(ms, &self.zone)
    }
}

impl Deref for Reader<'_> {
    type Target = Site;

    fn deref(&self) -> &Site {
        self.site
    }
}
