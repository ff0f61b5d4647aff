//! Connections that cannot be secured: certificates that are refused, each with its reason, and a machine that knows no
//! authorities at all.
//!
//! Which authorities a machine trusts stands in its environment, so the real binary runs in a process of its own.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::thread;

use palinode::clock::Timestamp;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::authority::openssl;
use crate::checking::PROUD;
use crate::site::{Site, article, article_html};
use crate::world::{World, masked};

const KEY: [&str; 5] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/// An authority of this name.
fn root(folder: &Path, name: &str) {
    let (key, own) = (format!("{name}.key"), format!("{name}.pem"));
    let subject = format!("/CN=test {name}");
    let words = ["-x509", "-days", "30", "-subj", &subject, "-keyout", &key, "-out", &own];
    let uses = [
        "-addext",
        "basicConstraints=critical,CA:TRUE",
        "-addext",
        "keyUsage=critical,keyCertSign",
    ];
    openssl(folder, &[&["req"][..], &KEY, &words, &uses].concat());
}

/// A certificate for a host, from an authority, for so many days.
fn certificate(folder: &Path, name: &str, host: &str, root: &str, days: &str) {
    let (key, asked, own) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
    openssl(
        folder,
        &[&["req"][..], &KEY, &["-subj", "/CN=a host", "-keyout", &key, "-out", &asked]].concat(),
    );
    let extension = format!("subjectAltName=DNS:{host}\nbasicConstraints=CA:FALSE\n");
    fs::write(folder.join("extension"), extension).unwrap();
    let (ca, ca_key) = (format!("{root}.pem"), format!("{root}.key"));
    let words = [
        "x509",
        "-req",
        "-in",
        &asked,
        "-CA",
        &ca,
        "-CAkey",
        &ca_key,
        "-CAcreateserial",
        "-days",
        days,
    ];
    openssl(folder, &[&words[..], &["-extfile", "extension", "-out", &own]].concat());
}

/// How a server ends what it said.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Farewell {
    Said,
    Forgotten,
}

/// A server that shows this certificate and has one page; its port.
fn server(folder: &Path, name: &str, farewell: Farewell) -> u16 {
    let key = PrivateKeyDer::from_pem_file(folder.join(format!("{name}.key"))).unwrap();
    let own = CertificateDer::from_pem_file(folder.join(format!("{name}.pem"))).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let settings = versions.unwrap().with_no_client_auth().with_single_cert(vec![own], key);
    let settings = Arc::new(settings.unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&settings)).unwrap();
            // Whoever refuses the certificate leaves in the middle.
            answer(StreamOwned::new(connection, stream), farewell).ok();
        }
    });
    port
}

fn answer(
    mut stream: StreamOwned<ServerConnection, TcpStream>,
    farewell: Farewell,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? > 0 {
        head.push(byte[0]);
    }
    let page = article_html("Post", &[PROUD]);
    let status = if head.starts_with(b"GET /robots.txt") { "404 X" } else { "200 X" };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n{page}"
    )?;
    if farewell == Farewell::Said {
        stream.conn.send_close_notify();
    }
    stream.flush()
}

/// One check by the real binary, on a machine whose authorities stand in this file.
fn checked(world: &World, authorities: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_palinode"))
        .env("SSL_CERT_FILE", authorities)
        .env("SSL_CERT_DIR", world.path("no authorities here"))
        .arg("--db")
        .arg(world.store())
        .args(["check", "--all", "--allow-private", "--pause=0s", "--no-confirm"])
        .output()
        .unwrap()
}

fn said(world: &World, output: &Output) -> String {
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    let day = &now().to_string()[..10];
    let lines = text.lines().map(|line| line.split(day).next().unwrap().trim_end());
    let mut lines: Vec<&str> = lines.collect();
    // Hosts are checked at once, and whichever answers first is told first.
    lines.sort_unstable();
    format!(
        "{}\nexit {}",
        masked(&lines.join("\n"), &world.path("").display().to_string()),
        output.status.code().unwrap()
    )
}

#[expect(clippy::disallowed_methods, reason = "the real binary tells the real day")]
fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap())
}

#[test]
fn a_certificate_that_does_not_hold_is_refused_and_the_reason_is_told() {
    let world = World::new();
    let folder = world.path("tls");
    fs::create_dir(&folder).unwrap();
    root(&folder, "root");
    root(&folder, "stranger");
    root(&folder, "itself");
    certificate(&folder, "good", "localhost", "root", "30");
    certificate(&folder, "curt", "localhost", "root", "30");
    certificate(&folder, "expired", "localhost", "root", "-1");
    certificate(&folder, "other", "elsewhere.example", "root", "30");
    certificate(&folder, "unknown", "localhost", "stranger", "30");
    for name in ["good", "curt", "expired", "other", "unknown", "itself"] {
        let farewell = if name == "curt" { Farewell::Forgotten } else { Farewell::Said };
        let url = format!("https://localhost:{}/post", server(&folder, name, farewell));
        world.palinode(&["add", &url, "--name", name, "--ignore-robots"]).fine();
    }
    let output = checked(&world, &folder.join("root.pem"));
    insta::assert_snapshot!(said(&world, &output), @"
    curt: failed (truncated): the entity ended early: peer closed connection without sending tls close_notify; nothing is known of it yet
    expired: failed (tls): the certificate is refused: it has expired; nothing is known of it yet
    good  r1 first seen, 15 words
    itself: failed (tls): the certificate is refused: it does not hold; nothing is known of it yet
    other: failed (tls): the certificate is refused: it belongs to another name; nothing is known of it yet
    unknown: failed (tls): the certificate is refused: nobody known has issued it; nothing is known of it yet
    exit 3
    ");
    world.palinode(&["verify"]).fine();
}

/// Roots that palinode brings along stand in; and what needs none works as ever.
#[test]
fn a_machine_without_authorities_still_reads() {
    let (world, site) = (World::new(), Site::new());
    let folder = world.path("tls");
    fs::create_dir(&folder).unwrap();
    root(&folder, "root");
    certificate(&folder, "unknown", "localhost", "root", "30");
    let url = format!("https://localhost:{}/post", server(&folder, "unknown", Farewell::Said));
    world.palinode(&["add", &url, "--name", "secured", "--ignore-robots"]).fine();
    site.put("/post", article("Post", &[PROUD]));
    world.palinode(&["add", &site.url("/post"), "--name", "plain"]).fine();
    let output = checked(&world, &world.path("no file"));
    insta::assert_snapshot!(said(&world, &output), @"
    plain  r1 first seen, 15 words
    secured: failed (tls): the certificate is refused: nobody known has issued it; nothing is known of it yet
    exit 3
    ");
}
