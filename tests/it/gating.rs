//! What is kept and not told: texts by turns, flickers, repeats, phrases, volatile passages; and that all of it is listed.
//!
//! Apart from `tracing`, which asks what is told: here the point is what is not, and why.

use crate::site::{Site, article};
use crate::world::{Output, World};

const FIRST: &str =
    "We are proud to support the harbour, its clerks and all who wait there in the cold.";
const SECOND: &str =
    "We are glad to support the harbour, its clerks and all who wait there in the cold.";
const LAST: &str =
    "Boats leave the harbour at nine in the morning and come back when the tide allows it.";

/// A page that is checked once a day, first with the first of these texts.
fn days(texts: &[&[&str]]) -> (World, Vec<Output>) {
    let (world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url("/post"), "--name", "post", "--every", "1d"]).fine();
    let told = texts.iter().enumerate().map(|(day, text)| {
        site.put("/post", article("The harbour", text));
        world.at(&format!("2026-03-{:02}T08:00:00Z", day + 1)).palinode(&["check", "--all"])
    });
    let told = told.collect();
    (world, told)
}

#[test]
fn a_page_that_shows_two_texts_by_turns_is_told_once_each() {
    let (one, other): (&[&str], &[&str]) = (&[FIRST, LAST], &[SECOND, LAST]);
    let (world, told) = days(&[one, other, one, other, one, other]);
    insta::assert_snapshot!(told[2], @"
    post  r3 changed between 2026-03-02 08:00 and 2026-03-03 08:00 (+1 −1 word), UTC
        restored  {*the whole page as in r1*} (gone since r2, for at most 2 d)
        put-back  [-glad-] {*proud*} (in place; gone since r2, for at most 2 d)

      ~ We are [-glad-]{+proud+} to support the harbour, its clerks and all who wait there in
        the cold.

    exit 0
    ");
    insta::assert_snapshot!(told[3], @"
    post  r4 changed between 2026-03-03 08:00 and 2026-03-04 08:00 (+1 −1 word), UTC
        restored  {*the whole page as in r2*} (gone since r3, for at most 2 d)
        put-back  [-proud-] {*glad*} (in place; gone since r3, for at most 2 d)

      ~ We are [-proud-]{+glad+} to support the harbour, its clerks and all who wait there in
        the cold.

    exit 0
    ");
    insta::assert_snapshot!(told[4], @"exit 0");
    insta::assert_snapshot!(world.palinode(&["events"]), @"
    post
      r2  changed between 2026-03-01 08:00 and 2026-03-02 08:00
        reworded  [-proud-] {+glad+} (in place)
      r3  changed between 2026-03-02 08:00 and 2026-03-03 08:00
        restored  {*the whole page as in r1*} (gone since r2, for at most 2 d)
        put-back  [-glad-] {*proud*} (in place; gone since r2, for at most 2 d)
      r4  changed between 2026-03-03 08:00 and 2026-03-04 08:00
        restored  {*the whole page as in r2*} (gone since r3, for at most 2 d)
        put-back  [-proud-] {*glad*} (in place; gone since r3, for at most 2 d)
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["events", "--all", "--kind", "restored"]), @"
    post
      r3  changed between 2026-03-02 08:00 and 2026-03-03 08:00
        restored  {*the whole page as in r1*} (gone since r2, for at most 2 d)
      r4  changed between 2026-03-03 08:00 and 2026-03-04 08:00
        restored  {*the whole page as in r2*} (gone since r3, for at most 2 d)
      r5  changed between 2026-03-04 08:00 and 2026-03-05 08:00
        restored  {*the whole page as in r1*} (gone since r4, for at most 2 d; for the 2nd
                  time; the page shows this text by turns with others)
      r6  changed between 2026-03-05 08:00 and 2026-03-06 08:00
        restored  {*the whole page as in r2*} (gone since r5, for at most 2 d; for the 2nd
                  time; the page shows this text by turns with others)
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["log", "post", "-n", "2"]), @"
    post
    6 checks from 2026-03-01 08:00 to 2026-03-06 08:00 (UTC)

    r6  changed between 2026-03-05 08:00 and 2026-03-06 08:00, as in r2
        +1 −1 word; seen until 2026-03-06 08:00 in 1 check
        not told: the page shows this text by turns with others

    r5  changed between 2026-03-04 08:00 and 2026-03-05 08:00, as in r1
        +1 −1 word; seen until 2026-03-05 08:00 in 1 check
        not told: the page shows this text by turns with others

    ⋯ 4 older; --all shows them
    exit 0
    ");
}

#[test]
fn a_new_text_of_such_a_page_is_told_against_its_own_kind() {
    let german = "Wir sind stolz, den Hafen zu tragen, seine Schreiber und alle, die dort in der Kälte warten.";
    let boats =
        "Die Boote verlassen den Hafen um neun Uhr und kommen zurück, wenn die Flut es erlaubt.";
    let (one, other): (&[&str], &[&str]) = (&[FIRST, LAST], &[german, boats, LAST]);
    let edited: &[&str] = &[SECOND, LAST];
    let (world, told) = days(&[one, other, one, other, edited]);
    insta::assert_snapshot!(told[4], @"
    post  r5 changed between 2026-03-03 08:00 and 2026-03-05 08:00 (+1 −1 word), UTC
        reworded  [-proud-] {+glad+} (in place)

      ~ We are [-proud-]{+glad+} to support the harbour, its clerks and all who wait there in
        the cold.

    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["log", "post", "-n", "1"]), @"
    post
    5 checks from 2026-03-01 08:00 to 2026-03-05 08:00 (UTC)

    r5  changed between 2026-03-03 08:00 and 2026-03-05 08:00, a version of r3
        +1 −1 word; seen until 2026-03-05 08:00 in 1 check
        reworded  [-proud-] {+glad+} (in place)

    ⋯ 4 older; --all shows them
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["diff", "post"]), @"
    post  r3 → r5
    r3 last seen 2026-03-03 08:00, r5 first seen 2026-03-05 08:00 (UTC)

      The harbour

    ~ We are [-proud-]{+glad+} to support the harbour, its clerks and all who wait there in
      the cold.

      Boats leave the harbour at nine in the morning and come back when the tide allows it.
    exit 0
    ");
}

