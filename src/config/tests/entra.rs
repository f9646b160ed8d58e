//! Settings of access tokens of Entra ID: everything that would let in too many stops the start.

use super::{Config, Source, problems};

const TENANT: &str = "11111111-aaaa-4aaa-8aaa-000000000001";
const SECOND: &str = "22222222-bbbb-4bbb-8bbb-000000000002";
const AUDIENCE: &str = "https://bridge.example.com/mcp";

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let base = [("AUTH", "entra"), ("ENTRA_TENANT_ID", TENANT), ("ENTRA_AUDIENCE", AUDIENCE)];
    let is_kept = |name: &str| more.iter().all(|(other, _)| *other != name);
    base.into_iter().filter(|(name, _)| is_kept(name)).chain(more.iter().copied()).collect()
}

#[test]
fn what_would_let_in_too_many_or_nobody_stops_the_start() {
    let check = |more: &[(&str, &str)], expected: Option<(&str, &str)>| {
        let found = problems(&with(more));
        match expected {
            Some((name, part)) => {
                let is_said = |line: &String| line.starts_with(name) && line.contains(part);
                assert!(found.len() == 1 && is_said(&found[0]), "{more:?}: {found:#?}");
            }
            None => assert!(found.is_empty(), "{more:?}: {found:#?}"),
        }
        assert!(!found.concat().contains("hunter2"), "{found:#?}");
    };
    let (tenants, audiences) = ("ENTRA_TENANT_ID", "ENTRA_AUDIENCE");
    check(&[], None);
    check(&[("AUTH", "atlassian,entra")], None);
    for shared in ["common", "organizations", "consumers", "COMMON"] {
        check(&[(tenants, shared)], Some((tenants, "take everybody")));
    }
    check(&[(tenants, &format!("{TENANT},common"))], Some((tenants, "take everybody")));
    check(&[(tenants, "contoso.onmicrosoft.com")], Some((tenants, "own id")));
    check(&[(tenants, "")], Some((tenants, "needed")));
    check(&[(tenants, " , ")], Some((tenants, "needed")));
    check(&[(audiences, "")], Some((audiences, "needed")));
    check(&[(audiences, "*")], Some((audiences, "not the client id")));
    check(&[(audiences, "https://graph.microsoft.com")], Some((audiences, "of your own")));
    check(&[("ENTRA_REQUIRED_SCOPE", "a b")], Some(("ENTRA_REQUIRED_SCOPE", "one scope")));
    let full = format!("{AUDIENCE}/access");
    check(&[("ENTRA_REQUIRED_SCOPE", &full)], Some(("ENTRA_REQUIRED_SCOPE", "without its API")));
    let roles = "ENTRA_ROLE_TOOLSETS";
    check(&[(roles, "Reader=readonly;Lead=core,agile,bulk")], None);
    check(&[(roles, "Lead=core,nosuchset")], Some((roles, "'nosuchset'")));
    check(&[(roles, "Lead")], Some((roles, "such as")));
    check(&[(roles, "Lead=core;Lead=bulk")], Some((roles, "twice")));
    let authority = "ENTRA_AUTHORITY";
    check(&[(authority, "http://login.example.com")], Some((authority, "https")));
    check(&[(authority, "http://127.0.0.1:4000")], None);
    check(&[("ENTRA_CLIENT_SECRET", "hunter2-hunter2")], Some(("ENTRA_CLIENT_ID", "both")));
    check(&[("ENTRA_CLIENT_ID", "an-app")], Some(("ENTRA_CLIENT_SECRET", "both")));
    // Whoever does not take such tokens needs none of it.
    let off = [("AUTH", "atlassian"), (tenants, "common"), (roles, "x")];
    assert!(problems(&off).is_empty());
}

#[test]
fn lists_are_read_and_announced() {
    let tenants = format!("{TENANT}, {},{TENANT}", SECOND.to_ascii_uppercase());
    let audiences = format!("33333333-cccc-4ccc-8ccc-000000000003,{AUDIENCE}");
    let config = Config::read(&Source::of(with(&[
        ("ENTRA_TENANT_ID", &tenants),
        ("ENTRA_AUDIENCE", &audiences),
        ("ENTRA_REQUIRED_SCOPE", "access"),
        ("ENTRA_ROLE_TOOLSETS", "Lead=core"),
        ("ENTRA_CLIENT_ID", "an-app"),
        ("ENTRA_CLIENT_SECRET", "hunter2-hunter2"),
    ])))
    .unwrap();
    let entra = config.bearers.entra.as_ref().unwrap();
    let ids: Vec<_> = entra.tokens.tenant_ids.iter().map(ToString::to_string).collect();
    assert_eq!(ids, [TENANT, SECOND]);
    let apps: Vec<_> = entra.apps.iter().map(|app| app.tenant_id.as_str()).collect();
    assert_eq!(apps, [TENANT, SECOND]);
    assert!(!format!("{config:?}").contains("hunter2"));
    let issuer = |id: &str| format!("https://login.microsoftonline.com/{id}/v2.0");
    assert_eq!(config.http.authorization_servers, [issuer(TENANT), issuer(SECOND)]);
    assert_eq!(config.http.resource.as_deref(), Some(AUDIENCE));
    assert_eq!(config.http.scopes, [format!("{AUDIENCE}/access")]);
    assert!(config.policy.roles.is_some());
    assert!(!config.bearers.atlassian && config.bearers.signin.is_none());
    let without = Config::read(&Source::of(with(&[]))).unwrap();
    assert!(without.policy.roles.is_none() && without.bearers.entra.unwrap().apps.is_empty());
    assert_eq!(without.http.scopes, [format!("{AUDIENCE}/.default")]);
}
