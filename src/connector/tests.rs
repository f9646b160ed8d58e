//! The files agree with each other and with what they say about themselves; wrong places are
//! refused.

use std::{fs, path::PathBuf};

use super::*;

fn stored(name: &str) -> Vec<u8> {
    fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("connector").join(name)).unwrap()
}

fn connector(scopes: &[&str]) -> Connector {
    Connector {
        host: "Contoso.azure-api.net".parse().unwrap(),
        base_path: "/jira".parse().unwrap(),
        client_id: None,
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
    }
}

fn text(files: &[File], name: &str) -> String {
    let file = files.iter().find(|file| file.name == name).unwrap();
    String::from_utf8(file.content.clone()).unwrap()
}

fn json(files: &[File], name: &str) -> Value {
    serde_json::from_str(&text(files, name)).unwrap()
}

#[test]
fn a_deployment_stands_in_every_file_that_names_it() {
    let mut connector = connector(&["write:jira-work", "read:jira-work"]);
    connector.client_id = Some("client-0123456789".parse().unwrap());
    let files = connector.files().unwrap();
    let definition = json(&files, "apiDefinition.swagger.json");
    assert_eq!(definition["host"], "contoso.azure-api.net");
    assert_eq!(definition["basePath"], "/jira");
    let oauth = &json(&files, "apiProperties.json")["properties"]["connectionParameters"]["token"]
        ["oAuthSettings"];
    assert_eq!(oauth["clientId"], "client-0123456789");
    assert_eq!(oauth["scopes"], json!(["offline_access read:jira-work write:jira-work"]));
    let readme = text(&files, "readme.md");
    assert!(readme.contains("https://contoso.azure-api.net/jira/mcp"), "{readme}");
    assert!(!readme.contains(Host::EXAMPLE));
    for file in ["settings.json", "icon.png"] {
        assert!(
            files.iter().any(|written| written.name == file && written.content == stored(file)),
            "{file}"
        );
    }
}

#[test]
fn the_scopes_are_the_same_everywhere() {
    let files = connector(&["manage:jira-project", "read:jira-work"]).files().unwrap();
    let expected = ["manage:jira-project", "offline_access", "read:jira-work"];
    let definition = json(&files, "apiDefinition.swagger.json");
    let described = definition["securityDefinitions"]["oauth2-auth"]["scopes"].as_object().unwrap();
    assert!(described.keys().eq(expected), "{described:?}");
    assert_eq!(definition["security"], json!([{ "oauth2-auth": expected }]));
    let properties = json(&files, "apiProperties.json");
    let asked =
        &properties["properties"]["connectionParameters"]["token"]["oAuthSettings"]["scopes"];
    assert_eq!(asked, &json!([expected.join(" ")]));
    let readme = text(&files, "readme.md");
    let listed: Vec<&str> = readme
        .split_once(SCOPES_FROM)
        .and_then(|(_, rest)| rest.split_once(SCOPES_TO))
        .unwrap()
        .0
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    assert_eq!(listed, expected);
}

#[test]
fn every_scope_of_every_tool_has_a_sentence() {
    let scopes = crate::jira::tools::all().flat_map(tool_kit::Tool::sign_in_scopes);
    for scope in
        scopes.chain([OFFLINE_ACCESS]).chain(crate::jira::tools::BASE_SCOPES.iter().copied())
    {
        assert_ne!(about(scope), UNDESCRIBED, "{scope}");
    }
}

#[test]
fn a_broken_template_is_named() {
    let mut template = Template::read("x.json", "{\"host\": 1}").unwrap();
    assert_eq!(template.set("/host", json!("a")), Ok(()));
    let fault = template.set("/basePath", json!("/")).unwrap_err();
    assert_eq!(fault.to_string(), "the template of x.json in this binary is broken: /basePath");
    assert!(Template::read("x.json", "{").is_err());
}

#[test]
fn only_public_names_are_hosts() {
    let check = |text: &str, expected: Option<&str>| {
        assert_eq!(text.parse::<Host>().ok().as_ref().map(Host::as_str), expected, "{text}");
    };
    check("contoso.azure-api.net", Some("contoso.azure-api.net"));
    check("API.Example.com", Some("api.example.com"));
    for wrong in [
        "",
        "localhost",
        "10.0.0.1",
        "[::1]",
        "https://a.example",
        "a.example/",
        "a.example:443",
        "a..example",
        ".example",
        "-a.example",
        "a.example.",
        "a b.example",
        "exämple.com",
        "a.example\n",
    ] {
        check(wrong, None);
    }
    check(&format!("{}.example", "a".repeat(64)), None);
}

#[test]
fn base_paths_are_plain_and_leave_mcp_out() {
    let check = |text: &str, expected: Result<&str, ParameterError>| {
        let parsed = text.parse::<BasePath>();
        assert_eq!(
            parsed.as_ref().map(BasePath::as_str).map_err(|fault| *fault),
            expected,
            "{text}"
        );
    };
    check("/jira-mcp", Ok("/jira-mcp"));
    check("/a/b_c.d~e/", Ok("/a/b_c.d~e"));
    check("/", Ok("/"));
    check("/jira/mcp", Err(ParameterError::BasePathWithMcp));
    check("/mcp/", Err(ParameterError::BasePathWithMcp));
    for wrong in ["", "jira", "//", "/a//b", "/a/../b", "/a?b", "/a b", "/a%20b", "/é"] {
        check(wrong, Err(ParameterError::BasePath));
    }
    assert_eq!("/".parse::<BasePath>().unwrap().as_prefix(), "");
}

#[test]
fn a_client_secret_is_no_client_id() {
    let check = |text: &str, expected: Result<(), ParameterError>| {
        assert_eq!(text.parse::<ClientId>().map(|_| ()), expected, "{text}");
    };
    check("Abcdefgh12345678", Ok(()));
    check("short", Err(ParameterError::ClientId));
    check("with space in it", Err(ParameterError::ClientId));
    check(&format!("ATOA{}", "x".repeat(60)), Err(ParameterError::ClientSecret));
}
