//! What a person at a terminal gets beside what a pipe gets: time lines, names that open addresses, a pager.
//!
//! Apart from `tracing` and `history`, which look at what is said; here it is how it is shown, at several widths.

use palinode::cli::{Exit, Letters, Pager, Reader};
use palinode::views::{Hyperlinks, Ink};

use crate::site::{Reply, Site, article};
use crate::world::World;

/// A page under a wide name that says something, no longer says it, and says it again, a check a day; on the fourth day
/// it is not seen.
fn told() -> World {
    let (mut world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url("/post"), "--name", "港の\u{1f6a2}"]).fine();
    world.palinode(&["add", &site.url("/other"), "--name", "other"]).fine();
    site.put("/other", article("Other", &["Nothing of this ever changes, whoever looks."]));
    let [proud, humble] = ["誇りを持って", ""].map(|word| {
        let more = "水先案内人は毎晩船を迎え、事務員はその名前を帳簿に書きます。";
        article("港", &[&format!("港は夜も開いています。私たちは{word}支援します。"), more])
    });
    let unseen = Reply::status(500);
    let days = [&proud, &proud, &humble, &unseen, &humble, &proud, &proud];
    for (day, page) in days.into_iter().enumerate() {
        site.put("/post", page.clone());
        world.at(&format!("2026-03-{:02}T08:00:00Z", day + 1)).palinode(&["check"]);
    }
    world.surroundings.reader = Reader::Person;
    world.surroundings.width = 60;
    world
}

const TRACE: [&str; 3] = ["trace", "港", "誇りを持って"];

