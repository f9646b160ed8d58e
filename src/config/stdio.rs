//! The settings of `stdio`: one user on their own machine, whose credential is a setting too, or
//! who has signed in.
//!
//! `serve` never reads these names, so no request can be sent with them.

use auth::{Basic, BasicFault, Bearer, Credential};
use secrecy::SecretString;
use tool_kit::Toolset;
use url::Url;

use crate::jira::{ApiHost, Route, SitePin};

use super::{
    local::{JiraUser, LocalUser, local_settings},
    problem::Problem,
    reader::Reader,
    server::Config,
    source::{FILL_IN, Source},
    urls::site_origin,
};

impl Config {
    /// Whether the settings name the one user of `stdio`, which a server has none of.
    pub fn names_local_user(source: &Source) -> bool {
        let reader = Reader::new(source);
        ["JIRA_ACCESS_TOKEN", "JIRA_EMAIL", "JIRA_API_TOKEN"]
            .into_iter()
            .any(|name| reader.filled(name).is_some())
    }

    /// Reads all settings and who the one user is, or says everything that is wrong with them.
    pub fn read_local(source: &Source) -> Result<(Self, LocalUser), Vec<Problem>> {
        let mut reader = Reader::new(source);
        let user = if Self::names_local_user(source) {
            credential(&mut reader).map(JiraUser::Credential)
        } else if is_agents_only(source) {
            Some(JiraUser::Nobody)
        } else {
            let signed_in = local_settings(&mut reader, false).map(Box::new).map(JiraUser::SignIn);
            if signed_in.is_none() {
                reader.refuse(
                    "JIRA_ACCESS_TOKEN",
                    "without a sign-in by `jira-mcp-bridge login`, stdio needs an OAuth access token here, or JIRA_EMAIL with JIRA_API_TOKEN and JIRA_SITE_URL",
                );
            }
            signed_in
        };
        let is_basic = matches!(user, Some(JiraUser::Credential(Credential::Basic(_))));
        let copilot_token = reader.filled("COPILOT_TOKEN").map(SecretString::from);
        let site = is_basic.then(|| site(&mut reader)).flatten();
        // Nothing listens, so it does not matter who could reach the port.
        let config = Self::read(&source.clone().with("HOST", "127.0.0.1"));
        match (config, user) {
            (Ok(mut config), Some(jira)) if reader.problems.is_empty() => {
                if let Some(site) = site {
                    config.upstream.gzip = site.scheme() == "https";
                    let cloud_id = match config.jira.site.take() {
                        Some(SitePin::CloudId(id)) => Some(id),
                        Some(SitePin::Url(_)) | None => None,
                    };
                    let base = std::mem::replace(&mut config.jira.api_base, site);
                    config.jira.api_host = Some(ApiHost { base, cloud_id });
                    config.jira.route = Route::Direct;
                }
                Ok((config, LocalUser { jira, copilot_token }))
            }
            (config, _) => {
                // What is left to fill in is said once, there.
                reader.problems.retain(|problem| source.given(problem.name) != Some(FILL_IN));
                reader.problems.extend(config.err().unwrap_or_default());
                Err(reader.problems)
            }
        }
    }
}

/// Whether no tool of Jira's is on, so that nobody has to be anybody there.
fn is_agents_only(source: &Source) -> bool {
    let mut sets = Reader::new(source).list("TOOLSETS").into_iter().map(Toolset::parse).peekable();
    sets.peek().is_some() && sets.all(|set| set == Some(Toolset::Agent))
}

/// Exactly one of the two ways to prove who the user is.
fn credential(reader: &mut Reader<'_>) -> Option<Credential> {
    let [access_token, email, api_token] =
        ["JIRA_ACCESS_TOKEN", "JIRA_EMAIL", "JIRA_API_TOKEN"].map(|name| reader.filled(name));
    match (access_token, email, api_token) {
        (Some(token), None, None) => match Bearer::from_token(token) {
            Ok(bearer) => Some(bearer.into()),
            Err(fault) => {
                reader.refuse("JIRA_ACCESS_TOKEN", fault.to_string());
                None
            }
        },
        (None, Some(email), Some(api_token)) => match Basic::new(email, api_token) {
            Ok(basic) => Some(basic.into()),
            Err(fault) => {
                let name = if fault == BasicFault::Email { "JIRA_EMAIL" } else { "JIRA_API_TOKEN" };
                reader.refuse(name, fault.to_string());
                None
            }
        },
        (None, None, None) => None,
        (None, None, Some(_)) => {
            reader.refuse("JIRA_EMAIL", "needed beside JIRA_API_TOKEN");
            None
        }
        (None, Some(_), None) => {
            reader.refuse("JIRA_API_TOKEN", "needed beside JIRA_EMAIL");
            None
        }
        (Some(_), ..) => {
            reader.refuse(
                "JIRA_ACCESS_TOKEN",
                "set either it or JIRA_EMAIL with JIRA_API_TOKEN, not both",
            );
            None
        }
    }
}

