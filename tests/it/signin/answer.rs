//! One HTTP answer, and what its redirect or its form says.

use serde_json::Value;
use url::Url;

/// An answer of the bridge or of the provider.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) url: String,
    pub(super) status: u16,
    pub(super) headers: http::HeaderMap,
    pub(super) text: String,
}

/// The one form of a page.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) action: String,
    /// Its hidden fields.
    pub(super) fields: Vec<(String, String)>,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(super) fn headers(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// Where the browser is sent; empty if nowhere.
    pub(super) fn location(&self) -> &str {
        self.header("location")
    }

    /// The parameters of the redirect.
    pub(super) fn params(&self) -> Vec<(String, String)> {
        let url = Url::parse(self.location()).unwrap_or_else(|_| panic!("no redirect: {self:?}"));
        url.query_pairs().into_owned().collect()
    }

    /// A parameter of the redirect, which may stand there once.
    pub(super) fn param(&self, name: &str) -> Option<String> {
        let mut found = self.params().into_iter().filter(|(known, _)| known == name);
        let value = found.next().map(|(_, value)| value);
        assert!(found.next().is_none(), "{name} twice: {}", self.location());
        value
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Status and OAuth error code.
    pub(super) fn error(&self) -> (u16, String) {
        let json = self.json();
        (self.status, json["error"].as_str().unwrap_or_default().to_owned())
    }

    /// The page's form, as a browser reads it.
    pub(super) fn form(&self) -> Form {
        let form = self.text.split("<form ").nth(1).unwrap_or_else(|| panic!("no form: {self:?}"));
        let form = form.split("</form>").next().unwrap();
        let action = attribute(form, "action").unwrap();
        let hidden = form.split("<input ").skip(1).map(|tag| tag.split('>').next().unwrap());
        let fields = hidden
            .map(|tag| (attribute(tag, "name").unwrap(), attribute(tag, "value").unwrap()))
            .collect();
        Form { action, fields }
    }

    /// Whether the page has this button.
    pub(super) fn has_button(&self, name: &str) -> bool {
        self.text
            .split("<button ")
            .skip(1)
            .any(|tag| attribute(tag.split('>').next().unwrap(), "name").as_deref() == Some(name))
    }

    /// A page for a person that sends nobody anywhere.
    #[track_caller]
    pub(super) fn assert_page(&self, status: u16) {
        assert_eq!((self.status, self.location()), (status, ""), "{self:?}");
        assert!(self.header("content-type").starts_with("text/html"), "{self:?}");
        assert!(self.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert_eq!(self.header("cache-control"), "no-store");
        assert_eq!(self.header("access-control-allow-origin"), "");
    }

    /// An answer to the client by the browser, with the error, the issuer and the state.
    #[track_caller]
    pub(super) fn assert_refused(&self, client: &super::Client<'_>, error: &str) {
        assert!(self.status == 303 && self.location().starts_with(&client.redirect), "{self:?}");
        assert_eq!(self.param("error").as_deref(), Some(error), "{}", self.location());
        assert_eq!(self.param("iss").as_deref(), Some(client.world.url.as_str()));
        assert_eq!(self.param("state").as_deref(), Some(client.state.as_str()));
        assert!(self.param("code").is_none() && self.param("error_description").is_some());
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split(&format!("{name}=\"")).nth(1)?.split('"').next()?;
    let value = value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    Some(value.replace("&amp;", "&"))
}
