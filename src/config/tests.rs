//! Every setting is checked, all faults are reported at once, and no secret is ever shown.

mod entra;
mod signin;

use crate::jira::request::agile::scopes as agile;

use super::*;

fn problems(pairs: &[(&str, &str)]) -> Vec<String> {
    match Config::read(&Source::of(pairs.iter().copied())) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn no_fault_shows_what_stands_before_a_host() {
    let names = [
        "ALLOWED_HOSTS",
        "ADMIN_ADDR",
        "HOST",
        "TOOLSETS",
        "PROJECTS_ALLOW",
        "LOG_LEVEL",
        "ALLOWED_ORIGINS",
        "PUBLIC_BASE_URL",
        "JIRA_API_BASE_URL",
        "JIRA_SITE_URL",
        "TOOLS_DENY",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ];
    for value in ["user:hunter2@host", "https://user:hunter2@host", "a,user:hunter2@host,b"] {
        for name in names {
            let found = problems(&[(name, value)]);
            assert!(
                found.iter().all(|line| !line.contains("hunter2")),
                "{name}={value}: {found:#?}"
            );
            assert!(!found.is_empty() || name == "TOOLS_DENY", "{name}={value}");
        }
    }
}

#[test]
fn the_defaults_are_the_tables() {
    let config = Config::read(&Source::default()).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.mcp.reply_bytes_max, 90_000);
    assert_eq!(config.tools.limits.results_default, 25);
    assert_eq!(config.upstream.retry_max, 3);
    assert_eq!(config.jira.api_base.as_str(), "https://api.atlassian.com/");
    assert_eq!(config.policy.toolsets.len(), 3);
    assert_eq!(config.http.allowed_origins.len(), 3 + 3, "Microsoft's and this machine's");
    let open = [("HOST", "0.0.0.0"), ("INSECURE_NO_GATEWAY", "true")];
    assert_eq!(Config::read(&Source::of(open)).unwrap().http.allowed_origins.len(), 3);
}

#[test]
fn every_fault_is_reported_at_once() {
    let found = problems(&[
        ("PORT", "99999"),
        ("READ_ONLY", "perhaps"),
        ("TOOLSETS", "core,cores"),
        ("TOOLS_DENY", "jira_serch"),
        ("JIRA_API_BASE_URL", "http://jira.example.com"),
        ("ALLOWED_ORIGINS", "*"),
        ("LOG_LEVEL", "loud"),
        ("MAX_RESPONSE_BYTES", "5000000"),
    ]);
    for part in [
        "PORT: found '99999'; expected a whole number from 0 to 65535",
        "READ_ONLY: found 'perhaps'",
        "'cores' is not a set of tools",
        "did you mean jira_search?",
        "JIRA_API_BASE_URL",
        "ALLOWED_ORIGINS",
        "LOG_LEVEL",
        "MAX_RESPONSE_BYTES",
    ] {
        assert!(found.iter().any(|line| line.contains(part)), "{part} is missing in {found:#?}");
    }
    assert_eq!(found.len(), 8, "{found:#?}");
}

#[test]
fn a_secret_is_never_shown() {
    let found = problems(&[("GATEWAY_SHARED_SECRET", "short-and-hidden")]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("shorter than 32 bytes") && !found[0].contains("hidden"),
        "{found:?}"
    );
    for vault in [
        "@Microsoft.KeyVault(SecretUri=https://hidden.vault.azure.net/secrets/gateway-a)",
        "@microsoft.keyvault(VaultName=hidden;SecretName=gateway-secret-a)",
    ] {
        for name in [
            "GATEWAY_SHARED_SECRET",
            "GATEWAY_SHARED_SECRET_PREVIOUS",
            "REDIS_URL",
            "ENTRA_CLIENT_ID",
        ] {
            let found = problems(&[(name, vault)]);
            assert!(
                found.len() == 1
                    && found[0].contains("not resolved")
                    && !found[0].contains("hidden"),
                "{found:?}"
            );
        }
    }
    let good = "0123456789abcdef0123456789abcdef-hidden";
    let config = Config::read(&Source::of([("GATEWAY_SHARED_SECRET", good)])).unwrap();
    assert!(!format!("{config:?}").contains("hidden"));
}

#[test]
fn listening_beyond_loopback_needs_a_gateway_or_a_waiver() {
    assert!(problems(&[("HOST", "0.0.0.0")])[0].contains("INSECURE_NO_GATEWAY"));
    assert_eq!(problems(&[("HOST", "0.0.0.0"), ("INSECURE_NO_GATEWAY", "true")]), [""; 0]);
    assert_eq!(
        problems(&[
            ("HOST", "0.0.0.0"),
            ("GATEWAY_SHARED_SECRET", "0123456789abcdef0123456789abcdef")
        ]),
        [""; 0]
    );
    assert_eq!(problems(&[("HOST", "::1")]), [""; 0]);
}

