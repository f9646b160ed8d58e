//! A browser without scripts: cookies, redirects, forms by their buttons.

use std::{cell::RefCell, collections::BTreeMap};

use http::header;
use reqwest::{Client, Method, redirect::Policy};
use url::Url;

/// Where programs wait for their code; nobody listens, the browser stops there.
pub(super) const PROGRAM: &str = "http://127.0.0.1:9/cb";

/// One person's browser. All servers are on one host, so it has one jar.
pub(super) struct Browser {
    client: Client,
    jar: RefCell<BTreeMap<String, String>>,
}

/// What it shows, or where it was sent and did not go.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) url: Url,
    pub(super) location: Option<Url>,
    pub(super) text: String,
}

impl Browser {
    pub(super) fn new() -> Self {
        let client = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { client, jar: RefCell::default() }
    }

    async fn send(&self, method: Method, url: &Url, form: Option<String>) -> Page {
        let cookies = self.jar.borrow().iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>();
        let mut request = self.client.request(method, url.clone());
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        if let Some(form) = form {
            let kind = "application/x-www-form-urlencoded";
            let origin = url.origin().ascii_serialization();
            request = request
                .header(header::CONTENT_TYPE, kind)
                .header(header::ORIGIN, origin)
                .body(form);
        }
        let response = request.send().await.expect("an answer");
        for line in response.headers().get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.jar.borrow_mut().remove(name);
            } else {
                self.jar.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        let status = response.status().as_u16();
        let location = response.headers().get(header::LOCATION);
        let location = location.map(|to| url.join(to.to_str().unwrap()).unwrap());
        Page { status, url: url.clone(), location, text: response.text().await.unwrap() }
    }

    /// Goes where redirects lead, but not to the program.
    async fn follow(&self, mut page: Page) -> Page {
        for _ in 0..10 {
            match page.location.clone() {
                Some(to) if !to.as_str().starts_with(PROGRAM) => {
                    page = self.send(Method::GET, &to, None).await;
                }
                _ => return page,
            }
        }
        panic!("redirects without end: {}", page.url);
    }

    pub(super) async fn open(&self, url: &str) -> Page {
        let page = self.send(Method::GET, &url.parse().unwrap(), None).await;
        self.follow(page).await
    }

    /// Presses a button of the page's one form, and goes nowhere.
    pub(super) async fn press_only(&self, page: &Page, name: &str, value: &str) -> Page {
        let action = page.text.split_once("action=\"").unwrap_or_else(|| panic!("{page:?}")).1;
        let action = page.url.join(action.split('"').next().unwrap()).unwrap();
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for field in page.text.split("<input type=\"hidden\" name=\"").skip(1) {
            let (name, rest) = field.split_once('"').unwrap();
            let value = rest.split_once("value=\"").unwrap().1.split('"').next().unwrap();
            form.append_pair(name, &value.replace("&quot;", "\"").replace("&amp;", "&"));
        }
        if !name.is_empty() {
            form.append_pair(name, value);
        }
        self.send(Method::POST, &action, Some(form.finish())).await
    }

    pub(super) async fn press(&self, page: &Page, name: &str, value: &str) -> Page {
        let page = self.press_only(page, name, value).await;
        self.follow(page).await
    }

    /// Agrees to everything, as one of the sandbox's people, until there is nothing to press.
    pub(super) async fn walk(&self, url: &str, user: &str) -> Page {
        let mut page = self.open(url).await;
        for _ in 0..6 {
            page = if page.has("decision") {
                self.press(&page, "decision", "allow").await
            } else if page.has("user") {
                self.press(&page, "user", user).await
            } else {
                return page;
            };
        }
        panic!("pages without end: {}", page.url);
    }
}

impl Page {
    /// Whether there is a button of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.text.contains(&format!("<button type=\"submit\" name=\"{name}\""))
            || self.text.contains(&format!("type=\"submit\" name=\"{name}\""))
    }

    /// A parameter of where it was sent.
    pub(super) fn sent(&self, name: &str) -> Option<String> {
        let to = self.location.as_ref()?;
        to.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }
}
