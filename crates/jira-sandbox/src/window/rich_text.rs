//! Rich text as people see it: ADF as HTML. Texts are escaped, and only addresses of the web and of
//! mail become links.

use jiff::tz::TimeZone;
use maud::{Markup, html};
use serde_json::Value as Json;

use crate::clock;

/// Deeper documents are refused when they are stored.
const DEPTH_MAX: usize = 64;

/// A document, or any node of one.
pub(super) fn rich_text(node: &Json) -> Markup {
    block(node, 0)
}

fn children(node: &Json, depth: usize) -> Markup {
    let all = node.get("content").and_then(Json::as_array);
    html! {
        @if depth < DEPTH_MAX {
            @for child in all.into_iter().flatten() { (block(child, depth + 1)) }
        }
    }
}

fn attr<'a>(node: &'a Json, name: &str) -> Option<&'a str> {
    node.get("attrs")?.get(name)?.as_str()
}

fn block(node: &Json, depth: usize) -> Markup {
    let kind = node.get("type").and_then(Json::as_str).unwrap_or_default();
    let inside = || children(node, depth);
    html! {
        @match kind {
            "paragraph" => p { (inside()) },
            "heading" => (heading(node, &inside())),
            "bulletList" => ul { (inside()) },
            "orderedList" => ol start=[node.pointer("/attrs/order").and_then(Json::as_u64)] { (inside()) },
            "listItem" => li { (inside()) },
            "taskList" => ul.tasks { (inside()) },
            "decisionList" => ul { (inside()) },
            "taskItem" => li {
                @if attr(node, "state") == Some("DONE") { "☑ " span.unseen { "done: " } }
                @else { "☐ " span.unseen { "to do: " } }
                (inside())
            },
            "decisionItem" => li { "◆ " span.unseen { "decision: " } (inside()) },
            "codeBlock" => pre tabindex="0" { code { (inside()) } },
            "blockquote" => blockquote { (inside()) },
            "rule" => hr;,
            "panel" => div.panel.(panel(node)) { (inside()) },
            "table" => div.wide tabindex="0" role="group" aria-label="Table" { table { tbody { (inside()) } } },
            "tableRow" => tr { (inside()) },
            "tableHeader" => th colspan=[span(node, "colspan")] rowspan=[span(node, "rowspan")] { (inside()) },
            "tableCell" => td colspan=[span(node, "colspan")] rowspan=[span(node, "rowspan")] { (inside()) },
            "expand" | "nestedExpand" => details {
                summary { (attr(node, "title").filter(|title| !title.is_empty()).unwrap_or("More")) }
                (inside())
            },
            "layoutSection" => div.columns { (inside()) },
            "blockCard" | "embedCard" => p { (card(node)) },
            "media" => p.soft { "[" (attr(node, "alt").filter(|alt| !alt.is_empty()).unwrap_or("a file")) "]" },
            _ => (inline(kind, node, depth)),
        }
    }
}

fn inline(kind: &str, node: &Json, depth: usize) -> Markup {
    html! {
        @match kind {
            "text" => (text(node)),
            "hardBreak" => br;,
            "mention" => span.tag.busy { (attr(node, "text").unwrap_or("somebody")) },
            "emoji" => (attr(node, "text").or(attr(node, "shortName")).unwrap_or_default()),
            "status" => span.tag { (attr(node, "text").unwrap_or_default()) },
            "date" => (date(node)),
            "inlineCard" => (card(node)),
            "mediaInline" => "[a file]",
            "placeholder" => span.soft { (attr(node, "text").unwrap_or_default()) },
            "extension" | "inlineExtension" | "bodiedExtension" => {
                span.soft { "[" (attr(node, "extensionKey").unwrap_or("an app")) "]" }
                (children(node, depth))
            },
            // What is unknown shows what stands in it.
            _ => (children(node, depth)),
        }
    }
}

/// Below the page's own headings.
fn heading(node: &Json, inside: &Markup) -> Markup {
    html! {
        @match node.pointer("/attrs/level").and_then(Json::as_u64) {
            Some(1) => h3 { (inside) },
            Some(2) => h4 { (inside) },
            Some(3) => h5 { (inside) },
            _ => h6 { (inside) },
        }
    }
}

fn panel(node: &Json) -> &'static str {
    match attr(node, "panelType") {
        Some("warning") => "warning",
        Some("error") => "error",
        Some("success" | "tip") => "success",
        Some("note") => "note",
        _ => "info",
    }
}

