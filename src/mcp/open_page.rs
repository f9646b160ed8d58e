//! A page that the user has to see before a call can succeed: clients of 2026-07-28 that can open
//! one are asked to, with an elicitation of mode `url` in a multi round-trip request.
//!
//! Each call asks once. When the client comes back the tool runs again, and what it says then is
//! the answer, so that a page which was opened and left does not come up for ever. Nothing is
//! believed of what comes back: it decides whether the user is asked, and no more, so it needs no
//! signed state. See the specification's pages on elicitation and multi round-trip requests.
//!
//! Clients of before 2026-07-28 read the link in the tool's error. 2025-11-25 lets a server answer
//! `-32042` instead (`URLElicitationRequiredError`, a MAY), but only to a client that declared the
//! mode in its handshake, and a stateless server knows of no handshake.

use rmcp::{
    RoleServer,
    model::{
        CallToolRequestParams, ElicitRequest, ElicitRequestParams, InputRequest, InputRequests,
        InputRequiredResult,
    },
    service::RequestContext,
};
use serde_json::Value;
use tool_kit::{Code, ToolError};

use super::era;

/// The name of the request among those of a round.
const OPEN: &str = "open_page";

/// Whether the client can put a link before its user. Unlike forms this must be named.
pub(super) fn can_open(context: &RequestContext<RoleServer>) -> bool {
    let asked = context.client_capabilities().and_then(|capabilities| capabilities.elicitation);
    era::is_modern(context) && asked.is_some_and(|modes| modes.url.is_some())
}

/// Where a call stands with a page that it may turn out to need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OpenPage {
    /// The client cannot open one, or was back already: the agent gets the link as text.
    AsText,
    /// The client is asked to open it.
    Ask,
    /// The user did not want to.
    Declined,
}

impl OpenPage {
    pub(super) fn of(can_open: bool, request: &CallToolRequestParams) -> Self {
        if !can_open {
            return Self::AsText;
        }
        let responses = request.input_responses.as_ref();
        let Some(response) = responses.and_then(|all| all.get(OPEN)) else { return Self::Ask };
        // `accept` says that the user agreed to open it, not that they are done there.
        match response.get("action").and_then(Value::as_str) {
            Some("accept") => Self::AsText,
            _ => Self::Declined,
        }
    }
}

/// What the agent reads when its user did not open the page.
pub(super) fn declined() -> ToolError {
    ToolError::new(
        Code::SignInRequired,
        "The user did not open the page that this call needs, so nothing was done.",
    )
    .hint("Do not repeat the call unless the user asks for it.")
}

/// The request to open the page that an error names, whose words leave through `sayable`. `id` is
/// one that no other request has.
pub(super) fn question(
    error: &ToolError,
    id: &str,
    sayable: impl FnOnce(&str) -> String,
) -> Option<InputRequiredResult> {
    let params = ElicitRequestParams::UrlElicitationParams {
        meta: None,
        url: error.page()?.to_owned(),
        message: format!("{} Open this page to do it.", sayable(error.message())),
        elicitation_id: id.to_owned(),
    };
    let request = InputRequest::Elicitation(ElicitRequest::new(params));
    Some(InputRequiredResult::new(Some(InputRequests::from([(OPEN.to_owned(), request)])), None))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_is_asked_for_once_and_only_where_it_can_be_opened() {
        let check = |can_open: bool, responses: Value, expected: OpenPage| {
            let params = json!({"name": "t", "inputResponses": responses});
            let request: CallToolRequestParams = serde_json::from_value(params).unwrap();
            assert_eq!(OpenPage::of(can_open, &request), expected, "{can_open} {responses}");
        };
        let back = |action: Value| json!({ OPEN: { "action": action } });
        check(true, json!({}), OpenPage::Ask);
        check(true, json!({"confirm": {"action": "accept"}}), OpenPage::Ask);
        check(true, back(json!("accept")), OpenPage::AsText);
        for no in [json!("decline"), json!("cancel"), json!(null), json!(1)] {
            check(true, back(no), OpenPage::Declined);
        }
        check(false, json!({}), OpenPage::AsText);
        check(false, back(json!("decline")), OpenPage::AsText);
        assert_eq!(OpenPage::of(true, &CallToolRequestParams::new("t")), OpenPage::Ask);
    }

    #[test]
    fn only_an_error_that_names_a_page_is_a_question() {
        let error = ToolError::new(Code::SignInRequired, "Not connected.");
        assert!(question(&error, "r-1", str::to_owned).is_none());
        let error = error.needs_page("https://bridge.example/x?y=z".to_owned());
        let asked = question(&error, "r-1", |text| text.replace("Not", "Never"));
        assert_eq!(
            serde_json::to_value(asked.unwrap()).unwrap(),
            json!({
                "resultType": "input_required",
                "inputRequests": {OPEN: {"method": "elicitation/create", "params": {
                    "mode": "url",
                    "message": "Never connected. Open this page to do it.",
                    "url": "https://bridge.example/x?y=z",
                    "elicitationId": "r-1",
                }}},
            })
        );
    }
}
