//! The connector's files: as stored, as Swagger and Microsoft's schemas want them, and agreeing
//! with the running server.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use http::Method;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::support::Bridge;

const SETS: &str = "core,context,collab,agile,bulk,manage,destructive,jsm";

/// Runs the command in a folder of its own, where no `.env` and no environment add anything.
fn connector(arguments: &[&str]) -> (tempfile::TempDir, Output) {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_jira-mcp-bridge"))
        .arg("connector")
        .args(arguments)
        .env_clear()
        .current_dir(folder.path())
        .output()
        .unwrap();
    (folder, output)
}

/// The written files of a run that must succeed.
fn written(arguments: &[&str]) -> PathBuf {
    let all = [&["--host", "example-apim.azure-api.net", "--out", "files"], arguments].concat();
    let (folder, output) = connector(&all);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder.keep().join("files")
}

fn stored() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("connector")
}

fn json_of(folder: &Path, name: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
}

fn scopes_of(folder: &Path) -> BTreeSet<String> {
    let definition = json_of(folder, "apiDefinition.swagger.json");
    let described = definition["securityDefinitions"]["oauth2-auth"]["scopes"].as_object().unwrap();
    described.keys().cloned().collect()
}

#[test]
fn the_stored_files_are_what_the_defaults_give() {
    let fresh = written(&[]);
    for entry in fs::read_dir(&fresh).unwrap() {
        let name = entry.unwrap().file_name();
        let (made, stored) =
            (fs::read(fresh.join(&name)).unwrap(), fs::read(stored().join(&name)).unwrap());
        assert!(
            made == stored,
            "{}: run `jira-mcp-bridge connector --host example-apim.azure-api.net --out connector --force`",
            name.display()
        );
    }
    assert_eq!(fs::read_dir(&fresh).unwrap().count(), 5);
    fs::remove_dir_all(fresh.parent().unwrap()).unwrap();
}

#[tokio::test]
async fn the_connector_asks_for_the_scopes_and_the_path_of_the_server() {
    for (sets, read_only) in
        [("core,context,collab", false), (SETS, false), ("core,agile", true), ("manage", false)]
    {
        let mut arguments = vec!["--toolsets", sets];
        arguments.extend(read_only.then_some("--read-only"));
        let folder = written(&arguments);
        let bridge =
            Bridge::with(&[("TOOLSETS", sets), ("READ_ONLY", &read_only.to_string())]).await;
        let document =
            bridge.send(Method::GET, "/.well-known/oauth-protected-resource", &[], "").await.json();
        let served: BTreeSet<String> =
            serde_json::from_value(document["scopes_supported"].clone()).unwrap();
        assert!(!served.contains("offline_access"), "that is the client's business");
        let mut expected = served;
        expected.insert("offline_access".to_owned());
        assert_eq!(scopes_of(&folder), expected, "{sets}, read only: {read_only}");

        let definition = json_of(&folder, "apiDefinition.swagger.json");
        for path in definition["paths"].as_object().unwrap().keys() {
            let hello = json!({"jsonrpc": "2.0", "id": "1", "method": "ping"});
            assert_eq!(bridge.post_to(path, "anna", &[], &hello).await.status, 200, "{path}");
        }
        fs::remove_dir_all(folder.parent().unwrap()).unwrap();
    }
}

#[test]
fn the_definition_is_what_copilot_studio_looks_for() {
    let definition = json_of(&stored(), "apiDefinition.swagger.json");
    assert_eq!(definition["swagger"], "2.0");
    assert_eq!(definition["schemes"], json!(["https"]));
    let paths = definition["paths"].as_object().unwrap();
    assert_eq!(paths.keys().collect::<Vec<_>>(), ["/mcp"], "health and metadata stay outside");
    assert_eq!(paths["/mcp"].as_object().unwrap().keys().collect::<Vec<_>>(), ["post"]);
    let operation = &paths["/mcp"]["post"];
    assert_eq!(operation["x-ms-agentic-protocol"], "mcp-streamable-1.0");
    assert_eq!(operation["operationId"], "InvokeMCP");
    assert!(operation.get("parameters").is_none(), "the platform supplies the body");
    for status in ["200", "202"] {
        assert!(operation["responses"][status]["description"].is_string(), "{status}");
    }
    let (title, about) = (
        definition["info"]["title"].as_str().unwrap(),
        definition["info"]["description"].as_str().unwrap(),
    );
    assert!(title.len() <= 30 && !title.contains("API") && !title.contains("Connector"), "{title}");
    assert!((30..=500).contains(&about.len()), "{}", about.len());
    assert_eq!(definition["info"]["version"], env!("CARGO_PKG_VERSION"));
    // The scheme that is used is the one that is defined.
    for scheme in definition["security"][0].as_object().unwrap().keys() {
        assert!(definition["securityDefinitions"].get(scheme).is_some(), "{scheme}");
    }
}