#[test]
fn app_services_port_counts_unless_port_is_set() {
    let port = |pairs: &[(&str, &str)]| {
        Config::read(&Source::of(pairs.iter().copied())).unwrap().listen.port()
    };
    assert_eq!(port(&[("WEBSITES_PORT", "8181")]), 8181);
    assert_eq!(port(&[("WEBSITES_PORT", "8181"), ("PORT", "1")]), 1);
}

#[test]
fn the_port_of_a_functions_host_comes_last() {
    let secret = ("GATEWAY_SHARED_SECRET", "0123456789abcdef0123456789abcdef");
    let handler = ("FUNCTIONS_CUSTOMHANDLER_PORT", "8282");
    let port = |pairs: &[(&str, &str)]| {
        let pairs = pairs.iter().copied().chain([secret, handler]);
        Config::read(&Source::of(pairs)).unwrap().listen.to_string()
    };
    assert_eq!(port(&[]), "127.0.0.1:8282");
    assert_eq!(port(&[("PORT", ""), ("WEBSITES_PORT", "")]), "127.0.0.1:8282");
    assert_eq!(port(&[("WEBSITES_PORT", "8181")]), "127.0.0.1:8181");
    assert_eq!(port(&[("WEBSITES_PORT", "8181"), ("PORT", "1")]), "127.0.0.1:1");
    assert_eq!(port(&[("PORT", "1")]), "127.0.0.1:1");
    // A wrong one is an error like a wrong PORT, also where it does not decide.
    for wrong in ["65536", "-1", "8080x", "auto"] {
        for name in ["PORT", "WEBSITES_PORT", "FUNCTIONS_CUSTOMHANDLER_PORT"] {
            let expected =
                format!("{name}: found '{wrong}'; expected a whole number from 0 to 65535");
            assert_eq!(problems(&[(name, wrong), secret]), [expected]);
        }
        let found = problems(&[("FUNCTIONS_CUSTOMHANDLER_PORT", wrong), ("PORT", "1"), secret]);
        assert!(found[0].starts_with("FUNCTIONS_CUSTOMHANDLER_PORT: "), "{found:?}");
    }
}

/// The host forwards everybody's requests to loopback, so there loopback protects nothing.
#[test]
fn behind_a_functions_host_loopback_is_public() {
    let handler = ("FUNCTIONS_CUSTOMHANDLER_PORT", "8282");
    let secret = ("GATEWAY_SHARED_SECRET", "0123456789abcdef0123456789abcdef");
    let waiver = ("INSECURE_NO_GATEWAY", "true");
    for more in [&[][..], &[("HOST", "::1")], &[("PORT", "8080")], &[("WEBSITES_PORT", "8181")]] {
        let with =
            |last: &[(&'static str, &'static str)]| problems(&[more, &[handler], last].concat());
        let found = with(&[]);
        assert!(
            found.len() == 1
                && found[0].starts_with("GATEWAY_SHARED_SECRET: ")
                && found[0].contains("FUNCTIONS_CUSTOMHANDLER_PORT")
                && found[0].contains("INSECURE_NO_GATEWAY=true"),
            "{more:?}: {found:?}"
        );
        assert_eq!(with(&[secret]), [""; 0], "{more:?}");
        assert_eq!(with(&[waiver]), [""; 0], "{more:?}");
    }
    assert_eq!(problems(&[("FUNCTIONS_CUSTOMHANDLER_PORT", "")]), [""; 0], "as if it were not set");
    // Pages of this machine are not this machine's users' there, and neither is a sign-in.
    let read = |pairs: [(&str, &str); 2]| Config::read(&Source::of(pairs)).unwrap();
    assert_eq!(read([handler, secret]).http.allowed_origins.len(), 3);
    let signin = [
        ("AUTH", "signin"),
        ("ATLASSIAN_CLIENT_ID", "an-app"),
        ("ATLASSIAN_CLIENT_SECRET", "the-apps-secret"),
    ];
    assert_eq!(problems(&signin), [""; 0]);
    let found = problems(&[&signin[..], &[handler, secret]].concat());
    assert!(found.iter().any(|line| line.starts_with("PUBLIC_BASE_URL")), "{found:?}");
}

#[test]
fn tokens_never_travel_in_clear() {
    for (url, safe) in [
        ("https://api.atlassian.com", true),
        ("http://127.0.0.1:4000", true),
        ("http://[::1]:4000/base", true),
        ("http://localhost", true),
        ("http://api.atlassian.com", false),
        ("https://user:pass@api.atlassian.com", false),
        ("https://api.atlassian.com/?x=1", false),
        ("ftp://127.0.0.1", false),
    ] {
        assert_eq!(problems(&[("JIRA_API_BASE_URL", url)]).is_empty(), safe, "{url}");
    }
}

