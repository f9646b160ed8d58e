//! What a running tool has at hand: its caller's Jira session, the limits, the byte budget, the
//! allowed projects.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use moment::{self, Clock, DayTime, Direction};
use tool_kit::{Budget, IdempotencyKeys, Progress, SigningKeys, ToolError};

use crate::jira::{
    JiraError, Projects, Request, Response, Session,
    tools::{args::shown, writing::texts_made::TextsMade},
    views::RenderOptions,
};

/// Page sizes and text lengths, from the operator's settings.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Items on a page when none are asked for.
    pub results_default: u32,
    /// Items on a page at most.
    pub results_max: u32,
    /// Long texts are clipped to this many characters.
    pub text_chars: usize,
}

/// One tool call: everything in it belongs to one caller and ends with the call.
#[derive(Debug)]
pub struct Context {
    /// Jira, as the caller.
    pub jira: Session,
    /// The operator's limits.
    pub limits: Limits,
    /// The bytes the reply may take.
    pub budget: Budget,
    /// The projects this request may touch.
    pub projects: Projects,
    /// The creates of the last minutes, so that a repeat is recognised.
    pub idempotency_keys: Arc<IdempotencyKeys>,
    /// What confirm tokens are signed with.
    pub signing_keys: SigningKeys,
    /// Every tool.
    pub tools: Arc<[&'static tool_kit::Tool]>,
    /// The tools that do not exist for this request, for `jira_whoami`.
    pub hidden_tools: Arc<[&'static str]>,
    /// For a caller who wants to know how far the call is.
    pub progress: Progress,
    /// How much rich text it has made.
    pub texts: TextsMade,
    /// The hosts of addresses that the arguments name.
    pub named_hosts: Vec<String>,
}

impl Context {
    /// Refuses an address of another site than the one that the call works on.
    pub async fn check_hosts(&self) -> Result<(), ToolError> {
        if self.named_hosts.is_empty() {
            return Ok(());
        }
        let site = self.jira.site().await?;
        match self.named_hosts.iter().find(|host| !site.is_at(host)) {
            Some(other) => Err(ToolError::invalid_argument(format!(
                "An address of {other} is given, and the call works on {}.",
                site.url
            ))
            .hint("Nothing was changed. Name issues of one site by their keys, and the site as `site`.")),
            None => Ok(()),
        }
    }

    /// Asks Jira, as the caller.
    pub(super) async fn ask(&self, request: Request) -> Result<Response, ToolError> {
        Ok(self.jira.call(request).await?)
    }

    /// What time it is where the caller is.
    pub(super) async fn clock(&self) -> Result<Clock, ToolError> {
        Ok(self.jira.clock().await?)
    }

    /// Where times are to be shown that nobody wrote in a zone of their own: on the caller's clock,
    /// or else in UTC.
    pub(super) async fn zone_to_show(&self) -> TimeZone {
        self.jira.clock().await.map_or(TimeZone::UTC, |clock| clock.zone)
    }

    /// The moment that an argument means, on the caller's clock.
    pub(super) async fn instant(
        &self,
        argument: &str,
        text: &str,
        direction: Direction,
        day_time: DayTime,
    ) -> Result<Timestamp, ToolError> {
        let read = self.jira.instant(text, direction, day_time).await?;
        read.ok_or_else(|| no_moment(argument, text))
    }

    /// The day that an argument means, on the caller's clock.
    pub(super) async fn day(
        &self,
        argument: &str,
        text: &str,
        direction: Direction,
    ) -> Result<Date, ToolError> {
        let read = self.jira.day(text, direction).await.map_err(|error| match error {
            JiraError::NoTimeZone => ToolError::from(error).hint("Give the day like 2026-11-20."),
            other => other.into(),
        })?;
        read.ok_or_else(|| {
            ToolError::invalid_argument(format!(
                "`{argument}` must be a day {}, not '{}'",
                moment::DAY_FORMS,
                shown(text)
            ))
        })
    }

    /// To how many characters texts of a page are clipped: who asks for one item asks for all of
    /// it.
    pub(super) fn text_chars(&self, page_size: u32) -> usize {
        if page_size == 1 { usize::MAX } else { self.limits.text_chars }
    }

    /// A page size within the limits.
    pub(super) fn page_size(&self, asked: Option<u32>) -> u32 {
        asked.unwrap_or(self.limits.results_default).clamp(1, self.limits.results_max)
    }

    /// How issues are to be shown: with links to the caller's site, texts clipped to `text_chars`.
    pub(super) async fn reading(&self, text_chars: usize) -> Result<RenderOptions<'_>, ToolError> {
        Ok(RenderOptions {
            site_url: &self.jira.site().await?.url,
            text_chars,
            visible: &self.projects,
        })
    }
}

/// What is said of an argument that means no moment.
pub(super) fn no_moment(argument: &str, text: &str) -> ToolError {
    ToolError::invalid_argument(format!(
        "`{argument}` must be a time {}, not '{}'",
        moment::FORMS,
        shown(text)
    ))
}
