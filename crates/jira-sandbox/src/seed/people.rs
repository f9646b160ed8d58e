//! Who is on the main site: given names and roles only, addresses at example.com.

use crate::model::{Person, Who};

pub(crate) const ANNA: &str = "557058:0a1b2c3d-0000-4000-8000-00000000a001";
pub(crate) const BEN: &str = "557058:0a1b2c3d-0000-4000-8000-00000000b002";
pub(crate) const CARLA: &str = "712020:0a1b2c3d-0000-4000-8000-00000000c003";
pub(crate) const DANA: &str = "5b10ac8d82e05b22cc7d4ef5";
pub(crate) const EMIL: &str = "712020:0a1b2c3d-0000-4000-8000-00000000e005";
pub(crate) const FEMI: &str = "5b109f2e9729b51b54dc274d";
pub(crate) const GRETA: &str = "712020:0a1b2c3d-0000-4000-8000-000000001007";
const OTHER_BEN: &str = "712020:0a1b2c3d-0000-4000-8000-00000000b008";
const HUGO: &str = "5b10a2844c20165700ede210";
const AUTOMATION: &str = "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077";

pub(super) const ANNA_AT: Who = 0;
pub(super) const BEN_AT: Who = 1;
pub(super) const CARLA_AT: Who = 2;
pub(super) const DANA_AT: Who = 3;
pub(super) const EMIL_AT: Who = 4;
pub(super) const FEMI_AT: Who = 5;
pub(super) const GRETA_AT: Who = 6;
pub(super) const OTHER_BEN_AT: Who = 7;
pub(super) const AUTOMATION_AT: Who = 9;

/// In the order of the `_AT` constants. Two are called Ben, one has left, one is an app.
pub(super) fn people() -> Vec<Person> {
    [
        (ANNA, "Anna Admin", "anna", true, true, "atlassian", "Europe/Berlin"),
        (BEN, "Ben Developer", "ben", true, true, "atlassian", "Europe/London"),
        (CARLA, "Carla Guest", "carla", true, true, "atlassian", "America/New_York"),
        (DANA, "Dana Analyst", "dana", true, true, "atlassian", "Asia/Kolkata"),
        (EMIL, "Emil Designer", "emil", false, true, "atlassian", "Europe/Stockholm"),
        (FEMI, "Femi Consultant", "femi", true, true, "atlassian", "Africa/Lagos"),
        (GRETA, "Greta Tester", "greta", false, true, "atlassian", "Europe/Vienna"),
        (OTHER_BEN, "Ben Operator", "ben.operator", true, true, "atlassian", "America/Los_Angeles"),
        (HUGO, "Hugo Alumnus", "hugo", false, false, "atlassian", "Etc/UTC"),
        (AUTOMATION, "Automation for Jira", "automation", false, true, "app", "Etc/UTC"),
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
