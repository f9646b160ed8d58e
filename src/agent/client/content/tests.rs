//! What becomes of activities: cards, choices, citations, links, codes.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn message(activity: &Value) -> Message {
    let mut activity = activity.clone();
    activity["type"] = "message".into();
    activity["from"] = json!({ "role": "bot" });
    let activity = Activity::parse(&activity.to_string()).unwrap();
    Message::of(&activity, activity.role()).unwrap()
}

fn card(kind: &str, content: &Value) -> Message {
    let content_type = format!("application/vnd.microsoft.card.{kind}");
    message(&json!({ "attachments": [{ "contentType": content_type, "content": content }] }))
}

/// Defect 19 of the program that this one replaces: cards and choices were "[No text response]".
#[test]
fn an_adaptive_card_is_lines_inputs_and_choices() {
    let found = card(
        "adaptive",
        &json!({
            "type": "AdaptiveCard",
            "body": [
                { "type": "TextBlock", "text": "Order" },
                { "type": "TextBlock", "text": "hidden", "isVisible": false },
                { "type": "RichTextBlock", "inlines": ["a ", { "type": "TextRun", "text": "b" }] },
                { "type": "FactSet", "facts": [{ "title": "Size", "value": "L" }] },
                { "type": "ColumnSet", "columns": [
                    { "type": "Column", "items": [{ "type": "TextBlock", "text": "left" }] },
                    { "type": "Column", "items": [{ "type": "Image", "altText": "a shoe" }] },
                ] },
                { "type": "Input.ChoiceSet", "id": "size", "label": "Which?", "isRequired": true,
                  "value": "m", "choices": [{ "title": "Medium", "value": "m" }] },
                { "type": "Input.Text", "placeholder": "without an id" },
            ],
            "actions": [
                { "type": "Action.Submit", "title": "Go", "data": { "action": "go" } },
                { "type": "Action.OpenUrl", "title": "See", "url": "https://shop.example/" },
                { "type": "Action.OpenUrl", "title": "Bad", "url": "javascript:alert(1)" },
                { "type": "Action.ShowCard", "title": "More",
                  "card": { "body": [{ "type": "TextBlock", "text": "inside" }] } },
            ],
        }),
    );
    let lines = "Order\na b\nSize: L\nleft\na shoe\nMore\ninside";
    assert_eq!(found.text, lines);
    assert_eq!(found.attachments[0].text.as_deref(), Some(lines));
    let inputs = &found.attachments[0].inputs;
    assert_eq!(inputs.len(), 1);
    assert_eq!((&*inputs[0].id, &*inputs[0].kind), ("size", "ChoiceSet"));
    assert_eq!(inputs[0].choices[0].value, "m");
    assert!(inputs[0].is_required);
    let titles: Vec<_> = found.suggested_actions.iter().map(|choice| &*choice.title).collect();
    assert_eq!(titles, ["Go", "See"]);
    assert_eq!(found.suggested_actions[0].value, Some(json!({ "action": "go" })));
    assert_eq!(found.suggested_actions[1].url.as_deref(), Some("https://shop.example/"));
    assert!(!found.is_cut);
}

#[test]
fn a_hero_card_is_lines_and_choices() {
    for kind in ["hero", "thumbnail"] {
        let found = card(
            kind,
            &json!({
                "title": "T", "subtitle": "S", "text": "X",
                "buttons": [
                    { "type": "imBack", "title": "Yes", "value": "yes" },
                    { "type": "messageBack", "title": "No", "text": "no", "value": { "n": 1 } },
                    { "type": "openUrl", "title": "Site", "value": "https://a.example" },
                ],
            }),
        );
        assert_eq!(found.text, "T\nS\nX");
        let sent: Vec<_> =
            found.suggested_actions.iter().map(|choice| choice.message.as_deref()).collect();
        assert_eq!(sent, [Some("yes"), Some("no"), None]);
        assert_eq!(found.suggested_actions[1].value, Some(json!({ "n": 1 })));
    }
}

#[test]
fn a_link_to_sign_in_is_https_or_none() {
    let check = |url: &str, expected: bool| {
        let button = json!([{ "type": "signin", "title": "Sign in", "value": url }]);
        for kind in ["oauth", "signin"] {
            let content = json!({ "text": "Please sign in", "buttons": button });
            let found = card(kind, &content);
            assert_eq!(found.sign_in.unwrap().url.is_some(), expected, "{url}");
            assert_eq!(found.text, "Please sign in");
        }
    };
    check("https://token.botframework.com/api/oauth/signin?signin=1", true);
    check("http://token.botframework.com/", false);
    check("https://user:word@evil.example/", false);
    check("javascript:alert(1)", false);
    check("data:text/html,x", false);
    check("", false);
    let resource = json!({ "id": "r1", "uri": "api://botid" });
    let content = json!({ "connectionName": "con", "tokenExchangeResource": resource });
    let sign_in = card("oauth", &content).sign_in.unwrap();
    let expected = TokenExchange { id: "r1".to_owned(), uri: "api://botid".to_owned() };
    assert_eq!(sign_in.exchange, Some(expected));
    assert_eq!(sign_in.connection.as_deref(), Some("con"));
}

