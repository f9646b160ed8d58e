//! `check` where the settings hold the credential of `stdio`.

use super::check;
use crate::support::basic;

/// What `stdio` would refuse, `check` finds first; and it asks whether the credential is taken.
#[tokio::test(flavor = "multi_thread")]
async fn the_settings_of_one_user_are_tried_as_stdio_tries_them() {
    for (settings, name) in [
        (
            &[("JIRA_API_TOKEN", "a-token-of-annas"), ("JIRA_SITE_URL", "https://a.example")][..],
            "JIRA_EMAIL",
        ),
        (
            &[("JIRA_EMAIL", "a@b.example"), ("JIRA_API_TOKEN", "a-token-of-annas")][..],
            "JIRA_SITE_URL",
        ),
        (&[("JIRA_EMAIL", "anna"), ("JIRA_API_TOKEN", "a-token-of-annas")][..], "JIRA_EMAIL"),
    ] {
        let run = check(settings).await;
        assert_eq!(run.code, Some(64), "{name}: {}", run.table);
        run.check(name, "FAILED", "Fix:");
    }
    let (_upstream, good) = basic().await;
    let good: Vec<(&str, &str)> =
        good.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let run = check(&good).await;
    assert_eq!(run.code, Some(0), "{}", run.table);
    run.check("settings", "ok", "for stdio and call");
    run.check("Jira site", "ok", "");
    run.check("user", "ok", "Anna Admin");
    assert!(!run.table.contains("api.atlassian.com"), "{}", run.table);
    let mut wrong = good.clone();
    wrong.push(("JIRA_API_TOKEN", "another-token-of-hers"));
    let run = check(&wrong).await;
    run.check("user", "FAILED", "Fix:");
    assert_eq!(run.code, Some(1));
}
