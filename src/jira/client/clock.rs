//! The clock of the user who asks: a time without an offset is read in the user's time zone.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use moment::{self, Clock, DayTime, Direction};
use serde::Deserialize;

use super::{error::JiraError, request, session::Session, wire::Text};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile<'a> {
    #[serde(borrow, default)]
    time_zone: Option<Text<'a>>,
}

impl Session {
    /// The time now in the caller's time zone. [`JiraError::NoTimeZone`] when Jira does not say
    /// which that is: a guess would put times hours away.
    pub async fn clock(&self) -> Result<Clock, JiraError> {
        let zone = self.zone.get_or_try_init(|| self.ask_zone()).await?;
        Ok(Clock { now: Timestamp::now(), zone: zone.clone() })
    }

    /// The zone of the caller's clock, if it was learnt in the last minutes. Asks nobody.
    pub fn known_zone(&self) -> Option<TimeZone> {
        self.zone.get().cloned().or_else(|| {
            let answer = self.cached(&self.site.get()?.id, &request::myself())?;
            zone(answer.read().ok()?)
        })
    }

    /// The day that a text means; None when it means none. Jira is asked only where the caller's
    /// zone matters.
    pub async fn day(&self, text: &str, direction: Direction) -> Result<Option<Date>, JiraError> {
        let clock = self.clock_if(moment::day_needs_zone(text)).await?;
        Ok(moment::day(text, &clock, direction))
    }

    /// The moment that a text means; None when it means none. Jira is asked only where the caller's
    /// zone matters.
    pub async fn instant(
        &self,
        text: &str,
        direction: Direction,
        day_time: DayTime,
    ) -> Result<Option<Timestamp>, JiraError> {
        let clock = self.clock_if(moment::needs_zone(text)).await?;
        Ok(moment::instant(text, &clock, direction, day_time))
    }

    async fn clock_if(&self, zone_matters: bool) -> Result<Clock, JiraError> {
        if zone_matters {
            return self.clock().await;
        }
        Ok(Clock { now: Timestamp::now(), zone: TimeZone::UTC })
    }

    async fn ask_zone(&self) -> Result<TimeZone, JiraError> {
        let answer = self.myself().await.map_err(as_no_time_zone)?;
        zone(answer.read().map_err(as_no_time_zone)?).ok_or(JiraError::NoTimeZone)
    }
}

fn zone(profile: Profile<'_>) -> Option<TimeZone> {
    TimeZone::get(&profile.time_zone?).ok()
}

/// A refusal says that the zone cannot be had; other faults pass by themselves.
fn as_no_time_zone(error: JiraError) -> JiraError {
    match error {
        JiraError::InsufficientScope { .. }
        | JiraError::Forbidden { .. }
        | JiraError::NotFound { .. }
        | JiraError::Invalid { .. }
        | JiraError::Unreadable => JiraError::NoTimeZone,
        other => other,
    }
}
