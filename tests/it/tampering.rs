//! Whether whoever alters a bundle or a history is noticed: by a stranger's standard tools, by a stamp, by `verify`.
//!
//! The forger here knows how it is made: every list of digests that can be made to fit again is.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use palinode::fetch::Digest;
use rusqlite::Connection;

use crate::authority::Authority;
use crate::evidence::{copied, replaced, verified, verified_by, watched};
use crate::stamping::{checked, stamp};
use crate::world::World;

/// So many bits are tried, each by all commands of VERIFY.txt.
const FLIPS: usize = 100;

/// A bundle of three captures in a chain of four links, all of them stamped, with the certificate beside it.
fn bundle(world: &World, authority: &Authority) -> PathBuf {
    stamp(world, &[&authority.url("/")], &[]).fine();
    let folder = world.path("proof");
    world.palinode(&["evidence", "rules", "-o", folder.to_str().unwrap()]).fine();
    fs::copy(authority.certificate(), folder.join("authority.pem")).unwrap();
    folder
}

/// The files of a bundle, from its folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for below in ["", "objects/", "records/"] {
        for entry in fs::read_dir(folder.join(below)).unwrap() {
            let entry = entry.unwrap();
            if entry.path().is_file() && entry.file_name() != "authority.pem" {
                let name = format!("{below}{}", entry.file_name().to_str().unwrap());
                found.insert(name, fs::read(entry.path()).unwrap());
            }
        }
    }
    found
}

/// Makes the list of digests fit again.
fn sum_up(folder: &Path) {
    let mut files = files(folder);
    files.remove("SHA256SUMS");
    let lines = files.iter().map(|(name, bytes)| format!("{}  ./{name}\n", Digest::of(bytes)));
    fs::write(folder.join("SHA256SUMS"), lines.collect::<String>()).unwrap();
}

/// Makes chain and checkpoint fit the records again, from `first` on; records that are not there keep their digests.
fn chain_anew(folder: &Path, first: usize) {
    let chain = fs::read_to_string(folder.join("chain.txt")).unwrap();
    let (mut before, mut lines) = ("0".repeat(64), String::new());
    for line in chain.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let number: usize = words[0].parse().unwrap();
        let (mut record, mut link) = (words[1].to_owned(), words[2].to_owned());
        if number >= first {
            let path = folder.join(format!("records/{number:08}.txt"));
            record = fs::read(path).map_or(record, |bytes| Digest::of(&bytes).to_string());
            link = Digest::of(format!("{before} {number} {record}\n").as_bytes()).to_string();
        }
        writeln!(lines, "{number} {record} {link}").unwrap();
        before = link;
    }
    let count = lines.lines().count();
    fs::write(folder.join("chain.txt"), lines).unwrap();
    let checkpoint = fs::read_to_string(folder.join("checkpoint.txt")).unwrap();
    let mut words: Vec<String> = checkpoint.lines().map(str::to_owned).collect();
    (words[2], words[3]) = (count.to_string(), before);
    fs::write(folder.join("checkpoint.txt"), words.join("\n") + "\n").unwrap();
}

fn without_line(folder: &Path, number: &str) {
    let chain = fs::read_to_string(folder.join("chain.txt")).unwrap();
    let kept = chain.split_inclusive('\n').filter(|line| !line.starts_with(&format!("{number} ")));
    fs::write(folder.join("chain.txt"), kept.collect::<String>()).unwrap();
    let record = folder.join(format!("records/{number:0>8}.txt"));
    if record.exists() {
        fs::remove_file(record).unwrap();
    }
}

/// Another status, in a record that somebody else would hardly miss.
fn lie(folder: &Path, record: &str) {
    replaced(&folder.join(record), "status 200", "status 404");
}

type Forge<'a> = &'a dyn Fn(&Path);

