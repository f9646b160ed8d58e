//! Where an agent's operations are: as it says itself, or where they have always been.

use serde_json::Value;
use url::Url;

use super::environment::SchemaName;
use crate::agent::client::address::HostRule;

const PLACEHOLDER: &str = "{conversationId}";
const API_VERSION: (&str, &str) = ("api-version", "2022-03-01-preview");

/// The operations of one agent.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Endpoints {
    create: Url,
    execute: Template,
    subscribe: Option<Template>,
}

/// A URL with a place for the conversation's id.
#[derive(Clone, Debug, PartialEq)]
enum Template {
    /// As the service says it.
    Said { text: String, rule: Rule },
    /// Below the classic base.
    Classic { base: Url, end: Option<&'static str> },
}

/// The rule, to be asked again once the id is in.
#[derive(Clone, Debug)]
struct Rule(HostRule);

/// Two operations of one agent have one rule.
impl PartialEq for Rule {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Endpoints {
    /// Reads the answer of the discovery. None if it names an operation that may not be called.
    pub(super) fn discovered(body: &[u8], rule: &HostRule) -> Option<Self> {
        let value: Value = serde_json::from_slice(body).ok()?;
        let text = |name: &str| value.get(name)?.as_str();
        let create = text("createConversation")?;
        if create.contains(['{', '}']) {
            return None;
        }
        // Read for its host only: we never continue a turn.
        if let Some(text) = text("continueTurn") {
            Template::said(text, rule)?;
        }
        let subscribe = match text("subscribe") {
            Some(text) => Some(Template::said(text, rule)?),
            None => None,
        };
        let execute = Template::said(text("executeTurn")?, rule)?;
        Some(Self { create: rule.admit(create)?, execute, subscribe })
    }

    /// The classic operations below a base that ends in the agent's schema name.
    pub(super) fn classic(base: &Url) -> Option<Self> {
        let create = below(base, &["conversations"])?;
        let template = |end| Template::Classic { base: base.clone(), end };
        Some(Self { create, execute: template(None), subscribe: Some(template(Some("subscribe"))) })
    }

    pub(super) fn create(&self) -> Url {
        self.create.clone()
    }

    pub(super) fn execute(&self, id: &str) -> Option<Url> {
        self.execute.url(id)
    }

    pub(super) fn subscribe(&self, id: &str) -> Option<Url> {
        self.subscribe.as_ref()?.url(id)
    }
}

impl Template {
    fn said(text: &str, rule: &HostRule) -> Option<Self> {
        let (front, back) = text.split_once(PLACEHOLDER)?;
        // In the path: an id must never choose the host.
        let is_in_path = front.split_once("://").is_some_and(|(_, rest)| rest.contains('/'));
        let is_plain =
            is_in_path && !front.contains(['{', '}', '?', '#']) && !back.contains(['{', '}']);
        let template = Self::Said { text: text.to_owned(), rule: Rule(rule.clone()) };
        (is_plain && template.url("x").is_some()).then_some(template)
    }

    fn url(&self, id: &str) -> Option<Url> {
        match self {
            Self::Said { text, rule } => {
                // A dot alone would be taken for a step in the path.
                let is_step = matches!(id, "." | "..");
                let text = text.replace(PLACEHOLDER, &percent_encoded(id));
                rule.0.admit(&text).filter(|_| !is_step)
            }
            Self::Classic { base, end } => {
                let mut parts = vec!["conversations", id];
                parts.extend(end);
                below(base, &parts)
            }
        }
    }
}

fn below(base: &Url, parts: &[&str]) -> Option<Url> {
    let mut url = base.clone();
    url.path_segments_mut().ok()?.pop_if_empty().extend(parts);
    if !url.query_pairs().any(|(name, _)| name == API_VERSION.0) {
        url.query_pairs_mut().append_pair(API_VERSION.0, API_VERSION.1);
    }
    Some(url)
}

/// All but the unreserved characters of RFC 3986, section 2.3.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let digits = [byte >> 4, byte & 15].map(|half| char::from_digit(half.into(), 16));
            encoded.push('%');
            encoded.extend(digits.into_iter().flatten().map(|digit| digit.to_ascii_uppercase()));
        }
    }
    encoded
}

/// Where an agent of an environment tells its operations.
pub(super) fn discovery(environment: &Url, schema: &SchemaName) -> Url {
    let mut url = environment.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.clear().extend(["copilotstudio", "agents", schema.as_str(), "conversation-endpoints"]);
    }
    url
}

