//! The bytes of a file: Jira redirects to another host, and that one hop is made here, by hand and
//! as a stranger.
//!
//! The address holds a short-lived token of its own, so nothing of the caller's goes along and it
//! is never logged. Where it may lead is decided by [`is_allowed`], whatever Jira's answer says.

use bytes::Bytes;
use http::{Method, header};
use upstream::is_loopback;
use url::Url;

use super::{
    error::{Applied, JiraError},
    request::Request,
    session::Session,
};

/// Failures of the media host are counted apart, for it may be down while Jira is up.
const BREAKER: &str = "media";

/// A file as it came.
#[derive(Debug)]
pub struct Download {
    /// Its bytes.
    pub bytes: Bytes,
    /// Which type it is said to be of, with the encoding if that is said.
    pub content_type: Option<String>,
}

impl Download {
    fn of(answer: upstream::Response) -> Self {
        let content_type =
            answer.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        Self { content_type: content_type.map(str::to_owned), bytes: answer.body }
    }
}

impl Session {
    /// Loads what `request` leads to, in one redirect at most and up to `bytes_max` bytes after
    /// inflation.
    pub async fn download(
        &self,
        request: Request,
        bytes_max: usize,
    ) -> Result<Download, JiraError> {
        let site = self.site().await?;
        let mut signed = self.signed(&site.id, &request).await?;
        signed.body_bytes_max = Some(bytes_max);
        let answer = self.exchange(&request, &signed, self.deadline).await?;
        if answer.status.is_success() {
            return Ok(Download::of(answer));
        }
        let Some(location) =
            answer.headers.get(header::LOCATION).filter(|_| answer.status.is_redirection())
        else {
            return Err(self.refusal(&request, &answer));
        };
        let target = location.to_str().ok().and_then(|location| signed.url.join(location).ok());
        let settings = &self.jira.settings;
        let target = target
            .filter(|target| is_allowed(target, &settings.api_base, &settings.media_hosts))
            .ok_or(JiraError::UntrustedDownloadHost)?;
        // No header is set: neither the caller's token nor anything else of this request is the
        // media host's business.
        let mut bare =
            upstream::Request::new(Method::GET, target, upstream::Safety::Read, BREAKER.into());
        bare.body_bytes_max = Some(bytes_max);
        bare.caller = signed.caller;
        bare.trace = self.trace.clone();
        let answer = self.exchange(&request, &bare, self.deadline).await?;
        match answer.status.as_u16() {
            200..=299 => Ok(Download::of(answer)),
            300..=399 => Err(JiraError::UntrustedDownloadHost),
            404 => Err(JiraError::NotFound { texts: Vec::new() }),
            429 => Err(JiraError::from_answer(&request, &answer)),
            // A refusal speaks of the address's own token, not of the caller's sign-in: asking
            // again gives a new one.
            status => Err(JiraError::Unavailable { status: Some(status), applied: Applied::No }),
        }
    }
}

/// https to a listed host or to the API host; plain http only from loopback to loopback, which is
/// the sandbox.
fn is_allowed(target: &Url, api_base: &Url, media_hosts: &[String]) -> bool {
    if !target.username().is_empty() || target.password().is_some() {
        return false;
    }
    match target.scheme() {
        "https" => {
            let listed =
                |host: &str| media_hosts.iter().any(|media| media.eq_ignore_ascii_case(host));
            target.origin() == api_base.origin()
                || (target.port().is_none() && target.host_str().is_some_and(listed))
        }
        "http" => api_base.scheme() == "http" && is_loopback(api_base) && is_loopback(target),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::client::settings::MEDIA_HOSTS;

    fn check(base: &str, location: &str, expected: bool) {
        let base: Url = base.parse().unwrap();
        let hosts: Vec<String> = MEDIA_HOSTS.iter().map(|host| (*host).to_owned()).collect();
        let from = base.join("/ex/jira/c-1/rest/api/3/attachment/content/1").unwrap();
        let allowed = from.join(location).is_ok_and(|target| is_allowed(&target, &base, &hosts));
        assert_eq!(allowed, expected, "{base} -> {location}");
    }

    #[test]
    fn a_download_goes_to_the_media_host_or_the_api_host_only() {
        let base = "https://api.atlassian.com";
        check(base, "https://api.media.atlassian.com/file/1/binary?token=t", true);
        check(base, "https://API.MEDIA.ATLASSIAN.COM:443/file/1", true);
        check(base, "https://api.atlassian.com/file/1", true);
        check(base, "/file/1", true);
        check(base, "//api.media.atlassian.com/file/1", true);
        for foreign in [
            "http://api.media.atlassian.com/file/1",
            "http://api.atlassian.com/file/1",
            "https://api.media.atlassian.com:8443/file/1",
            "https://api.atlassian.com:8443/file/1",
            "https://api.media.atlassian.com.evil.example/file/1",
            "https://evil.example/api.media.atlassian.com",
            "https://api.media.atlassian.com@evil.example/",
            "https://user:word@api.media.atlassian.com/file/1",
            "https://api.media.atlassian.com./file/1",
            "https://media.atlassian.com/",
            "//evil.example/x",
            "\\\\evil.example\\x",
            "http://127.0.0.1/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "http://169.254.169.254/latest/meta-data/",
            "file:///etc/hosts",
            "data:text/plain,x",
            "javascript:alert(1)",
            "https://",
        ] {
            check(base, foreign, false);
        }
    }

    #[test]
    fn only_the_sandbox_may_stay_on_loopback() {
        let sandbox = "http://127.0.0.1:4600";
        check(sandbox, "http://127.0.0.1:4600/_media/1", true);
        check(sandbox, "http://localhost:4601/_media/1", true);
        check(sandbox, "/_media/1", true);
        check(sandbox, "http://10.0.0.1/_media/1", false);
        check(sandbox, "http://127.0.0.1.evil.example/_media/1", false);
        check(sandbox, "http://user@127.0.0.1:4600/_media/1", false);
        check("https://127.0.0.1:4600", "http://127.0.0.1:4600/_media/1", false);
    }
}
