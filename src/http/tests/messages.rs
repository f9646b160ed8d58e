//! What a body may say: one JSON-RPC message, and the faults that stand for anything else.

use proptest::prelude::*;

use super::*;

#[tokio::test]
async fn faults_are_json_rpc_errors() {
    let bench = Bench::new(Settings::default());
    let check = async |body: &[u8], code: i32, id: Value| {
        let reply = bench.send(call("/mcp", body.to_vec())).await;
        let shown = String::from_utf8_lossy(body.get(..80).unwrap_or(body)).into_owned();
        assert_eq!(reply.status, 400, "{shown}: {}", reply.text);
        let json = reply.json();
        assert_eq!(
            (&json["error"]["code"], &json["id"]),
            (&json!(code), &id),
            "{shown}: {}",
            reply.text
        );
        assert_eq!(
            (reply.header("content-type"), &json["jsonrpc"]),
            ("application/json", &json!("2.0"))
        );
        assert_eq!(bench.reached(), 0, "{shown}");
    };
    let utf16: Vec<u8> = CALL.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"m","params":{}1{}}}"#,
        "[".repeat(64),
        "]".repeat(64)
    );
    let abyss = "[".repeat(1 << 20);
    for garbage in [
        "",
        " ",
        "{",
        "nonsense",
        "{'a':1}",
        "[1,",
        r#"{"jsonrpc":"2.0","id":1,"method":"m"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"m"} x"#,
        r#"{"jsonrpc":"2.0","id":01,"method":"m"}"#,
        &deep,
        &abyss,
    ] {
        check(garbage.as_bytes(), -32700, Value::Null).await;
    }
    check(format!("\u{feff}{CALL}").as_bytes(), -32700, Value::Null).await;
    assert!(
        bench.send(call("/mcp", format!("\u{feff}{CALL}"))).await.text.contains("byte order mark")
    );
    check(&utf16, -32700, Value::Null).await;
    check(b"{\"jsonrpc\":\"2.0\",\"method\":\"\xff\"}", -32700, Value::Null).await;

    for refused in
        ["[]", "null", "1", "\"text\"", "{}", &format!("[{CALL}]"), r#"{"jsonrpc":"2.0"}"#]
    {
        check(refused.as_bytes(), -32600, Value::Null).await;
    }
    for id in ["1.5", "true", "[1]", "{}", "null", "1e400", "9223372036854775808", "\"\\ud800\""] {
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/list"}}"#);
        check(body.as_bytes(), -32600, Value::Null).await;
    }
    let long_id = format!(r#"{{"jsonrpc":"2.0","id":"{}","method":"m"}}"#, "i".repeat(2000));
    check(long_id.as_bytes(), -32600, Value::Null).await;
    check(br#"{"id":7,"method":"m"}"#, -32600, json!(7)).await;
    check(br#"{"jsonrpc":"1.0","id":"x","method":"m"}"#, -32600, json!("x")).await;
    check(br#"{"jsonrpc":"2.0","id":7,"method":3}"#, -32600, json!(7)).await;
    check(br#"{"jsonrpc":"2.0","id":7,"method":null}"#, -32600, json!(7)).await;
    check(br#"{"jsonrpc":"2.0","id":7,"method":"m","params":[1]}"#, -32600, json!(7)).await;
    check(br#"{"jsonrpc":"2.0","id":7,"method":"m","result":{}}"#, -32600, json!(7)).await;
    check(br#"{"jsonrpc":"2.0","id":7,"Method":"m"}"#, -32600, json!(7)).await;
    check(br#"{"jsonrpc":"2.0","id":1,"method":"a","method":"b"}"#, -32600, Value::Null).await;
    check(br#"{"jsonrpc":"2.0","id":1,"method":"a","\u006dethod":"b"}"#, -32600, Value::Null).await;
    check(br#"{"jsonrpc":"2.0","id":1,"id":2,"method":"a"}"#, -32600, Value::Null).await;
    check(br#"{"jsonrpc":"2.0","id":1,"method":"a","params":{},"params":{}}"#, -32600, Value::Null)
        .await;
}

#[tokio::test]
async fn good_messages_arrive_byte_for_byte() {
    let bench = Bench::new(Settings::default());
    let nested = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"m","params":{{"a":{}{}}}}}"#,
        "[".repeat(62),
        "]".repeat(62)
    );
    for body in [
        CALL,
        " \r\n\t{ \"method\" : \"tools/call\", \"jsonrpc\":\"2.0\", \"id\":\"1\", \"params\": null } ",
        r#"{"jsonrpc":"2.0","id":-9223372036854775808,"method":"m","params":{}}"#,
        r#"{"jsonrpc":"2.0","id":1.0,"method":"m"}"#,
        r#"{"jsonrpc":"2.0","id":"","method":"m"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"m","sessionContext":{},"params":{"jql":"a = \"[[{{\\\""}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#,
        &nested,
    ] {
        let reply = bench.send(call("/mcp", body.to_owned())).await;
        assert_eq!(reply.status, 200, "{body}: {}", reply.text);
        assert_eq!(reply.json()["body"], body);
        assert_eq!(reply.json()["headers"]["content-length"], body.len().to_string());
    }
}

#[tokio::test]
async fn copilot_studio_notifies_with_a_null_id() {
    let bench = Bench::new(Settings::default());
    let mut request =
        call("/mcp", r#"{"jsonrpc":"2.0","id":null,"method":"notifications/initialized"}"#);
    for (name, value) in [
        ("accept", "application/json,text/event-stream"),
        ("content-type", "application/json; charset=utf-8"),
        ("user-agent", "CopilotStudio PowerFx/1.99.0-local"),
    ] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let reply = bench.send(request).await;
    assert_eq!((reply.status.as_u16(), reply.text.as_str(), bench.reached()), (202, "", 1));

    let with_params = r#"{"jsonrpc":"2.0","id": null,"method":"notifications/other","params":{"a":[1, 2]},"x":1}"#;
    let seen = bench.send(call("/mcp", with_params)).await.json();
    let bare = r#"{"jsonrpc":"2.0","method":"notifications/other","params":{"a":[1, 2]}}"#;
    assert_eq!(
        (&seen["body"], &seen["headers"]["content-length"]),
        (&json!(bare), &json!(bare.len().to_string()))
    );
}

#[tokio::test]
async fn responses_are_taken_and_dropped() {
    let bench = Bench::new(Settings::default());
    for body in [
        r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"m"}}"#,
    ] {
        let reply = bench.send(call("/mcp", body)).await;
        assert_eq!((reply.status.as_u16(), reply.text.as_str(), bench.reached()), (202, "", 0));
    }
}

#[tokio::test]
async fn plain_refusals_from_behind_become_json_rpc_errors() {
    let bench = Bench::new(Settings::default());
    let check = async |method: &str, status: u16, code: i32, text: &str| {
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}"}}"#);
        let reply = bench.send(call("/mcp", body)).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("content-type")),
            (status, "application/json")
        );
        let expected =
            json!({ "jsonrpc": "2.0", "id": null, "error": { "code": code, "message": text } });
        assert_eq!(reply.json(), expected);
    };
    check("unreadable", 400, -32600, "Invalid request: fail to deserialize").await;
    check("broken", 500, -32603, "Internal error").await;
}

proptest! {
    /// Whatever the bytes, there is an answer, and the service sees only JSON objects that name a
    /// method.
    #[test]
    fn any_bytes_get_an_answer(body in prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200),
        proptest::collection::vec(
            prop::sample::select(vec![
                "{", "}", "[", "]", ",", ":", "\"jsonrpc\":\"2.0\"", "\"id\":1", "\"id\":null", "\"method\":\"m\"",
                "\"method\":\"notifications/m\"", "\"params\":{}", "\"result\":1", "\"a\"", "1e9", "null", "\\", "\u{feff}",
            ]), 0..12,
        ).prop_map(|parts| parts.concat().into_bytes()),
    ]) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let bench = Bench::new(Settings::default());
        let reply = runtime.block_on(bench.send(call("/mcp", body.clone())));
        let message: Option<serde_json::Map<String, Value>> = serde_json::from_slice(&body).ok();
        let names_a_method = message.is_some_and(|message| message.get("method").is_some_and(Value::is_string));
        prop_assert!(bench.reached() == 0 || names_a_method);
        prop_assert!(matches!(reply.status.as_u16(), 200 | 202 | 400), "{}", reply.status);
    }
}
