//! What time-stamping authorities attest of the chain: what is kept of it, what a stranger checks with `openssl`, and what
//! is not taken for a stamp.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use palinode::fetch::Digest;
use regex::Regex;
use rusqlite::Connection;

use crate::authority::Authority;
use crate::evidence::{verified, watched};
use crate::site::article;
use crate::world::{Output, World};

pub(crate) fn stamp(world: &World, authorities: &[&str], more: &[&str]) -> Output {
    let mut words = vec!["stamp", "--allow-private", "--pause=0s"];
    words.extend(authorities.iter().flat_map(|url| ["--authority", *url]));
    world.palinode(&[words.as_slice(), more].concat())
}

/// The text without the time of the authority, whose clock is a real one.
fn untimed(output: &Output) -> String {
    let time = Regex::new(r"20\d\d-\d\d-\d\d \d\d:\d\d UTC").unwrap();
    time.replace_all(&output.to_string(), "TIME UTC").into_owned()
}

fn bundle(world: &World, name: &str) -> std::path::PathBuf {
    let folder = world.path(name);
    world.palinode(&["evidence", "rules", "-o", folder.to_str().unwrap()]);
    folder
}

/// What the commands of VERIFY.txt for stamps say, run as they stand there.
pub(crate) fn checked(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join("VERIFY.txt")).unwrap();
    let lines = text.lines().skip_while(|line| !line.starts_with("  for stamp in"));
    let mut commands = String::new();
    for line in lines {
        commands += line;
        commands.push('\n');
        if line == "  done" {
            break;
        }
    }
    let ran = Command::new("sh").args(["-c", &commands]).current_dir(folder).output().unwrap();
    String::from_utf8(ran.stdout).unwrap()
}

