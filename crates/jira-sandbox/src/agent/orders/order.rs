//! Reads a text as an order: it begins with `/`.

use std::time::Duration;

/// No order lasts longer.
const LONGEST_S: f64 = 600.0;

/// What `/help` answers.
pub(super) const HELP: &str = "Any text is repeated. Orders:\n\n\
    - `/several N`: N messages\n\
    - `/slow S`: the answer comes after S seconds\n\
    - `/late S`: the post fails with 502 at once, the answer comes after S seconds\n\
    - `/card`, `/oauth`, `/sso`, `/cite`, `/image`: an answer with such a part\n\
    - `/typing`: the answer comes after a sign of work\n\
    - `/chunks delta|cumulative|empty|cut`: the answer is streamed\n\
    - `/plan`: events and thoughts before the answer\n\
    - `/echo`: the service gives the sender another name\n\
    - `/double`: the answer comes twice\n\
    - `/end`: the agent ends the conversation\n\
    - `/429 S`: no post is taken for S seconds; without S nothing says how long\n\
    - `/expire`: all tokens of the conversation end\n\
    - `/gone`: the conversation is forgotten\n\
    - `/collide`: another client takes the socket\n\
    - `/cut`: the stream breaks, the answer comes later\n\
    - `/lost`: the answer to the post breaks, the message is delivered\n\
    - `/handover`: another agent answers, after the end of the stream\n\
    - `/500`: the service fails; `/502`: the agent does\n\
    - `/error CODE`: the agent says that something went wrong\n\
    - `/big N`: N bytes of text; `/silent`: no answer at all";

/// How a streamed answer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::agent) enum Chunks {
    /// Each chunk has what is new.
    Delta,
    /// Each chunk has all so far.
    Cumulative,
    /// Chunks without text, with thoughts.
    Empty,
    /// The stream breaks off; the whole answer comes later.
    Cut,
}

/// What a text means to the agent. Times are those after which the answer comes.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::agent) enum Order {
    Say,
    Help,
    Several(usize),
    Slow(Duration),
    Late(Duration),
    Card,
    OAuth,
    Sso,
    Cite,
    Image,
    Typing,
    Chunks(Chunks),
    Plan,
    Echo,
    Double,
    End,
    /// How long no post is taken; `None` refuses one post.
    RateLimit(Option<Duration>),
    Expire,
    Gone,
    Collide,
    Cut,
    Lost,
    Handover,
    Broken,
    Refused,
    Error(String),
    Big(usize),
    Silent,
}

impl Order {
    /// Anything that is no order is to be repeated; a number that is missing or none has a small
    /// default.
    pub(in crate::agent) fn read(text: &str) -> Self {
        let mut words = text.split_whitespace();
        let (order, argument) = (words.next().unwrap_or_default(), words.next());
        let count = |default: usize| argument.and_then(|n| n.parse().ok()).unwrap_or(default);
        let wait = seconds(argument).unwrap_or(Duration::from_secs(5));
        match order {
            "/help" => Self::Help,
            "/several" => Self::Several(count(3).clamp(1, 50)),
            "/slow" => Self::Slow(wait),
            "/late" => Self::Late(wait),
            "/card" => Self::Card,
            "/oauth" => Self::OAuth,
            "/sso" => Self::Sso,
            "/cite" => Self::Cite,
            "/image" => Self::Image,
            "/typing" => Self::Typing,
            "/chunks" => match argument {
                None | Some("delta") => Self::Chunks(Chunks::Delta),
                Some("cumulative") => Self::Chunks(Chunks::Cumulative),
                Some("empty") => Self::Chunks(Chunks::Empty),
                Some("cut") => Self::Chunks(Chunks::Cut),
                Some(_) => Self::Say,
            },
            "/plan" => Self::Plan,
            "/echo" => Self::Echo,
            "/double" => Self::Double,
            "/end" => Self::End,
            "/429" => Self::RateLimit(seconds(argument)),
            "/expire" => Self::Expire,
            "/gone" => Self::Gone,
            "/collide" => Self::Collide,
            "/cut" => Self::Cut,
            "/lost" => Self::Lost,
            "/handover" => Self::Handover,
            "/500" => Self::Broken,
            "/502" => Self::Refused,
            "/error" => Self::Error(argument.unwrap_or("SystemError").to_owned()),
            "/big" => Self::Big(count(100_000).min(10_000_000)),
            "/silent" => Self::Silent,
            _ => Self::Say,
        }
    }
}

fn seconds(argument: Option<&str>) -> Option<Duration> {
    // No number stays none: `min` would take the other side.
    let seconds: f64 = argument?.parse().ok().filter(|seconds: &f64| !seconds.is_nan())?;
    Duration::try_from_secs_f64(seconds.min(LONGEST_S)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &Order) {
        assert_eq!(Order::read(text), *expected, "{text}");
    }

    #[test]
    fn orders_begin_with_a_slash_and_have_defaults() {
        for text in ["", "hello", "several 3", " x /card", "/nothing", "/cards", "/chunks odd"] {
            check(text, &Order::Say);
        }
        check("/several", &Order::Several(3));
        check("/several 7 please", &Order::Several(7));
        check("/several 0", &Order::Several(1));
        check("/several 1000000", &Order::Several(50));
        check("/slow 0.5", &Order::Slow(Duration::from_millis(500)));
        check("/slow", &Order::Slow(Duration::from_secs(5)));
        check("/slow 1e9", &Order::Slow(Duration::from_mins(10)));
        for odd in ["/slow -1", "/slow nan", "/slow soon"] {
            check(odd, &Order::Slow(Duration::from_secs(5)));
        }
        check("/429", &Order::RateLimit(None));
        check("/429 2", &Order::RateLimit(Some(Duration::from_secs(2))));
        check("  /chunks cut", &Order::Chunks(Chunks::Cut));
        check("/error OpenAIRateLimitReached", &Order::Error("OpenAIRateLimitReached".to_owned()));
    }
}
