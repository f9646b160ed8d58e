//! A `.env` comes with a folder, and whoever made the folder must not choose where a credential of
//! the environment is sent.

use config::Map;

use super::problem::Problem;

/// Credentials, and the settings that say where they go.
const SENT: &[(&[&str], &[&str])] = &[
    (&["JIRA_ACCESS_TOKEN", "JIRA_API_TOKEN"], &["JIRA_API_BASE_URL", "JIRA_SITE_URL"]),
    (
        &["DIRECT_LINE_SECRET", "DIRECT_LINE_SECRET_FILE"],
        &["DIRECT_LINE_ENDPOINT", "DIRECT_LINE_TOKEN_ENDPOINT"],
    ),
    (&["COPILOT_TOKEN"], &["COPILOT_DIRECT_URL"]),
    (
        &["ATLASSIAN_CLIENT_SECRET", "ATLASSIAN_CLIENT_SECRET_FILE"],
        &["ATLASSIAN_AUTH_BASE_URL", "JIRA_API_BASE_URL"],
    ),
];

/// The settings of `.env` that would send a credential of the environment somewhere.
pub(super) fn chosen_by_a_folder(
    environment: &Map<String, String>,
    dotenv: &Map<String, String>,
) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for (credentials, destinations) in SENT {
        let Some(credential) = credentials.iter().find(|name| is_set(environment, name)) else {
            continue;
        };
        let chosen =
            destinations.iter().filter(|name| is_set(dotenv, name) && !is_set(environment, name));
        for name in chosen {
            if problems.iter().all(|known| known.name != *name) {
                problems.push(Problem {
                    name,
                    found: String::new(),
                    accepted: format!(
                        "stands in .env, and {credential} in the environment: a folder may not say where your credential goes; put both into the environment, or both into .env"
                    ),
                });
            }
        }
    }
    problems
}

/// Names are read in any letter case; an empty value says nothing.
fn is_set(layer: &Map<String, String>, name: &str) -> bool {
    layer.iter().any(|(known, value)| known.eq_ignore_ascii_case(name) && !value.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(environment: &[(&str, &str)], dotenv: &[(&str, &str)]) -> Vec<&'static str> {
        let layer = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let problems = chosen_by_a_folder(&layer(environment), &layer(dotenv));
        problems.into_iter().map(|problem| problem.name).collect()
    }

    #[test]
    fn a_credential_goes_where_its_own_source_says() {
        let site = ("JIRA_SITE_URL", "https://acme.example.com");
        let base = ("jira_api_base_url", "https://api.example.com");
        let token = ("JIRA_API_TOKEN", "t");
        assert_eq!(names(&[token], &[site, base]), ["JIRA_API_BASE_URL", "JIRA_SITE_URL"]);
        assert_eq!(names(&[token, site], &[base, token]), ["JIRA_API_BASE_URL"]);
        assert_eq!(
            names(&[("DIRECT_LINE_SECRET", "s")], &[("DIRECT_LINE_ENDPOINT", "x")]),
            ["DIRECT_LINE_ENDPOINT"]
        );
        for (environment, dotenv) in [
            (vec![], vec![token, site, base]),
            (vec![token, site], vec![site]),
            (vec![site, base], vec![token]),
            (vec![("JIRA_API_TOKEN", " ")], vec![token, site]),
            (vec![token], vec![("JIRA_SITE_URL", ""), ("TOOLSETS", "core")]),
        ] {
            assert_eq!(names(&environment, &dotenv), [""; 0], "{environment:?} {dotenv:?}");
        }
    }
}
