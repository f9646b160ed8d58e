//! What each page is made of, whatever the texts of strangers on it.

use axum::response::Response;
use http::{StatusCode, header};
use jiff::Timestamp;
use proptest::prelude::*;
use url::Url;

use super::*;
use crate::signin::{display_name::DisplayName, redirect_uri::RedirectUri};

fn body(response: Response) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let bytes = runtime.block_on(axum::body::to_bytes(response.into_body(), 1 << 20)).unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The names of all tags in order, `/` before those that end something.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).filter_map(|after| after.split([' ', '>']).next()).collect()
}

fn uri(text: &str) -> RedirectUri {
    RedirectUri::parse(text, &Url::parse("https://bridge.example").unwrap()).unwrap()
}

fn consent(name: Option<&DisplayName>, host: Option<&str>, redirect: &str) -> Response {
    let scopes = ["read:jira-work", "write:jira-work", "offline_access"].map(str::to_owned);
    Consent {
        client_name: name,
        document_host: host,
        redirect_uri: &uri(redirect),
        site: Some("example.atlassian.net"),
        scopes: &scopes,
        action: "/authorize/decision",
        request: "opaque\"<&",
    }
    .response()
}

fn status(name: &DisplayName) -> Response {
    let at = Timestamp::from_second(1_795_950_000).unwrap();
    let program = |name: Option<&DisplayName>, host: Option<&str>| Program {
        name: name.cloned(),
        host: host.map(str::to_owned),
        since: at,
        last_used: at,
    };
    let hosts = [(Some(name), Some("vscode.dev")), (None, Some("127.0.0.1:33418")), (None, None)];
    let programs = hosts.map(|(name, host)| program(name, host));
    SignedIn { name: Some(name), programs: &programs, logout_action: "/auth/logout", csrf: "c\"<&" }
        .response()
}

fn connect(person: Option<&DisplayName>, whom: ForWhom<'_>) -> Response {
    let scopes = ["read:jira-work".to_owned()];
    ConnectJira {
        person,
        whom,
        site: None,
        scopes: &scopes,
        action: "/auth/connect",
        request: "opaque\"<&",
    }
    .response()
}

fn one(name: Option<&DisplayName>) -> ForWhom<'_> {
    ForWhom::Program { name, host: "127.0.0.1:33418" }
}

fn problem() -> Response {
    Problem {
        status: StatusCode::BAD_REQUEST,
        happened: "The program <asked> & was not known.",
        to_do: "Start the sign-in in the program again.",
        reference: "req-1",
    }
    .response()
}

fn all(name: &DisplayName) -> Vec<(&'static str, Response)> {
    vec![
        ("consent", consent(Some(name), None, "http://127.0.0.1:33418/")),
        (
            "consent-document",
            consent(Some(name), Some("vscode.dev"), "https://vscode.dev/redirect"),
        ),
        ("consent-app", consent(None, None, "cursor://anysphere.cursor-retrieval/oauth/callback")),
        ("status", status(name)),
        ("not-signed-in", not_signed_in("/auth/login")),
        ("signed-out", signed_out("/auth/login")),
        ("connect", connect(Some(name), one(Some(name)))),
        ("connect-nameless", connect(None, one(None))),
        ("connect-all", connect(Some(name), ForWhom::AllOfEntra)),
        ("connected", connected(Reach::OneProgram)),
        ("connected-all", connected(Reach::AllOfEntra)),
        ("not-connected", not_connected()),
        ("problem", problem()),
    ]
}

#[test]
fn every_page_is_whole_and_keeps_others_out() {
    let name = DisplayName::new("Visual Studio Code").unwrap();
    for (page, response) in all(&name) {
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        let (start, rest) = policy.split_once("style-src 'sha256-").unwrap();
        assert_eq!(start, "default-src 'none'; ");
        assert_eq!(&rest[44..], "'; base-uri 'none'; frame-ancestors 'none'");
        assert_eq!(header("content-type"), "text/html; charset=utf-8");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "same-origin");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("x-frame-options"), "DENY");
        assert!(response.headers().get("cross-origin-opener-policy").is_none());
        assert!(response.headers().get(header::SET_COOKIE).is_none());
        let html = body(response);
        assert!(html.starts_with("<!DOCTYPE html><html lang=\"en\"><head><meta charset"), "{page}");
        assert!(html.contains("content=\"width=device-width, initial-scale=1\""), "{page}");
        let count = |tag: &str| tags(&html).iter().filter(|found| **found == tag).count();
        for (tag, expected) in
            [("h1", 1), ("main", 1), ("title", 1), ("style", 1), ("script", 0), ("img", 0)]
        {
            assert_eq!(count(tag), expected, "{page} {tag}");
        }
        assert!(!html.contains(" style=") && !html.contains(" onclick="), "{page}");
        let mut buttons = html.split("<button").skip(1);
        assert!(buttons.all(|after| after.contains("type=\"submit\"")), "{page}");
    }
}