#[test]
fn the_sign_in_refreshes_at_atlassian() {
    let properties = json_of(&stored(), "apiProperties.json");
    let oauth = &properties["properties"]["connectionParameters"]["token"]["oAuthSettings"];
    assert_eq!(oauth["identityProvider"], "oauth2generic");
    assert_eq!(oauth["redirectMode"], "GlobalPerConnector");
    let template = |name: &str| oauth["customParameters"][name]["value"].as_str().unwrap();
    let check = |name: &str, parts: &[&str]| {
        let query = template(name).trim_start_matches('?');
        let found: BTreeSet<&str> = query.split('&').collect();
        assert_eq!(found, parts.iter().copied().collect(), "{name}");
    };
    check(
        "authorizationUrlQueryStringTemplate",
        &[
            "audience=api.atlassian.com",
            "client_id={ClientId}",
            "scope={Scopes}",
            "redirect_uri={RedirectUrl}",
            "state={State}",
            "response_type=code",
            "prompt=consent",
        ],
    );
    let client = ["client_id={ClientId}", "client_secret={ClientSecret}"];
    let code = ["grant_type=authorization_code", "code={Code}", "redirect_uri={RedirectUrl}"];
    check("tokenBodyTemplate", &[client.as_slice(), &code].concat());
    check(
        "refreshBodyTemplate",
        &[client.as_slice(), &["grant_type=refresh_token", "refresh_token={RefreshToken}"]]
            .concat(),
    );
    assert_eq!(template("authorizationUrlTemplate"), "https://auth.atlassian.com/authorize");
    for name in ["tokenUrlTemplate", "refreshUrlTemplate"] {
        assert_eq!(template(name), "https://auth.atlassian.com/oauth/token");
    }
}

#[test]
fn the_icon_is_a_small_square_picture() {
    let icon = fs::read(stored().join("icon.png")).unwrap();
    assert!(icon.starts_with(b"\x89PNG\r\n\x1a\n") && icon.len() < 1_000_000, "{}", icon.len());
    let side = |at: usize| u32::from_be_bytes(icon[at..at + 4].try_into().unwrap());
    assert_eq!(side(16), side(20), "not square");
    assert!((100..=230).contains(&side(16)), "{}", side(16));
}

#[test]
fn no_file_has_a_place_for_a_secret() {
    for name in ["apiDefinition.swagger.json", "apiProperties.json", "settings.json", "readme.md"] {
        let text = fs::read_to_string(stored().join(name)).unwrap();
        let bare = text.replace("client_secret={ClientSecret}", "");
        assert!(
            !bare.to_lowercase().contains("clientsecret") && !bare.contains("client_secret"),
            "{name}"
        );
        // Client ids and secrets are long runs of letters and digits; words are not.
        for run in bare.split(|c: char| !c.is_ascii_alphanumeric()) {
            let mixed = run.chars().any(|c| c.is_ascii_digit())
                && run.chars().any(|c| c.is_ascii_alphabetic());
            assert!(!(mixed && run.len() >= 20), "{name}: {run}");
        }
    }
    let (_folder, output) = connector(&[
        "--host",
        "a.example",
        "--out",
        "x",
        "--client-id",
        &format!("ATOA{}", "x".repeat(60)),
    ]);
    assert_eq!(output.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&output.stderr).contains("looks like the client secret"));
}

