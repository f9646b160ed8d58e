//! Which site is meant, of those that a token reaches.

use super::*;

fn resource(id: &str, scopes: &[&str]) -> Resource {
    Resource {
        id: id.to_owned(),
        url: format!("https://{id}.atlassian.net"),
        name: id.to_uppercase(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
    }
}

fn check(pin: Option<&SitePin>, requested: Option<&str>, expected: Result<&str, &str>) {
    let sites = jira_sites(vec![
        resource("one", &["read:jira-work"]),
        resource("wiki", &["read:confluence-content.all"]),
        resource("two", &["read:jira-work"]),
        resource("two", &["write:jira-work", "read:jira-work"]),
    ]);
    let picked = choose_among(&sites, pin, requested);
    match expected {
        Ok(id) => assert_eq!(picked.map(|site| site.id.as_str()), Ok(id)),
        Err(part) => assert!(format!("{picked:?}").contains(part), "{picked:?} lacks {part}"),
    }
}

#[test]
fn the_right_site_or_an_error_that_lists_them() {
    check(
        None,
        None,
        Err(
            "AmbiguousSite { sites: [\"https://one.atlassian.net\", \"https://two.atlassian.net\"], names: [\"ONE\", \"TWO\"] }",
        ),
    );
    check(None, Some("https://two.atlassian.net/"), Ok("two"));
    check(None, Some("TWO.atlassian.net"), Ok("two"));
    check(None, Some("one"), Ok("one"));
    check(None, Some("two.atlassian.net.evil.example"), Err("UnknownSite"));
    check(None, Some("wiki"), Err("UnknownSite"));
    check(Some(&SitePin::CloudId("two".into())), None, Ok("two"));
    check(Some(&SitePin::Url("https://one.atlassian.net".into())), None, Ok("one"));
    check(Some(&SitePin::CloudId("three".into())), None, Err("UnknownSite { sites: [] }"));
    check(
        Some(&SitePin::CloudId("two".into())),
        Some("one"),
        Err("UnknownSite { sites: [\"https://two"),
    );
}

#[test]
fn sites_of_one_address_are_told_apart_by_name() {
    let twin = |name: &str| Resource {
        name: name.to_owned(),
        url: "https://same.example".to_owned(),
        ..resource(name, &["read:jira-work"])
    };
    let sites = jira_sites(vec![twin("first-domain"), twin("second-domain")]);
    let Err(JiraError::AmbiguousSite { sites: listed, .. }) = choose_among(&sites, None, None)
    else {
        panic!()
    };
    assert_eq!(listed, ["first-domain", "second-domain"]);
    for name in listed {
        assert_eq!(choose_among(&sites, None, Some(&name)).map(|site| &site.name), Ok(&name));
    }
}

#[test]
fn one_site_needs_no_choice_and_none_is_said_so() {
    let one = jira_sites(vec![resource("one", &["read:jira-work"])]);
    assert_eq!(choose_among(&one, None, None).map(|site| site.id.as_str()), Ok("one"));
    assert_eq!(choose_among(&[], None, None), Err(JiraError::NoSite));
}

#[test]
fn scopes_are_known_for_the_sites_that_may_be_meant() {
    let sites = jira_sites(vec![
        resource("one", &["read:jira-work"]),
        resource("two", &["read:jira-work", "write:jira-work"]),
    ]);
    let known = |requested| granted(&sites, None, requested).map(|scopes| scopes.join(" "));
    assert_eq!(known(Some("one")).as_deref(), Some("read:jira-work"));
    assert_eq!(known(None).as_deref(), Some("read:jira-work write:jira-work"));
    assert_eq!(known(Some("three")), None);
}

#[test]
fn scopes_of_one_site_are_joined() {
    let sites = jira_sites(vec![
        resource("a", &["read:jira-work"]),
        resource("a", &["read:jira-user", "read:jira-work"]),
    ]);
    assert_eq!(sites.len(), 1);
    assert_eq!(
        *sites[0].scopes.as_deref().unwrap(),
        ["read:jira-work".to_owned(), "read:jira-user".to_owned()]
    );
}

#[test]
fn a_name_never_stands_for_the_address_of_another_site() {
    let site = |id: &str, host: &str, name: &str| Resource {
        name: name.to_owned(),
        url: format!("https://{host}"),
        ..resource(id, &["read:jira-work"])
    };
    let sites = jira_sites(vec![
        site("id-1", "evil.atlassian.net", "acme"),
        site("id-2", "acme.atlassian.net", "Acme Inc"),
        site("id-3", "other.atlassian.net", "acme.atlassian.net"),
        site("id-4", "fourth.atlassian.net", "id-2"),
        site("id-5", "twin.atlassian.net", "Twins"),
        site("id-6", "twin.jira.com", "Twins"),
    ]);
    let picked =
        |requested: &str| choose_among(&sites, None, Some(requested)).map(|site| site.id.clone());
    for requested in [
        "acme",
        "ACME",
        "acme.atlassian.net",
        "https://acme.atlassian.net/browse/P-1",
        "id-2",
        "Acme Inc",
    ] {
        assert_eq!(picked(requested).as_deref(), Ok("id-2"), "{requested}");
    }
    assert_eq!(picked("evil").as_deref(), Ok("id-1"));
    assert_eq!(picked("twin.jira.com").as_deref(), Ok("id-6"));
    for several in ["twin", "Twins"] {
        assert!(matches!(picked(several), Err(JiraError::AmbiguousSite { .. })), "{several}");
    }
}