#[test]
fn what_one_check_alone_missed_is_a_flicker() {
    let (world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    let texts = [
        FIRST,
        SECOND,
        "We are proud to support the new harbour, its clerks and all who wait there in the cold.",
    ];
    for (hour, text) in texts.into_iter().enumerate() {
        site.put("/post", article("The harbour", &[text, LAST]));
        world.at(&format!("2026-03-01T{:02}:00:00Z", hour + 8)).palinode(&["check", "--all"]);
    }
    insta::assert_snapshot!(world.palinode(&["events"]), @"
    post
      r2  changed between 2026-03-01 08:00 and 2026-03-01 09:00
        reworded  [-proud-] {+glad+} (in place)
      r3  changed between 2026-03-01 09:00 and 2026-03-01 10:00
        flicker   [-glad-] {*proud*} (in place; gone since r2, for at most 2 h; one check
                  alone missed it)
        added     {+new+} (in place)
    exit 0
    ");
}

#[test]
fn what_comes_and_goes_is_told_once_each() {
    let proud = |more: &str| format!("{FIRST} {more}");
    let glad = |more: &str| format!("{SECOND} {more}");
    let texts = [
        proud("One."),
        glad("Two came."),
        proud("Three did."),
        glad("Four went."),
        proud("Five stay."),
    ];
    let states: Vec<[&str; 1]> = texts.iter().map(|text| [text.as_str()]).collect();
    let states: Vec<&[&str]> = states.iter().map(<[&str; 1]>::as_slice).collect();
    let (world, told) = days(&states);
    insta::assert_snapshot!(told[4], @"
    post  r5 changed between 2026-03-04 08:00 and 2026-03-05 08:00 (+3 −3 words), UTC
        reworded  [-Four went-] {+Five stay+} (in place)
        not told: it has been back before

      ~ We are [-glad-]{+proud+} to support the harbour, its clerks and all who wait there in
        the cold. [-Four went-]{+Five stay+}.

    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["events", "--all", "--kind", "put-back"]), @"
    post
      r3  changed between 2026-03-02 08:00 and 2026-03-03 08:00
        put-back  [-glad-] {*proud*} (in place; gone since r2, for at most 2 d)
      r4  changed between 2026-03-03 08:00 and 2026-03-04 08:00
        put-back  [-proud-] {*glad*} (in place; gone since r3, for at most 2 d)
      r5  changed between 2026-03-04 08:00 and 2026-03-05 08:00
        put-back  [-glad-] {*proud*} (in place; gone since r4, for at most 2 d; for the 2nd
                  time; it has been back before)
    exit 0
    ");
}

#[test]
fn a_passage_that_changes_every_time_is_volatile() {
    let counters: Vec<String> = (0..12)
        .map(|day| format!("Seen by {} people so far, from many a land.", day * 37 + 5))
        .collect();
    let states: Vec<[&str; 2]> = counters.iter().map(|counter| [FIRST, counter.as_str()]).collect();
    let states: Vec<&[&str]> = states.iter().map(<[&str; 2]>::as_slice).collect();
    let (world, told) = days(&states);
    insta::assert_snapshot!(told[11], @"exit 0");
    insta::assert_snapshot!(world.palinode(&["events", "--since", "2026-03-11"]), @"exit 0");
    insta::assert_snapshot!(world.palinode(&["events", "--all", "--since", "2026-03-12"]), @"
    post
      r12  changed between 2026-03-11 08:00 and 2026-03-12 08:00
        reworded  [-375-] {+412+} (in place; this passage changes nearly every time)
    exit 0
    ");
}

#[test]
fn a_passage_that_somebody_edits_often_is_not() {
    let (world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    for day in 1..13 {
        let edited =
            format!("The harbour master is called {}, as everybody knows by now.", "x".repeat(day));
        site.put("/post", article("The harbour", &[FIRST, &edited]));
        world.at(&format!("2026-03-{day:02}T08:00:00Z")).palinode(&["check", "--all"]);
        world.at(&format!("2026-03-{day:02}T18:00:00Z")).palinode(&["check", "--all"]);
    }
    insta::assert_snapshot!(world.palinode(&["events", "--since", "2026-03-12"]), @"
    post
      r12  changed between 2026-03-11 18:00 and 2026-03-12 08:00
        reworded  [-xxxxxxxxxxx-] {+xxxxxxxxxxxx+} (in place)
    exit 0
    ");
}

const QUAYS: [&str; 24] = [
    "north", "south", "east", "west", "old", "new", "long", "low", "high", "dry", "deep", "broad",
    "royal", "green", "white", "black", "fish", "salt", "coal", "corn", "rope", "tar", "mail",
    "ice",
];

#[test]
fn where_something_is_back_all_the_time_a_word_is_no_news_and_a_sentence_is() {
    let quays = |closed: usize| -> Vec<String> {
        let line = |(quay, name): (usize, &&str)| {
            let word = if quay == closed { "closed" } else { "open" };
            format!("The {name} quay is {word} to everybody who comes there on foot.")
        };
        QUAYS.iter().enumerate().map(line).collect()
    };
    let texts: Vec<Vec<String>> = (0..QUAYS.len())
        .map(|day| {
            let mut text = quays(day);
            text.extend((!(4..22).contains(&day)).then(|| LAST.to_owned()));
            text
        })
        .collect();
    let texts: Vec<Vec<&str>> =
        texts.iter().map(|text| text.iter().map(String::as_str).collect()).collect();
    let texts: Vec<&[&str]> = texts.iter().map(Vec::as_slice).collect();
    let (world, told) = days(&texts);
    insta::assert_snapshot!(told[3], @"
    post  r4 changed between 2026-03-03 08:00 and 2026-03-04 08:00 (+2 −2 words), UTC
        put-back  [-closed-] {*open*} (in place; gone since r3, for at most 2 d)
        reworded  [-open-] {+closed+} (in place)

      ~ The east quay is [-closed-]{+open+} to everybody who comes there on foot.

      ~ The west quay is [-open-]{+closed+} to everybody who comes there on foot.

    exit 0
    ");
    insta::assert_snapshot!(told[22], @"
    post  r23 changed between 2026-03-22 08:00 and 2026-03-23 08:00 (+19 −2 words), UTC
        restored  {*Boats leave the harbour at nine in the morning and come back when the tide
                  allows it.*} (whole passage; gone since r5, for at least 17 d and at most 19
                  d)
        reworded  [-open-] {+closed+} (in place)
        not told: something is back on this page nearly every time

      ~ The tar quay is [-closed-]{+open+} to everybody who comes there on foot.

      ~ The mail quay is [-open-]{+closed+} to everybody who comes there on foot.

    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["events", "--all", "--since", "2026-03-23"]), @"
    post
      r23  changed between 2026-03-22 08:00 and 2026-03-23 08:00
        put-back  [-closed-] {*open*} (in place; gone since r22, for at most 2 d; something is
                  back on this page nearly every time)
        reworded  [-open-] {+closed+} (in place)
        restored  {*Boats leave the harbour at nine in the morning and come back when the tide
                  allows it.*} (whole passage; gone since r5, for at least 17 d and at most 19
                  d)
      r24  changed between 2026-03-23 08:00 and 2026-03-24 08:00
        put-back  [-closed-] {*open*} (in place; gone since r23, for at most 2 d; something is
                  back on this page nearly every time)
        reworded  [-open-] {+closed+} (in place)
    exit 0
    ");
}

#[test]
fn what_is_gated_is_gated_again_when_the_history_is_told_anew() {
    let counter: Vec<String> = (0..20)
        .map(|day| format!("{day} boats lay in the harbour this morning, we counted."))
        .collect();
    let texts: Vec<[&str; 3]> = counter
        .iter()
        .enumerate()
        .map(|(day, counter)| [if day % 3 == 1 { SECOND } else { FIRST }, counter.as_str(), LAST])
        .collect();
    let texts: Vec<&[&str]> = texts.iter().map(<[&str; 3]>::as_slice).collect();
    let (world, _) = days(&texts);
    let told = world.json(&["events", "--all", "--json"]);
    let gates = told.to_string();
    assert!(gates.contains("volatile") && gates.contains("repeat"), "{gates}");
    world.palinode(&["rebuild"]).fine();
    assert_eq!(world.json(&["events", "--all", "--json"]), told);
}

#[test]
fn a_short_text_that_was_believed_before_is_no_collapse() {
    let whole: Vec<String> = (0..40).map(|number| format!("Rule {number}: {FIRST}")).collect();
    let whole: Vec<&str> = whole.iter().map(String::as_str).collect();
    let short: &[&str] = &[FIRST, LAST];
    let (world, told) = days(&[short, &whole, short]);
    insta::assert_snapshot!(told[2], @"
    post  r3 changed between 2026-03-02 08:00 and 2026-03-03 08:00 (+17 −743 words), UTC
        restored  {*the whole page as in r1*} (gone since r2, for at most 2 d)
        not told: 40 times: part of the return of the whole page

      ~ [-Rule 0:-] We are proud to support the harbour, its clerks and all who wait there in
        the cold.

    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["log", "post", "--graph"]), @"
    post
    3 checks from 2026-03-01 08:00 to 2026-03-03 08:00 (UTC)
    3 revisions, 2 states: the same letter is the same text

    A    r3  changed between 2026-03-02 08:00 and 2026-03-03 08:00, as in r1
    │        +17 −743 words; seen until 2026-03-03 08:00 in 1 check
    │ B  r2  changed between 2026-03-01 08:00 and 2026-03-02 08:00
    │        +743 −17 words; seen until 2026-03-02 08:00 in 1 check
    A    r1  first seen 2026-03-01 08:00
             seen until 2026-03-01 08:00 in 1 check
    exit 0
    ");
}

/// A page that shows two texts by turns: what happened to the one lies between two sights of that one.
#[test]
fn an_event_in_a_text_by_turns_is_bounded_by_the_sights_of_that_text() {
    let (world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    let more = "The harbour is open, and ships come and go at night.";
    let one = article("Post", &["We are proud of the pilots and their work.", more]);
    let other = article("Post", &["Please sign in to read on.", "Nothing else is here.", more]);
    let edited = article("Post", &["We are fond of the pilots and their work.", more]);
    for page in [&one, &other, &one, &other, &edited, &other, &one] {
        site.put("/post", page.clone());
        world.wait(600).palinode(&["check"]).fine();
    }
    let events = world.json(&["events", "post", "--json", "--all"]);
    let of_r5 = |event: &&serde_json::Value| event["revision"] == 5;
    let event = events.as_array().unwrap().iter().find(of_r5).unwrap();
    insta::assert_snapshot!(format!("{} to {}", event["after"], event["before"]), @r#""2026-03-02T14:00:00.000Z" to "2026-03-03T10:00:00.000Z""#);
    insta::assert_snapshot!(world.palinode(&["log", "post", "-n", "3"]), @"
    post
    7 checks from 2026-03-01 18:00 to 2026-03-04 06:00 (UTC)

    r7  changed between 2026-03-03 20:00 and 2026-03-04 06:00, as in r1
        +9 −10 words; seen until 2026-03-04 06:00 in 1 check
        not told: the page shows this text by turns with others

    r6  changed between 2026-03-03 10:00 and 2026-03-03 20:00, as in r2
        +10 −9 words; seen until 2026-03-03 20:00 in 1 check
        not told: the page shows this text by turns with others

    r5  changed between 2026-03-02 14:00 and 2026-03-03 10:00, a version of r3
        +1 −1 word; seen until 2026-03-03 10:00 in 1 check
        reworded  [-proud-] {+fond+} (in place)

    ⋯ 4 older; --all shows them
    exit 0
    ");
}