#[test]
fn wrong_arguments_are_explained() {
    let check = |arguments: &[&str], expected: &str| {
        let (_folder, output) = connector(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(64), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
    };
    check(&["--out", "x"], "--host");
    check(&["--host", "a.example"], "--out");
    check(&["--host", "https://a.example/x", "--out", "x"], "bare DNS name");
    check(&["--host", "a.example", "--base-path", "x", "--out", "x"], "begins with /");
    check(&["--host", "a.example", "--base-path", "/x/mcp", "--out", "x"], "leave /mcp out");
    check(
        &["--host", "a.example", "--toolsets", "core,agil", "--out", "x"],
        "'agil' is not a set of tools",
    );
    check(&["--host", "a.example", "--toolsets", "", "--out", "x"], "no set of tools");
}

#[test]
fn nothing_is_overwritten_unasked() {
    let run = |folder: &Path, force: bool| {
        Command::new(env!("CARGO_BIN_EXE_jira-mcp-bridge"))
            .args(["connector", "--host", "a.example", "--out", "files"])
            .args(force.then_some("--force"))
            .env_clear()
            .current_dir(folder)
            .output()
            .unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("files");
    fs::create_dir(&files).unwrap();
    fs::write(files.join("settings.json"), "mine").unwrap();
    let refused = run(folder.path(), false);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--force"));
    assert_eq!(fs::read_dir(&files).unwrap().count(), 1, "a refused run writes nothing");
    assert_eq!(fs::read_to_string(files.join("settings.json")).unwrap(), "mine");
    assert!(run(folder.path(), true).status.success());
    assert_eq!(fs::read_dir(&files).unwrap().count(), 5);
    fs::remove_dir_all(&files).unwrap();
    fs::write(&files, "a file").unwrap();
    let refused = run(folder.path(), false);
    assert_eq!(refused.status.code(), Some(1), "{}", String::from_utf8_lossy(&refused.stderr));
}

/// Microsoft's schemas with what they have not learnt since 2020; nothing where they are not at
/// hand.
#[expect(clippy::print_stderr, reason = "a check that is skipped must be seen")]
fn schema(name: &str, learn: impl FnOnce(&mut Value)) -> Option<Validator> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/connector").join(name);
    let Ok(text) = fs::read_to_string(&path) else {
        eprintln!("skipped: {name} is not at hand");
        return None;
    };
    // They hold comments, as JSON of editors does, and references that are no URIs.
    let bare = |line: &str| line.split(" // ").next().unwrap().replace(['<', '>'], "-");
    let text: String =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).map(bare).collect();
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    learn(&mut schema);
    Some(jsonschema::validator_for(&schema).unwrap())
}

#[test]
fn microsofts_schemas_accept_the_files() {
    let definition = schema("apiDefinition.swagger.schema.json", |schema| {
        schema["definitions"]["operation"]["properties"]["x-ms-agentic-protocol"] =
            json!({ "type": "string" });
    });
    let properties = schema("paconn-apiProperties.schema.json", |schema| {
        let modes =
            &mut schema["definitions"]["oAuthSettings"]["properties"]["redirectMode"]["enum"];
        modes.as_array_mut().unwrap().push(json!("GlobalPerConnector"));
    });
    let settings = schema("paconn-settings.schema.json", |_| {});
    let cases = [
        ("apiDefinition.swagger.json", definition, "/paths/~1mcp/post/responses", json!(7)),
        (
            "apiProperties.json",
            properties,
            "/properties/connectionParameters/token/type",
            json!("oauth"),
        ),
        ("settings.json", settings, "/powerAppsApiVersion", json!("2020-01-01")),
    ];
    for (name, validator, place, wrong) in cases {
        let Some(validator) = validator else { continue };
        let mut file = json_of(&stored(), name);
        let faults: Vec<String> =
            validator.iter_errors(&file).map(|fault| fault.to_string()).collect();
        assert_eq!(faults, [""; 0], "{name}");
        *file.pointer_mut(place).unwrap() = wrong;
        assert!(!validator.is_valid(&file), "{name}: the schema sees nothing");
    }
}