#[test]
fn citations_and_suggestions_come_along() {
    let found = message(&json!({
        "text": "It is so [1].",
        "suggestedActions": { "actions": [
            { "type": "imBack", "title": "More", "value": "tell me more" },
            { "type": "imBack" }, 7, null,
        ] },
        "entities": [
            { "type": "thought", "text": "secret plan" },
            { "type": "https://schema.org/Message", "citation": [
                { "position": 1, "appearance":
                    { "name": "Doc", "url": "https://d.example/1", "abstract": "It is so." } },
                { "position": 2, "appearance": { "url": "javascript:x" } },
                { "position": "x" },
            ] },
        ],
    }));
    assert_eq!(found.suggested_actions.len(), 1);
    assert_eq!(found.suggested_actions[0].message.as_deref(), Some("tell me more"));
    assert_eq!(found.citations.len(), 1);
    assert_eq!(found.citations[0].url.as_deref(), Some("https://d.example/1"));
    assert!(!format!("{found:?}").contains("secret plan"));
}

#[test]
fn thoughts_plans_and_traces_are_no_messages() {
    for kind in ["event", "typing", "trace", "endOfConversation", "conversationUpdate", ""] {
        let activity = json!({
            "type": kind, "name": "DynamicPlanStepTriggered", "text": "secret plan",
            "value": { "thought": "secret plan" }, "from": { "role": "bot" },
        });
        let activity = Activity::parse(&activity.to_string()).unwrap();
        assert_eq!(Message::of(&activity, Role::Agent), None, "{kind}");
    }
}

#[test]
fn a_quota_code_in_the_users_words_is_no_failure_of_the_agent() {
    let activity = json!({ "type": "message", "text": "what is EnforcementMessage" });
    let activity = Activity::parse(&activity.to_string()).unwrap();
    let found = Message::of(&activity, activity.role()).unwrap();
    assert_eq!((found.from, found.agent_error), (From::User, None));
    let said = message(&json!({ "text": "EnforcementMessage" }));
    assert!(said.agent_error.unwrap().is_quota);
}

#[test]
fn what_is_too_much_or_too_deep_is_cut_and_said_to_be() {
    let mut nested = json!({ "type": "TextBlock", "text": "deep" });
    for _ in 0..40 {
        nested = json!({ "type": "Container", "items": [nested] });
    }
    let found = card("adaptive", &json!({ "body": [{ "text": "top" }, nested] }));
    assert_eq!(found.text, "top");
    assert!(found.is_cut);
    let many: Vec<_> = (0..3_000).map(|n| json!({ "text": n.to_string() })).collect();
    let found = card("adaptive", &json!({ "body": many }));
    assert!(found.is_cut && found.text.lines().count() <= bound::ELEMENTS_MAX);
    let long = message(&json!({ "text": "é".repeat(200_000) }));
    assert!(long.is_cut && long.text.len() <= 256 * 1024);
}

#[test]
fn a_file_is_its_name_and_its_address_on_the_web() {
    let found = message(&json!({ "text": "here", "attachments": [
        { "contentType": "image/png", "name": "a.png", "contentUrl": "https://f.example/a.png" },
        { "contentType": "image/png", "contentUrl": "data:image/png;base64,AAAA" },
    ] }));
    assert_eq!(found.text, "here");
    assert_eq!(found.attachments[0].url.as_deref(), Some("https://f.example/a.png"));
    assert_eq!((&found.attachments[1].url, &found.attachments[1].name), (&None, &None));
}

fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("TextBlock"),
        Just("Input.Text"),
        Just("FactSet"),
        Just("Action.Submit"),
        Just("signin"),
        Just("https://a.example"),
        Just("x"),
        Just("")
    ];
    let leaf = prop_oneof![
        word.prop_map(|word| json!(word)),
        any::<i32>().prop_map(|number| json!(number)),
        Just(json!(null)),
        any::<bool>().prop_map(|truth| json!(truth)),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let names = prop_oneof![
            Just("type"),
            Just("text"),
            Just("body"),
            Just("items"),
            Just("actions"),
            Just("title"),
            Just("card"),
            Just("buttons"),
            Just("value"),
            Just("choices"),
            Just("id"),
            Just("url")
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((names, inner), 0..6).prop_map(|members| {
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_card_is_read_without_a_fault(content in any_json(), kind in "adaptive|hero|oauth|x") {
        card(&kind, &content);
        message(&json!({ "suggestedActions": content, "entities": [content], "text": content }));
    }
}