#[test]
fn the_life_of_a_phrase_is_drawn() {
    let mut world = told();
    insta::assert_snapshot!(world.palinode(&TRACE), @"
    “誇りを持って” on 港の🚢

    r1                  r2                            r3
    ███████████░░░░░░░░░▁▁▁▁▁▁▁▁▁▁▁░░░░░░░░░▁░░░░░░░░░██████████
    2026-03-01 08:00                            2026-03-07 08:00
    █ there  ▁ missing  ░ unknown

    present   r1      first seen 2026-03-01 08:00, last seen
                      2026-03-02 08:00
                      港は夜も開いています。私たちは»誇りを持っ
                      て«支援します。
    absent    r2      first missing 2026-03-03 08:00, last
                      missing 2026-03-05 08:00
    restored  r3      first seen 2026-03-06 08:00, last seen
                      2026-03-07 08:00
                      it had been gone for at least 2 d and at
                      most 4 d
                      港は夜も開いています。私たちは»誇りを持っ
                      て«支援します。

    the page could not be seen, so nothing is known of these
    times (UTC):
      2026-03-04 08:00  failed (http-500), 1 check
    exit 0
    ");
    world.surroundings.width = 40;
    insta::assert_snapshot!(world.palinode(&TRACE), @"
    “誇りを持って” on 港の🚢

    r1           r2                  r3
    ███████░░░░░░▁▁▁▁▁▁▁▁░░░░░▁░░░░░░███████
    2026-03-01 08:00        2026-03-07 08:00
    █ there  ▁ missing  ░ unknown

    present   r1
        first seen 2026-03-01 08:00, last
        seen 2026-03-02 08:00
        港は夜も開いています。私たちは»誇り
        を持って«支援します。
    absent    r2
        first missing 2026-03-03 08:00, last
        missing 2026-03-05 08:00
    restored  r3
        first seen 2026-03-06 08:00, last
        seen 2026-03-07 08:00
        it had been gone for at least 2 d
        and at most 4 d
        港は夜も開いています。私たちは»誇り
        を持って«支援します。

    the page could not be seen, so nothing
    is known of these times (UTC):
      2026-03-04 08:00  failed (http-500), 1
      check
    exit 0
    ");
}

#[test]
fn the_time_of_a_page_is_drawn() {
    let mut world = told();
    world.surroundings.width = 40;
    insta::assert_snapshot!(world.palinode(&["log", "港", "-n", "1"]), @"
    港の🚢
    7 checks from 2026-03-01 08:00 to
    2026-03-07 08:00 (UTC), 1 of them saw no
    page

    r1           r2                  r3
    █████████████▄███████░░░░░███████▄██████
    2026-03-01 08:00        2026-03-07 08:00
    █ seen  ▄ changed  ░ not seen

    r3  changed between 2026-03-05 08:00 and
        2026-03-06 08:00, as in r1
        +6 words; seen until 2026-03-07
        08:00 in 2 checks
        restored  {*the whole page as in
                  r1*} (gone since r2, for
                  at least 2 d and at most 4
                  d)
        restored  {*誇りを持って*} (in
                  place; gone since r2, for
                  at least 2 d and at most 4
                  d)

    ⋯ 2 older; --all shows them
    exit 0
    ");
}

#[test]
fn a_terminal_without_unicode_gets_letters() {
    let mut world = told();
    world.surroundings.letters = Letters::Ascii;
    let said = world.palinode(&TRACE).said();
    let strip: Vec<&str> = said.lines().skip(2).take(4).collect();
    insta::assert_snapshot!(strip.join("\n"), @"
    r1                  r2                            r3
    ###########?????????___________?????????_?????????##########
    2026-03-01 08:00                            2026-03-07 08:00
    # there  _ missing  ? unknown
    ");
    assert!(strip.iter().all(|line| line.is_ascii()));
}

#[test]
fn a_pipe_gets_a_time_line_only_if_it_asks() {
    let mut world = told();
    let drawn = world.palinode(&TRACE).said();
    world.surroundings.reader = Reader::Pipe;
    let plain = world.palinode(&TRACE).said();
    assert!(drawn.contains('\u{2588}') && !plain.contains('\u{2588}'));
    assert_eq!(world.palinode(&[&TRACE[..], &["--time-line"]].concat()).said(), drawn);
    assert!(world.palinode(&["log", "港", "--time-line"]).said().contains('\u{2584}'));
    assert_eq!(world.palinode(&["log", "港", "--time-line", "--json"]).exit, Exit::Usage);
}

/// Five months in which all that happened happened on two days: these are drawn larger, too.
#[test]
fn what_is_lost_in_the_whole_is_drawn_closer() {
    let mut world = World::new();
    let store = world.store().display().to_string();
    world.palinode(&["demo", "--keep", &store]).fine();
    world.surroundings.width = 60;
    let words = ["trace", "northlight", "proud to support", "--time-line"];
    let said = world.palinode(&words).said();
    let strip: Vec<&str> = said.lines().skip(2).take(9).collect();
    insta::assert_snapshot!(strip.join("\n"), @"
    r1                                                        r2
    ███████████████████████████████████████████████████████████▄
    2018-01-24 09:00                            2018-06-20 09:00

    the changes, closer:
    r1                           r2            r3
    █████████████████░░░░░░░░░░░░▁▁▁░░░▁░░░░░░░█████████████████
    2018-06-17 03:12                            2018-06-20 03:48
    █ there  ▄ both  ▁ missing  ░ unknown
    ");
    world.surroundings.ink = Ink::Colour;
    let said = world.palinode(&words).said();
    let row = said.lines().nth(8).unwrap().replace('\u{1b}', "^");
    insta::assert_snapshot!(row, @"^[32m█████████████████^[0m^[2m░░░░░░░░░░░░^[0m^[31m▁▁▁^[0m^[2m░░░^[0m^[31m▁^[0m^[2m░░░░░░░^[0m^[32m█████████████████^[0m");
}

#[test]
fn wide_names_stand_in_columns() {
    insta::assert_snapshot!(told().palinode(&["pages"]), @"
    other   every 6h  r1    seen 2026-03-07 08:00
        http://127.0.0.1:PORT/other
    港の🚢  every 6h  r3    seen 2026-03-07 08:00
        http://127.0.0.1:PORT/post
    exit 0
    ");
}

#[test]
fn marks_that_close_begin_no_line_and_no_word_is_wider_than_the_column() {
    let (mut world, site) = (World::new(), Site::new());
    let (row, long, voiced) = ("港".repeat(19), "x".repeat(50), "か\u{3099}".repeat(21));
    site.put("/post", article("港", &[&format!("{row}。{long} {voiced}。"), "More follows here."]));
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    world.palinode(&["check"]).fine();
    world.surroundings.width = 40;
    insta::assert_snapshot!(world.palinode(&["show", "post"]), @"
    post  r1
    seen from 2026-03-01 08:00 to 2026-03-01
    08:00 (UTC)
    title: 港

    # 港

    港港港港港港港港港港港港港港港港港港港。
    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
    xxxxxxxxxx がががががががががががががが
    ががががががが。

    More follows here.
    exit 0
    ");
}

#[test]
fn names_lead_to_addresses_where_the_terminal_knows_how() {
    let mut world = told();
    world.surroundings.hyperlinks = Hyperlinks::Written;
    let commands =
        "log 港|diff 港|trace 港 誇り|blame 港|show 港|events 港|search 誇り|log 港 --graph|pages";
    let mut all = String::new();
    for command in commands.split('|') {
        let said = world.palinode(&command.split(' ').collect::<Vec<_>>()).said();
        let led = said.lines().filter(|line| line.contains('\u{1b}'));
        all.extend(led.map(|line| line.replace('\u{1b}', "^") + "\n"));
    }
    insta::assert_snapshot!(all, @r"
    ^]8;;http://127.0.0.1:PORT/post^\港の🚢^]8;;^\
    ^]8;;http://127.0.0.1:PORT/post^\港の🚢  r2 → r3^]8;;^\
    ^]8;;http://127.0.0.1:PORT/post^\“誇り” on 港の🚢^]8;;^\
    ^]8;;http://127.0.0.1:PORT/post^\港の🚢  r3^]8;;^\
    ^]8;;http://127.0.0.1:PORT/post^\港の🚢  r3^]8;;^\
    ^]8;;http://127.0.0.1:PORT/post^\港の🚢^]8;;^\
    ^]8;;http://127.0.0.1:PORT/post^\港の🚢^]8;;^\
    ^]8;;http://127.0.0.1:PORT/post^\港の🚢^]8;;^\
    ^]8;;http://127.0.0.1:PORT/other^\other^]8;;^\   every 6h  r1    seen 2026-03-07 08:00
        ^]8;;http://127.0.0.1:PORT/other^\http://127.0.0.1:PORT/other^]8;;^\
    ^]8;;http://127.0.0.1:PORT/post^\港の🚢^]8;;^\  every 6h  r3    seen 2026-03-07 08:00
        ^]8;;http://127.0.0.1:PORT/post^\http://127.0.0.1:PORT/post^]8;;^\
    ");
    assert!(!world.palinode(&["log", "港", "--json"]).said().contains('\u{1b}'));
}