/// The classic base of an agent at this host.
pub(super) fn classic_base(host: &Url, schema: &str) -> Url {
    let mut url = host.clone();
    url.set_query(None);
    if let Ok(mut path) = url.path_segments_mut() {
        path.clear();
        path.extend(["copilotstudio", "dataverse-backed", "authenticated", "bots", schema]);
    }
    url
}

/// The agent's schema name in a discovery URL.
pub(super) fn schema_in(discovery: &Url) -> Option<String> {
    let parts: Vec<_> = discovery.path_segments()?.collect();
    let [.., schema, _] = parts.as_slice() else { return None };
    SchemaName::parse(schema).ok().map(|schema| schema.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HOST: &str = "https://a47151cf.78.environment.api.powerplatform.com";

    fn rule() -> HostRule {
        let own = Url::parse(&format!("{HOST}/x")).unwrap();
        HostRule::engine(&own, Some("api.powerplatform.com"))
    }

    #[test]
    fn ids_are_encoded_and_the_api_version_is_said() {
        let base = classic_base(&Url::parse(HOST).unwrap(), "cr123_agent");
        let classic = Endpoints::classic(&base).unwrap();
        let path = "/copilotstudio/dataverse-backed/authenticated/bots/cr123_agent/conversations";
        let version = "api-version=2022-03-01-preview";
        assert_eq!(classic.create().as_str(), format!("{HOST}{path}?{version}"));
        let execute = classic.execute("c 1/e").unwrap();
        assert_eq!(execute.as_str(), format!("{HOST}{path}/c%201%2Fe?{version}"));
        let subscribe = classic.subscribe("c").unwrap();
        assert_eq!(subscribe.as_str(), format!("{HOST}{path}/c/subscribe?{version}"));
        let said = json!({
            "createConversation": format!("{HOST}/new"),
            "executeTurn": format!("{HOST}/c/{PLACEHOLDER}?v=2"),
            "continueTurn": format!("{HOST}/c/{PLACEHOLDER}/more"),
        });
        let said = Endpoints::discovered(said.to_string().as_bytes(), &rule()).unwrap();
        assert_eq!(said.execute("c 1/e").unwrap().as_str(), format!("{HOST}/c/c%201%2Fe?v=2"));
        assert_eq!(said.execute(".."), None);
        assert_eq!(said.subscribe("c"), None);
    }

    #[test]
    fn an_operation_elsewhere_spoils_them_all() {
        let good = |name: &str| match name {
            "createConversation" => format!("{HOST}/new"),
            _ => format!("{HOST}/c/{PLACEHOLDER}"),
        };
        let check = |changed: &str, url: &str, expected: bool| {
            let mut said = json!({});
            for name in ["createConversation", "executeTurn", "continueTurn", "subscribe"] {
                said[name] = if name == changed { url.into() } else { good(name).into() };
            }
            let found = Endpoints::discovered(said.to_string().as_bytes(), &rule());
            assert_eq!(found.is_some(), expected, "{changed} {url}");
        };
        check("", "", true);
        check(
            "executeTurn",
            "https://b.c.environment.api.powerplatform.com/{conversationId}",
            true,
        );
        check("executeTurn", "https://evil.example/{conversationId}", false);
        check("continueTurn", "https://evil.example/{conversationId}", false);
        check("subscribe", "https://evil.example/{conversationId}", false);
        check("createConversation", "https://169.254.169.254/", false);
        check("createConversation", &format!("{HOST}/{PLACEHOLDER}"), false);
        check("executeTurn", &format!("{HOST}/none"), false);
        check("executeTurn", &format!("{HOST}/{{x}}/{PLACEHOLDER}"), false);
        check("executeTurn", "https://{conversationId}.environment.api.powerplatform.com/", false);
        check("executeTurn", &format!("http{}/{PLACEHOLDER}", &HOST[5..]), false);
        for body in ["", "[]", "{}", "<html>"] {
            assert_eq!(Endpoints::discovered(body.as_bytes(), &rule()), None);
        }
    }

    #[test]
    fn a_discovery_url_names_the_agent() {
        let schema = SchemaName::parse("cr123_agent").unwrap();
        let url = discovery(&Url::parse(HOST).unwrap(), &schema);
        let path = "/copilotstudio/agents/cr123_agent/conversation-endpoints";
        assert_eq!(url.as_str(), format!("{HOST}{path}"));
        assert_eq!(schema_in(&url).as_deref(), Some("cr123_agent"));
        assert_eq!(schema_in(&Url::parse("https://a.example/x").unwrap()), None);
    }
}
