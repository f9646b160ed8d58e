//! The host of an environment, and the scope of a token for it.
//!
//! Source: microsoft-agents-copilotstudio-client 1.9.0, `power_platform_environment.py`.

use std::fmt;

use url::Url;

const ID_CHARS_MAX: usize = 64;

/// Why a text is no environment, schema or cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvironmentFault {
    /// Not the id of an environment.
    #[error("an environment's id is a GUID, or Default- with a GUID")]
    Id,
    /// Not the schema name of an agent.
    #[error("an agent's schema name has letters, digits, _ and - only, such as cr123_agent")]
    Schema,
    /// Not a cloud.
    #[error(
        "the cloud is Prod, FirstRelease, Gov, GovFR, High, DoD, Mooncake, Ex, Rx, Exp, Dev, Prv, \
         Test, Preprod, Local or a host such as api.powerplatform.com"
    )]
    Cloud,
}

/// The id of an environment, in lower case and without dashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentId(String);

impl EnvironmentId {
    /// Reads a GUID, or `Default-` with a GUID.
    pub fn parse(text: &str) -> Result<Self, EnvironmentFault> {
        let id: String = text.trim().chars().filter(|c| *c != '-').collect();
        let id = id.to_ascii_lowercase();
        let is_id =
            (3..=ID_CHARS_MAX).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric());
        if is_id { Ok(Self(id)) } else { Err(EnvironmentFault::Id) }
    }
}

/// The name of an agent in its environment, such as `cr123_agent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaName(String);

impl SchemaName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, EnvironmentFault> {
        let text = text.trim();
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let fits = (1..=128).contains(&text.len()) && text.chars().any(|c| c != '.');
        let is_name = fits && text.chars().all(is_name);
        is_name.then(|| Self(text.to_owned())).ok_or(EnvironmentFault::Schema)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A cloud: the host of its Power Platform API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cloud {
    host: String,
    /// How many characters of an environment's id stand behind the first dot of its host.
    suffix_chars: usize,
}

impl Cloud {
    /// Reads a cloud's name in any case, or a host.
    pub fn parse(text: &str) -> Result<Self, EnvironmentFault> {
        let name = text.trim().to_ascii_lowercase();
        let host = match name.as_str() {
            "" | "prod" | "firstrelease" => "api.powerplatform.com",
            "gov" | "govfr" => "api.gov.powerplatform.microsoft.us",
            "high" => "api.high.powerplatform.microsoft.us",
            "dod" => "api.appsplatform.us",
            "mooncake" => "api.powerplatform.partner.microsoftonline.cn",
            "ex" => "api.powerplatform.eaglex.ic.gov",
            "rx" => "api.powerplatform.microsoft.scloud",
            "exp" | "dev" | "prv" | "test" | "preprod" => "",
            "local" => "api.powerplatform.localhost",
            host => host,
        };
        let host =
            if host.is_empty() { format!("api.{name}.powerplatform.com") } else { host.to_owned() };
        let is_label = |label: &str| {
            !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        if !host.contains('.') || !host.split('.').all(is_label) || host.len() > 200 {
            return Err(EnvironmentFault::Cloud);
        }
        let suffix_chars =
            if matches!(name.as_str(), "" | "prod" | "firstrelease" | "api.powerplatform.com") {
                2
            } else {
                1
            };
        Ok(Self { host, suffix_chars })
    }

    /// The host, such as `api.powerplatform.com`.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The scope of a user's token for any agent of this cloud.
    pub fn scope(&self) -> String {
        format!("https://{}/.default", self.host)
    }

    /// The address of an environment: `https://<all but the last>.<last>.environment.<cloud>/`.
    pub fn environment(&self, id: &EnvironmentId) -> Option<Url> {
        let (front, end) = id.0.split_at_checked(id.0.len().checked_sub(self.suffix_chars)?)?;
        Url::parse(&format!("https://{front}.{end}.environment.{}/", self.host)).ok()
    }
}

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_the_id_split_before_its_last_characters() {
        fn check(cloud: &str, id: &str, expected: &str) {
            let (cloud, id) = (Cloud::parse(cloud).unwrap(), EnvironmentId::parse(id).unwrap());
            let url = cloud.environment(&id).unwrap();
            assert_eq!(url.host_str().unwrap(), expected);
            assert_eq!(url.scheme(), "https");
        }
        let id = "A47151CF-4F34-488F-B377-EBE84E17B478";
        check("Prod", id, "a47151cf4f34488fb377ebe84e17b4.78.environment.api.powerplatform.com");
        check(
            "FirstRelease",
            id,
            "a47151cf4f34488fb377ebe84e17b4.78.environment.api.powerplatform.com",
        );
        check(
            "",
            "Default-A47151CF-4F34-488F-B377-EBE84E17B478",
            "defaulta47151cf4f34488fb377ebe84e17b4.78.environment.api.powerplatform.com",
        );
        check(
            "gov",
            id,
            "a47151cf4f34488fb377ebe84e17b47.8.environment.api.gov.powerplatform.microsoft.us",
        );
        check(
            "Preprod",
            id,
            "a47151cf4f34488fb377ebe84e17b47.8.environment.api.preprod.powerplatform.com",
        );
        check(
            "api.other.example",
            id,
            "a47151cf4f34488fb377ebe84e17b47.8.environment.api.other.example",
        );
    }

    #[test]
    fn what_could_change_the_host_is_no_id_and_no_cloud() {
        for id in ["", "ab", "a/b", "a.b.c", "a47151cf@evil", "a47151cf é", &"a".repeat(65)] {
            assert_eq!(EnvironmentId::parse(id), Err(EnvironmentFault::Id), "{id}");
        }
        for cloud in ["prodd", "a..b", "evil.example/x", "evil.example:1", "a@b.c", "https://a.b"] {
            assert_eq!(Cloud::parse(cloud), Err(EnvironmentFault::Cloud), "{cloud}");
        }
        for schema in ["", "..", "a/b", "a b", "a%2Fb", "ä"] {
            assert_eq!(SchemaName::parse(schema), Err(EnvironmentFault::Schema), "{schema}");
        }
        assert_eq!(Cloud::parse("dod").unwrap().scope(), "https://api.appsplatform.us/.default");
        assert_eq!(SchemaName::parse("cr123_agent").unwrap().as_str(), "cr123_agent");
    }
}
