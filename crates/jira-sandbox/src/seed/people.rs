//! Who is on the main site: given names and roles only, addresses at example.com.

use crate::model::{Person, Who};

pub(crate) const ANNA_ACCOUNT: &str = "557058:0a1b2c3d-0000-4000-8000-00000000a001";
pub(crate) const BEN_ACCOUNT: &str = "557058:0a1b2c3d-0000-4000-8000-00000000b002";
pub(crate) const CARLA_ACCOUNT: &str = "712020:0a1b2c3d-0000-4000-8000-00000000c003";
pub(crate) const DANA_ACCOUNT: &str = "5b10ac8d82e05b22cc7d4ef5";
pub(crate) const EMIL_ACCOUNT: &str = "712020:0a1b2c3d-0000-4000-8000-00000000e005";
pub(crate) const FEMI_ACCOUNT: &str = "5b109f2e9729b51b54dc274d";
pub(crate) const GRETA_ACCOUNT: &str = "712020:0a1b2c3d-0000-4000-8000-000000001007";
const OTHER_BEN_ACCOUNT: &str = "712020:0a1b2c3d-0000-4000-8000-00000000b008";
const HUGO_ACCOUNT: &str = "5b10a2844c20165700ede210";
const AUTOMATION_ACCOUNT: &str = "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077";

pub(crate) const ANNA: Who = 0;
pub(crate) const BEN: Who = 1;
pub(crate) const CARLA: Who = 2;
pub(crate) const DANA: Who = 3;
pub(crate) const EMIL: Who = 4;
pub(crate) const FEMI: Who = 5;
pub(crate) const GRETA: Who = 6;
pub(crate) const OTHER_BEN: Who = 7;
pub(crate) const AUTOMATION: Who = 9;

/// In the order of the indices above. Two are called Ben, one has left, one is an app.
pub(crate) fn people() -> Vec<Person> {
    [
        (ANNA_ACCOUNT, "Anna Admin", "anna", true, true, "atlassian", "Europe/Berlin"),
        (BEN_ACCOUNT, "Ben Developer", "ben", true, true, "atlassian", "Europe/London"),
        (CARLA_ACCOUNT, "Carla Guest", "carla", true, true, "atlassian", "America/New_York"),
        (DANA_ACCOUNT, "Dana Analyst", "dana", true, true, "atlassian", "Asia/Kolkata"),
        (EMIL_ACCOUNT, "Emil Designer", "emil", false, true, "atlassian", "Europe/Stockholm"),
        (FEMI_ACCOUNT, "Femi Consultant", "femi", true, true, "atlassian", "Africa/Lagos"),
        (GRETA_ACCOUNT, "Greta Tester", "greta", false, true, "atlassian", "Europe/Vienna"),
        (
            OTHER_BEN_ACCOUNT,
            "Ben Operator",
            "ben.operator",
            true,
            true,
            "atlassian",
            "America/Los_Angeles",
        ),
        (HUGO_ACCOUNT, "Hugo Alumnus", "hugo", false, false, "atlassian", "Etc/UTC"),
        (AUTOMATION_ACCOUNT, "Automation for Jira", "automation", false, true, "app", "Etc/UTC"),
    ]
    .into_iter()
    .map(|(account_id, name, mailbox, shows_email, active, kind, time_zone)| Person {
        account_id: account_id.into(),
        name: name.into(),
        email: format!("{mailbox}@example.com"),
        shows_email,
        active,
        kind,
        time_zone,
        locale: "en_US",
    })
    .collect()
}
