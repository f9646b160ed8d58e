//! People, sites and permissions.

use std::{collections::BTreeMap, fmt};

use json_borrow::{Text, or_default, readable, required};
use serde::{
    Deserialize, Deserializer,
    de::{Error, SeqAccess, Visitor},
};

/// A user. Avatars and e-mail addresses are not read at all.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User<'a> {
    /// The only stable identity of a person.
    #[serde(borrow, deserialize_with = "required")]
    pub account_id: Text<'a>,
    /// The name people know; not unique.
    #[serde(borrow, default)]
    pub display_name: Text<'a>,
    /// False for people who have left.
    #[serde(default = "yes", deserialize_with = "yes_unless_false")]
    pub active: bool,
    /// `atlassian`, `app` or `customer`.
    #[serde(borrow, default)]
    pub account_type: Option<Text<'a>>,
    /// An IANA name, for the caller only.
    #[serde(borrow, default)]
    pub time_zone: Option<Text<'a>>,
}

/// Who did something: a user, an app without an account, or somebody of whom not even the name is
/// left.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person<'a> {
    /// Absent for apps and for people whose account is gone.
    #[serde(borrow, default)]
    pub account_id: Text<'a>,
    /// The name people know; not unique.
    #[serde(borrow, default)]
    pub display_name: Text<'a>,
    /// False for people who have left.
    #[serde(default = "yes", deserialize_with = "yes_unless_false")]
    pub active: bool,
    /// `atlassian`, `app` or `customer`.
    #[serde(borrow, default)]
    pub account_type: Option<Text<'a>>,
}

/// One entry of `accessible-resources`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Resource {
    /// The cloud id.
    #[serde(deserialize_with = "required")]
    pub id: String,
    /// The site's address.
    pub url: String,
    /// The site's name.
    #[serde(default)]
    pub name: String,
    /// What the token may do there.
    #[serde(default)]
    pub scopes: Vec<String>,
}

/// More sites than any token reaches; each takes several times its bytes while it is read.
const SITES_MAX: usize = 20_000;

/// All of them.
#[derive(Debug)]
pub struct Resources(pub Vec<Resource>);

impl<'de> Deserialize<'de> for Resources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;

        impl<'de> Visitor<'de> for Each {
            type Value = Resources;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of sites")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Resources, A::Error> {
                let mut read = Vec::new();
                while let Some(site) = items.next_element()? {
                    if read.len() == SITES_MAX {
                        return Err(A::Error::custom("too many sites"));
                    }
                    read.push(site);
                }
                Ok(Resources(read))
            }
        }

        deserializer.deserialize_seq(Each)
    }
}

/// `GET /mypermissions`.
#[derive(Debug, Deserialize)]
pub struct Permissions {
    /// By permission key.
    #[serde(default, deserialize_with = "readable")]
    pub permissions: BTreeMap<String, Permission>,
}

/// One permission.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    /// Whether the caller has it.
    #[serde(default, deserialize_with = "or_default")]
    pub have_permission: bool,
}

fn yes() -> bool {
    true
}

fn yes_unless_false<'de, D: Deserializer<'de>>(flag: D) -> Result<bool, D::Error> {
    Ok(or_default::<D, Option<bool>>(flag)?.unwrap_or(true))
}
