//! What a page's text was and is to the obstacle that shows only in the comparison: errors called success, gates, loss.
//!
//! Apart from `answer_signs`, because these need a text, which is made later, and often a past. What still holds half of
//! what it held is the page, whatever it is called or wherever it moved; that spares most honest pages.

use url::Url;

use super::obstacle::{Gate, Obstacle};

/// What is known of a text, and of the last one believed.
#[derive(Clone, Copy, Debug)]
pub struct TextFacts<'a> {
    /// The page's title.
    pub title: Option<&'a str>,
    /// How many words the text has.
    pub words: usize,
    /// Bytes of the page's `script` elements as sent, tags and addresses included.
    pub script_bytes: usize,
    /// The address asked for.
    pub url_asked: &'a Url,
    /// The address that answered.
    pub url_answered: &'a Url,
    /// Of the last text believed: its title.
    pub title_before: Option<&'a str>,
    /// Of the last text believed: how many words it had; `None` when there was none yet.
    pub words_before: Option<usize>,
    /// How many of those words are still there; `None` where nobody has counted.
    pub words_kept: Option<usize>,
    /// Of the last text believed: the address that answered.
    pub url_before: Option<&'a Url>,
}

/// The obstacle that a text shows against its past, if any.
pub fn obstacle_in_text(facts: &TextFacts<'_>) -> Option<Obstacle> {
    let named = [gate_in_address, gate_in_title, soft_error_in_title, soft_error_in_address];
    let named = named.into_iter().find_map(|sign| sign(facts));
    named.filter(|_| !speaks_for_itself(facts)).or_else(|| loss(facts)).or_else(|| shell(facts))
}

/// With fewer words than this before, a share of them means little.
const A_TEXT: usize = 20;
/// A first capture with this many words is no error page and no gate.
const A_PAGE: usize = 150;

/// Whether the text is plainly the page: half of the old words, or at first sight enough of them.
fn speaks_for_itself(facts: &TextFacts<'_>) -> bool {
    match facts.words_before {
        Some(before) if before > 0 => kept(facts) * 2 >= before,
        _ => facts.words >= A_PAGE,
    }
}

/// Where nobody has counted, at best as many can be kept as there are.
fn kept(facts: &TextFacts<'_>) -> usize {
    facts.words_kept.unwrap_or(facts.words)
}

fn loss(facts: &TextFacts<'_>) -> Option<Obstacle> {
    let before = facts.words_before?;
    if facts.words < 20 && before >= 100 {
        return Some(Obstacle::NearlyEmpty);
    }
    let lost = kept(facts) * 4 <= before || (facts.words * 2 < before && kept(facts) * 2 < before);
    (before >= A_TEXT && lost).then_some(Obstacle::Collapse)
}

/// A first capture of hardly a word and plenty of script. A short page with a counter on it is not that.
fn shell(facts: &TextFacts<'_>) -> Option<Obstacle> {
    let empty = facts.words < 3 && facts.script_bytes > 0;
    let full_of_script = facts.words < 20 && facts.script_bytes >= 8 << 10;
    (facts.words_before.is_none() && (empty || full_of_script)).then_some(Obstacle::NeedsJavascript)
}

/// Titles, or parts of them, that only an error page bears.
const ERROR_TITLES: [&str; 24] = [
    "bad request",
    "not found",
    "method not allowed",
    "request timeout",
    "too many requests",
    "unavailable for legal reasons",
    "internal server error",
    "not implemented",
    "bad gateway",
    "service unavailable",
    "service temporarily unavailable",
    "gateway timeout",
    "gateway time-out",
    "page not found",
    "file not found",
    "page cannot be found",
    "page can't be found",
    "page can’t be found",
    "this page isn't available",
    "this page isn’t available",
    "access denied",
    "site under maintenance",
    "down for maintenance",
    "under maintenance",
];

fn soft_error_in_title(facts: &TextFacts<'_>) -> Option<Obstacle> {
    new_title_parts(facts).iter().any(|part| is_error_title(part)).then_some(Obstacle::SoftError)
}

/// The parts of the title in lower case; none if the text believed before had the same title.
fn new_title_parts(facts: &TextFacts<'_>) -> Vec<String> {
    let new = facts.title.filter(|_| facts.title != facts.title_before);
    let mut title = new.unwrap_or_default().to_lowercase();
    for separator in [" - ", " – ", " — ", " / ", " · ", ": "] {
        title = title.replace(separator, " | ");
    }
    title.split(" | ").map(|part| part.trim().to_owned()).collect()
}