/// The six ways of the forger, with the list of digests made to fit after each.
#[test]
fn six_forgeries_of_a_bundle_are_noticed_by_standard_tools() {
    let (world, _site) = watched();
    let authority = Authority::new();
    let whole = bundle(&world, &authority);
    assert_eq!(verified(&whole), "");
    let last = "records/00000004.txt";
    let record = fs::read_to_string(whole.join(last)).unwrap();
    let entity = record.lines().find_map(|line| line.strip_prefix("entity-sha256 ")).unwrap();
    let forgeries: [(&str, Forge<'_>); 6] = [
        ("an entity", &|at| replaced(&at.join("objects").join(entity), "We do not", "We do")),
        ("a record", &|at| lie(at, last)),
        ("a record and its line", &|at| {
            let digest = |at: &Path| Digest::of(&fs::read(at.join(last)).unwrap()).to_string();
            let before = digest(at);
            lie(at, last);
            replaced(&at.join("chain.txt"), &before, &digest(at));
        }),
        ("a capture is left out", &|at| without_line(at, "3")),
        ("the end is cut, and the checkpoint made to fit", &|at| {
            without_line(at, "4");
            chain_anew(at, 4);
        }),
        ("the whole chain is made anew, with its checkpoint", &|at| {
            lie(at, last);
            chain_anew(at, 1);
        }),
    ];
    let mut noticed = String::new();
    for (number, (what, forge)) in forgeries.into_iter().enumerate() {
        let folder = world.path(&format!("forged-{number}"));
        copied(&whole, &folder);
        forge(&folder);
        sum_up(&folder);
        let said = verified(&folder);
        assert_ne!(said, "", "not noticed: {what}");
        assert_eq!(checked(&folder).matches("Verification: OK").count(), 2, "{what}");
        writeln!(noticed, "{what}:\n{}", said.replace(entity, "ENTITY")).unwrap();
    }
    insta::assert_snapshot!(noticed, @"
    an entity:
    altered: objects/ENTITY
    a record:
    altered: records/00000004.txt
    a record and its line:
    altered: line 4 of chain.txt, or the one before it
    a capture is left out:
    absent: a line before 4 in chain.txt
    altered: line 4 of chain.txt, or the one before it
    altered: chain.txt does not end where checkpoint.txt says
    the end is cut, and the checkpoint made to fit:
    altered: chain.txt does not have the link that checkpoint-1.txt names
    the whole chain is made anew, with its checkpoint:
    altered: chain.txt does not have the link that checkpoint-1.txt names
    ");
    // And where the stamped text is made to fit as well, the stamp does not.
    let folder = world.path("forged-5");
    let anew = fs::read_to_string(folder.join("checkpoint.txt")).unwrap();
    fs::write(folder.join("checkpoint-1.txt"), anew).unwrap();
    sum_up(&folder);
    assert_eq!(verified(&folder), "");
    assert_eq!(checked(&folder).matches("Verification: OK").count(), 1, "only the question fits");
}

/// The same in the history itself.
#[test]
fn six_forgeries_of_the_history_are_noticed_by_verify() {
    let mut told = String::new();
    for sql in [
        "UPDATE body SET data = x'00' WHERE id = 4",
        "UPDATE capture SET status = 404 WHERE id = 2",
        "UPDATE chain SET record = (SELECT record FROM chain WHERE seq = 1) WHERE seq = 3",
        "DELETE FROM chain WHERE seq = 3",
        "DELETE FROM chain WHERE seq = 4; DELETE FROM source; DELETE FROM capture WHERE id = 4",
        "UPDATE page SET url = url || '?x'; DELETE FROM chain",
    ] {
        let (world, _site) = watched();
        stamp(&world, &[&Authority::new().url("/")], &[]).fine();
        let store = Connection::open(world.store()).unwrap();
        store.execute_batch(&format!("PRAGMA foreign_keys=OFF; {sql}")).unwrap();
        drop(store);
        let said = world.palinode(&["verify"]);
        assert_eq!(said.exit.code(), 4, "not noticed: {sql}");
        let said = said.said();
        let of_chain: Vec<&str> = said.lines().filter(|line| line.contains("chain")).collect();
        writeln!(told, "{sql}:\n{}", of_chain.join("\n")).unwrap();
    }
    insta::assert_snapshot!(told, @"
    UPDATE body SET data = x'00' WHERE id = 4:

    UPDATE capture SET status = 404 WHERE id = 2:
    link 2 of the chain: the capture is altered
    UPDATE chain SET record = (SELECT record FROM chain WHERE seq = 1) WHERE seq = 3:
    link 3 of the chain: the record, or the link before it is altered
    link 3 of the chain: the capture is altered
    DELETE FROM chain WHERE seq = 3:
    link 3 of the chain: the line itself is absent
    link 4 of the chain: the record, or the link before it is altered
    1 captures are in no link of the chain
    DELETE FROM chain WHERE seq = 4; DELETE FROM source; DELETE FROM capture WHERE id = 4:
    link 4 of the chain: the link that was stamped is absent
    UPDATE page SET url = url || '?x'; DELETE FROM chain:
    link 4 of the chain: the link that was stamped is absent
    ");
}

/// Bits that chance chooses, each in a bundle that is else whole. In what the chain attests, they are noticed even where
/// the list of digests is made to fit.
#[test]
fn a_single_bit_that_changed_is_noticed() {
    let (world, _site) = watched();
    let folder = bundle(&world, &Authority::new());
    // Whoever checks has the text from where it cannot be altered.
    let verify = fs::read_to_string(folder.join("VERIFY.txt")).unwrap();
    let all: Vec<(String, Vec<u8>)> = files(&folder).into_iter().collect();
    let is_attested = |name: &str| name.contains('/') || name == "chain.txt";
    let (attested, others): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(name, _)| is_attested(name));
    let mut chance = 7_u64;
    for flip in 0..FLIPS {
        let files = if flip % 2 == 0 { &attested } else { &others };
        let (name, bytes, place) = chosen(files, &mut chance);
        let mut changed = bytes.to_vec();
        changed[place / 8] ^= 1 << (place % 8);
        fs::write(folder.join(name), changed).unwrap();
        if is_attested(name) {
            sum_up(&folder);
        }
        let (said, complaints) = verified_by(&verify, &folder);
        assert_ne!(said + &complaints, "", "not noticed: bit {place} of {name}");
        fs::write(folder.join(name), bytes).unwrap();
        sum_up(&folder);
    }
    assert_eq!(verified(&folder), "");
}

/// One of all bits of some files: the file, and the place of the bit in it.
fn chosen<'a>(files: &'a [(String, Vec<u8>)], chance: &mut u64) -> (&'a str, &'a [u8], usize) {
    *chance =
        chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let bits: usize = files.iter().map(|(_, bytes)| bytes.len() * 8).sum();
    let mut place = usize::try_from(*chance >> 33).unwrap() % bits;
    for (name, bytes) in files {
        if place < bytes.len() * 8 {
            return (name, bytes, place);
        }
        place -= bytes.len() * 8;
    }
    unreachable!("a place among all bits is in one of the files")
}