#[test]
fn the_style_is_the_one_that_its_hash_allows() {
    let response = problem();
    let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    let html = body(response);
    let style = html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, style.as_bytes());
    let hash = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, hash);
    assert!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
}

#[test]
fn consent_says_who_asks_and_where_the_answer_goes() {
    let name = DisplayName::new("Claude & <Code>").unwrap();
    let html = body(consent(Some(&name), None, "https://bücher.example:8443/cb"));
    for part in [
        "<bdi>Claude &amp; &lt;Code&gt;</bdi>",
        "Nobody has checked it",
        "<bdi>xn--bcher-kva.example:8443</bdi>",
        "<bdi>example.atlassian.net</bdi>",
        "<li>See projects, issues",
        "<li>Create, change and delete issues",
        "<li>Stay connected",
        "<form method=\"post\" action=\"/authorize/decision\">",
        "<input type=\"hidden\" name=\"request\" value=\"opaque&quot;&lt;&amp;\">",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    let at =
        |decision: &str| html.find(&format!("name=\"decision\" value=\"{decision}\"")).unwrap();
    assert!(at("allow") < at("deny"));
    assert!(!html.contains("class=\"warn\""));
    let html = body(consent(Some(&name), Some("vscode.dev"), "http://localhost:5/cb"));
    assert!(html.contains("Described by <bdi>vscode.dev</bdi>"), "{html}");
    assert!(html.contains("<bdi>localhost:5</bdi>") && html.contains("A program on this device"));
    let html = body(consent(None, None, "cursor://a/cb"));
    assert!(html.contains("A program without a name") && html.contains("An app on this device"));
    assert!(html.contains("<bdi>cursor: (an app)</bdi>"));
}

#[test]
fn status_lists_programs_and_ends_them_with_one_press() {
    let html = body(status(&DisplayName::new("Anna").unwrap()));
    for part in [
        "signed in as <strong><bdi>Anna</bdi></strong>",
        "<bdi>vscode.dev</bdi>",
        "<time datetime=\"2026-11-29T11:00Z\">29 November 2026, 11:00 UTC</time>",
        "<form method=\"post\" action=\"/auth/logout\">",
        "<input type=\"hidden\" name=\"csrf\" value=\"c&quot;&lt;&amp;\">",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert_eq!(html.matches("<button").count(), 1);
    let nobody = SignedIn { name: None, programs: &[], logout_action: "/o", csrf: "c" };
    assert!(body(nobody.response()).contains("No program works in Jira as you"));
    assert!(body(not_signed_in("/auth/login")).contains("<a href=\"/auth/login\">"));
}

#[test]
fn a_connection_says_which_programs_get_it() {
    let name = DisplayName::new("Anna").unwrap();
    let program = body(connect(Some(&name), one(Some(&name))));
    let all = body(connect(Some(&name), ForWhom::AllOfEntra));
    for (page, shown, others) in [
        (&program, "Answers to <bdi>127.0.0.1:33418</bdi>", "work account"),
        (&program, "this program only", "all of these programs"),
        (&all, "All that bring a token of your work account", "Answers to"),
        (&all, "They will be able to", "It will be able to"),
        (&all, "all of these programs, and ends when you sign out", "only, and ends"),
        (&all, "Whoever holds a token of your work account", "Whoever else sent you"),
    ] {
        assert!(page.contains(shown) && !page.contains(others), "{shown}: {page}");
    }
    let connected = |reach| body(connected(reach));
    assert!(connected(Reach::OneProgram).contains("for this program only"));
    assert!(connected(Reach::AllOfEntra).contains("all programs that use your work account"));
    assert_eq!(body(status(&name)).matches("Answers to").count(), 2);
}

#[test]
fn a_problem_has_its_status_and_says_what_to_do() {
    let response = problem();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let html = body(response);
    assert!(html.contains("&lt;asked&gt; &amp; was") && html.contains("<bdi>req-1</bdi>"));
}

fn is_turning(c: char) -> bool {
    let ranges = ['\u{61C}'..='\u{61C}', '\u{200E}'..='\u{200F}', '\u{202A}'..='\u{202E}'];
    ranges.iter().any(|range| range.contains(&c)) || ('\u{2066}'..='\u{2069}').contains(&c)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_name_changes_a_page(text in prop_oneof![
        any::<String>(),
        "(</bdi>|<script>|\"|'|>|&lt;|&#60;|]]>|<!--|\u{202E}|\u{2066}|a| ){0,30}",
    ]) {
        let Some(name) = DisplayName::new(&text) else { return Ok(()) };
        let usual = DisplayName::new("A").unwrap();
        for ((page, one), (_, other)) in all(&usual).into_iter().zip(all(&name)) {
            let (one, other) = (body(one), body(other));
            prop_assert_eq!(tags(&one), tags(&other), "{}", page);
            prop_assert!(!other.contains(is_turning), "{}", page);
        }
    }
}
