//! The Markdown spelling of inline nodes that are not text.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::escape::{Context, Risk, escape_into};
use crate::node::Node;
use crate::write::is_account_id;

/// `[@Name](accountid:ID)`, or `None` when there is no id to answer to.
pub(super) fn mention(node: &Node, in_cell: bool) -> Option<String> {
    let id = node.attr("id").filter(|id| is_account_id(id))?;
    let name = mention_name(node).unwrap_or(id);
    let mut out = String::from("[@");
    label(&mut out, name, in_cell);
    out.push_str("](accountid:");
    out.push_str(id);
    out.push(')');
    Some(out)
}

/// The name shown for a mention, without its `@`.
pub(super) fn mention_name(node: &Node) -> Option<&str> {
    node.attr("text")
        .map(|text| text.trim_start_matches('@').trim())
        .filter(|name| !name.is_empty())
}

/// `[TEXT](status:color)`, or `None` for a status without text.
pub(super) fn status(node: &Node, in_cell: bool) -> Option<String> {
    let text = node.attr("text").map(str::trim).filter(|text| !text.is_empty())?;
    let mut out = String::from("[");
    label(&mut out, text, in_cell);
    out.push_str("](status:");
    destination(&mut out, node.attr("color").unwrap_or("neutral"), in_cell);
    out.push(')');
    Some(out)
}

/// `2026-12-24`: the UTC day of a `date` node, whose timestamp is milliseconds as text (or a
/// number, from some writers).
pub(crate) fn date(node: &Node) -> Option<String> {
    let ms = match node.attrs.get("timestamp")? {
        Value::String(text) => text.trim().parse().ok()?,
        Value::Number(number) => number.as_i64()?,
        _ => return None,
    };
    let day = Timestamp::from_millisecond(ms).ok()?.to_zoned(TimeZone::UTC).date();
    Some(day.to_string())
}

/// `<url>` for a card, `[name](url)` when the address cannot stand in angle brackets.
pub(super) fn card(node: &Node, in_cell: bool) -> Option<String> {
    let data =
        |name: &str| node.attrs.get("data").and_then(|data| data.get(name)).and_then(Value::as_str);
    let url = node.attr("url").or_else(|| data("url")).or_else(|| data("@id"))?;
    let bare = url.starts_with("http://") || url.starts_with("https://");
    let mut out = String::new();
    if bare
        && !url.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>'))
    {
        out.push('<');
        out.push_str(&if in_cell { url.replace('|', "%7C") } else { url.to_owned() });
        out.push('>');
    } else {
        out.push('[');
        label(&mut out, data("name").unwrap_or(url), in_cell);
        out.push_str("](");
        destination(&mut out, url, in_cell);
        out.push(')');
    }
    Some(out)
}

/// `![file name](media:ID)`, whose id is one of the media service, which no issue endpoint takes;
/// `![alt](address)` for an image on the web.
pub(super) fn media(node: &Node, in_cell: bool) -> String {
    let unnamed = if node.attr("url").is_some() { "" } else { "media" };
    let name = ["alt", "__fileName", "fileName"]
        .into_iter()
        .find_map(|name| node.attr(name))
        .unwrap_or(unnamed);
    let mut out = String::from("![");
    label(&mut out, name, in_cell);
    out.push_str("](");
    match (node.attr("url"), node.attr("id")) {
        (Some(url), _) => destination(&mut out, url, in_cell),
        (None, id) => {
            out.push_str("media:");
            destination(&mut out, id.unwrap_or("unknown"), in_cell);
        }
    }
    out.push(')');
    out
}

/// `<sup>…</sup>` or `<sub>…</sub>`: without them 10 to the power of 6 would be read as 106.
pub(super) fn subsup(tag: &str, text: &str, in_link: bool, in_cell: bool) -> String {
    let mut out = format!("<{tag}>");
    let context =
        Context { prev: Some('>'), next: Some('<'), in_link, in_cell, ..Context::default() };
    escape_into(&mut out, text, Risk::ALL, context);
    out.push_str("</");
    out.push_str(tag);
    out.push('>');
    out
}

/// The address of the link that a node is, if it is one.
pub(super) fn link(node: &Node) -> Option<&str> {
    let link = node.marks.iter().find(|mark| mark.kind == "link")?;
    link.attrs.get("href")?.as_str().map(str::trim).filter(|address| !address.is_empty())
}

/// A code span whose fence is longer than any backticks inside.
pub(super) fn code_span(out: &mut String, text: &str, in_cell: bool) {
    let fence = "`".repeat(longest_run(text, '`') + 1);
    let blank = text.chars().all(|c| c == ' ');
    let spaced = text.starts_with(' ') && text.ends_with(' ') && !blank;
    let pad = spaced || text.starts_with('`') || text.ends_with('`');
    out.push_str(&fence);
    if pad {
        out.push(' ');
    }
    for c in text.chars().filter(|c| !c.is_control() || *c == '\t') {
        if c == '|' && in_cell {
            out.push('\\');
        }
        out.push(c);
    }
    if pad {
        out.push(' ');
    }
    out.push_str(&fence);
}

/// The longest row of `wanted` in `text`.
pub(super) fn longest_run(text: &str, wanted: char) -> usize {
    let (mut longest, mut current) = (0, 0);
    for c in text.chars() {
        current = if c == wanted { current + 1 } else { 0 };
        longest = longest.max(current);
    }
    longest
}

/// Writes the address of a link; what would end it early is percent-encoded.
pub(super) fn destination(out: &mut String, url: &str, in_cell: bool) {
    let parens = has_odd_parens(url);
    for (index, c) in url.char_indices() {
        let encode = match c {
            '<' | '>' | '`' | '\\' | '"' => true,
            '(' | ')' => parens,
            '|' => in_cell,
            _ => c.is_ascii_whitespace() || c.is_ascii_control(),
        };
        if encode && c.is_ascii() {
            let byte = u32::from(c);
            out.push('%');
            out.extend(
                [byte >> 4, byte & 15]
                    .iter()
                    .filter_map(|&digit| char::from_digit(digit, 16))
                    .map(|c| c.to_ascii_uppercase()),
            );
        } else {
            let after = url.get(index + 1..).unwrap_or_default();
            if c == '&'
                && after.bytes().take(40).take_while(|byte| *byte != b'&').any(|byte| byte == b';')
            {
                out.push('\\');
            }
            out.push(c);
        }
    }
}

/// Text between the brackets of a link.
fn label(out: &mut String, text: &str, in_cell: bool) {
    let context =
        Context { prev: Some('['), next: Some(']'), in_link: true, in_cell, ..Context::default() };
    let one_line: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    escape_into(out, one_line.trim(), Risk::ALL, context);
}

/// Parentheses that do not pair, or pair too deeply for every parser.
fn has_odd_parens(url: &str) -> bool {
    let mut depth = 0_usize;
    for c in url.chars() {
        match c {
            '(' if depth > 3 => return true,
            '(' => depth += 1,
            ')' if depth == 0 => return true,
            ')' => depth -= 1,
            _ => {}
        }
    }
    depth != 0
}
