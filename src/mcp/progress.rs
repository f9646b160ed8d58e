//! Tells a client that brought a progress token how far its call has come, while the call runs.
//!
//! Source: MCP, basic/utilities/progress. Values rise, and nothing follows the reply: what passes
//! the steps on ends with the call itself.

use std::future::Future;

use rmcp::{
    Peer, RoleServer,
    model::{ProgressNotificationParam, ProgressToken},
    service::RequestContext,
};
use tokio::sync::watch;
use tool_kit::{Progress, Step};

use super::call::takes_one_reply;

/// The client that wants to know, and the steps that are sent to it.
pub(super) struct ProgressSink {
    token: ProgressToken,
    peer: Peer<RoleServer>,
    steps: watch::Receiver<Option<Step>>,
}

/// Where a tool says how far it is, and where it is sent; nowhere without a token, and to nobody
/// who takes one reply only.
pub(super) fn of(context: &RequestContext<RoleServer>) -> (Progress, Option<ProgressSink>) {
    let takes_one = takes_one_reply(context);
    let Some(token) = context.meta.get_progress_token().filter(|_| !takes_one) else {
        return (Progress::default(), None);
    };
    let (progress, steps) = Progress::channel();
    (progress, Some(ProgressSink { token, peer: context.peer.clone(), steps }))
}

/// Runs a call to its end and passes its steps on meanwhile.
pub(super) async fn with_progress<T>(
    sink: Option<ProgressSink>,
    call: impl Future<Output = T>,
) -> T {
    let Some(ProgressSink { token, peer, steps }) = sink else { return call.await };
    let send = |step: Step| {
        let mut params = ProgressNotificationParam::new(token.clone(), step.done);
        params.total = step.total;
        params.message = Some(step.message);
        let peer = peer.clone();
        async move {
            // A client that has gone is noticed by the call itself.
            drop(peer.notify_progress(params).await);
        }
    };
    while_running(steps, call, send).await
}

async fn while_running<T, S: Future<Output = ()>>(
    mut steps: watch::Receiver<Option<Step>>,
    call: impl Future<Output = T>,
    mut send: impl FnMut(Step) -> S,
) -> T {
    let passing_on = async {
        let mut last = f64::NEG_INFINITY;
        while steps.changed().await.is_ok() {
            let step = steps.borrow_and_update().clone();
            if let Some(step) = step.filter(|step| step.done > last) {
                last = step.done;
                send(step).await;
            }
        }
        // The tool said its last word; its reply is still to come.
        std::future::pending::<T>().await
    };
    tokio::select! {
        biased;
        outcome = call => outcome,
        outcome = passing_on => outcome,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[tokio::test]
    async fn steps_rise_and_end_with_the_call() {
        let (progress, steps) = Progress::channel();
        let sent = Mutex::new(Vec::new());
        let call = async {
            for done in [1_u32, 3, 3, 2, 7] {
                progress.report(f64::from(done), Some(10.0), || "step".to_owned());
                tokio::task::yield_now().await;
            }
            progress.report(10.0, Some(10.0), || "too late to be sent before the reply".to_owned());
            "done"
        };
        let outcome = while_running(steps, call, |step: Step| {
            sent.lock().unwrap().push(step.done);
            std::future::ready(())
        })
        .await;
        assert_eq!(outcome, "done");
        assert_eq!(*sent.lock().unwrap(), [1.0, 3.0, 7.0]);
    }

    #[tokio::test]
    async fn a_client_that_does_not_read_holds_nothing_up() {
        let (progress, steps) = Progress::channel();
        let call = async {
            progress.report(1.0, None, || "step".to_owned());
            tokio::task::yield_now().await;
        };
        while_running(steps, call, |_step| std::future::pending()).await;
    }

    #[test]
    fn who_did_not_ask_costs_nothing() {
        let silent = Progress::default();
        assert!(!silent.has_listener());
        silent.report(1.0, None, || panic!("nobody reads this"));
    }
}