#[test]
fn authorities_attest_the_chain_and_a_stranger_can_check_it() {
    let (world, site) = watched();
    let (one, two) = (Authority::new(), Authority::new());
    let both = [one.url("/"), two.url("/tsa")];
    let both = [both[0].as_str(), both[1].as_str()];
    insta::assert_snapshot!(untimed(&stamp(&world, &both, &[])), @"
    4 captures attested by http://127.0.0.1:PORT/, TIME UTC
    4 captures attested by http://127.0.0.1:PORT/tsa, TIME UTC
    exit 0
    ");
    // The same captures are not stamped twice, unless somebody wants that.
    insta::assert_snapshot!(untimed(&stamp(&world, &both[..1], &[])), @"
    -- stderr --
    http://127.0.0.1:PORT/: it has attested these since TIME UTC
    exit 0
    ");
    assert_eq!(one.asked(), 1);
    stamp(&world, &both[..1], &["--again"]).fine();
    assert_eq!(one.asked(), 2);
    site.put("/rules", article("Rules", &["We may share your data."]));
    world.wait(60).palinode(&["check", "--all"]).fine();
    insta::assert_snapshot!(world.palinode(&["evidence", "rules", "-o", world.path("proof").to_str().unwrap()]), @"
    -- stderr --
    FOLDER/proof: 4 captures, in a chain of 5 links with 3 stamps; read VERIFY.txt first
    exit 0
    ");
    let folder = world.path("proof");
    assert_eq!(verified(&folder), "");
    let roots = [one, two].map(|authority| fs::read_to_string(authority.certificate()).unwrap());
    fs::write(folder.join("authority.pem"), roots.concat()).unwrap();
    let said = checked(&folder);
    assert_eq!(said.matches("Verification: OK").count(), 6, "{said}");
    assert_eq!(said.matches("Time stamp: ").count(), 3, "{said}");
    assert_eq!(verified(&folder), "", "the certificates beside it are no damage");
    // The capture after the stamps says that it came after the last of them.
    let record = fs::read_to_string(folder.join("records/00000005.txt")).unwrap();
    let last = Digest::of(&fs::read(folder.join("checkpoint-3.tsr")).unwrap());
    assert!(record.contains(&format!("\nafter-stamp {last}\n")), "{record}");
    assert!(!fs::read_to_string(folder.join("records/00000004.txt")).unwrap().contains("after"));
    insta::assert_snapshot!(world.palinode(&["verify"]), @"
    whole: 2 pages, 5 captures, 5 revisions, 6 observations, 5 bodies
    exit 0
    ");
}

#[test]
fn what_is_no_stamp_is_not_kept() {
    let (world, _site) = watched();
    let authority = Authority::new();
    let wrong = ["/refuses", "/other-digest", "/other-nonce", "/html", "/500"];
    let mut urls: Vec<String> = wrong.iter().map(|path| authority.url(path)).collect();
    urls.push("http://127.0.0.1:1/nobody".to_owned());
    urls.push(authority.url("/"));
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    insta::assert_snapshot!(untimed(&stamp(&world, &urls, &[])), @"
    4 captures attested by http://127.0.0.1:PORT/, TIME UTC
    -- stderr --
    http://127.0.0.1:PORT/refuses: the authority refuses: status 2 (Bad request format or system error.)
    http://127.0.0.1:PORT/other-digest: the token is over another digest
    http://127.0.0.1:PORT/other-nonce: the token answers another question: its nonce is not the one that was sent
    http://127.0.0.1:PORT/html: the answer is no time-stamp reply
    http://127.0.0.1:PORT/500: it answered with status 500
    http://127.0.0.1:PORT/nobody: connection refused
    exit 3
    ");
    let store = Connection::open(world.store()).unwrap();
    let kept: u32 = store.query_row("SELECT count(*) FROM stamp", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 1, "the last was sound, whatever came before it");
    let asked = authority.asked();
    insta::assert_snapshot!(world.palinode(&["stamp", "--authority", &authority.url("/private")]), @"
    -- stderr --
    http://127.0.0.1:PORT/private: the address is not public: it is this machine itself
    hint: if that is meant, allow it with --allow-private
    exit 3
    ");
    assert_eq!(authority.asked(), asked);
    insta::assert_snapshot!(World::new().palinode(&["stamp", "--authority", "tsa.example"]), @r#"
    -- stderr --
    palinode: "tsa.example" is not an address: relative URL without a base
    hint: write it in full, as in https://example.org/post
    exit 2
    "#);
    let empty = World::new();
    empty.palinode(&["add", "http://page.test/"]).fine();
    insta::assert_snapshot!(stamp(&empty, &urls, &[]), @"
    -- stderr --
    palinode: nothing was captured yet
    hint: `palinode check` looks at the pages
    exit 2
    ");
    assert_eq!(authority.asked(), asked);
}

/// What no chain alone can show: it was made anew from its beginning, or from some link on, and all its digests fit.
#[test]
fn a_chain_that_was_made_anew_is_noticed() {
    let mut told = String::new();
    for sql in [
        "UPDATE page SET url = url || '?x'; DELETE FROM chain",
        "DELETE FROM chain WHERE seq = 4",
        "DELETE FROM chain WHERE seq >= 3; DELETE FROM source; DELETE FROM capture WHERE id >= 3",
        "UPDATE stamp SET checkpoint = replace(checkpoint, 'v1', 'v2')",
        "UPDATE stamp SET reply = CAST(substr(reply, 1, 300) || 'x' || substr(reply, 302) AS BLOB)",
        "UPDATE stamp SET attested_at = '2020-01-01T00:00:00.000Z'",
        "DELETE FROM stamp",
    ] {
        let (world, site) = watched();
        let authority = Authority::new();
        stamp(&world, &[&authority.url("/")], &[]).fine();
        if sql == "DELETE FROM stamp" {
            // Somebody else's word is missed only where something names it.
            site.put("/rules", article("Rules", &["We may share your data."]));
            world.wait(60).palinode(&["check", "--all"]).fine();
        }
        let store = Connection::open(world.store()).unwrap();
        store.execute_batch(&format!("PRAGMA foreign_keys=OFF; {sql}")).unwrap();
        drop(store);
        let folder = bundle(&world, "proof");
        let in_store = world.palinode(&["verify"]).said();
        let in_store = in_store.lines().filter(|line| line.contains("chain")).collect::<Vec<_>>();
        let in_bundle = verified(&folder).replace('\n', "; ");
        fs::copy(authority.certificate(), folder.join("authority.pem")).unwrap();
        let sound = checked(&folder).matches("Verification: OK").count();
        let in_store = in_store.join("; ");
        writeln!(told, "{sql}\nverify: {in_store}\nVERIFY.txt: {in_bundle}\nopenssl: {sound} OK\n")
            .unwrap();
    }
    let digest = Regex::new("[0-9a-f]{64}").unwrap();
    insta::assert_snapshot!(digest.replace_all(&told, "DIGEST"), @"
    UPDATE page SET url = url || '?x'; DELETE FROM chain
    verify: link 4 of the chain: the link that was stamped is altered
    VERIFY.txt: altered: chain.txt does not have the link that checkpoint-1.txt names
    openssl: 2 OK

    DELETE FROM chain WHERE seq = 4
    verify: link 4 of the chain: the link that was stamped is altered
    VERIFY.txt: altered: chain.txt does not have the link that checkpoint-1.txt names
    openssl: 2 OK

    DELETE FROM chain WHERE seq >= 3; DELETE FROM source; DELETE FROM capture WHERE id >= 3
    verify: link 4 of the chain: the link that was stamped is absent
    VERIFY.txt: altered: chain.txt does not have the link that checkpoint-1.txt names
    openssl: 2 OK

    UPDATE stamp SET checkpoint = replace(checkpoint, 'v1', 'v2')
    verify: link 4 of the chain: its stamp is altered
    VERIFY.txt: 
    openssl: 1 OK

    UPDATE stamp SET reply = CAST(substr(reply, 1, 300) || 'x' || substr(reply, 302) AS BLOB)
    verify: link 4 of the chain: its stamp is altered
    VERIFY.txt: 
    openssl: 0 OK

    UPDATE stamp SET attested_at = '2020-01-01T00:00:00.000Z'
    verify: link 4 of the chain: its stamp is altered
    VERIFY.txt: 
    openssl: 2 OK

    DELETE FROM stamp
    verify: link 5 of the chain: the stamp that it came after is absent
    VERIFY.txt: absent: the stamp DIGEST
    openssl: 0 OK
    ");
}
