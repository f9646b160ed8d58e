//! Which redirect URIs are taken, which match, and what is added to them.

use proptest::prelude::*;

use super::*;

fn own() -> Url {
    Url::parse("http://127.0.0.1:8080").unwrap()
}

fn parse(text: &str) -> Result<RedirectUri, RedirectUriFault> {
    RedirectUri::parse(text, &own())
}

#[test]
fn addresses_of_real_clients_are_taken() {
    let check = |text: &str, shown: &str, is_loopback: bool| {
        let uri = parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
        assert_eq!((uri.host_shown(), uri.is_loopback()), (shown, is_loopback), "{text}");
    };
    check("https://claude.ai/api/mcp/auth_callback", "claude.ai", false);
    check("https://client.example:8443/cb?a=b", "client.example:8443", false);
    check("https://client.example", "client.example", false);
    check("https://bücher.example/cb", "xn--bcher-kva.example", false);
    check("http://127.0.0.1/", "127.0.0.1", true);
    check("http://localhost:3334/oauth/callback", "localhost:3334", true);
    check("http://[::1]:1/cb", "[::1]:1", true);
    check("https://localhost:9/cb", "localhost:9", true);
    check("cursor://anysphere.cursor-retrieval/oauth/callback", "cursor", false);
    check("vscode-insiders://vendor.extension/cb", "vscode-insiders", false);
    check("com.example.app:/cb", "com.example.app", false);
}

#[test]
fn what_could_lead_astray_is_refused() {
    use RedirectUriFault::{NoPath, OwnOrigin, PlainHttp, Scheme, Uri};
    use UriFault::{
        Backslash, Character, Control, DotSegment, Fragment, Host, Port, Relative, TooLong,
        UserInfo, WhiteSpace, Wildcard,
    };
    let check = |text: &str, expected: RedirectUriFault| {
        assert_eq!(parse(text).unwrap_err(), expected, "{text:?}");
    };
    check("", Uri(Relative));
    check("/cb", Uri(Relative));
    for scheme in ["javascript:alert(1)", "JaVaScRiPt:/alert(1)", "DATA:/text/html,x"] {
        check(scheme, Scheme);
    }
    check("file:///etc/passwd", Scheme);
    check("about:/blank", Scheme);
    check("zed://cb", Scheme);
    check("com..example:/cb", Scheme);
    check("-a.b:/cb", Scheme);
    check(".a:/cb", Scheme);
    check("com.example.app:cb", NoPath);
    check("cursor:", NoPath);
    check("cursor://user@host/cb", Uri(UserInfo));
    check("cursor://:/cb", Uri(Host));
    check("http://client.example/cb", PlainHttp);
    check("http://localhost.evil.example/cb", PlainHttp);
    check("http://127.0.0.2/cb", PlainHttp);
    check("http://[::ffff:127.0.0.1]/cb", Uri(Host));
    check("http://0x7f.1/cb", Uri(Host));
    check("http://2130706433/cb", Uri(Host));
    check("https://user@client.example/cb", Uri(UserInfo));
    check("https://client.example@evil.example/cb", Uri(UserInfo));
    check("https://client.example/cb#f", Uri(Fragment));
    check("https://*.example/cb", Uri(Wildcard));
    check("https://client.example\\@evil.example/cb", Uri(Backslash));
    check("https://client.example/\ncb", Uri(Control));
    check("https://client.example/%0d%0acb", Uri(Control));
    check(" https://client.example/cb", Uri(WhiteSpace));
    check("https://client.example/\u{202E}cb", Uri(Character));
    check("https://client.example/<cb>", Uri(Character));
    check("https://client.example/%zz", Uri(Character));
    check("https://client.example/é", Uri(Character));
    check("https://client.example/a/../cb", Uri(DotSegment));
    check("https://client.example/%2E%2e/cb", Uri(DotSegment));
    check("com.example.app:/./cb", Uri(DotSegment));
    check("https:client.example/cb", Uri(Host));
    check("https:///client.example/cb", Uri(Host));
    check("https://client.example./cb", Uri(Host));
    check("https://%63lient.example/cb", Uri(Host));
    check("https://client.example:/cb", Uri(Port));
    check("https://client.example:080/cb", Uri(Port));
    check("https://client.example:70000/cb", Uri(Port));
    check("https://client.example:1:2/cb", Uri(Port));
    check("http://127.0.0.1:8080/auth/callback", OwnOrigin);
    check("http://localhost:8080/cb", OwnOrigin);
    check("https://[::1]:8080/cb", OwnOrigin);
    check("https://0.0.0.0:8080/cb", OwnOrigin);
    check("https://app.localhost:8080/cb", OwnOrigin);
    check(&format!("https://client.example/{}", "a".repeat(2_048)), Uri(TooLong));
    let public = Url::parse("https://bridge.example").unwrap();
    for text in ["https://BRIDGE.example/auth/callback", "https://bridge.example:443/"] {
        assert_eq!(RedirectUri::parse(text, &public), Err(OwnOrigin), "{text}");
    }
    assert!(RedirectUri::parse("https://bridge.example:8443/", &public).is_ok());
}

