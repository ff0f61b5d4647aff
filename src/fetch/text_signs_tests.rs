//! Tables of texts that are no page, and of pages that only look a little like them.

use super::*;

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

#[derive(Clone, Copy)]
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
        (first("403 Forbidden", 30), "soft-error"),
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
        first("Forbidden: a novel", 30),
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
