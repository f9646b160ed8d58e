//! A site as one person reads it: on their clock, in the language of their profile.

use std::ops::Deref;

use jiff::tz::TimeZone;

use crate::{
    clock, language,
    model::{Site, Who},
};

/// What everything that is shown is shown to.
pub(crate) struct SiteView<'a> {
    site: &'a Site,
    pub(crate) who: Who,
    zone: TimeZone,
    is_german: bool,
}

impl<'a> SiteView<'a> {
    /// The site as `who` sees it.
    pub(crate) fn new(site: &'a Site, who: Who) -> Self {
        let is_german = site.people.get(who).is_some_and(|person| person.locale == "de_DE");
        Self { site, who, zone: site.zone(who), is_german }
    }

    /// A moment as the platform API writes it for this person, with the offset of that date.
    pub(crate) fn time(&self, ms: i64) -> String {
        clock::jira_time(ms, &self.zone)
    }

    /// One of Jira's own words in this person's language.
    pub(crate) fn word<'w>(&self, english: &'w str) -> &'w str {
        if self.is_german { language::german(english) } else { english }
    }

    /// The time of day, to the second.
    pub(crate) fn clock_time(&self, ms: i64) -> String {
        clock::clock_time(ms, &self.zone)
    }

    /// A moment in the words of rendered fields.
    pub(crate) fn rendered_time(&self, ms: i64) -> String {
        clock::rendered_time(ms, &self.zone)
    }
}

impl Deref for SiteView<'_> {
    type Target = Site;

    fn deref(&self) -> &Site {
        self.site
    }
}
