//! The history as commits: what git itself makes of the stream, and that the same history makes the same commits.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use palinode::cli::Exit;

use crate::importing::{PAGE, import, rules, world};
use crate::site::{Site, article};
use crate::warc::response;
use crate::world::World;

/// Runs `git` in a folder, without anybody's settings. A system without it fails the test.
fn git(folder: &Path, words: &[&str], input: &[u8]) -> String {
    let mut git = Command::new("git");
    git.args(words).current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null");
    git.env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C").env("TZ", "UTC");
    git.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut git = git.spawn().unwrap();
    git.stdin.take().unwrap().write_all(input).unwrap();
    let ran = git.wait_with_output().unwrap();
    assert!(ran.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

/// A new repository in the world's folder.
fn repository(world: &World, name: &str) -> std::path::PathBuf {
    let folder = world.path(name);
    fs::create_dir(&folder).unwrap();
    git(&folder, &["init", "-q", "-b", "main"], b"");
    folder
}

fn stream(world: &World) -> Vec<u8> {
    world.palinode(&["export", "--git", "-"]).fine().stdout
}

fn taken_in(repository: &Path, stream: &[u8]) -> Vec<String> {
    git(repository, &["fast-import", "--quiet"], stream);
    git(repository, &["fsck", "--strict", "--no-progress"], b"");
    git(repository, &["rev-list", "--reverse", "main"], b"").lines().map(str::to_owned).collect()
}

/// A page as an archive and palinode saw it, and another between.
fn two_pages() -> World {
    let world = world();
    let other = "https://page.test/blog/news/";
    world.palinode(&["add", other]).fine();
    let at = |id: &str, date: &str, url: &str, text: &str| response(id, date, url, &rules(text));
    let records = [
        at("1", "2024-01-10T08:00:00Z", PAGE, "We never share your data."),
        at("2", "2024-02-01T00:00:00Z", other, "There is news."),
        at("3", "2024-03-05T12:30:15Z", PAGE, "We rarely share your data."),
    ];
    import(&world, "all.warc", &records).fine();
    world
}

#[test]
fn a_revision_is_a_commit_in_the_order_of_time() {
    let world = two_pages();
    let repository = repository(&world, "repository");
    let said = world.palinode(&["export", "--git", "-"]);
    insta::assert_snapshot!(said, @"
    feature done
    commit refs/heads/main
    committer palinode <> 1704873600 +0000
    data 222
    http://page.test/rules r1

    Rules

    New-text-first-seen: 2024-01-10T08:00:00.000Z
    Entity-SHA256: d88cbbc8dcd2c35fd59e5ceeadd37c75ef1e6c2cd70a2ef700b11da338ac65c3
    Claim: told by the file all.warc, not seen by palinode itself

    M 100644 inline page.test/rules~2acc76c150e01f5e.md
    data 89
    # Rules

    We never share your data.

    The rest of the rules stays as it is, for everybody.

    commit refs/heads/main
    committer palinode <> 1706745600 +0000
    data 228
    https://page.test/blog/news/ r1

    Rules

    New-text-first-seen: 2024-02-01T00:00:00.000Z
    Entity-SHA256: ba41bcbdd14515611f03ecccf57db58b81198553c291d4449110ea1ccc7ed807
    Claim: told by the file all.warc, not seen by palinode itself

    M 100644 inline page.test/blog/news/index.md
    data 78
    # Rules

    There is news.

    The rest of the rules stays as it is, for everybody.

    commit refs/heads/main
    committer palinode <> 1709641815 +0000
    data 267
    http://page.test/rules r2

    Rules

    Old-text-last-seen: 2024-01-10T08:00:00.000Z
    New-text-first-seen: 2024-03-05T12:30:15.000Z
    Entity-SHA256: dbf41cbaf5b48354b8ae77556986e636394e5f07ceb7c22484b8fa6c9f98c690
    Claim: told by the file all.warc, not seen by palinode itself

    M 100644 inline page.test/rules~2acc76c150e01f5e.md
    data 90
    # Rules

    We rarely share your data.

    The rest of the rules stays as it is, for everybody.

    done
    -- stderr --
    -: 3 revisions of 2 pages
    exit 0
    ");
    taken_in(&repository, &said.stdout);
    let log = ["log", "--reverse", "--stat", "--date=iso", "--format=%H %an <%ae> %ad%n%B", "main"];
    insta::assert_snapshot!(git(&repository, &log, b""), @"
    e6eb330ddd13fbebabd59206af3ca7cf2aceaeca palinode <> 2024-01-10 08:00:00 +0000
    http://page.test/rules r1

    Rules

    New-text-first-seen: 2024-01-10T08:00:00.000Z
    Entity-SHA256: d88cbbc8dcd2c35fd59e5ceeadd37c75ef1e6c2cd70a2ef700b11da338ac65c3
    Claim: told by the file all.warc, not seen by palinode itself


     page.test/rules~2acc76c150e01f5e.md | 5 +++++
     1 file changed, 5 insertions(+)
    6f8b27001e437004d86a856753fb369290330e92 palinode <> 2024-02-01 00:00:00 +0000
    https://page.test/blog/news/ r1

    Rules

    New-text-first-seen: 2024-02-01T00:00:00.000Z
    Entity-SHA256: ba41bcbdd14515611f03ecccf57db58b81198553c291d4449110ea1ccc7ed807
    Claim: told by the file all.warc, not seen by palinode itself


     page.test/blog/news/index.md | 5 +++++
     1 file changed, 5 insertions(+)
    392b1cf0c5e8dc8e36c04cd36f522fb1297d259e palinode <> 2024-03-05 12:30:15 +0000
    http://page.test/rules r2

    Rules

    Old-text-last-seen: 2024-01-10T08:00:00.000Z
    New-text-first-seen: 2024-03-05T12:30:15.000Z
    Entity-SHA256: dbf41cbaf5b48354b8ae77556986e636394e5f07ceb7c22484b8fa6c9f98c690
    Claim: told by the file all.warc, not seen by palinode itself


     page.test/rules~2acc76c150e01f5e.md | 2 +-
     1 file changed, 1 insertion(+), 1 deletion(-)
    ");
    let diff = ["show", "--format=%s", "--word-diff", "main"];
    insta::assert_snapshot!(git(&repository, &diff, b""), @"
    http://page.test/rules r2

    diff --git a/page.test/rules~2acc76c150e01f5e.md b/page.test/rules~2acc76c150e01f5e.md
    index ea65c41..de7f260 100644
    --- a/page.test/rules~2acc76c150e01f5e.md
    +++ b/page.test/rules~2acc76c150e01f5e.md
    @@ -1,5 +1,5 @@
    # Rules

    We [-never-]{+rarely+} share your data.

    The rest of the rules stays as it is, for everybody.
    ");
}

/// A history that goes on adds commits to those that are there: what a check only confirms is in none of them.
#[test]
fn the_same_history_is_the_same_commits() {
    let (world, site) = (World::new(), Site::new());
    site.put("/rules", article("Rules", &["We never share your data."]));
    world.palinode(&["add", &site.url("/rules")]).fine();
    world.palinode(&["check"]).fine();
    site.put("/rules", article("Rules", &["We rarely share your data."]));
    world.wait(60).palinode(&["check", "--all"]).fine();
    let first = stream(&world);
    let repository = repository(&world, "repository");
    let commits = taken_in(&repository, &first);
    assert_eq!(commits.len(), 2);
    world.wait(60).palinode(&["check", "--all"]).fine();
    assert!(first == stream(&world), "a check that found nothing new changed a commit");
    assert_eq!(taken_in(&repository, &first), commits);
    site.put("/rules", article("Rules", &["We gladly share your data."]));
    world.wait(60).palinode(&["check", "--all"]).fine();
    world.palinode(&["rebuild"]).fine();
    let more = taken_in(&repository, &stream(&world));
    assert_eq!((more.len(), &more[..2]), (3, &commits[..]));
}

/// A page that tries to end the stream, to write another file, or to reach the terminal of whoever reads the log.
#[test]
fn what_a_page_says_stays_in_its_file() {
    let (world, site) = (World::new(), Site::new());
    let hostile =
        "</p><pre>one\n\ndone\nM 100644 inline .git/hooks/x\ndata 2\nhi\n\u{1b}[2J</pre><p>";
    site.put("/.git/config", article("a\u{202e}b\ndone\ncommit refs/heads/other", &[hostile]));
    world.palinode(&["add", &site.url("/.git/config")]).fine();
    world.palinode(&["check"]).fine();
    let repository = repository(&world, "repository");
    assert_eq!(taken_in(&repository, &stream(&world)).len(), 1);
    let refs = git(&repository, &["for-each-ref", "--format=%(refname)"], b"");
    assert_eq!(refs, "refs/heads/main\n");
    let files = git(&repository, &["ls-tree", "-r", "--name-only", "main"], b"");
    assert!(files.starts_with("127.0.0.1/config~") && files.ends_with(".md\n"), "{files}");
    assert_eq!(files.lines().count(), 1);
    let text = git(&repository, &["show", &format!("main:{}", files.trim_end())], b"");
    insta::assert_snapshot!(text, @"
    # a⟨U+202E⟩b done commit refs/heads/other

        one

        done
        M 100644 inline .git/hooks/x
        data 2
        hi
        ⟨U+001B⟩[2J
    ");
    let message = git(&repository, &["log", "-1", "--format=%B", "main"], b"");
    assert!(
        message.contains("\na\u{27e8}U+202E\u{27e9}b done commit refs/heads/other\n"),
        "{message}"
    );
    assert_eq!(message.matches("refs/heads/other").count(), 1, "{message}");
    assert!(!message.contains("\ncommit"), "{message}");
}

#[test]
fn a_stream_is_a_file_or_what_is_printed() {
    let world = two_pages();
    let file = world.path("all.git");
    world.palinode(&["export", "--git", file.to_str().unwrap()]).fine();
    assert!(fs::read(&file).unwrap() == stream(&world));
    assert_eq!(world.palinode(&["export", "--git", file.to_str().unwrap()]).exit, Exit::Usage);
    let one = world.palinode(&["export", "rules", "--git", "-"]).fine();
    assert_eq!(one.said().matches("\ncommit refs/heads/main\n").count(), 2);
    // A stream that was cut short makes no repository that looks whole.
    let whole = stream(&world);
    let cut = &whole[..whole.len() - "done\n".len()];
    let repository = repository(&world, "repository");
    let ran = std::panic::catch_unwind(|| git(&repository, &["fast-import", "--quiet"], cut));
    assert!(ran.is_err());
}
