//! A site as one person reads it: on their clock, in the language of their profile.

use std::ops::Deref;

use jiff::tz::TimeZone;

use super::{
    clock, language,
    model::{Site, Who},
};

/// What everything that is shown is shown to.
pub(super) struct Reader<'a> {
    site: &'a Site,
    pub(super) who: Who,
    zone: TimeZone,
    is_german: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(site: &'a Site, who: Who) -> Self {
        let is_german = site.people.get(who).is_some_and(|person| person.locale == "de_DE");
        Self { site, who, zone: site.zone(who), is_german }
    }

    /// A moment as the platform API writes it for this person, with the offset of that date.
    pub(super) fn time(&self, ms: i64) -> String {
        clock::jira_time(ms, &self.zone)
    }

    /// One of Jira's own words in this person's language.
    pub(super) fn word<'w>(&self, english: &'w str) -> &'w str {
        if self.is_german { language::german(english) } else { english }
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