/// Whether a part is a status's own words, its number, or both: `404`, `error 404`, `404 not found`.
fn is_error_title(part: &str) -> bool {
    let parts_words =
        part.split(|sign: char| !(sign.is_alphanumeric() || matches!(sign, '\'' | '’' | '-')));
    let words: Vec<&str> =
        parts_words.filter(|word| !matches!(*word, "" | "error" | "http" | "status")).collect();
    let (numbers, others): (Vec<&str>, Vec<&str>) =
        words.into_iter().partition(|word| is_error_number(word));
    match (numbers.as_slice(), others.as_slice()) {
        ([], []) => false,
        // One word alone is too common in honest titles; with the number before it, it is not.
        ([_], [] | ["forbidden" | "unauthorized" | "gone"]) => true,
        ([] | [_], others) => ERROR_TITLES.contains(&others.join(" ").as_str()),
        _ => false,
    }
}

fn is_error_number(word: &str) -> bool {
    word.len() == 3
        && word.starts_with(['4', '5'])
        && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn soft_error_in_address(facts: &TextFacts<'_>) -> Option<Obstacle> {
    let answered = newly_answered(facts)?;
    let error_handler = answered.query().is_some_and(|query| query.contains("aspxerrorpath="));
    let sent_home =
        is_home(answered) && !is_home(facts.url_asked) && same_site(answered, facts.url_asked);
    (error_handler || sent_home).then_some(Obstacle::SoftError)
}

/// The address that answered, if neither the asked one nor the one that answered before.
fn newly_answered<'a>(facts: &TextFacts<'a>) -> Option<&'a Url> {
    let new = facts.url_answered != facts.url_asked && Some(facts.url_answered) != facts.url_before;
    new.then_some(facts.url_answered)
}

fn is_home(url: &Url) -> bool {
    let mut segments = url.path().trim_matches('/').split('/');
    let first = segments.next().unwrap_or_default().to_lowercase();
    let stem = first.split('.').next().unwrap_or_default();
    segments.next().is_none()
        && url.query().is_none()
        && matches!(stem, "" | "index" | "home" | "default")
}

fn same_site(one: &Url, other: &Url) -> bool {
    let bare = |url: &'_ Url| {
        let host = url.host_str().unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host).to_owned()
    };
    bare(one) == bare(other)
}

fn gate_in_address(facts: &TextFacts<'_>) -> Option<Obstacle> {
    let newly = newly_answered(facts)?;
    let gate = gate_of_address(newly)?;
    (gate_of_address(facts.url_asked) != Some(gate)).then_some(Obstacle::Interstitial(gate))
}

fn gate_of_address(url: &Url) -> Option<Gate> {
    let host = url.host_str().unwrap_or_default().split('.').next().unwrap_or_default();
    let path = url.path().split('/').map(|segment| segment.split('.').next().unwrap_or_default());
    path.chain([host]).find_map(|name| gate_of_name(&name.to_lowercase()))
}

fn gate_of_name(name: &str) -> Option<Gate> {
    match name {
        "login" | "log-in" | "wp-login" | "signin" | "sign-in" | "sso" | "auth" | "oauth"
        | "oauth2" => Some(Gate::Login),
        "consent" | "cookie-consent" | "cookiewall" => Some(Gate::Consent),
        "queue" | "waitingroom" | "waiting-room" => Some(Gate::Queue),
        _ => None,
    }
}

/// A title can only be new to a page that had another one.
fn gate_in_title(facts: &TextFacts<'_>) -> Option<Obstacle> {
    facts.words_before?;
    let gate = |part: &String| match part.as_str() {
        "login" | "log in" | "sign in" | "signin" | "log in required" | "login required" => {
            Some(Gate::Login)
        }
        "before you continue" | "cookie consent" => Some(Gate::Consent),
        "waiting room" | "queue" | "you are in line" | "you are now in line" => Some(Gate::Queue),
        _ => None,
    };
    new_title_parts(facts).iter().find_map(gate).map(Obstacle::Interstitial)
}

#[cfg(test)]
#[path = "text_signs_tests.rs"]
mod tests;
