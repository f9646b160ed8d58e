//! Cards that ask the user to sign in.

use serde_json::{Map, Value};

use super::bound::{Room, secure_url, text_of};
use crate::agent::client::activity::objects;

/// What the agent asks the user to do, to sign in.
#[derive(Clone, Debug, PartialEq)]
pub struct SignIn {
    /// What the card says.
    pub text: Option<String>,
    /// The page to open, over https; for this user only.
    pub url: Option<String>,
    /// The connection that is signed in to.
    pub connection: Option<String>,
    /// What a token of the user can be given for instead, without a page.
    pub exchange: Option<TokenExchange>,
}

/// What single sign-on needs. Source: Bot Framework, "Single sign-on overview",
/// `tokenExchangeResource`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenExchange {
    /// The id that the answer has to name.
    pub id: String,
    /// The resource that the token is for.
    pub uri: String,
}

/// Reads an OAuth or a sign-in card.
pub(super) fn read(content: &Map<String, Value>, room: &mut Room) -> SignIn {
    let text = text_of(content, "text").map(|text| room.take(text));
    let url = objects(content.get("buttons"))
        .filter(|button| text_of(button, "type").is_none_or(|kind| kind != "imBack"))
        .find_map(|button| text_of(button, "value").and_then(secure_url))
        .map(|url| room.take(url));
    let connection = text_of(content, "connectionName").map(|name| room.take(name));
    let exchange = content.get("tokenExchangeResource").and_then(Value::as_object);
    let exchange = exchange.and_then(|resource| {
        let (id, uri) = (text_of(resource, "id")?, text_of(resource, "uri")?);
        let fits = id.len() <= 512 && uri.len() <= 2_048;
        fits.then(|| TokenExchange { id: id.to_owned(), uri: uri.to_owned() })
    });
    SignIn { text, url, connection, exchange }
}
