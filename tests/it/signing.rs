//! What people sign of the chain: what the real `ssh-keygen` says of it, and what it signs itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use palinode::fetch::Digest;
use regex::Regex;

use crate::authority::Authority;
use crate::evidence::{replaced, verified, watched};
use crate::site::article;
use crate::stamping::stamp;
use crate::world::{Output, World};

/// Runs `ssh-keygen` and gives what it said. A system without it fails the test.
pub(crate) fn keygen(words: &[&str]) -> String {
    let ran = Command::new("ssh-keygen").args(words).output().unwrap();
    assert!(ran.status.success(), "{words:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

/// A key of this kind in this file, encrypted by these words if there are any.
pub(crate) fn new_key(world: &World, name: &str, kind: &[&str], words: &str) -> PathBuf {
    let file = world.path(name);
    let path = file.to_str().unwrap();
    keygen(&[&["-q", "-N", words, "-C", "me@machine", "-f", path, "-t"], kind].concat());
    file
}

pub(crate) fn sign(world: &World, key: &Path) -> Output {
    world.palinode(&["sign", "--key", key.to_str().unwrap()])
}

/// The text without what chance decides.
fn said(output: &Output) -> String {
    let chance = Regex::new(r"SHA256:[A-Za-z0-9+/]{43}").unwrap();
    chance.replace_all(&output.to_string(), "SHA256:FINGERPRINT").into_owned()
}

pub(crate) fn bundle(world: &World, name: &str) -> PathBuf {
    let folder = world.path(name);
    world.palinode(&["evidence", "rules", "-o", folder.to_str().unwrap()]);
    folder
}

/// What the commands of VERIFY.txt for signatures say, run as they stand there.
pub(crate) fn checked(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join("VERIFY.txt")).unwrap();
    let lines = text.lines().skip_while(|line| !line.starts_with("  for signed in"));
    let end = lines.clone().position(|line| line == "  done").unwrap();
    let commands: Vec<&str> = lines.take(end + 1).collect();
    let ran =
        Command::new("sh").args(["-c", &commands.join("\n")]).current_dir(folder).output().unwrap();
    String::from_utf8(ran.stdout).unwrap()
}

/// Everything that is kept of the world, but for keys.
fn kept(world: &World) -> Vec<u8> {
    let mut kept = Vec::new();
    for name in ["palinode.db", "palinode.db-wal"] {
        kept.extend(fs::read(world.path(name)).unwrap_or_default());
    }
    kept
}

#[test]
fn a_person_signs_the_chain_and_ssh_keygen_agrees() {
    let (world, site) = watched();
    let key = new_key(&world, "mine", &["ed25519"], "");
    insta::assert_snapshot!(said(&sign(&world, &key)), @"
    4 captures signed by the key SHA256:FINGERPRINT
    exit 0
    ");
    // The same captures are not signed twice by one key, but by another.
    insta::assert_snapshot!(said(&sign(&world, &key)), @"
    -- stderr --
    the key SHA256:FINGERPRINT has signed these since 2026-03-01 09:00 UTC
    exit 0
    ");
    let other = new_key(&world, "other", &["ed25519"], "");
    sign(&world, &other).fine();
    site.put("/rules", article("Rules", &["We may share your data."]));
    world.wait(60).palinode(&["check", "--all"]).fine();
    stamp(&world, &[&Authority::new().url("/")], &[]).fine();
    insta::assert_snapshot!(world.palinode(&["evidence", "rules", "-o", world.path("proof").to_str().unwrap()]), @"
    -- stderr --
    FOLDER/proof: 4 captures, in a chain of 5 links with 1 stamp and 2 signatures; read VERIFY.txt first
    exit 0
    ");
    let folder = world.path("proof");
    assert_eq!(verified(&folder), "");
    let agreed = checked(&folder);
    for file in ["mine.pub", "other.pub"] {
        let listed = keygen(&["-l", "-f", world.path(file).to_str().unwrap()]);
        let fingerprint = listed.split(' ').nth(1).unwrap();
        let good = "Good \"palinode-checkpoint\" signature for signer with ED25519 key ";
        assert!(agreed.contains(&format!("{good}{fingerprint}\n")), "{agreed}");
    }
    // The capture after the signatures says that it came after the last of them.
    let record = fs::read_to_string(folder.join("records/00000005.txt")).unwrap();
    let last = Digest::of(&fs::read(folder.join("signed-2.txt.sig")).unwrap());
    assert!(record.contains(&format!("\nafter-signature {last}\n")), "{record}");
    insta::assert_snapshot!(world.palinode(&["verify"]), @"
    whole: 2 pages, 5 captures, 5 revisions, 6 observations, 5 bodies
    exit 0
    ");
    // A signature over another text is none, and neither is one by a key that is not listed.
    replaced(&folder.join("signed-1.txt"), "v1", "v2");
    assert_eq!(checked(&folder).matches("Good").count(), 1);
    fs::write(folder.join("signers"), "").unwrap();
    assert!(!checked(&folder).contains("Good"));
}

#[test]
fn what_ssh_keygen_signed_elsewhere_is_taken() {
    let (world, _site) = watched();
    let text = world.palinode(&["sign", "--print"]);
    insta::assert_snapshot!(Regex::new("[0-9a-f]{64}").unwrap().replace(&text.to_string(), "LINK"), @"
    palinode checkpoint v1
    palinode
    4
    LINK
    2026-03-01T09:00:00.000Z
    exit 0
    ");
    // A key that is encrypted never has to be shown to palinode.
    let key = new_key(&world, "mine", &["ed25519"], "a phrase to pass");
    let file = world.path("checkpoint.txt");
    fs::write(&file, &text.stdout).unwrap();
    let (key, path) = (key.to_str().unwrap(), file.to_str().unwrap());
    let asks = world.file("asks", "#!/bin/sh\necho a phrase to pass\n");
    Command::new("chmod").args(["700", &asks]).status().unwrap();
    let signed = Command::new("ssh-keygen")
        .args(["-Y", "sign", "-q", "-f", key, "-n", "palinode-checkpoint", path])
        .envs([("SSH_ASKPASS", asks.as_str()), ("SSH_ASKPASS_REQUIRE", "force")])
        .output()
        .unwrap();
    assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
    world.wait(60);
    insta::assert_snapshot!(said(&world.palinode(&["sign", "--take", path])), @"
    4 captures signed by the key SHA256:FINGERPRINT
    exit 0
    ");
    insta::assert_snapshot!(said(&world.palinode(&["sign", "--take", path])), @"
    -- stderr --
    the key SHA256:FINGERPRINT has signed these since 2026-03-01 10:00 UTC
    exit 0
    ");
    let folder = bundle(&world, "proof");
    assert_eq!(verified(&folder), "");
    assert_eq!(checked(&folder).matches("Good").count(), 1);
    assert_eq!(
        fs::read(folder.join("signed-1.txt.sig")).unwrap(),
        fs::read(world.path("checkpoint.txt.sig")).unwrap()
    );
}

/// No line of the private key, and no piece of it, is in the history, in a bundle or in a backup.
#[test]
fn the_private_key_stays_where_it_is() {
    let (world, _site) = watched();
    let key = new_key(&world, "mine", &["ed25519"], "");
    sign(&world, &key).fine();
    let text = fs::read_to_string(&key).unwrap();
    let folder = bundle(&world, "proof");
    let mut everything = kept(&world);
    for name in ["signers", "signed-1.txt", "signed-1.txt.sig", "VERIFY.txt", "SHA256SUMS"] {
        everything.extend(fs::read(folder.join(name)).unwrap());
    }
    // The last field of 64 bytes is the private half, and the public one after it.
    let coded: String = text.lines().filter(|line| !line.starts_with("---")).collect();
    let key = STANDARD.decode(&coded).unwrap();
    let at = key.windows(4).rposition(|bytes| bytes == [0, 0, 0, 64]).unwrap() + 4;
    let (private, public) = (&key[at..at + 32], &key[at + 32..at + 64]);
    let holds = |part: &[u8]| everything.windows(part.len()).any(|bytes| bytes == part);
    assert!(holds(b"BEGIN SSH SIGNATURE"));
    assert!(!holds(private));
    let lines = text.lines().skip(3).filter(|line| !line.starts_with("---"));
    lines.for_each(|line| assert!(!holds(line.as_bytes()), "{line}"));
    let listed = fs::read_to_string(folder.join("signers")).unwrap();
    let listed = listed.trim_end().rsplit(' ').next().unwrap().to_owned();
    let listed = STANDARD.decode(listed).unwrap();
    assert!(listed.ends_with(public), "the public half is what is meant to be there");
}
