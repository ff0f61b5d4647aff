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
    (before >= A_TEXT && kept(facts) * 4 <= before).then_some(Obstacle::Collapse)
}

/// A first capture of hardly a word and plenty of script. A short page with a counter on it is not that.
fn shell(facts: &TextFacts<'_>) -> Option<Obstacle> {
    let empty = facts.words < 3 && facts.script_bytes > 0;
    let full_of_script = facts.words < 20 && facts.script_bytes >= 8 << 10;
    (facts.words_before.is_none() && (empty || full_of_script)).then_some(Obstacle::NeedsJavascript)
}

/// Titles, or parts of them, that only an error page bears.
const ERROR_TITLES: [&str; 26] = [
    "bad request",
    "unauthorized",
    "forbidden",
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
        ([_], []) => true,
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
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    struct Case {
        title: &'static str,
        words: usize,
        before: Option<(&'static str, usize, usize)>,
        answered: &'static str,
    }

    const ASKED: &str = "https://a.example/deep/page";

    fn found(case: &Case) -> Option<String> {
        let (asked, answered) = (url(ASKED), url(case.answered));
        let facts = TextFacts {
            title: Some(case.title),
            words: case.words,
            script_bytes: 500,
            url_asked: &asked,
            url_answered: &answered,
            title_before: case.before.map(|before| before.0),
            words_before: case.before.map(|before| before.1),
            words_kept: case.before.map(|before| before.2),
            url_before: case.before.map(|_| &asked),
        };
        obstacle_in_text(&facts).map(|obstacle| obstacle.to_string())
    }

    fn first(title: &'static str, words: usize) -> Case {
        Case { title, words, before: None, answered: ASKED }
    }

    fn later(title: &'static str, words: usize, before: usize, kept: usize) -> Case {
        Case { title, words, before: Some(("Post", before, kept)), answered: ASKED }
    }

    fn at(case: Case, answered: &'static str) -> Case {
        Case { answered, ..case }
    }

    #[test]
    fn what_is_no_page_is_held() {
        for (case, obstacle) in [
            (first("Page not found - Example", 30), "soft-error"),
            (first("404", 5), "soft-error"),
            (first("Error 404 | Example", 30), "soft-error"),
            (first("404: Not Found", 30), "soft-error"),
            (first("503 Service Unavailable", 30), "soft-error"),
            (later("Site under maintenance", 40, 300, 10), "soft-error"),
            (at(later("Home", 300, 300, 30), "https://www.a.example/"), "soft-error"),
            (at(first("Home", 100), "https://a.example/"), "soft-error"),
            (at(first("Oops", 50), "https://a.example/error?aspxerrorpath=/deep"), "soft-error"),
            (
                at(later("Welcome", 30, 300, 5), "https://a.example/users/login?next=x"),
                "interstitial(login)",
            ),
            (at(first("Welcome", 30), "https://sso.b.example/x"), "interstitial(login)"),
            (at(first("Cookies", 30), "https://consent.b.example/x"), "interstitial(consent)"),
            (at(first("Wait", 30), "https://a.example/queue"), "interstitial(queue)"),
            (later("Log in | Example", 30, 300, 5), "interstitial(login)"),
            (later("Post", 19, 100, 19), "nearly-empty"),
            (later("Post", 300, 400, 100), "collapse"),
            (later("Post", 30, 20, 5), "collapse"),
            (first("App", 0), "needs-javascript"),
        ] {
            assert_eq!(found(&case).as_deref(), Some(obstacle), "{} {}", case.title, case.answered);
        }
    }

    #[test]
    fn what_is_a_page_passes() {
        for case in [
            first("Post", 20),
            first("Status: good", 5),
            first("Nothing is forbidden", 30),
            first("404 - Wikipedia", 400),
            first("Error handling in Rust | Blog", 30),
            first("Login", 30),
            later("Post", 20, 99, 60),
            later("Post", 300, 400, 101),
            later("Other words", 3, 10, 0),
            later("Page not found, or: the lost post", 300, 300, 290),
            later("404", 300, 300, 290),
            at(later("Post", 300, 300, 200), "https://a.example/"),
            at(later("Post", 300, 300, 200), "https://a.example/docs/auth/page"),
            at(first("Post", 100), "https://b.example/deep/page"),
            at(first("Post", 100), "https://a.example/deep/page/"),
            at(first("Post", 100), "https://a.example/authors/queueing"),
        ] {
            assert_eq!(found(&case), None, "{} {}", case.title, case.answered);
        }
    }

    #[test]
    fn what_was_believed_before_is_no_news() {
        let (asked, home) = (url(ASKED), url("https://a.example/"));
        let facts = TextFacts {
            title: Some("Not found"),
            words: 30,
            script_bytes: 0,
            url_asked: &asked,
            url_answered: &home,
            title_before: Some("Not found"),
            words_before: Some(30),
            words_kept: Some(10),
            url_before: Some(&home),
        };
        assert_eq!(obstacle_in_text(&facts), None);
        let uncounted = TextFacts { words_kept: None, words_before: Some(200), ..facts };
        assert_eq!(obstacle_in_text(&uncounted), Some(Obstacle::Collapse));
    }

    #[test]
    fn a_short_page_full_of_script_is_a_shell_at_first_sight_only() {
        let asked = url(ASKED);
        let facts = TextFacts {
            title: None,
            words: 10,
            script_bytes: 9000,
            url_asked: &asked,
            url_answered: &asked,
            title_before: None,
            words_before: None,
            words_kept: None,
            url_before: None,
        };
        assert_eq!(obstacle_in_text(&facts), Some(Obstacle::NeedsJavascript));
        assert_eq!(obstacle_in_text(&TextFacts { words_before: Some(10), ..facts }), None);
        assert_eq!(obstacle_in_text(&TextFacts { script_bytes: 0, ..facts }), None);
    }
}
