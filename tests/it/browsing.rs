//! The history in a real browser: links and forms lead where they say, the style is applied, and nothing is too wide.

use crate::browser::Browser;
use crate::history::told;
use crate::site::{Reply, Site};
use crate::visitor::Visitor;
use crate::world::World;

/// What must hold on every page that is reached.
#[track_caller]
fn sound(browser: &mut Browser) {
    let width = browser.told("document.documentElement.scrollWidth - innerWidth");
    assert!(width.as_i64().unwrap() <= 0, "{width} too wide: {}", browser.place());
    assert_eq!(browser.told("document.scripts.length"), 0);
    let margin = browser.told("getComputedStyle(document.body).maxWidth");
    assert_eq!(margin, "1152px", "the style is not applied: {}", browser.place());
    assert_eq!(browser.complaints(), [] as [serde_json::Value; 0]);
}

fn click_through(width: u32) {
    let visitor = Visitor::of(told());
    let mut browser = Browser::of_size(width, 800);
    browser.open(&visitor.url("/"));
    sound(&mut browser);

    browser.follow("post");
    sound(&mut browser);
    assert_eq!(browser.place(), "/page/1/");

    browser.follow("r4");
    sound(&mut browser);
    assert_eq!(browser.place(), "/page/1/r4/");
    assert!(browser.text().contains("Ships come and go at night."));

    browser.follow("difference to r3");
    sound(&mut browser);
    assert_eq!(browser.place(), "/page/1/r3..r4/");
    let gone = browser.told("document.querySelectorAll('del')[1].textContent");
    assert_eq!(gone, "[removed] Who lights the lamps? [end]");
    let ground = browser.told("getComputedStyle(document.querySelector('del')).backgroundColor");
    assert_eq!(ground, "rgb(252, 228, 225)");
    browser.follow("side by side");
    sound(&mut browser);

    browser.follow("post");
    browser.write("Follow a phrase", "and proud");
    browser.follow("Follow");
    sound(&mut browser);
    assert_eq!(browser.place(), "/page/1/phrase/?q=and+proud");
    let runs = browser
        .told("[...document.querySelectorAll('.revisions h2')].map(it => it.innerText).join(', ')");
    assert_eq!(runs, "present r1, absent r2, restored r3–r6");

    browser.write("Search all that any page ever said", "lights the lamps");
    browser.follow("Search");
    sound(&mut browser);
    assert_eq!(browser.place(), "/search/?q=lights+the+lamps");
    assert_eq!(
        browser.told("document.querySelector('mark').textContent"),
        "[found] lights the lamps [end]"
    );

    browser.follow("Events");
    browser.follow("restored");
    browser.follow("restored");
    sound(&mut browser);
}

#[test]
fn a_person_clicks_from_the_pages_to_a_search() {
    click_through(1280);
}

#[test]
fn the_same_on_a_telephone() {
    click_through(390);
}

/// Code that is wider than the window, a word of three thousand letters, a page that would take the browser over.
#[test]
fn a_hostile_page_is_text_and_fits() {
    let (world, site) = (World::new(), Site::new());
    let hostile = |sign: &str| {
        format!(
            "<!doctype html><title>\u{202e}gpj</title><script>owned = 1</script><h1 onclick=\"owned = 1\">A page</h1>\
             <style>body {{ display: none }}</style><p>This paragraph is long enough to be text: &lt;script&gt;owned = 1&lt;/script&gt; \
             &lt;img src=x onerror='owned = 1'&gt; and <a href=\"javascript:owned = 1\">a link</a>, {sign}.</p>\
             <p>{}{sign}</p><pre>{}</pre>",
            "Donaudampfschiff".repeat(190),
            "let columns = matter; ".repeat(20)
        )
    };
    site.put("/post", Reply::html(hostile("first")));
    world.palinode(&["add", &site.url("/post"), "--name", "<i>post</i>"]).fine();
    world.palinode(&["check"]).fine();
    site.put("/post", Reply::html(hostile("second")));
    world.wait(600).palinode(&["check"]).fine();
    let visitor = Visitor::of(&world);
    let mut browser = Browser::of_size(390, 800);
    for path in [
        "",
        "page/1/",
        "page/1/r1/",
        "page/1/r2/ages/",
        "page/1/r1..r2/",
        "page/1/r1..r2/columns/",
        "page/1/r2.1/",
    ] {
        browser.open(&visitor.url(&format!("/{path}")));
        sound(&mut browser);
        assert_eq!(browser.told("typeof owned"), "undefined", "{path}");
        assert_eq!(browser.told("document.querySelectorAll('main i, main img, [onclick], [href^=javascript]').length"), 0);
    }
}
