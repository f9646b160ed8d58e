//! The page with the buttons.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::*;

#[tokio::test]
async fn the_page_has_one_form_and_a_button_for_each_person() {
    let world = World::open();
    let params = [
        ("audience", "api.atlassian.com"),
        ("client_id", ID),
        ("scope", "read:jira-work <b>&\""),
        ("redirect_uri", CALLBACK),
        ("state", "\"><script>alert(1)</script>"),
        ("response_type", "code"),
        ("prompt", "consent"),
        ("user", "anna"),
    ];
    let page = world.get(&format!("/authorize?{}", form(&params))).await;
    assert_eq!(page.status, 200);
    for part in [
        "<html lang=\"en\">",
        "<title>Sign in to the sandbox</title>",
        "content=\"width=device-width, initial-scale=1\"",
        "<form method=\"post\" action=\"/authorize\">",
        "value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\"",
        "read:jira-work, &lt;b&gt;&amp;&quot;",
        "Anna Admin (anna@example.com)</button>",
    ] {
        assert!(page.body.contains(part), "{part} in {}", page.body);
    }
    let buttons: Vec<_> = page
        .body
        .split("<button type=\"submit\" name=\"user\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(buttons, ["anna", "ben", "carla", "dana", "femi", "nobody"]);
    for (tag, count) in
        [("<form", 1), ("<h1", 1), ("<main", 1), ("<script", 0), ("type=\"hidden\"", 7)]
    {
        assert_eq!(page.body.matches(tag).count(), count, "{tag}");
    }
    let style = page.body.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    let hash = STANDARD.encode(digest(&SHA256, style.as_bytes()));
    assert!(page.policy.contains(&format!("'sha256-{hash}'")), "{}", page.policy);
    assert!(page.policy.contains("frame-ancestors 'none'") && !page.policy.contains("form-action"));
}
