//! Moves white space and punctuation out of marks where Markdown's delimiters would otherwise not
//! take effect.
//!
//! `**bold **` is not bold, and neither is `**Note:**text`: a delimiter must touch its text, and
//! beside a letter it must touch a letter. Source: `CommonMark` section 6.2 (left- and
//! right-flanking delimiter runs).

use std::borrow::Cow;

use super::run::{ALL, EM, Fragment, Marks, Run, STRONG, is_wordish};

/// The runs of one inline container, ready to be written in order.
pub(super) fn normalize_runs(runs: Vec<Run<'_>>) -> Vec<Run<'_>> {
    if let [only] = runs.as_slice()
        && is_normalized(only)
    {
        return runs;
    }
    let mut runs = trim_lines(runs);
    if runs.iter().all(|run| run.marks == 0 && run.href.is_none()) {
        // Most containers: nothing is marked, so nothing can be misplaced.
        return merge(runs);
    }
    // Mending one boundary can expose another; a few rounds reach rest, and a mark that is still
    // misplaced then costs its looks, never text.
    for _ in 0..8 {
        runs = split_spaces(runs);
        unmark_spaces(&mut runs);
        let (next, changed) = mend_boundaries(merge(runs));
        if !changed {
            return next;
        }
        runs = merge(next);
    }
    runs
}

/// Most paragraphs are one text, and most of those need nothing.
fn is_normalized(only: &Run<'_>) -> bool {
    let Fragment::Text(text) = &only.fragment else { return false };
    only.marks == 0
        && only.href.is_none()
        && !text.is_empty()
        && !text.starts_with(BLANKS)
        && !text.ends_with(BLANKS)
}

/// Cuts marked text into its outer white space and its core.
fn split_spaces(runs: Vec<Run<'_>>) -> Vec<Run<'_>> {
    let is_marked = |run: &Run<'_>| run.marks != 0 || run.href.is_some();
    let has_spaces = |run: &Run<'_>| matches!(&run.fragment, Fragment::Text(text) if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace));
    if !runs.iter().any(|run| is_marked(run) && has_spaces(run)) {
        return runs;
    }
    let mut out = Vec::with_capacity(runs.len());
    for run in runs {
        let Fragment::Text(text) = &run.fragment else {
            out.push(run);
            continue;
        };
        if !is_marked(&run) {
            out.push(run);
            continue;
        }
        let start = text.len() - text.trim_start().len();
        let end = text.trim_end().len().max(start);
        let (head, tail) = text.split_at(end);
        let (head, core) = head.split_at(start);
        if head.is_empty() && tail.is_empty() {
            out.push(run);
            continue;
        }
        out.extend(
            [head, core, tail]
                .into_iter()
                .filter(|part| !part.is_empty())
                .map(|part| run.text_like(part)),
        );
    }
    out
}

/// Drops empty runs, blanks at the ends of lines, and breaks at the ends of the container.
fn trim_lines(runs: Vec<Run<'_>>) -> Vec<Run<'_>> {
    let mut out: Vec<Run<'_>> = Vec::with_capacity(runs.len());
    for mut run in runs {
        let line_start = out.last().is_none_or(|last| last.fragment == Fragment::Break);
        match &mut run.fragment {
            Fragment::Text(text) if line_start && text.starts_with(BLANKS) => {
                *text = Cow::Owned(text.trim_start_matches(BLANKS).to_owned());
            }
            Fragment::Break => trim_end(&mut out, false),
            _ => {}
        }
        let empty = match &run.fragment {
            Fragment::Text(text) | Fragment::Code(text) => text.is_empty(),
            Fragment::Raw(markdown) => markdown.is_empty(),
            Fragment::Break => out.is_empty(),
        };
        if !empty {
            out.push(run);
        }
    }
    trim_end(&mut out, true);
    out
}

const BLANKS: [char; 2] = [' ', '\t'];

fn trim_end(runs: &mut Vec<Run<'_>>, breaks: bool) {
    while let Some(last) = runs.last_mut() {
        match &mut last.fragment {
            Fragment::Text(text) => {
                let kept = text.trim_end_matches(BLANKS).len();
                if kept > 0 {
                    if kept < text.len() {
                        text.to_mut().truncate(kept);
                    }
                    return;
                }
            }
            Fragment::Break if breaks => {}
            _ => return,
        }
        runs.pop();
    }
}

/// White space keeps only the marks that hold on both of its sides and all along it.
fn unmark_spaces(runs: &mut [Run<'_>]) {
    for run in runs.iter_mut().filter(|run| run.fragment == Fragment::Break) {
        run.marks = ALL;
    }
    let keep = |run: &mut Run<'_>, side: Option<(Marks, Option<&str>)>, is_break: bool| {
        let (marks, href) = side.unwrap_or_default();
        let same_link = run.href == href;
        run.marks = if same_link || is_break { run.marks & marks } else { 0 };
        if !same_link {
            run.href = None;
        }
    };
    let mut side = None;
    for run in runs.iter_mut() {
        let is_break = run.fragment == Fragment::Break;
        if is_break {
            run.href = side.and_then(|(_, href)| href);
        }
        if run.is_space() {
            keep(run, side, is_break);
        }
        side = Some((run.marks, run.href));
    }
    let mut side = None;
    for run in runs.iter_mut().rev() {
        if run.is_space() {
            keep(run, side, false);
        }
        side = Some((run.marks, run.href));
    }
}

/// Joins neighbours that differ in nothing but their text, and drops empty ones.
fn merge(runs: Vec<Run<'_>>) -> Vec<Run<'_>> {
    let is_empty = |run: &Run<'_>| matches!(&run.fragment, Fragment::Text(text) if text.is_empty());
    let are_alike = runs
        .iter()
        .zip(runs.iter().skip(1))
        .any(|(one, next)| one.marks == next.marks && one.href == next.href);
    if !are_alike && !runs.iter().any(is_empty) {
        return runs;
    }
    let mut out: Vec<Run<'_>> = Vec::with_capacity(runs.len());
    for run in runs {
        if let Some(last) = out.last_mut()
            && last.href == run.href
            && last.marks == run.marks
        {
            match (&mut last.fragment, &run.fragment) {
                (Fragment::Text(text), Fragment::Text(more))
                | (Fragment::Code(text), Fragment::Code(more)) => {
                    text.to_mut().push_str(more);
                    continue;
                }
                _ => {}
            }
        }
        if !is_empty(&run) {
            out.push(run);
        }
    }
    out
}

/// Mends each place where marks change beside a letter. Only boundaries inside one link (or outside
/// all links) matter: a bracket is on the safe side of every delimiter.
fn mend_boundaries(runs: Vec<Run<'_>>) -> (Vec<Run<'_>>, bool) {
    let mut changed = false;
    let mut out: Vec<Run<'_>> = Vec::with_capacity(runs.len());
    // How many runs ago each of the two marks began, to know which of them is the outer one.
    let (mut strong_age, mut em_age) = (0_usize, 0_usize);
    for mut right in runs {
        let mut between = None;
        if let Some(left) = out.last_mut().filter(|left| left.href == right.href) {
            changed |= part_asterisks(left, &mut right, strong_age, em_age);
            changed |= keep_one_delimiter(left, &mut right);
            between = move_punctuation(left, &mut right);
            changed |= between.is_some();
        } else {
            (strong_age, em_age) = (0, 0);
        }
        strong_age = if right.marks & STRONG == 0 { 0 } else { strong_age + 1 };
        em_age = if right.marks & EM == 0 { 0 } else { em_age + 1 };
        out.extend(between);
        out.push(right);
    }
    (out, changed)
}

/// Gives up `em` where its delimiter and that of `strong` would be read as one run of asterisks:
/// one closes as the other opens, or the inner one outlasts the outer one.
fn part_asterisks(
    left: &mut Run<'_>,
    right: &mut Run<'_>,
    strong_age: usize,
    em_age: usize,
) -> bool {
    let touches = !left.last().is_whitespace() && !right.first().is_whitespace();
    let closed = left.marks & !right.marks;
    let opened = right.marks & !left.marks;
    let kept = left.marks & right.marks;
    let em_closes =
        closed & EM != 0 && (opened & STRONG != 0 || kept & STRONG != 0 && em_age > strong_age);
    let em_opens = opened & EM != 0 && closed & STRONG != 0;
    let em_goes_on = kept & EM != 0 && closed & STRONG != 0 && strong_age > em_age;
    if !touches || !(em_closes || em_opens || em_goes_on) {
        return false;
    }
    if em_closes {
        left.marks &= !EM;
    } else {
        right.marks &= !EM;
    }
    true
}

/// Of several delimiters in a row only the inner one would touch the text.
fn keep_one_delimiter(left: &mut Run<'_>, right: &mut Run<'_>) -> bool {
    let (closed, opened) = (left.marks & !right.marks, right.marks & !left.marks);
    if opened == 0 && closed.count_ones() > 1 && is_wordish(right.first()) {
        left.marks &= right.marks | lowest(closed);
    } else if closed == 0 && opened.count_ones() > 1 && is_wordish(left.last()) {
        right.marks &= left.marks | lowest(opened);
    } else {
        return false;
    }
    true
}

/// Takes punctuation out of a mark that ends, or starts, beside a letter.
fn move_punctuation<'a>(left: &mut Run<'a>, right: &mut Run<'a>) -> Option<Run<'a>> {
    let (closed, opened) = (left.marks & !right.marks, right.marks & !left.marks);
    if closed != 0 && opened == 0 && is_wordish(right.first()) {
        cut(left, right, |text| text.trim_end_matches(|c: char| !c.is_alphanumeric()).len(), true)
    } else if opened != 0 && closed == 0 && is_wordish(left.last()) {
        let skip =
            |text: &str| text.len() - text.trim_start_matches(|c: char| !c.is_alphanumeric()).len();
        cut(right, left, skip, false)
    } else {
        None
    }
}

/// Cuts `run` in two where `at` says and answers the outer part under the marks of its neighbour.
fn cut<'a>(
    run: &mut Run<'a>,
    beside: &Run<'a>,
    at: impl Fn(&str) -> usize,
    tail: bool,
) -> Option<Run<'a>> {
    let Fragment::Text(text) = &mut run.fragment else { return None };
    let (head, rest) = text.split_at(at(text));
    let (inner, outer) = if tail { (head, rest) } else { (rest, head) };
    if outer.is_empty() {
        return None;
    }
    let part = beside.text_like(outer);
    *text = Cow::Owned(inner.to_owned());
    Some(part)
}

fn lowest(marks: Marks) -> Marks {
    marks & marks.wrapping_neg()
}
