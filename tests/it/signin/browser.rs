//! A browser without a screen: it keeps cookies by the rules, follows redirects, presses buttons.

use std::collections::BTreeMap;

use http::Method;
use url::Url;

use super::{Answer, World, world::encoded};

/// One person's browser.
pub(super) struct Browser<'w> {
    world: &'w World,
    /// By name; cookies know no port, and all of this is one host.
    pub(super) jar: BTreeMap<String, String>,
    /// Every `Set-Cookie` line that came.
    pub(super) set: Vec<String>,
    /// Somebody may have switched them off.
    pub(super) keeps_cookies: bool,
}

impl<'w> Browser<'w> {
    pub(super) fn new(world: &'w World) -> Self {
        Self { world, jar: BTreeMap::new(), set: Vec::new(), keeps_cookies: true }
    }

    pub(super) fn cookies(&self) -> String {
        let pairs = self.jar.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// Goes to an address; a redirect is not followed.
    pub(super) async fn get(&mut self, url: &str) -> Answer {
        self.go(Method::GET, url, String::new(), &[]).await
    }

    pub(super) async fn go(
        &mut self,
        method: Method,
        url: &str,
        body: String,
        headers: &[(&str, &str)],
    ) -> Answer {
        let cookies = self.cookies();
        let mut all = vec![("accept", "text/html,application/xhtml+xml")];
        if !cookies.is_empty() {
            all.push(("cookie", cookies.as_str()));
        }
        if method == Method::POST {
            all.push(("content-type", "application/x-www-form-urlencoded"));
        }
        all.extend(headers);
        let answer = self.world.send(method, url, &all, body).await;
        for line in answer.headers("set-cookie") {
            self.keep(line);
        }
        answer
    }

    fn keep(&mut self, line: &str) {
        self.set.push(line.to_owned());
        let mut parts = line.split(';').map(str::trim);
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let attributes: Vec<&str> = parts.collect();
        let has = |attribute: &str| attributes.contains(&attribute);
        let has_domain = attributes.iter().any(|attribute| attribute.starts_with("Domain"));
        // RFC 6265bis section 4.1.3.2.
        let is_host_only = has("Secure") && has("Path=/") && !has_domain;
        if !self.keeps_cookies || name.starts_with("__Host-") && !is_host_only {
            return;
        }
        if has("Max-Age=0") {
            self.jar.remove(name);
        } else {
            self.jar.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Goes to an address and on, as long as it leads to the bridge or the provider.
    pub(super) async fn open(&mut self, url: &str) -> Answer {
        let answer = self.get(url).await;
        self.follow(answer).await
    }

    async fn follow(&mut self, mut answer: Answer) -> Answer {
        for _ in 0..8 {
            let to = answer.location().to_owned();
            let is_ours = |base: &str| to.starts_with(&format!("{base}/"));
            if !is_ours(&self.world.url) && !is_ours(&self.world.provider) {
                return answer;
            }
            answer = self.get(&to).await;
        }
        panic!("redirects without an end: {answer:?}");
    }

    /// Presses a button of a page, and sees the answer itself.
    pub(super) async fn submit(
        &mut self,
        page: &Answer,
        button: (&str, &str),
        headers: &[(&str, &str)],
    ) -> Answer {
        let form = page.form();
        let url = Url::parse(&page.url).unwrap().join(&form.action).unwrap();
        let own = Url::parse(&page.url).unwrap().origin().ascii_serialization();
        let fields = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let fields: Vec<_> = fields.chain([button]).collect();
        let usual = [("origin", own.as_str()), ("sec-fetch-site", "same-origin")];
        let is_given = |name: &str| headers.iter().any(|(given, _)| *given == name);
        let usual = usual.iter().filter(|(name, _)| !is_given(name));
        let headers: Vec<_> = usual.chain(headers).copied().collect();
        self.go(Method::POST, url.as_str(), encoded(&fields), &headers).await
    }

    /// Presses a button, and goes on.
    pub(super) async fn press(&mut self, page: &Answer, name: &str, value: &str) -> Answer {
        let answer = self.submit(page, (name, value), &[]).await;
        self.follow(answer).await
    }

    /// Allows what is asked, and is this person at the provider: back to the client.
    pub(super) async fn sign_in(&mut self, url: &str, user: &str) -> Answer {
        let consent = self.open(url).await;
        assert!(consent.has_button("decision"), "{consent:?}");
        let people = self.press(&consent, "decision", "allow").await;
        assert!(people.has_button("user"), "{people:?}");
        self.press(&people, "user", user).await
    }

    /// Signs in on the bridge's own pages.
    pub(super) async fn sign_in_to_pages(&mut self, user: &str) -> Answer {
        let people = self.open("/auth/login").await;
        self.press(&people, "user", user).await
    }
}
