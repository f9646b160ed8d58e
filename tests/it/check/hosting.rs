//! `check` where an Azure host stands in front and chooses port and `Host`.

use super::{check, host};
use crate::support::gateway_secret;

/// Behind an Azure Functions host everybody's requests come over loopback, under two names.
#[tokio::test]
async fn a_functions_host_needs_a_secret_both_names_and_its_own_port() {
    let (_upstream, url) = host(401, None).await;
    let secret = gateway_secret();
    let run = async |more: &[(&'static str, &str)]| {
        let mut settings = vec![
            ("JIRA_API_BASE_URL", url.as_str()),
            ("PUBLIC_BASE_URL", "https://bridge.example.com"),
            ("FUNCTIONS_CUSTOMHANDLER_PORT", "8282"),
        ];
        settings.extend_from_slice(more);
        check(&settings).await
    };
    let given = ("GATEWAY_SHARED_SECRET", secret.as_str());

    let found = run(&[]).await;
    assert_eq!(found.code, Some(64), "{}", found.table);
    found.check("GATEWAY_SHARED_SECRET", "FAILED", "FUNCTIONS_CUSTOMHANDLER_PORT is set");
    let found = run(&[("INSECURE_NO_GATEWAY", "true")]).await;
    assert_eq!(found.code, Some(0), "{}", found.table);
    found.check("gateway secret", "warning", "whoever reaches the Functions host");

    let found = run(&[given]).await;
    found.check("settings", "ok", "listens on 127.0.0.1:8282");
    found.check("ALLOWED_HOSTS", "warning", "the site's own name");
    let site = ("WEBSITE_HOSTNAME", "bridge.azurewebsites.net");
    run(&[given, site]).await.check(
        "ALLOWED_HOSTS",
        "warning",
        "bridge.azurewebsites.net is missing",
    );
    let alone = ("ALLOWED_HOSTS", "bridge.azurewebsites.net");
    run(&[given, site, alone]).await.check("ALLOWED_HOSTS", "warning", "127.0.0.1 is missing");
    let both = ("ALLOWED_HOSTS", "127.0.0.1,bridge.azurewebsites.net");
    let found = run(&[given, site, both]).await;
    assert!(found.code == Some(0) && !found.table.contains("ALLOWED_HOSTS"), "{}", found.table);
    assert!(!found.table.contains("FUNCTIONS_CUSTOMHANDLER_PORT"), "{}", found.table);
    let found = run(&[given, site, both, ("PORT", "8080")]).await;
    found.check("FUNCTIONS_CUSTOMHANDLER_PORT", "warning", "forwards to 8282");
}

#[tokio::test]
async fn beyond_loopback_a_secret_is_needed_and_the_name_that_is_called() {
    let (_upstream, url) = host(401, None).await;
    let found = check(&[("HOST", "0.0.0.0")]).await;
    found.check("GATEWAY_SHARED_SECRET", "FAILED", "needed to listen beyond loopback");
    let secret = gateway_secret();
    // App Service names the site, and its gateway calls by that name.
    let settings = [
        ("JIRA_API_BASE_URL", url.as_str()),
        ("HOST", "0.0.0.0"),
        ("GATEWAY_SHARED_SECRET", secret.as_str()),
        ("WEBSITE_HOSTNAME", "bridge.azurewebsites.net"),
    ];
    check(&settings).await.check("ALLOWED_HOSTS", "warning", "may be bridge.azurewebsites.net");
}