/// The address that an API token goes to. What is wrong with one that is set is said where all
/// settings are read.
fn site(reader: &mut Reader<'_>) -> Option<Url> {
    if reader.filled("JIRA_SITE_URL").is_none() {
        reader.refuse(
            "JIRA_SITE_URL",
            "an API token needs its site, such as https://example.atlassian.net",
        );
    }
    site_origin(reader.text("JIRA_SITE_URL"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<(Config, LocalUser), Vec<String>> {
        Config::read_local(&Source::of(pairs.iter().copied()))
            .map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    fn check(pairs: &[(&str, &str)], part: &str) {
        let Err(problems) = read(pairs) else { panic!("{pairs:?} was taken") };
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].contains(part), "{part} is missing in {problems:?}");
        assert!(!problems[0].contains("hidden"), "{problems:?}");
    }

    #[test]
    fn an_access_token_goes_to_the_api_host() {
        let (config, user) =
            read(&[("JIRA_ACCESS_TOKEN", "hidden-token"), ("HOST", "0.0.0.0")]).unwrap();
        assert!(matches!(user.jira, JiraUser::Credential(Credential::Bearer(_))));
        assert_eq!(
            (config.jira.api_base.as_str(), config.jira.route),
            ("https://api.atlassian.com/", Route::ApiGateway)
        );
    }

    #[test]
    fn an_api_token_goes_to_its_site() {
        for site in [
            "https://example.atlassian.net",
            "https://example.atlassian.net/",
            "example.atlassian.net",
            // As people copy it from the browser.
            "https://example.atlassian.net/jira/software/projects/P/boards/1",
            "https://example.atlassian.net/browse/P-1?focusedId=1#x",
        ] {
            let (config, user) = read(&[
                ("JIRA_EMAIL", "a@b"),
                ("JIRA_API_TOKEN", "hidden"),
                ("JIRA_SITE_URL", site),
            ])
            .unwrap();
            assert!(matches!(user.jira, JiraUser::Credential(Credential::Basic(_))));
            assert_eq!(
                (config.jira.api_base.as_str(), config.jira.route),
                ("https://example.atlassian.net/", Route::Direct)
            );
        }
    }

    #[test]
    fn a_token_with_scopes_may_go_to_the_api_host() {
        let id = "11111111-2222-3333-4444-555555555555";
        let pairs = [
            ("JIRA_EMAIL", "a@b"),
            ("JIRA_API_TOKEN", "hidden"),
            ("JIRA_SITE_URL", "example.atlassian.net"),
        ];
        let host = |more: &[(&str, &str)]| {
            read(&[&pairs[..], more].concat()).unwrap().0.jira.api_host.unwrap()
        };
        assert_eq!(host(&[]).base.as_str(), "https://api.atlassian.com/");
        assert_eq!(host(&[]).cloud_id, None);
        assert_eq!(host(&[("JIRA_CLOUD_ID", id)]).cloud_id.as_deref(), Some(id));
    }

    #[test]
    fn what_is_left_to_fill_in_is_said_once() {
        let site = ("JIRA_SITE_URL", "example.atlassian.net");
        check(&[("JIRA_EMAIL", "FILL_IN"), ("JIRA_API_TOKEN", "hidden"), site], "left to fill in");
    }

    #[test]
    fn what_is_wrong_is_said_without_the_secret() {
        check(&[("JIRA_ACCESS_TOKEN", "hidden token")], "characters that no token has");
        check(&[("JIRA_API_TOKEN", "hidden")], "JIRA_EMAIL: needed");
        check(&[("JIRA_EMAIL", "a@b")], "JIRA_API_TOKEN: needed");
        check(&[("JIRA_ACCESS_TOKEN", "hidden-token"), ("JIRA_API_TOKEN", "hidden")], "not both");
        let pair = [("JIRA_EMAIL", "a@b"), ("JIRA_API_TOKEN", "hidden")];
        check(&pair, "needs its site");
        for site in
            ["http://example.atlassian.net", "https://a:b@example.com", "acme", "ftp://x.example"]
        {
            check(
                &[pair[0], pair[1], ("JIRA_SITE_URL", site)],
                "expected the site's https address",
            );
        }
        check(&[("JIRA_ACCESS_TOKEN", "hidden-token"), ("PORT", "none")], "PORT");
    }
}
