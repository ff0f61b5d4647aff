//! An answer to the obstacle that its own status, headers and bytes give away, without knowing the page's past.
//!
//! Two kinds of sign. A fingerprint is decisive alone, because its maker documents it or because nothing else bears it.
//! All others are weak, and only two of different kinds count: single weak rules have held good pages wherever they were
//! tried. That a site is served by a protection service, sets its cookies or speaks of captchas is no sign at all.

use super::markup::{self, Piece};
use super::obstacle::{Gate, Obstacle};
use super::{Answer, Head};

/// The obstacle that this answer shows by itself; `decoded` is its entity without the content coding.
pub fn obstacle_in_answer(answer: &Answer, decoded: &[u8]) -> Option<Obstacle> {
    let start = &decoded[..decoded.len().min(LOOKED_AT)];
    in_headers(&answer.head)
        .or_else(|| in_address(answer))
        .or_else(|| in_bytes(start))
        .or_else(|| in_weak_signs(answer, start))
        .or_else(|| {
            let asks = answer.rendered.is_none() && asks_for_scripts(start);
            asks.then_some(Obstacle::NeedsJavascript)
        })
}

/// Obstacles are short; what comes after this is a page.
const LOOKED_AT: usize = 256 << 10;

/// More words than any obstacle has: a page that shows a fingerprint in an example is longer.
const OBSTACLE_WORDS: usize = 200;

const FEW_WORDS: usize = 20;
const SMALL: usize = 8 << 10;

fn in_headers(head: &Head) -> Option<Obstacle> {
    let says = |name: &str, values: &[&str]| {
        head.text(name)
            .is_some_and(|value| values.iter().any(|one| value.trim().eq_ignore_ascii_case(one)))
    };
    let vendor = if says("cf-mitigated", &["challenge"]) {
        "cloudflare"
    } else if says("x-amzn-waf-action", &["challenge", "captcha"]) {
        "aws-waf"
    } else if says("x-vercel-mitigated", &["challenge"]) {
        "vercel"
    } else {
        return None;
    };
    Some(Obstacle::Challenge(vendor))
}

/// Hosts that serve nothing but an obstacle to other hosts' visitors.
const SINKS: [(&str, Obstacle); 7] = [
    ("consent.google.com", Obstacle::Interstitial(Gate::Consent)),
    ("consent.youtube.com", Obstacle::Interstitial(Gate::Consent)),
    ("consent.yahoo.com", Obstacle::Interstitial(Gate::Consent)),
    ("guce.yahoo.com", Obstacle::Interstitial(Gate::Consent)),
    ("geo.captcha-delivery.com", Obstacle::Challenge("datadome")),
    ("validate.perimeterx.net", Obstacle::Challenge("perimeterx")),
    ("unblock.federalregister.gov", Obstacle::Challenge("federal-register")),
];

fn in_address(answer: &Answer) -> Option<Obstacle> {
    let host = answer.url.host_str()?;
    let asked = answer.redirects.first()?.url.host_str()?;
    SINKS
        .into_iter()
        .find(|(sink, _)| *sink == host && *sink != asked)
        .map(|(_, obstacle)| obstacle)
}

fn in_bytes(html: &[u8]) -> Option<Obstacle> {
    let vendor = if has(html, b"_cf_chl_opt") && script_sets_challenge(html) {
        "cloudflare"
    } else if has(html, b"anubis") && loads_anubis(html) {
        "anubis"
    } else if has_imperva_challenge(html) && markup::visible_characters(html) < 100 {
        "imperva"
    } else {
        return None;
    };
    markup::has_fewer_words(html, OBSTACLE_WORDS).then_some(Obstacle::Challenge(vendor))
}

fn has(bytes: &[u8], wanted: &[u8]) -> bool {
    markup::position(bytes, wanted).is_some()
}

fn script_sets_challenge(html: &[u8]) -> bool {
    markup::pieces(html)
        .any(|piece| matches!(piece, Piece::Raw("script", code) if has(code, b"_cf_chl_opt")))
}

fn loads_anubis(html: &[u8]) -> bool {
    markup::tags(html).any(|tag| match tag.name.as_str() {
        "script" if tag.attribute("id") == Some(b"anubis_challenge") => true,
        "script" => tag.attribute("src").is_some_and(is_anubis_path),
        "link" => tag.attribute("href").is_some_and(is_anubis_path),
        _ => false,
    })
}

fn is_anubis_path(address: &[u8]) -> bool {
    has(address, b"/.within.website/x/cmd/anubis/")
}

/// The challenge's address carries two hashes; the one with a single hash stands on good pages.
fn has_imperva_challenge(html: &[u8]) -> bool {
    const MARK: &[u8] = b"_Incapsula_Resource?SWJIYLWA=";
    let Some(at) = markup::position(html, MARK) else { return false };
    let value = html[at + MARK.len()..]
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b',');
    let value: Vec<u8> = value.copied().collect();
    value.split(|byte| *byte == b',').filter(|hash| hash.len() >= 8).count() == 2
}

