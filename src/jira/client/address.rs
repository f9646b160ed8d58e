//! The URL of a request: its parts are escaped one by one, so no argument can change which endpoint
//! is called.

use url::Url;

use super::request::{Base, Request};

/// No HTTP client sends a longer address (`http::Uri` holds 65,534 bytes), and escaping one makes
/// three bytes of each.
const ADDRESS_BYTES_MAX: usize = 65_534;

/// The address of a request at the API host, which serves every site below its id, or at a site
/// itself. `None` when it is too long to be sent.
pub(super) fn below(base: &Url, cloud_id: Option<&str>, request: &Request) -> Option<Url> {
    let values = request.query_pairs().iter().map(|(_, value)| value.as_str());
    let bytes: usize = request.path().chain(values).map(str::len).sum();
    if bytes > ADDRESS_BYTES_MAX {
        return None;
    }
    let mut url = base.clone();
    {
        let mut path = url.path_segments_mut().ok()?;
        path.pop_if_empty();
        if request.base() != Base::Host
            && let Some(cloud_id) = cloud_id
        {
            path.extend(["ex", "jira", cloud_id]);
        }
        match request.base() {
            Base::Host => {}
            Base::Platform => {
                path.extend(["rest", "api", "3"]);
            }
            Base::Agile => {
                path.extend(["rest", "agile", "1.0"]);
            }
            Base::ServiceDesk => {
                path.extend(["rest", "servicedeskapi"]);
            }
        }
        path.extend(request.path());
    }
    if !request.query_pairs().is_empty() {
        url.query_pairs_mut().extend_pairs(request.query_pairs());
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::client::{Jira, Route, Settings, request};
    use upstream::{self, Upstream};

    fn url(base: &str, request: &Request) -> String {
        reached(Route::ApiGateway, base, request)
    }

    fn reached(route: Route, base: &str, request: &Request) -> String {
        let settings = Settings {
            api_base: base.parse().unwrap(),
            route,
            site: None,
            site_address: None,
            api_host: None,
            media_hosts: Vec::new(),
        };
        let upstream = Upstream::new(&upstream::Settings::new("test")).unwrap();
        Jira::new(settings, upstream).url("c-1", request).unwrap().to_string()
    }

    #[test]
    fn a_site_itself_has_no_cloud_id_in_its_paths() {
        let base = "https://example.atlassian.net";
        assert_eq!(
            reached(Route::Direct, base, &request::myself()),
            "https://example.atlassian.net/rest/api/3/myself"
        );
        assert_eq!(
            reached(Route::Direct, base, &request::agile::sprint(7)),
            "https://example.atlassian.net/rest/agile/1.0/sprint/7"
        );
    }

    #[test]
    fn what_is_too_long_is_no_address() {
        let open = crate::jira::client::Projects::default();
        let base = "https://api.atlassian.com".parse().unwrap();
        let found = |name: &str| below(&base, None, &request::users(name, 5)).is_some();
        assert!(found(&"x".repeat(60_000)) && !found(&"x".repeat(70_000)));
        let long = open.project(&"P".repeat(70_000)).unwrap();
        assert!(below(&base, None, &request::create_fields(&long, "1", 0)).is_none());
    }

    #[test]
    fn paths_and_queries_are_escaped() {
        let open = crate::jira::client::Projects::default();
        let base = "https://api.atlassian.com";
        assert_eq!(
            url(base, &request::comments(&open.told("P-1").unwrap(), 0, 5, true)),
            "https://api.atlassian.com/ex/jira/c-1/rest/api/3/issue/P-1/comment?startAt=0&maxResults=5&orderBy=-created"
        );
        assert_eq!(
            url(base, &request::users("a&b=c/../d", 5)),
            "https://api.atlassian.com/ex/jira/c-1/rest/api/3/user/search?query=a%26b%3Dc%2F..%2Fd&maxResults=5"
        );
        assert_eq!(
            url(
                base,
                &request::create_fields(&open.project("a/../../b?c#d").unwrap(), "%2e%2e", 0)
            ),
            "https://api.atlassian.com/ex/jira/c-1/rest/api/3/issue/createmeta/a%2F..%2F..%2Fb%3Fc%23d/issuetypes/%252e%252e?startAt=0&maxResults=200"
        );
        assert_eq!(
            url("http://127.0.0.1:9/", &request::accessible_resources()),
            "http://127.0.0.1:9/oauth/token/accessible-resources"
        );
    }
}
