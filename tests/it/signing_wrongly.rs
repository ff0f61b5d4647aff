//! What cannot sign, what is not taken for a signature of the chain, and what signatures show that was altered.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use regex::Regex;
use rusqlite::Connection;

use crate::evidence::{verified, watched};
use crate::signing::{bundle, checked, keygen, new_key, sign};
use crate::site::article;
use crate::world::World;

#[test]
fn what_cannot_sign_is_refused_without_a_word_of_it() {
    let (world, _site) = watched();
    let mut told = String::new();
    let sound = new_key(&world, "sound", &["ed25519"], "");
    let text = fs::read_to_string(&sound).unwrap();
    let open = world.path("open");
    fs::write(&open, &text).unwrap();
    Command::new("chmod").args(["644", open.to_str().unwrap()]).status().unwrap();
    let cut = world.path("cut");
    fs::write(&cut, text.replace("\n-----END", "")).unwrap();
    let public = world.path("sound.pub");
    for file in [&cut, &public] {
        Command::new("chmod").args(["600", file.to_str().unwrap()]).status().unwrap();
    }
    for file in [
        new_key(&world, "encrypted", &["ed25519"], "a phrase to pass"),
        new_key(&world, "ecdsa", &["ecdsa"], ""),
        new_key(&world, "rsa", &["rsa", "-b", "2048"], ""),
        new_key(&world, "older", &["rsa", "-b", "2048", "-m", "PEM"], ""),
        public,
        cut,
        open,
        world.path("nothing"),
    ] {
        let output = sign(&world, &file);
        let content = fs::read_to_string(&file).unwrap_or_default();
        for line in content.lines().filter(|line| line.len() > 20) {
            assert!(!output.to_string().contains(line), "{output}");
        }
        writeln!(told, "{output}\n").unwrap();
    }
    insta::assert_snapshot!(told, @"
    -- stderr --
    palinode: FOLDER/encrypted: the key is encrypted
    hint: let ssh-keygen sign: `palinode sign --print > checkpoint.txt`, then `ssh-keygen -Y sign -n palinode-checkpoint -f FOLDER/encrypted checkpoint.txt`, then `palinode sign --take checkpoint.txt`
    exit 2

    -- stderr --
    palinode: FOLDER/ecdsa: only keys of the kind ed25519 are read
    hint: `ssh-keygen -t ed25519` makes a key
    exit 2

    -- stderr --
    palinode: FOLDER/rsa: only keys of the kind ed25519 are read
    hint: `ssh-keygen -t ed25519` makes a key
    exit 2

    -- stderr --
    palinode: FOLDER/older: this is no private key in the form of OpenSSH
    hint: `ssh-keygen -t ed25519` makes a key
    exit 2

    -- stderr --
    palinode: FOLDER/sound.pub: this is the public half of a key; the private half stands in the file without `.pub`
    hint: `ssh-keygen -t ed25519` makes a key
    exit 2

    -- stderr --
    palinode: FOLDER/cut: this is no private key in the form of OpenSSH
    hint: `ssh-keygen -t ed25519` makes a key
    exit 2

    -- stderr --
    palinode: FOLDER/open: anybody on this machine may read the secret; `chmod o= FILE` stops that
    exit 2

    -- stderr --
    palinode: FOLDER/nothing: the secret cannot be read: No such file or directory (os error 2)
    exit 2
    ");
    let store = Connection::open(world.store()).unwrap();
    let count: u32 =
        store.query_row("SELECT count(*) FROM signature", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 0);
    let empty = World::new();
    empty.palinode(&["add", "http://page.test/"]).fine();
    insta::assert_snapshot!(sign(&empty, &sound), @"
    -- stderr --
    palinode: nothing was captured yet
    hint: `palinode check` looks at the pages
    exit 2
    ");
    insta::assert_snapshot!(empty.palinode(&["sign"]), @"
    -- stderr --
    error: the following required arguments were not provided:
      <--key <FILE>|--print|--take <FILE>>

    Usage: palinode sign <--key <FILE>|--print|--take <FILE>>

    For more information, try '--help'.
    exit 2
    ");
}

#[test]
fn what_is_no_signature_of_this_chain_is_not_taken() {
    let (world, _site) = watched();
    let key = new_key(&world, "mine", &["ed25519"], "");
    let rsa = new_key(&world, "rsa", &["rsa", "-b", "2048"], "");
    let text = String::from_utf8(world.palinode(&["sign", "--print"]).stdout).unwrap();
    let link = text.lines().nth(3).unwrap();
    let other_link = text.replace(link, &link.chars().rev().collect::<String>());
    let mut told = String::new();
    for (name, text, key, purpose) in [
        ("no-checkpoint", "a letter\n", &key, "palinode-checkpoint"),
        ("other-chain", other_link.as_str(), &key, "palinode-checkpoint"),
        ("more-links", &text.replace("\n4\n", "\n5\n"), &key, "palinode-checkpoint"),
        ("other-purpose", &text, &key, "file"),
        ("other-kind", &text, &rsa, "palinode-checkpoint"),
    ] {
        let file = world.path(name);
        fs::write(&file, text).unwrap();
        let (file, key) = (file.to_str().unwrap(), key.to_str().unwrap());
        keygen(&["-Y", "sign", "-q", "-f", key, "-n", purpose, file]);
        writeln!(told, "{}\n", world.palinode(&["sign", "--take", file])).unwrap();
    }
    let file = world.path("other-text");
    fs::write(&file, text.replace(":00.000Z", ":01.000Z")).unwrap();
    let (key, path) = (key.to_str().unwrap(), world.path("signed"));
    fs::write(&path, &text).unwrap();
    keygen(&["-Y", "sign", "-q", "-f", key, "-n", "palinode-checkpoint", path.to_str().unwrap()]);
    fs::copy(world.path("signed.sig"), world.path("other-text.sig")).unwrap();
    writeln!(told, "{}\n", world.palinode(&["sign", "--take", file.to_str().unwrap()])).unwrap();
    fs::write(world.path("other-text.sig"), "-----BEGIN SSH SIGNATURE-----\n").unwrap();
    writeln!(told, "{}\n", world.palinode(&["sign", "--take", file.to_str().unwrap()])).unwrap();
    insta::assert_snapshot!(told, @"
    -- stderr --
    palinode: FOLDER/no-checkpoint: this is no checkpoint
    hint: `palinode sign --print` writes one
    exit 2

    -- stderr --
    palinode: FOLDER/other-chain: the link that this checkpoint names is not in the chain of this history
    exit 2

    -- stderr --
    palinode: FOLDER/more-links: the link that this checkpoint names is not in the chain of this history
    exit 2

    -- stderr --
    palinode: FOLDER/other-purpose: the signature is for another purpose than palinode-checkpoint
    exit 2

    -- stderr --
    palinode: FOLDER/other-kind: the signature is by a key of a kind that is not checked here
    hint: one of ed25519 is
    exit 2

    -- stderr --
    palinode: FOLDER/other-text: the signature is not over this checkpoint, or was altered
    exit 2

    -- stderr --
    palinode: FOLDER/other-text: this is no signature in the form of OpenSSH
    exit 2
    ");
    assert!(bundle(&world, "proof").join("chain.txt").exists());
    assert!(!world.path("proof").join("signers").exists());
}

/// What only a signature shows, and what is wrong with signatures themselves; altered is told from absent.
#[test]
fn a_chain_that_is_not_what_was_signed_is_noticed() {
    let mut told = String::new();
    for sql in [
        "UPDATE page SET url = url || '?x'; DELETE FROM chain",
        "DELETE FROM chain WHERE seq >= 3; DELETE FROM source; DELETE FROM capture WHERE id >= 3",
        "UPDATE signature SET checkpoint = replace(checkpoint, 'v1', 'v2')",
        "UPDATE signature SET signature = replace(signature, 'U1NIU0lH', 'U1NIU0lI')",
        "UPDATE signature SET links = 3",
        "DELETE FROM signature",
    ] {
        let (world, site) = watched();
        sign(&world, &new_key(&world, "mine", &["ed25519"], "")).fine();
        if sql == "DELETE FROM signature" {
            site.put("/rules", article("Rules", &["We may share your data."]));
            world.wait(60).palinode(&["check", "--all"]).fine();
        }
        let store = Connection::open(world.store()).unwrap();
        store.execute_batch(&format!("PRAGMA foreign_keys=OFF; {sql}")).unwrap();
        drop(store);
        let folder = bundle(&world, "proof");
        let in_store = world.palinode(&["verify"]).said();
        let in_store: Vec<_> = in_store.lines().filter(|line| line.contains("chain")).collect();
        let in_bundle = verified(&folder).replace('\n', "; ");
        let good = checked(&folder).matches("Good").count();
        let in_store = in_store.join("; ");
        writeln!(
            told,
            "{sql}\nverify: {in_store}\nVERIFY.txt: {in_bundle}\nssh-keygen: {good} good\n"
        )
        .unwrap();
    }
    let digest = Regex::new("[0-9a-f]{64}").unwrap();
    insta::assert_snapshot!(digest.replace_all(&told, "DIGEST"), @"
    UPDATE page SET url = url || '?x'; DELETE FROM chain
    verify: link 4 of the chain: the link that was signed is altered
    VERIFY.txt: altered: chain.txt does not have the link that signed-1.txt names
    ssh-keygen: 1 good

    DELETE FROM chain WHERE seq >= 3; DELETE FROM source; DELETE FROM capture WHERE id >= 3
    verify: link 4 of the chain: the link that was signed is absent
    VERIFY.txt: altered: chain.txt does not have the link that signed-1.txt names
    ssh-keygen: 1 good

    UPDATE signature SET checkpoint = replace(checkpoint, 'v1', 'v2')
    verify: link 4 of the chain: its signature is altered
    VERIFY.txt: 
    ssh-keygen: 0 good

    UPDATE signature SET signature = replace(signature, 'U1NIU0lH', 'U1NIU0lI')
    verify: link 4 of the chain: its signature is altered
    VERIFY.txt: 
    ssh-keygen: 0 good

    UPDATE signature SET links = 3
    verify: link 3 of the chain: its signature is altered
    VERIFY.txt: 
    ssh-keygen: 1 good

    DELETE FROM signature
    verify: link 5 of the chain: the signature that it came after is absent
    VERIFY.txt: absent: the signature DIGEST
    ssh-keygen: 0 good
    ");
}
