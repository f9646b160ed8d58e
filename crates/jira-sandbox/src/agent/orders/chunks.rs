//! Streamed answers: chunks while the agent writes, and the whole message at the end.
//!
//! The first chunk names no stream: its own id becomes the stream's name in those that follow.
//! Source: <https://learn.microsoft.com/microsoftteams/platform/bots/streaming-ux>.

use serde_json::{Value as Json, json};

use crate::{
    agent::activity::{message, typing},
    json::put,
};

use super::step::{Act, Step, after, now};

const PAUSE_MS: u64 = 100;

/// Each chunk has the text since the last one.
pub(super) fn deltas(text: &str) -> Vec<Step> {
    let mut steps = of_words(text.split_inclusive(' ').map(str::to_owned), true);
    steps.push(whole(text, steps.len()));
    steps
}

/// Each chunk has all the text so far.
pub(super) fn cumulative(text: &str) -> Vec<Step> {
    let ends = text.split_inclusive(' ').scan(0, |end, word| {
        *end += word.len();
        Some(*end)
    });
    let texts = ends.filter_map(|end| text.get(..end)).map(str::to_owned);
    let mut steps = of_words(texts, false);
    steps.push(whole(text, steps.len()));
    steps
}

/// A stream that ends without a word, and one that only thinks before it answers.
pub(super) fn empty(text: &str) -> Vec<Step> {
    let thought = json!({
        "type": "thought", "title": "Thinking", "text": "A secret thought", "sequenceNumber": 1,
        "chainOfThoughtId": "sandbox", "status": "incomplete",
    });
    let mut thinking = chunk("", "streaming", 1, true);
    if let Some(entities) = thinking.get_mut("entities").and_then(Json::as_array_mut) {
        entities.push(thought);
    }
    vec![
        now(Act::Chunk { activity: chunk("", "streaming", 1, true), sequence: 1 }),
        after(PAUSE_MS, Act::Chunk { activity: chunk("", "final", 2, false), sequence: 2 }),
        after(PAUSE_MS, Act::Chunk { activity: thinking, sequence: 1 }),
        whole(text, 1),
    ]
}

/// The connection breaks while chunks come; the whole message follows.
pub(super) fn broken(text: &str) -> Vec<Step> {
    let mut steps = of_words(text.split_inclusive(' ').take(2).map(str::to_owned), true);
    let sent = steps.len();
    steps.push(now(Act::Cut));
    let mut last = whole(text, sent);
    last.after *= 3;
    steps.push(last);
    steps
}

fn of_words(texts: impl Iterator<Item = String>, delta: bool) -> Vec<Step> {
    let step = |(sequence, text): (u64, String)| {
        let activity = chunk(&text, "streaming", sequence, delta);
        after(if sequence == 1 { 0 } else { PAUSE_MS }, Act::Chunk { activity, sequence })
    };
    (1..).zip(texts).map(step).collect()
}

/// The message that ends a stream of so many chunks.
fn whole(text: &str, chunks: usize) -> Step {
    let sequence = u64::try_from(chunks).unwrap_or(u64::MAX).saturating_add(1);
    let mut last = message(text);
    describe(&mut last, "final", sequence, false);
    after(PAUSE_MS, Act::Chunk { activity: last, sequence })
}

fn chunk(text: &str, kind: &str, sequence: u64, delta: bool) -> Json {
    let mut chunk = typing();
    put(&mut chunk, "text", text);
    describe(&mut chunk, kind, sequence, delta);
    chunk
}

/// In `entities` and in `channelData`, as Copilot Studio does both.
fn describe(activity: &mut Json, kind: &str, sequence: u64, delta: bool) {
    let mut info = json!({ "streamType": kind });
    if kind != "final" {
        put(&mut info, "streamSequence", sequence);
    }
    let mut data = info.clone();
    if delta {
        put(&mut data, "chunkType", "delta");
    }
    put(&mut info, "type", "streaminfo");
    put(activity, "entities", json!([info]));
    put(activity, "channelData", data);
}

/// Says which stream a chunk belongs to.
pub(in crate::agent) fn tag(activity: &mut Json, stream: &str) {
    for at in ["/entities/0", "/channelData"] {
        if let Some(info) = activity.pointer_mut(at) {
            put(info, "streamId", stream);
        }
    }
}