/// A page cannot write one: what it says comes out as numbers.
#[test]
fn a_page_opens_no_address() {
    let (mut world, site) = (World::new(), Site::new());
    let evil = "https://evil.example/";
    let text = format!(
        "Look \u{9d}8;;{evil}\u{9c}there \u{1b}]8;;{evil}\u{7}here\u{1b}]8;;\u{7}, please."
    );
    site.put("/post", article("Post", &[&text, "More of the same follows here."]));
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    world.palinode(&["check"]).fine();
    world.surroundings.hyperlinks = Hyperlinks::Written;
    for command in ["show post", "blame post", "search there", "trace post there"] {
        let said = world.palinode(&command.split(' ').collect::<Vec<_>>()).fine().said();
        assert!(said.contains("evil.example"), "{said}");
        let opened: Vec<&str> = said.split("\u{1b}]8;;").skip(1).collect();
        assert_eq!(opened.len(), 2, "{said:?}");
        assert!(opened[0].starts_with("http://127.0.0.1:PORT/post\u{1b}\\"), "{said:?}");
        assert!(opened[1].starts_with("\u{1b}\\"), "{said:?}");
        assert!(!said.contains(['\u{7}', '\u{9c}', '\u{9d}']), "{said:?}");
    }
}

/// A world whose pager is this line of shell.
fn paged(line: &str) -> World {
    let mut world = told();
    let line = line.replace("FILE", &world.path("paged").display().to_string());
    world.surroundings.pager = Some(Pager {
        program: "sh".to_owned(),
        arguments: vec!["-c".to_owned(), line],
        variables: vec![("LESS", "FRX")],
        starts: || {},
    });
    world
}

/// What the pager wrote down.
fn read(world: &World) -> Option<String> {
    std::fs::read_to_string(world.path("paged")).ok()
}

#[test]
fn long_listings_go_through_the_pager() {
    let world = paged("echo $LESS > FILE; cat >> FILE");
    for command in "log 港|diff 港|show 港|trace 港 誇り|blame 港|events|search 誇り".split('|')
    {
        let words: Vec<&str> = command.split(' ').collect();
        let straight = world.palinode(&[&words[..], &["--no-pager"]].concat()).fine();
        assert_eq!(read(&world), None, "{command}");
        assert_eq!(world.palinode(&words).fine().said(), "", "{command}");
        let said = String::from_utf8(straight.stdout).unwrap();
        assert_eq!(read(&world), Some(format!("FRX\n{said}")));
        std::fs::remove_file(world.path("paged")).unwrap();
    }
    for words in [&["pages"][..], &["show", "港", "--raw"], &["captures", "other"]] {
        assert!(!world.palinode(words).fine().stdout.is_empty(), "{words:?}");
        assert_eq!(read(&world), None, "{words:?}");
    }
}

#[test]
fn a_command_that_fails_starts_no_pager_and_keeps_its_exit_code() {
    let world = paged("cat > FILE");
    let output = world.palinode(&["log", "nowhere"]);
    assert_eq!((output.exit, read(&world)), (Exit::Usage, None));
    assert!(output.stderr.contains("nowhere"));
}

#[test]
fn a_reader_who_leaves_early_has_seen_enough() {
    let (mut world, site) = (paged("head -c 10 > FILE"), Site::new());
    let long: Vec<String> =
        (0..4000).map(|place| format!("The harbour has a pier with the number {place}.")).collect();
    let long: Vec<&str> = long.iter().map(String::as_str).collect();
    site.put("/long", article("Long", &long));
    world.palinode(&["add", &site.url("/long"), "--name", "long"]).fine();
    world.palinode(&["check", "long"]).fine();
    let output = world.palinode(&["show", "long"]);
    assert_eq!((output.exit, output.stderr.as_str()), (Exit::Fine, ""));
    assert_eq!(read(&world).map(|text| text.len()), Some(10));
    world.surroundings.pager.as_mut().unwrap().program = "no-such-pager".to_owned();
    assert!(world.palinode(&["show", "long"]).fine().stdout.len() > 150_000);
}
