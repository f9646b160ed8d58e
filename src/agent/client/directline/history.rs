//! What was said: read back from the service, which keeps it for a day.

use std::{collections::HashSet, time::Duration};

use tokio::time::{Instant, timeout_at};
use upstream::FailureClass;

use super::{access::DirectLine, conversation::Known, request};
use crate::agent::client::{
    activity::Kind,
    activity_set::ActivitySet,
    asker::{Asker, History},
    content::Message,
    error::{AgentError, refusal},
};

/// Pages of one reading; the service's have some hundred activities.
const PAGES_MAX: usize = 200;

/// A history is read beside a turn that goes on, not behind it.
const LOCK_TIME_MAX: Duration = Duration::from_millis(50);

impl DirectLine {
    /// One page of what was said, of both sides: the newest, or the one that ends before the
    /// message with this number.
    pub(in crate::agent::client) async fn history(
        &self,
        id: &str,
        (limit, before): (usize, Option<usize>),
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Result<History, AgentError> {
        let known = self.memory.of(id, Instant::now());
        let soon = deadline.min(Instant::now() + LOCK_TIME_MAX);
        // Read from the beginning, so by knowledge of its own; only the token is shared.
        let mut own = Known::default();
        let set = match timeout_at(soon, known.lock()).await {
            Ok(mut known) => {
                let kept = known.watermark.take();
                let read = self.read(&mut known, id, asker, deadline).await;
                known.watermark = kept;
                read?
            }
            Err(_) => self.read(&mut own, id, asker, deadline).await?,
        };
        own.learn(&set);
        if own.is_over(jiff::Timestamp::now(), self.idle_time) {
            return Err(AgentError::not_found());
        }
        let said: Vec<_> =
            set.activities.iter().filter(|activity| activity.kind() == Kind::Message).collect();
        let total = said.len();
        let end = before.unwrap_or(total).min(total);
        let begin = end.saturating_sub(limit);
        let page = said.get(begin..end).unwrap_or_default();
        let messages = page.iter().filter_map(|one| Message::of(one, one.role())).collect();
        let before = (begin > 0).then_some(begin);
        Ok(History { messages, total, unreadable: set.unreadable, before })
    }

    /// Reads all that stands behind the watermark. An answer holds a page of it, and the last page
    /// is the one without activities: so the service's documents say, and an agent that has fewer
    /// than a page's is asked once more all the same.
    /// Source: Microsoft, "Receive activities from the bot in Direct Line API 3.0".
    pub(super) async fn read(
        &self,
        known: &mut Known,
        id: &str,
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Result<ActivitySet, AgentError> {
        let mut share = self.room.share();
        let mut watermark = known.watermark.clone();
        let mut all = ActivitySet::default();
        let mut seen = HashSet::new();
        for _ in 0..PAGES_MAX {
            let mut page =
                self.read_page(known, (id, watermark.as_deref()), asker, deadline).await?;
            if !share.take(page.weight()) {
                return Err(AgentError::unreadable("it is too large"));
            }
            let is_last = page.activities.is_empty() && page.unreadable == 0;
            let is_further = page.watermark.is_some() && page.watermark != watermark;
            watermark.clone_from(&page.watermark);
            // The service may show an activity twice, and another conversation's is nobody's here.
            page.activities.retain(|activity| {
                activity.is_of(id)
                    && activity.id().is_none_or(|activity| seen.insert(activity.to_owned()))
            });
            all.append(page);
            if is_last || !is_further {
                return Ok(all);
            }
        }
        Err(AgentError::unreadable("it has no end"))
    }

    async fn read_page(
        &self,
        known: &mut Known,
        (id, watermark): (&str, Option<&str>),
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Result<ActivitySet, AgentError> {
        if Instant::now() >= deadline {
            return Err(AgentError::unavailable(FailureClass::Timeout));
        }
        let address = self.address();
        let operation = request::activities(&address, id, watermark);
        let answer = self.send_in(known, id, &operation, asker, deadline).await?;
        if !answer.status.is_success() {
            return Err(refusal(&answer).into());
        }
        ActivitySet::parse(&answer.body)
            .ok_or_else(|| AgentError::unreadable("it is no list of activities"))
    }
}