#[test]
fn a_site_is_an_address_and_an_id_no_word() {
    for (url, good) in [
        ("https://acme.atlassian.net", true),
        ("https://acme.atlassian.net/", true),
        ("acme.atlassian.net", true),
        ("https://acme.atlassian.net/jira/your-work", true),
        ("http://127.0.0.1:4000", true),
        ("http://localhost:4000/", true),
        ("acme", false),
        ("https://acme", false),
        ("http://acme.atlassian.net", false),
        ("https://user:pass@acme.atlassian.net", false),
        ("ftp://acme.atlassian.net", false),
    ] {
        let found = problems(&[("JIRA_SITE_URL", url)]);
        assert_eq!(found.len(), usize::from(!good), "{url}: {found:?}");
        assert!(good || found[0].contains("such as https://example.atlassian.net"), "{found:?}");
    }
    for (id, good) in [
        ("11111111-2222-3333-4444-555555555555", true),
        ("sandbox-one", true),
        ("foo", false),
        ("acme.atlassian.net", false),
        ("https://acme.atlassian.net", false),
        ("../../11111111", false),
    ] {
        let found = problems(&[("JIRA_CLOUD_ID", id)]);
        assert_eq!(found.len(), usize::from(!good), "{id}: {found:?}");
        assert!(good || found[0].contains("tenant_info"), "{found:?}");
    }
}

#[test]
fn the_scopes_asked_for_are_those_the_tools_need() {
    let scopes = |pairs: &[(&str, &str)]| {
        Config::read(&Source::of(pairs.iter().copied())).unwrap().http.scopes
    };
    assert_eq!(scopes(&[]), ["read:jira-user", "read:jira-work", "write:jira-work"]);
    assert_eq!(scopes(&[("READ_ONLY", "true")]), ["read:jira-user", "read:jira-work"]);
    // A tool that writes looks things up first.
    let manage = ["manage:jira-project", "read:jira-user", "read:jira-work", "write:jira-work"];
    assert_eq!(scopes(&[("TOOLSETS", "manage")]), manage);
    let deny = ("TOOLS_DENY", "jira_save_version");
    assert_eq!(scopes(&[("TOOLSETS", "manage"), deny]), &manage[1..]);
    // Each request of the agile API names what it needs; a sign-in without one of them would end
    // there.
    let asked = scopes(&[("TOOLSETS", "agile")]);
    for needed in [
        agile::BOARDS,
        agile::BOARD,
        agile::SPRINTS,
        agile::SPRINT_ISSUES,
        agile::WRITE_SPRINT,
        agile::WRITE_BACKLOG,
        agile::RANK,
    ] {
        for scope in needed.split(' ') {
            assert!(asked.iter().any(|asked| asked == scope), "{scope} is missing in {asked:?}");
        }
    }
    let reading = scopes(&[("TOOLSETS", "agile"), ("READ_ONLY", "true")]);
    assert!(!reading.iter().any(|scope| scope.starts_with("write:")), "{reading:?}");
}

#[test]
fn a_file_gives_what_the_environment_leaves_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bridge.toml");
    std::fs::write(&path, "port = 7001\ntoolsets = [\"core\", \"agile\"]\nread_only = true\n")
        .unwrap();
    let source = Source::of_process(Some(&path)).unwrap().with("PORT", "7002");
    let config = Config::read(&source).unwrap();
    assert_eq!(config.listen.port(), 7002);
    assert_eq!(config.policy.toolsets.len(), 2);
    assert!(config.policy.read_only);
    std::fs::write(&path, "PORT = 7001\nREAD_ONLY = true\n").unwrap();
    let source = Source::of_process(Some(&path)).unwrap();
    let config = Config::read(&source).unwrap();
    assert_eq!((config.listen.port(), config.policy.read_only), (7001, true));
}

#[test]
fn what_cannot_be_read_in_a_file_is_no_setting_that_was_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bridge.toml");
    let check = |text: &str, names: &[&str]| {
        std::fs::write(&path, text).unwrap();
        let source = Source::of_process(Some(&path));
        let found = source.err().unwrap_or_default();
        assert_eq!(found.iter().map(|fault| fault.name).collect::<Vec<_>>(), names, "{text}");
    };
    check("read_only = true", &[]);
    check("\u{feff}read_only = true", &[]);
    check("[entra_role_toolsets]\nReader = \"readonly\"", &["ENTRA_ROLE_TOOLSETS"]);
    check("entra_role_toolsets = {Reader = \"readonly\"}", &["ENTRA_ROLE_TOOLSETS"]);
    check("[[entra_role_toolsets]]\nReader = \"readonly\"", &["ENTRA_ROLE_TOOLSETS"]);
    check("read_only = {value = true}\ntools_deny = [[\"a\"]]", &["READ_ONLY", "TOOLS_DENY"]);
    check("gateway_shared_secret = {value = \"x\"}", &["GATEWAY_SHARED_SECRET"]);
    check("[jira]\nread_only = true", &["the configuration file"]);
    check("read_only = true\nREAD_ONLY = false", &["READ_ONLY"]);
    check("[bridge]\ntoolsets = \"core\"", &["the configuration file"]);
}

#[test]
fn the_files_for_operators_are_the_table() {
    let stored = |name: &str| {
        std::fs::read_to_string(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    };
    assert_eq!(
        stored(".env.example"),
        env_example(),
        "write the output of `jira-mcp-bridge settings` to it"
    );
    assert_eq!(
        stored("docs/CONFIGURATION.md"),
        document(),
        "write the output of `settings --markdown` to it"
    );
}