/// Whole titles that challenges bear. Only the whole: an article may well have such words in its title.
const TITLES: [(&str, &str); 14] = [
    ("just a moment", "cloudflare"),
    ("attention required", "cloudflare"),
    ("attention required! | cloudflare", "cloudflare"),
    ("access denied", ""),
    ("request unsuccessful", "imperva"),
    ("pardon our interruption", "imperva"),
    ("access to this page has been denied", "perimeterx"),
    ("human verification", ""),
    ("robot check", ""),
    ("robot or human?", "perimeterx"),
    ("checking your browser", ""),
    ("vercel security checkpoint", "vercel"),
    ("making sure you're not a bot", "anubis"),
    ("error: the request could not be satisfied", "cloudfront"),
];

fn in_weak_signs(answer: &Answer, html: &[u8]) -> Option<Obstacle> {
    let title = title_vendor(html);
    let edge = is_block(answer.status).then(|| edge_vendor(answer, html)).flatten();
    // Size, words and markup say the same thing, that there is little here: together they are one sign.
    let slight = || html.len() < SMALL || markup::has_fewer_words(html, FEW_WORDS) || is_bare(html);
    let edge = edge.filter(|_| title.is_some() || slight());
    let title = title.filter(|_| edge.is_some() || is_refusal(answer.status) || slight());
    let vendor = title.filter(|vendor| !vendor.is_empty()).or(edge);
    let found = title.is_some() || edge.is_some();
    found.then(|| Obstacle::Challenge(vendor.unwrap_or_else(|| front_vendor(&answer.head))))
}

/// 404 and 410 are a page's own way to say that it is gone, whoever delivers them.
fn is_refusal(status: u16) -> bool {
    status == 202 || (status >= 400 && !matches!(status, 404 | 410))
}

/// The refusals that are aimed at a visitor. A 500 or 503 from an edge is mostly the site's own trouble.
fn is_block(status: u16) -> bool {
    matches!(status, 202 | 403 | 405 | 406 | 429)
}

fn title_vendor(html: &[u8]) -> Option<&'static str> {
    let title = markup::title(html)?;
    let title = title.trim_end_matches(['.', '…', '!', ' ']);
    TITLES.into_iter().find(|(known, _)| *known == title).map(|(_, vendor)| vendor)
}

/// The service that made an answer itself, without asking the site. Looked for in blocks only: a cached page was not
/// asked for either.
fn edge_vendor(answer: &Answer, html: &[u8]) -> Option<&'static str> {
    let head = &answer.head;
    let lower = |name: &str| head.text(name).unwrap_or_default().to_lowercase();
    let timing: Vec<String> = head
        .all("server-timing")
        .map(|value| String::from_utf8_lossy(value).to_lowercase())
        .collect();
    let timing = timing.join(", ");
    let parts = || timing.split(',').map(|part| part.trim().split(';').map(str::trim));
    let timed = |name: &str| parts().any(|mut part| part.next() == Some(name));
    let origin_idle = || {
        parts().any(|mut part| part.next() == Some("origin") && part.any(|field| field == "dur=0"))
    };
    if timed("ak_p") && timed("edge") && (origin_idle() || !timed("origin")) {
        Some("akamai")
    } else if timed("cfedge") && !timed("cforigin") {
        Some("cloudflare")
    } else if lower("x-cache").starts_with("error") {
        Some("cloudfront")
    } else if lower("server").starts_with("awselb")
        && matches!(answer.status, 403 | 429)
        && html.len() < 1024
    {
        Some("aws-elb")
    } else {
        None
    }
}

/// Kept out of indexes and without one paragraph.
fn is_bare(html: &[u8]) -> bool {
    let (mut hidden, mut paragraphs) = (false, 0_usize);
    for tag in markup::tags(html) {
        hidden |= tag.name == "meta"
            && tag.attribute("name").is_some_and(|name| name.eq_ignore_ascii_case(b"robots"))
            && tag
                .attribute("content")
                .is_some_and(|content| has(&content.to_ascii_lowercase(), b"noindex"));
        paragraphs += usize::from(tag.name == "p");
    }
    hidden && paragraphs == 0
}

/// Who delivered an answer that other signs have shown to be an obstacle; by itself this says nothing.
fn front_vendor(head: &Head) -> &'static str {
    let server = head.text("server").unwrap_or_default().to_lowercase();
    if server.starts_with("akamaighost") {
        "akamai"
    } else if server.starts_with("cloudflare") {
        "cloudflare"
    } else if server.starts_with("cloudfront") {
        "cloudfront"
    } else if head.get("x-iinfo").is_some() {
        "imperva"
    } else if head.get("x-datadome").is_some() {
        "datadome"
    } else {
        "unknown"
    }
}

/// Hardly a word, and those ask for scripts.
fn asks_for_scripts(html: &[u8]) -> bool {
    const WORD: &[u8] = b"javascript";
    let asks = |text: &[u8]| {
        let lower = text.to_ascii_lowercase();
        has(&lower, WORD)
            && ["enable", "require", "disabled", "need", "turn on"]
                .iter()
                .any(|ask| has(&lower, ask.as_bytes()))
    };
    markup::has_fewer_words(html, FEW_WORDS)
        && markup::visible(html).any(asks)
        && markup::tags(html).any(|tag| tag.name == "script")
}

#[cfg(test)]
#[path = "answer_signs_tests.rs"]
mod tests;
