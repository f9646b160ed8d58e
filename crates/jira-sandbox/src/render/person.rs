//! People, with the avatars and links that make up most of a real user object.

use serde_json::{Value as Json, json};

use super::site_view::SiteView;
use crate::{
    json::{object, put},
    model::{Person, Who},
};

/// A user as it stands inside issues, comments and lists.
pub(crate) fn person(site: &SiteView, who: Who) -> Json {
    let Some(person) = site.people.get(who) else { return Json::Null };
    let mut shown = object([
        ("self", address(site, person).into()),
        ("accountId", person.account_id.clone().into()),
        ("accountType", person.kind.into()),
        ("avatarUrls", avatars(person)),
        ("displayName", person.name.clone().into()),
        ("active", person.active.into()),
        ("timeZone", person.time_zone.into()),
    ]);
    if person.shows_email {
        put(&mut shown, "emailAddress", person.email.clone());
    }
    shown
}

/// The caller's own profile, whose address is always there.
pub(crate) fn profile(site: &SiteView, expanded: bool) -> Json {
    let mut shown = person(site, site.who);
    let own = site.people.get(site.who);
    if let Some(own) = own {
        put(&mut shown, "emailAddress", own.email.clone());
        put(&mut shown, "locale", own.locale);
        put(&mut shown, "expand", "groups,applicationRoles");
        let group = json!({
            "name": "sandbox-team", "groupId": "276f955c-63d7-42c8-9520-92d01dca0625",
            "self": format!("{}/rest/api/3/group?groupId=276f955c-63d7-42c8-9520-92d01dca0625", site.host),
        });
        let items = if expanded { vec![group] } else { Vec::new() };
        put(&mut shown, "groups", json!({ "size": 1, "items": items }));
        put(&mut shown, "applicationRoles", json!({ "size": 1, "items": [] }));
    }
    shown
}

fn address(site: &SiteView, person: &Person) -> String {
    format!("{}/rest/api/3/user?accountId={}", site.host, person.account_id.replace(':', "%3A"))
}

fn avatars(person: &Person) -> Json {
    let initials: String =
        person.name.split(' ').filter_map(|word| word.chars().next()).take(2).collect();
    let picture = format!(
        "https://avatar-management--avatars.us-west-2.prod.public.atl-paas.net/initials/{}-{}.png",
        initials.to_uppercase(),
        person.account_id.len() % 7
    );
    json!({ "48x48": picture, "24x24": picture, "16x16": picture, "32x32": picture })
}
