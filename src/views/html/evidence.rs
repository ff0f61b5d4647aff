//! What an event rests on, in HTML: captures by their digests, times of which nothing is known, and what is not proved.

use std::net::SocketAddr;

use maud::{Markup, html};

use super::text::{name, time};
use crate::clock::Timestamp;
use crate::fetch::{Answer, Digest};
use crate::store::Observation;
use crate::views::counted;

/// A capture, without its entity.
pub struct Evidence {
    asked_at: Timestamp,
    at: Timestamp,
    url: String,
    redirects: Vec<(u16, String)>,
    remote: Option<SocketAddr>,
    status: u16,
    bytes: usize,
    pub(super) digest: Digest,
    rendered: Option<(String, usize, Digest)>,
}

impl From<&Answer> for Evidence {
    fn from(answer: &Answer) -> Self {
        let hop = |hop: &crate::fetch::Redirect| (hop.status, hop.url.to_string());
        Self {
            asked_at: answer.asked_at,
            at: answer.at,
            url: answer.url.to_string(),
            redirects: answer.redirects.iter().map(hop).collect(),
            remote: answer.remote,
            status: answer.status,
            bytes: answer.entity.len(),
            digest: Digest::of(&answer.entity),
            rendered: answer
                .rendered
                .as_ref()
                .map(|rendered| (rendered.browser.clone(), rendered.dom.len(), answer.digest())),
        }
    }
}

/// The checks of a time that did not see the page.
pub(super) fn unseen(checks: &[Observation]) -> Markup {
    let blind: Vec<&Observation> = checks.iter().filter(|run| !run.seen.is_sight()).collect();
    html! {
        @if !blind.is_empty() {
            section.scroll tabindex="0" aria-label="Times of which nothing is known" {
                table {
                    caption { "The page could not be seen at these times, so nothing is known of them" }
                    thead { tr { th scope="col" { "from" } th scope="col" { "to" } th scope="col" { "came to" } th.number scope="col" { "checks" } } }
                    tbody {
                        @for run in blind {
                            tr {
                                td { (time(run.first_at)) }
                                td { (time(run.last_at)) }
                                td { (run.seen.outcome) @if let Some(reason) = &run.seen.reason { ": " (name(reason)) } }
                                td.number { (run.checks) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What is known of a capture.
pub(super) fn capture(capture: &Evidence) -> Markup {
    html! {
        dl.facts {
            dt { "asked" } dd { time datetime=(capture.asked_at) { (capture.asked_at) } }
            dt { "received" } dd { time datetime=(capture.at) { (capture.at) } }
            dt { "address" } dd { (name(&capture.url)) }
            @if !capture.redirects.is_empty() {
                dt { "redirected by" }
                dd { @for (status, url) in &capture.redirects { (name(url)) " (" (status) ") " } }
            }
            @if let Some(remote) = capture.remote { dt { "answered by" } dd { (remote) } }
            dt { "status" } dd { (capture.status) }
            dt { "as sent" } dd { (capture.bytes) " bytes" }
            dt { "SHA-256" } dd.digest { (capture.digest) }
            @if let Some((browser, bytes, digest)) = &capture.rendered {
                dt { "scripts run by" } dd { (name(browser)) }
                dt { "read" } dd { (bytes) " bytes that they made of it" }
                dt { "SHA-256" } dd.digest { (digest) }
            }
        }
    }
}

/// What the captures show, and what they do not.
pub(super) fn limits(observations: &[Observation]) -> Markup {
    let blind: u32 =
        observations.iter().filter(|run| !run.seen.is_sight()).map(|run| run.checks).sum();
    let checks: u32 = observations.iter().map(|run| run.checks).sum();
    html! {
        ul.prose {
            li { "It shows what the server sent to the one who watched, at the times of the checks. Others may have been sent something else." }
            li { "What stood between two checks is not known. The times above are bounds, and the change lies between them." }
            li { "The page was checked " (counted(checks as usize, "time")) "; " (counted(blind as usize, "check")) " did not see it. A check that did not see the page is not counted as one that missed a text." }
            li { "Who changed the page, and why, is not known." }
            li { "The digests show that the captures are what was kept. That they were not made up, they cannot show to somebody who does not trust the one who kept them: compare them with what others have kept of the same address." }
            li { "The text was told from the captures by rules: menus and other furniture are left out, and case, quotes and spaces are told apart from words. The captures hold everything." }
        }
    }
}

/// A word that a shell takes as it is: an address may hold signs that would make it a command.
pub(super) fn for_a_shell(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/');
    if !word.starts_with('-') && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_no_command() {
        assert_eq!(for_a_shell("post-1"), "post-1");
        assert_eq!(for_a_shell("https://x/?a=$(b)'c"), r"'https://x/?a=$(b)'\''c'");
        assert_eq!(for_a_shell("-x"), "'-x'");
    }
}
