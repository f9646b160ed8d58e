//! What the ending of a post says about the message: it is sent once, whatever happens.

use http::StatusCode;
use upstream::{Response, UpstreamError};

use super::wire::{is_refused, posted_id};
use crate::agent::client::{
    delivery::Delivery,
    error::{AgentError, AgentErrorKind, delivery_of, error_code, refusal},
};

/// How a post ended.
#[derive(Debug)]
pub(super) enum Posted {
    /// The agent has it. A slow agent's is answered with 502 or 504 and has no id.
    Delivered(Option<String>),
    /// The agent may have it; the conversation will tell.
    Uncertain(AgentErrorKind),
    /// The token was refused, and the message with it.
    Refused,
    /// The agent does not have it.
    Failed(AgentError),
}

/// Judges the ending.
///
/// The service waits 15 seconds for the agent to take a message, then answers 502 or 504 with the
/// code `BotError`; the message is with the agent all the same, and is answered later.
/// Source: reports 47 and 188 about DirectLineJS, 6597 about botframework-sdk.
pub(super) fn judge(result: Result<Response, UpstreamError>) -> Posted {
    match result {
        Ok(answer) if answer.status.is_success() => taken(&answer),
        Ok(answer) if is_slow_agent(&answer) => Posted::Delivered(None),
        Ok(answer) if is_refused(answer.status) => Posted::Refused,
        Ok(answer) if answer.status.is_server_error() => Posted::Uncertain(refusal(&answer)),
        Ok(answer) => Posted::Failed(AgentError::from(refusal(&answer)).with(Delivery::NotSent)),
        Err(error) => match delivery_of(&error) {
            Delivery::NotSent => Posted::Failed(AgentError::from(error).with(Delivery::NotSent)),
            Delivery::Delivered => Posted::Delivered(None),
            Delivery::Unknown => Posted::Uncertain(error.into()),
        },
    }
}

/// A good answer names the post, or says nothing (204). One of another form may be from whatever
/// stands in between.
fn taken(answer: &Response) -> Posted {
    let body = answer.body.trim_ascii();
    let is_object = || serde_json::from_slice::<serde_json::Map<_, _>>(body).is_ok();
    match posted_id(body) {
        Some(id) => Posted::Delivered(Some(id)),
        None if body.is_empty() || is_object() => Posted::Delivered(None),
        None => Posted::Uncertain(AgentErrorKind::Unreadable { what: "it is no answer to a post" }),
    }
}

/// `BotError` alone: an agent that rejects a message says so with another code.
fn is_slow_agent(answer: &Response) -> bool {
    matches!(answer.status, StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT)
        && error_code(&answer.body).is_some_and(|code| code.eq_ignore_ascii_case("BotError"))
}

/// A slow agent is no sign that the service is unwell, and neither is our own impatience with it.
pub(super) fn is_no_sign(result: &Result<Response, UpstreamError>) -> bool {
    match result {
        Ok(answer) => is_slow_agent(answer),
        Err(
            UpstreamError::Timeout { status, .. } | UpstreamError::DeadlineExceeded { status, .. },
        ) => status.is_none(),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use upstream::RateLimit;

    fn answer(status: u16, body: &str) -> Response {
        Response {
            status: StatusCode::from_u16(status).unwrap(),
            headers: http::HeaderMap::new(),
            body: body.to_owned().into(),
            rate_limit: RateLimit::default(),
            attempts: 1,
            bytes_read: 0,
        }
    }

    fn word(posted: &Posted) -> &'static str {
        match posted {
            Posted::Delivered(Some(_)) => "delivered with id",
            Posted::Delivered(None) => "delivered",
            Posted::Uncertain(_) => "uncertain",
            Posted::Refused => "refused",
            Posted::Failed(error) => {
                assert_eq!(error.delivery, Some(Delivery::NotSent));
                "failed"
            }
        }
    }

    /// Defect 5 of the program that this one replaces: a slow agent's 502 was a failure.
    #[test]
    fn a_slow_agents_502_is_a_delivered_message() {
        let bot = r#"{"error":{"code":"BotError","message":"Failed to send activity"}}"#;
        let check = |status: u16, body: &str, expected: &str| {
            assert_eq!(word(&judge(Ok(answer(status, body)))), expected, "{status} {body}");
        };
        check(200, r#"{"id":"c|1"}"#, "delivered with id");
        check(204, "", "delivered");
        check(502, bot, "delivered");
        check(504, bot, "delivered");
        check(200, "{}", "delivered");
        check(200, "<html>", "uncertain");
        check(200, "[1]", "uncertain");
        check(502, r#"{"error":{"code":"BotRejectedActivity"}}"#, "uncertain");
        check(502, "<html>", "uncertain");
        check(500, bot, "uncertain");
        check(503, "", "uncertain");
        check(401, "", "refused");
        check(403, "", "refused");
        check(400, "", "failed");
        check(404, "", "failed");
        check(429, "", "failed");
        check(302, "", "failed");
    }

    #[test]
    fn what_broke_after_it_left_is_uncertain_and_no_sign_when_we_gave_up() {
        let timeout = || Err(UpstreamError::Timeout { attempts: 1, status: None });
        assert_eq!(word(&judge(timeout())), "uncertain");
        assert!(is_no_sign(&timeout()));
        let cut = |status| {
            Err(UpstreamError::BodyTooLarge {
                attempts: 1,
                status: StatusCode::from_u16(status).unwrap(),
                limit_bytes: 1,
            })
        };
        assert_eq!(word(&judge(cut(200))), "delivered");
        assert_eq!(word(&judge(cut(500))), "uncertain");
        let open = UpstreamError::CircuitOpen { retry_after: std::time::Duration::from_secs(1) };
        assert_eq!(word(&judge(Err(open))), "failed");
    }
}
