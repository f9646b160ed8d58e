//! A service that lies, leads elsewhere, or never ends.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    HANGS, World, history, line,
    line::{bridge_to, conversation_of},
    open, refused,
    stub::{Asked, Step, Stub, answer, json as json_answer},
    texts,
};

/// Notes whoever comes, and gives everybody what they want.
async fn trap() -> Stub {
    let all = json!({
        "token": "trapped", "conversationId": "conv-0", "activities": [], "id": "conv-0|0000000",
    });
    Stub::start(move |_, _| json_answer(200, &all)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_stream_is_opened_at_another_host() {
    let trap = trap().await;
    let elsewhere = trap.url.strip_prefix("http://").unwrap();
    let addresses = [
        format!("ws://{elsewhere}/stream"),
        format!("wss://{elsewhere}/stream"),
        format!("http://{elsewhere}/stream"),
        format!("ws://127.0.0.1@{elsewhere}/stream"),
        format!("ws://{elsewhere}\\@127.0.0.1/stream"),
        format!("//{elsewhere}/stream"),
        format!("ws://{}/stream", elsewhere.replace("127.0.0.1", "localhost")),
        format!("ws://{}/stream", elsewhere.replace("127.0.0.1", "2130706433")),
    ];
    let count = addresses.len();
    let (_, stub) = line(move |line, asked| {
        let is_open = asked.is("POST", "/conversations");
        is_open.then(|| line.opened(201, &line.begin(), &addresses[line.count() % count]))
    })
    .await;
    let bridge = bridge_to(&stub, &[]).await;
    let answers = join_all((0..count).map(|_| open(&bridge, "anna", "/end"))).await;
    for (_, answer) in answers {
        assert_eq!(texts(&answer), ["You said: /end"], "{answer}");
    }
    assert_eq!(stub.count("GET", "/stream"), 0);
    assert!(trap.seen().is_empty(), "{:?}", trap.seen());
}

#[tokio::test]
async fn no_region_and_no_redirect_leads_to_another_host() {
    let trap = trap().await;
    let foreign = trap.url.clone();
    // The token endpoint names another host as the region's Direct Line.
    let (_, stub) = line(move |line, asked| {
        if asked.is("GET", "/regionalchannelsettings") {
            let urls = json!({"channelUrlsById": {"directline": foreign}});
            return Some(json_answer(200, &urls));
        }
        asked.is("GET", "/directline/token").then(|| {
            assert!(asked.bearer().is_empty());
            line.opened(200, "conv-0", "")
        })
    })
    .await;
    let endpoint = format!("{}/powervirtualagents/botsbyschema/x/directline/token", stub.url);
    let own = [("DIRECT_LINE_SECRET", ""), ("DIRECT_LINE_TOKEN_ENDPOINT", endpoint.as_str())];
    let bridge = bridge_to(&stub, &own).await;
    assert_eq!(texts(&open(&bridge, "anna", "/end").await.1), ["You said: /end"]);
    assert_eq!(stub.count("GET", "/regionalchannelsettings"), 1);
    // Each call in turn is answered by a redirect with the whole request.
    for (method, end) in
        [("POST", "/conversations"), ("GET", "/activities"), ("POST", "/activities")]
    {
        let to = format!("location: {}/v3/directline/conversations\r\n", trap.url);
        let redirect = answer(307, &to, "");
        let (_, stub) = line(move |_, asked| asked.is(method, end).then(|| redirect.clone())).await;
        let bridge = bridge_to(&stub, &[]).await;
        let refusal = refused(&bridge, "anna", json!({"message": "hello"})).await;
        assert_eq!(refusal["error"], "upstream_unavailable", "{method} {end}: {refusal}");
    }
    assert!(trap.seen().is_empty(), "{:?}", trap.seen());
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_names_nor_numbers_nor_silence_change_an_answer() {
    tokio::join!(
        whatever_a_sender_is_called_only_the_role_tells(),
        an_agent_without_end_is_cut_off_when_the_time_is_up(),
        hidden_letters_and_orders_to_the_reader_are_words_of_others(),
        a_service_that_drips_or_hangs_is_left_in_time(),
    );
}

async fn whatever_a_sender_is_called_only_the_role_tells() {
    let users = [
        json!({"id": "bot"}),
        json!({"id": "agent", "name": "The agent", "role": "user"}),
        json!({"id": "2f7c", "role": null}),
        json!(null),
        json!("bot"),
    ];
    let count = users.len();
    let (_, stub) = line(move |line, asked| {
        asked.is("POST", "/activities").then(|| {
            let mut activity = asked.json();
            let own = activity["from"]["id"].clone();
            let which: usize = activity["text"].as_str().unwrap().parse().unwrap();
            activity["from"] = users[which].clone();
            // Not even the mark by which the post is known has to come back.
            activity["channelData"] = json!(null);
            let conversation = conversation_of(asked);
            let id = line.say(&conversation, activity);
            // The agent has the user's own id.
            let said = json!({
                "type": "message", "text": "the answer", "from": {"id": own, "role": "bot"},
                "replyToId": id, "inputHint": "acceptingInput",
            });
            line.say(&conversation, said);
            json_answer(200, &json!({"id": id}))
        })
    })
    .await;
    let bridge = bridge_to(&stub, &[]).await;
    let check = async |which: usize| {
        let text = which.to_string();
        let (id, answer) = open(&bridge, "anna", &text).await;
        assert_eq!(texts(&answer), ["the answer"], "{answer}");
        let said = history(&bridge, "anna", &id).await;
        assert_eq!(texts(&said), [text.as_str(), "the answer"]);
        let messages = said["messages"].as_array().unwrap();
        let from: Vec<_> = messages.iter().map(|one| &one["from"]).collect();
        assert_eq!(from, ["user", "agent"], "{which}");
    };
    join_all((0..count).map(check)).await;
}

/// A service whose reads bring, once something was posted, what `more` makes of their number.
async fn endless(more: impl Fn(usize) -> Vec<Value> + Send + Sync + 'static) -> Stub {
    let reads = std::sync::atomic::AtomicUsize::new(0);
    let (_, stub) = line(move |line, asked| {
        let has_posted = asked.is("GET", "/activities") && line.has_posts(&conversation_of(asked));
        has_posted.then(|| {
            let read = reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let watermark = format!("{}", read + 1_000);
            json_answer(200, &json!({"activities": more(read), "watermark": watermark}))
        })
    })
    .await;
    stub
}

async fn in_time(stub: &Stub, least: usize) -> Value {
    let bridge = bridge_to(stub, &[("AGENT_REPLY_TIMEOUT_MS", "3000")]).await;
    let begun = Instant::now();
    let (_, answer) = open(&bridge, "anna", "hello").await;
    assert!(begun.elapsed() < HANGS, "{:?}", begun.elapsed());
    let posts = stub.count("POST", "/activities");
    assert!(posts == 1 && stub.seen().len() >= least, "{posts}");
    answer
}

async fn an_agent_without_end_is_cut_off_when_the_time_is_up() {
    let typing = endless(|read| {
        vec![json!({"type": "typing", "id": format!("t{read}"), "from": {"role": "bot"}})]
    });
    let talking = endless(|read| {
        let message = |n: usize| {
            json!({
                "type": "message", "id": format!("m{read}-{n}"), "text": "and another thing",
                "from": {"role": "bot"}, "inputHint": "ignoringInput",
            })
        };
        (0..9).map(message).collect()
    });
    let same = endless(|_| {
        let from = json!({"role": "bot"});
        vec![json!({"type": "message", "id": "m", "text": "once", "from": from})]
    });
    let (typing, talking, same) = tokio::join!(typing, talking, same);
    let (typing, talking, same) =
        tokio::join!(in_time(&typing, 5), in_time(&talking, 5), in_time(&same, 5));
    assert_eq!((&typing["status"], texts(&typing)), (&json!("pending"), vec![]), "{typing}");
    assert_eq!(talking["status"], "pending", "{talking}");
    assert!((9..=200).contains(&texts(&talking).len()), "{}", texts(&talking).len());
    assert_eq!((&same["status"], texts(&same)), (&json!("completed"), vec!["once"]), "{same}");
}

async fn a_service_that_drips_or_hangs_is_left_in_time() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n".to_vec();
    let cases = [vec![Step::Hang], vec![Step::Send(head), Step::Drip]];
    let check = async |(steps, end): (Vec<Step>, &'static str)| {
        let (_, stub) =
            line(move |_, asked: &Asked| asked.is("POST", end).then(|| steps.clone())).await;
        let own = [("AGENT_REPLY_TIMEOUT_MS", "1000"), ("CALL_DEADLINE_MS", "4000")];
        let bridge = bridge_to(&stub, &own).await;
        let begun = Instant::now();
        let tool = bridge.call("anna", "send_message", json!({"message": "hello"})).await;
        assert!(begun.elapsed() < HANGS, "{end}: {:?}", begun.elapsed());
        assert!(stub.count("POST", "/activities") <= 1);
        if end == "/activities" {
            // It may have arrived, and that is said.
            let delivery = tool.value["delivery"].as_str().unwrap();
            assert!(matches!(delivery, "unknown" | "delivered"), "{}", tool.value);
        } else {
            assert_eq!((tool.is_error, &tool.value["error"]), (true, &json!("upstream_timeout")));
        }
    };
    let all = cases
        .iter()
        .flat_map(|steps| ["/conversations", "/activities"].map(|end| (steps.clone(), end)));
    join_all(all.map(check)).await;
}

async fn hidden_letters_and_orders_to_the_reader_are_words_of_others() {
    let text = "Hi\u{202E}\u{200B}\u{E0041}\u{E0042} there\u{0}\u{1b}[31m";
    let (_, stub) = line(move |line, asked| {
        asked.is("POST", "/activities").then(|| {
            let id = line.take(asked);
            line.answer(&conversation_of(asked), text, &id);
            json_answer(200, &json!({"id": id}))
        })
    })
    .await;
    let bridge = bridge_to(&stub, &[]).await;
    let (id, answer) = open(&bridge, "anna", "hello").await;
    let said = history(&bridge, "anna", &id).await;
    for shown in [answer.to_string(), said.to_string()] {
        assert!(shown.contains("Hi") && shown.contains("there"), "{shown}");
        for hidden in ['\u{202E}', '\u{200B}', '\u{E0041}', '\u{E0042}'] {
            assert!(!shown.contains(hidden), "{hidden:?} in {shown}");
        }
    }
    // The sandbox's own agent is a stranger as much as any.
    let world = World::start().await;
    let listed = world.bridge().await.rpc("anna", "tools/list", json!({})).await;
    for tool in listed["result"]["tools"].as_array().unwrap() {
        assert_eq!(tool["annotations"]["openWorldHint"], true, "{tool}");
    }
}