#[test]
fn only_the_port_of_a_loopback_address_may_differ() {
    let check = |registered: &str, presented: &str, expected: bool| {
        let found = parse(registered).unwrap().matches(presented, &own());
        assert_eq!(found.is_some(), expected, "{registered} {presented}");
        assert!(found.is_none_or(|found| found.as_str() == presented));
    };
    check("http://127.0.0.1/", "http://127.0.0.1:33418/", true);
    check("http://127.0.0.1:33418/", "http://127.0.0.1:5/", true);
    check("http://localhost/cb?a=b", "http://localhost:5/cb?a=b", true);
    check("http://[::1]/cb", "http://[::1]:5/cb", true);
    check("http://127.0.0.1/", "http://localhost/", false);
    check("http://localhost/cb", "http://127.0.0.1/cb", false);
    check("http://127.0.0.1/cb", "http://127.0.0.1:5/cb/", false);
    check("http://127.0.0.1/cb", "http://127.0.0.1:5/cb?a", false);
    check("http://127.0.0.1/cb", "http://127.0.0.1:5/CB", false);
    check("http://127.0.0.1/cb", "https://127.0.0.1:5/cb", false);
    check("http://127.0.0.1/cb", "http://127.0.0.1:8080/cb", false);
    check("https://localhost/cb", "https://localhost:5/cb", false);
    check("https://client.example/cb", "https://client.example/cb", true);
    check("https://client.example/cb", "https://client.example:443/cb", false);
    check("https://client.example/cb", "https://CLIENT.example/cb", false);
    check("com.example.app:/cb", "com.example.app:/cb/x", false);
}

#[test]
fn parameters_follow_what_the_query_holds() {
    let check = |text: &str, expected: &str| {
        let found = parse(text).unwrap().with_params(&[("code", "a&b"), ("state", "é +")]);
        assert_eq!(found, format!("{expected}code=a%26b&state=%C3%A9%20%2B"));
    };
    check("https://client.example/cb", "https://client.example/cb?");
    check("https://client.example", "https://client.example?");
    check("https://client.example/cb?", "https://client.example/cb?");
    check("https://client.example/cb?a=b", "https://client.example/cb?a=b&");
    check("com.example.app:/cb", "com.example.app:/cb?");
    check("https://bücher.example/cb", "https://xn--bcher-kva.example/cb?");
}

/// Texts near the border of what is taken.
fn near() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "https",
        "http",
        "cursor",
        "javascript",
        "com.a",
        ":",
        "//",
        "/",
        "127.0.0.1",
        "localhost",
        "[::1]",
        "a.example",
        ":8080",
        ":1",
        "@",
        "#",
        "?",
        "\\",
        "..",
        "%2e",
        "\u{202E}",
        "\n",
        "*",
        "é",
        "cb",
        "%0a",
    ]);
    let head = prop::sample::select(vec!["", "https://", "http://127.0.0.1", "cursor:/"]);
    (head, prop::collection::vec(piece, 0..6))
        .prop_map(|(head, rest)| head.to_owned() + &rest.concat())
}

proptest! {
    #[test]
    fn nothing_outside_of_the_list_is_taken(text in prop_oneof![near(), any::<String>()]) {
        let Ok(uri) = parse(&text) else { return Ok(()) };
        let url = Url::parse(&uri.with_params(&[("iss", "x")])).unwrap();
        prop_assert!(url.username().is_empty() && url.password().is_none());
        prop_assert!(url.fragment().is_none());
        prop_assert!(uri.with_params(&[]).is_ascii());
        let is_taken = match url.scheme() {
            "https" => true,
            "http" => LOOPBACK_NAMES.contains(&url.host_str().unwrap()),
            scheme => scheme.contains('.') || PRIVATE_SCHEMES.contains(&scheme),
        };
        prop_assert!(is_taken && !is_own(&url, &own()), "{}", text);
        prop_assert_eq!(uri.matches(&text, &own()), Some(uri.clone()));
    }

    #[test]
    fn what_matches_is_what_was_registered(one in near(), other in near(), port in 1..=u16::MAX) {
        let Ok(registered) = parse(&one) else { return Ok(()) };
        let other_port = one.replacen("127.0.0.1", &format!("127.0.0.1:{port}"), 1);
        for presented in [other, other_port] {
            let Some(found) = registered.matches(&presented, &own()) else { continue };
            prop_assert_eq!(found.as_str(), &presented);
            if presented != one {
                let (mut a, mut b) = (Url::parse(&one).unwrap(), Url::parse(&presented).unwrap());
                prop_assert!(a.scheme() == "http" && found.is_loopback());
                a.set_port(None).unwrap();
                b.set_port(None).unwrap();
                prop_assert_eq!(a.as_str(), b.as_str());
            }
        }
    }
}
