//! Answers that are more than text.

use serde_json::{Value as Json, json};

use crate::{
    agent::{activity::message, conversation::SignIn, ids},
    json::put,
};

use super::step::Act;

/// An image of one pixel.
const PIXEL: &str =
    "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

/// An Adaptive Card to read and to fill in, a hero card, and suggested answers.
pub(super) fn with_actions() -> Json {
    let adaptive = json!({
        "type": "AdaptiveCard", "version": "1.5",
        "body": [
            { "type": "TextBlock", "text": "Card of the sandbox", "weight": "bolder" },
            { "type": "FactSet", "facts": [{ "title": "Order", "value": "4711" }] },
            { "type": "Input.Text", "id": "comment", "label": "Your comment" },
        ],
        "actions": [
            { "type": "Action.Submit", "title": "Send", "data": { "action": "send" } },
            { "type": "Action.OpenUrl", "title": "Read more", "url": "https://example.com/more" },
        ],
    });
    let hero = json!({
        "title": "Hero card", "subtitle": "Also of the sandbox", "text": "Three words more",
        "buttons": [{ "type": "openUrl", "title": "Open", "value": "https://example.com/open" }],
    });
    let mut card = message("Here is a card.");
    let attachments = json!([
        { "contentType": "application/vnd.microsoft.card.adaptive", "content": adaptive },
        { "contentType": "application/vnd.microsoft.card.hero", "content": hero },
    ]);
    put(&mut card, "attachments", attachments);
    let actions = json!({ "to": [], "actions": [
        { "type": "imBack", "title": "Yes", "value": "Yes" },
        { "type": "postBack", "title": "No", "value": "No, thank you" },
        { "type": "messageBack", "title": "Later", "text": "Remind me later", "displayText": "Later", "value": { "when": "later" } },
        { "type": "openUrl", "title": "Help", "value": "https://example.com/help" },
    ] });
    put(&mut card, "suggestedActions", actions);
    card
}

/// References in Markdown, and once more for programs.
pub(super) fn with_citations() -> Json {
    let text = "Blue [1], says the handbook [2].\n\n\
        [1]: https://example.com/colors \"Colors\"\n[2]: https://example.com/handbook \"Handbook\"";
    let claim = |position: u64, name: &str, page: &str| {
        json!({
            "@type": "Claim", "position": position,
            "appearance": {
                "@type": "DigitalDocument", "name": name, "abstract": format!("About {name}"),
                "url": format!("https://example.com/{page}"),
            },
        })
    };
    let mut answer = message(text);
    let entity = json!({
        "type": "https://schema.org/Message", "@type": "Message", "@id": "",
        "@context": "https://schema.org",
        "citation": [claim(1, "Colors", "colors"), claim(2, "Handbook", "handbook")],
    });
    put(&mut answer, "entities", json!([entity]));
    answer
}

/// One image by its address, one in the address.
pub(super) fn with_image() -> Json {
    let mut answer = message("Two images.");
    let attachments = json!([
        { "contentType": "image/png", "contentUrl": "https://example.com/a.png", "name": "a.png" },
        { "contentType": "image/gif", "contentUrl": PIXEL, "name": "pixel.gif" },
    ]);
    put(&mut answer, "attachments", attachments);
    answer
}

/// A card that asks the user to sign in. With the API of a token, a client that has one may send
/// it instead.
pub(super) fn oauth(uri: Option<&str>) -> Act {
    let connection = "sandbox-connection";
    let link = format!("https://token.botframework.com/api/oauth/signin?signin={}", ids::guid());
    let mut content = json!({
        "connectionName": connection, "text": "Please sign in to continue.",
        "buttons": [{ "type": "signin", "title": "Sign in", "value": link }],
    });
    let exchange = uri.map(|uri| {
        let id = ids::guid();
        put(&mut content, "tokenExchangeResource", json!({ "id": id, "uri": uri }));
        id
    });
    let mut card = message("");
    let attachment =
        json!({ "contentType": "application/vnd.microsoft.card.oauth", "content": content });
    put(&mut card, "attachments", json!([attachment]));
    Act::AskToSignIn { card, sign_in: SignIn { connection: connection.to_owned(), exchange } }
}