/// Of one cell; what no table can have is left out.
fn span(node: &Json, name: &str) -> Option<u64> {
    let cells = node.get("attrs")?.get(name)?.as_u64()?;
    (2..=100).contains(&cells).then_some(cells)
}

fn date(node: &Json) -> String {
    let ms = attr(node, "timestamp").and_then(|text| text.parse().ok());
    ms.map(|ms| clock::rendered_time(ms, &TimeZone::UTC))
        .and_then(|time| time.split(' ').next().map(str::to_owned))
        .unwrap_or_default()
}

fn card(node: &Json) -> Markup {
    let url = attr(node, "url").unwrap_or_default();
    html! {
        @match web_address(url) {
            Some(href) => a href=(href) rel="noreferrer noopener" { (url) },
            None => (url),
        }
    }
}

/// The marks around a text, each inside the one before it.
fn text(node: &Json) -> Markup {
    let said = node.get("text").and_then(Json::as_str).unwrap_or_default();
    let marks = node.get("marks").and_then(Json::as_array);
    let plain = html! { (said) };
    marks.into_iter().flatten().fold(plain, |inner, mark| {
        let href = mark.pointer("/attrs/href").and_then(Json::as_str).and_then(web_address);
        html! {
            @match mark.get("type").and_then(Json::as_str) {
                Some("strong") => strong { (inner) },
                Some("em") => em { (inner) },
                Some("code") => code { (inner) },
                Some("strike") => s { (inner) },
                Some("underline") => u { (inner) },
                Some("subsup") => @if mark.pointer("/attrs/type").and_then(Json::as_str) == Some("sub") {
                    sub { (inner) }
                } @else {
                    sup { (inner) }
                },
                Some("link") => @if let Some(href) = href {
                    a href=(href) rel="noreferrer noopener" { (inner) }
                } @else {
                    (inner)
                },
                _ => (inner),
            }
        }
    })
}

/// Never a script: an address of one of these schemes, as a browser reads it.
fn web_address(href: &str) -> Option<String> {
    let url = url::Url::parse(href.trim()).ok()?;
    matches!(url.scheme(), "http" | "https" | "mailto").then(|| url.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(node: &Json, expected: &str) {
        assert_eq!(rich_text(node).into_string(), expected, "{node}");
    }

    #[test]
    fn texts_are_escaped_and_marks_nest() {
        check(
            &json!({"type": "text", "text": "<script>alert(1)</script>"}),
            "&lt;script&gt;alert(1)&lt;/script&gt;",
        );
        let marks = json!([{"type": "strong"}, {"type": "em"}, {"type": "textColor"}]);
        check(&json!({"type": "text", "text": "a", "marks": marks}), "<em><strong>a</strong></em>");
        check(
            &json!({"type": "mention", "attrs": {"id": "1", "text": "@\"<b>"}}),
            "<span class=\"tag busy\">@&quot;&lt;b&gt;</span>",
        );
        let code = json!({"type": "codeBlock", "content": [{"type": "text", "text": "</pre>"}]});
        check(&code, "<pre tabindex=\"0\"><code>&lt;/pre&gt;</code></pre>");
    }

    #[test]
    fn no_link_leads_to_a_script() {
        let link = |href: &str| json!({"type": "text", "text": "x", "marks": [{"type": "link", "attrs": {"href": href}}]});
        for bad in [
            "javascript:alert(1)",
            " JavaScript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "/x",
            "java\nscript:x",
        ] {
            check(&link(bad), "x");
            let card = json!({"type": "inlineCard", "attrs": {"url": bad}});
            assert!(!rich_text(&card).into_string().contains("href"), "{bad}");
        }
        check(
            &link("https://example.com/?a=\"b"),
            "<a href=\"https://example.com/?a=%22b\" rel=\"noreferrer noopener\">x</a>",
        );
    }

    #[test]
    fn what_is_unknown_shows_what_is_in_it() {
        let unknown =
            json!({"type": "someday", "content": [{"type": "text", "text": "still here"}]});
        check(&unknown, "still here");
        let deep = (0..200).fold(
            json!({"type": "text", "text": "deep"}),
            |inner, _| json!({"type": "blockquote", "content": [inner]}),
        );
        assert!(!rich_text(&deep).into_string().contains("deep"));
    }
}
