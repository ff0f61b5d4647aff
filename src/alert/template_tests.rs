//! Shapes and own templates against page text that means to be more than text, and templates that mean to be more than one.

use super::*;
use crate::alert::words::Words;

/// What pages have been known to say.
const HARM: &str = "\"}], \"x\": [{\" <!channel> <!here> <@U1|x> <https://evil.example|click> @everyone @here <@1> \
    *b* _i_ ~s~ `c` ```d``` || # h\n> q [x](https://evil.example) {{ 7*7 }} {% raw %} \\ & &lt; \u{2028}'";

fn hostile() -> Message {
    let json = serde_json::json!({ "what": "changed", "page": { "url": "https://page.example/", "name": HARM } });
    let words = Words { title: HARM.into(), text: HARM.into(), html: String::new() };
    Message { id: "palinode-1-0".into(), json, title: HARM.into(), parts: vec![words] }
}

fn receiver() -> Url {
    "https://chat.example/topic".parse().unwrap()
}

fn made(shape: &Shape) -> Value {
    serde_json::from_str(&body(shape, &hostile(), &receiver()).unwrap()).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn slack_reads_nothing_in_a_text() {
    let made = made(&Shape::Slack);
    assert_eq!(keys(&made), ["text", "mrkdwn", "unfurl_links", "unfurl_media", "blocks"]);
    let line = made["text"].as_str().unwrap();
    assert!(!line.contains(['<', '>']) && line.contains("&lt;!channel&gt;"), "{line}");
    assert!(line.contains("&amp;lt;"), "what was escaped on the page is no less so: {line}");
    let blocks = made["blocks"].as_array().unwrap();
    assert!(blocks.iter().all(|block| block["text"]["type"] == "plain_text"));
    assert_eq!(blocks[1]["text"]["text"], HARM);
}

#[test]
fn discord_reads_nothing_in_a_text_and_calls_nobody() {
    let made = made(&Shape::Discord);
    assert_eq!(keys(&made), ["content", "allowed_mentions", "flags"]);
    assert_eq!(made["allowed_mentions"], serde_json::json!({ "parse": [] }));
    let mut signs = made["content"].as_str().unwrap().chars();
    let mut read = String::new();
    while let Some(sign) = signs.next() {
        assert!(sign == '\\' || !sign.is_ascii_punctuation(), "a bare {sign:?}");
        read.extend(if sign == '\\' { signs.next() } else { Some(sign) });
    }
    assert_eq!(read, HARM, "and nothing is lost");
}

#[test]
fn matrix_and_ntfy_get_text_alone() {
    let matrix = made(&Shape::Matrix);
    assert_eq!(keys(&matrix), ["msgtype", "body", "m.mentions"]);
    assert_eq!((&matrix["body"], &matrix["m.mentions"]), (&HARM.into(), &serde_json::json!({})));
    let ntfy = made(&Shape::Ntfy);
    assert_eq!(keys(&ntfy), ["topic", "title", "message", "click"]);
    assert_eq!((&ntfy["topic"], &ntfy["message"]), (&"topic".into(), &HARM.into()));
}

#[test]
fn no_shape_is_longer_than_its_receiver_takes() {
    let mut long = hostile();
    long.title = "~".repeat(100_000);
    long.parts[0].text = "~\u{1f600}".repeat(50_000);
    let length = |shape: &Shape, path: &str| {
        let made: Value = serde_json::from_str(&body(shape, &long, &receiver()).unwrap()).unwrap();
        made.pointer(path).unwrap().as_str().unwrap().to_owned()
    };
    assert!(length(&Shape::Discord, "/content").chars().count() <= 2000);
    assert!(length(&Shape::Slack, "/blocks/0/text/text").chars().count() <= 150);
    assert!(length(&Shape::Slack, "/blocks/1/text/text").chars().count() <= 3000);
    assert!(length(&Shape::Ntfy, "/message").len() <= 4096);
    assert!(length(&Shape::Matrix, "/body").len() <= 40_000);
}

#[test]
fn a_template_can_do_nothing_but_fill_in() {
    let filled = |template: &str| filled(template, &hostile(), &receiver());
    let own = filled("{\"t\": {{ message.page.name }}, \"n\": {{ text|length }}}").unwrap();
    assert_eq!(serde_json::from_str::<Value>(&own).unwrap()["t"], HARM);
    for (template, why) in [
        ("{% include '/etc/passwd' %}", "the template is wrong"),
        ("{% import 'x' as x %}", "the template is wrong"),
        ("{{ env('HOME') }}", "the template is wrong"),
        ("{{ no_such_name }}", "the template is wrong in line 1: undefined value"),
        ("{\"a\": ", "the template makes no JSON"),
        ("{{ title }} {{ title }}", "the template makes no JSON"),
        (
            "{% for a in title %}{% for b in title %}{% for c in title %}{% for d in title %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
            "the template is wrong in line 1: engine ran out of fuel",
        ),
        (
            "{% for a in title %}{% for b in title %}{{ text }}{% endfor %}{% endfor %}",
            "the template is wrong",
        ),
    ] {
        let told = filled(template).unwrap_err();
        assert!(told.starts_with(why), "{template}: {told}");
        assert!(!told.contains("everyone"), "{told}");
    }
}
