//! Tables of answers that are obstacles, and of good ones that only look a little like them.

use super::*;
use crate::clock::Timestamp;
use crate::fetch::Redirect;

fn answer(status: u16, headers: &[(&str, &str)]) -> Answer {
    Answer {
        asked_at: Timestamp::from_millis(0),
        at: Timestamp::from_millis(1),
        url: "https://a.example/page".parse().unwrap(),
        redirects: Vec::new(),
        remote: None,
        status,
        head: headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect(),
        entity: Vec::new(),
        rendered: None,
    }
}

fn found(status: u16, headers: &[(&str, &str)], html: &str) -> Option<String> {
    obstacle_in_answer(&answer(status, headers), html.as_bytes())
        .map(|obstacle| obstacle.to_string())
}

fn prose(words: usize) -> String {
    format!("<p>{}</p>", "word ".repeat(words))
}

#[test]
fn fingerprints_decide_alone_at_any_status() {
    let two_hashes = "<script src='/_Incapsula_Resource?SWJIYLWA=719d34d31c8e3a6e6fffd425f7e032f3,5074a744e2e3d891'></script>";
    for (status, headers, html, vendor) in [
        (403, [("cf-mitigated", "challenge")].as_slice(), "", "cloudflare"),
        (200, &[("cf-mitigated", "challenge")], "", "cloudflare"),
        (202, &[("x-amzn-waf-action", "challenge")], "", "aws-waf"),
        (405, &[("x-amzn-waf-action", "captcha")], "", "aws-waf"),
        (429, &[("x-vercel-mitigated", "challenge")], "", "vercel"),
        (
            200,
            &[],
            "<script id=\"anubis_challenge\" type=\"application/json\">{}</script>",
            "anubis",
        ),
        (
            200,
            &[],
            "<link rel=stylesheet href='/.within.website/x/cmd/anubis/static/x.css'>",
            "anubis",
        ),
        (200, &[], "<p>Wait<script>window._cf_chl_opt={cvId:'3'}</script>", "cloudflare"),
        (200, &[("x-iinfo", "1")], two_hashes, "imperva"),
    ] {
        assert_eq!(found(status, headers, html), Some(format!("challenge({vendor})")), "{html}");
    }
}

#[test]
fn a_sink_is_known_by_its_host() {
    let mut at_sink = answer(200, &[]);
    at_sink.url = "https://consent.youtube.com/m?continue=x".parse().unwrap();
    assert_eq!(obstacle_in_answer(&at_sink, b""), None, "the page asked for may be of that host");
    at_sink
        .redirects
        .push(Redirect { status: 302, url: "https://www.youtube.com/x".parse().unwrap() });
    assert_eq!(obstacle_in_answer(&at_sink, b""), Some(Obstacle::Interstitial(Gate::Consent)));
}

#[test]
fn two_weak_signs_make_an_obstacle() {
    let denied = "<title>Access Denied</title><h1>Access Denied</h1>";
    for (status, headers, html, obstacle) in [
        (403, [("server", "AkamaiGHost")].as_slice(), denied, "challenge(akamai)"),
        (200, &[], denied, "challenge(unknown)"),
        (503, &[], "<title>Just a moment...</title>", "challenge(cloudflare)"),
        (403, &[], "<title>Attention Required! | Cloudflare</title>", "challenge(cloudflare)"),
        (
            403,
            &[("server-timing", "ak_p; desc=\"1\", edge; dur=1, origin; dur=0")],
            "no",
            "challenge(akamai)",
        ),
        (403, &[("server-timing", "cfEdge;dur=4")], "no", "challenge(cloudflare)"),
        (403, &[("x-cache", "Error from cloudfront")], "no", "challenge(cloudfront)"),
        (429, &[("server", "awselb/2.0")], "no", "challenge(aws-elb)"),
    ] {
        assert_eq!(found(status, headers, html).as_deref(), Some(obstacle), "{html}");
    }
}

#[test]
fn good_pages_pass_whoever_delivers_them() {
    let long = prose(3000);
    let short = prose(20);
    for (status, headers, html) in [
        (
            200,
            [("server", "cloudflare"), ("cf-ray", "8"), ("set-cookie", "__cf_bm=1")].as_slice(),
            short.clone(),
        ),
        (200, &[("x-iinfo", "1"), ("x-cdn", "Incapsula")], short.clone()),
        (200, &[("server", "AkamaiGHost"), ("set-cookie", "_abck=1")], short.clone()),
        (200, &[("x-datadome", "protected")], short.clone()),
        (
            200,
            &[(
                "server-timing",
                "cdn-cache; desc=HIT, edge; dur=1, origin; dur=0, ak_p; desc=\"1\"",
            )],
            short.clone(),
        ),
        (200, &[("x-cache", "Error from cloudfront")], short.clone()),
        (200, &[], "<p>Short.</p>".to_owned()),
        (200, &[], format!("<meta name=robots content=noindex><div>{}</div>", "word ".repeat(15))),
        (
            200,
            &[],
            format!("<script src='https://www.google.com/recaptcha/api.js'></script>{short}"),
        ),
        (200, &[], format!("<p>How a captcha works, and what a ray id is.</p>{short}")),
        (200, &[], format!("<title>Access denied</title>{long}")),
        (200, &[], "<title>Just a moment: a memoir | Books</title><p>Short</p>".to_owned()),
        (
            200,
            &[],
            format!(
                "<p>They set <code>_cf_chl_opt</code> and &lt;script id=\"anubis_challenge\"&gt;</p>{short}"
            ),
        ),
        (
            200,
            &[],
            format!(
                "<a href='https://x.example/.within.website/x/cmd/anubis/api'>anubis</a>{short}"
            ),
        ),
        (200, &[], format!("{long}<script>let text = '_cf_chl_opt';</script>")),
        (
            200,
            &[],
            format!(
                "<script src='/_Incapsula_Resource?SWJIYLWA=719d34d31c8e3a6e6fffd425f7e032f3'></script>{short}"
            ),
        ),
        (200, &[], "<script>x()</script><p>We teach JavaScript.</p>".to_owned()),
    ] {
        assert_eq!(found(status, headers, &html), None, "{headers:?} {html:.200}");
    }
}

#[test]
fn an_honest_error_is_left_to_its_status() {
    for (status, headers) in [
        (404, [("x-cache", "Error from cloudfront")].as_slice()),
        (404, &[("server-timing", "ak_p; desc=1, edge; dur=1, origin; dur=0")]),
        (410, &[]),
        (500, &[]),
        (503, &[("server", "cloudflare")]),
        (503, &[("x-cache", "Error from cloudfront")]),
    ] {
        assert_eq!(found(status, headers, "<title>Not found</title><p>Sorry"), None, "{status}");
    }
}

#[test]
fn a_shell_that_asks_for_scripts_is_told() {
    let shell = "<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div><script src=a.js></script>";
    assert_eq!(found(200, &[], shell).as_deref(), Some("needs-javascript"));
    assert_eq!(found(200, &[], &format!("{shell}{}", prose(30))), None);
}
