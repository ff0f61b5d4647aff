//! A time-stamping authority on the loopback: what it signs, the `openssl` of the system signs, so that both ends of RFC
//! 3161 are not ours. It errs where it is told to.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, thread};

use palinode::fetch::Digest;
use tempfile::TempDir;

/// The authority; it ends with the test process.
pub(crate) struct Authority {
    address: SocketAddr,
    folder: Arc<TempDir>,
    asked: Arc<AtomicUsize>,
}

impl Authority {
    /// An authority with keys of its own.
    pub(crate) fn new() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        establish(folder.path());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let (place, count) = (Arc::clone(&folder), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let number = count.fetch_add(1, Ordering::SeqCst);
                answer(stream, place.path(), number);
            }
        });
        Self { address, folder, asked }
    }

    /// Where it is asked: `/`; `/refuses`, `/other-digest`, `/other-nonce`, `/html` and `/500` err.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Its root certificate.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// Runs `openssl` in a folder. A system without it fails the test.
pub(crate) fn openssl(folder: &Path, words: &[&str]) {
    let ran = Command::new("openssl").args(words).current_dir(folder).output().unwrap();
    assert!(ran.status.success(), "openssl {words:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

/// Makes a root, and the key and the certificate of the authority.
fn establish(folder: &Path) {
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let root =
        ["-x509", "-days", "30", "-subj", "/CN=test root", "-keyout", "ca.key", "-out", "ca.pem"];
    let uses = [
        "-addext",
        "basicConstraints=critical,CA:TRUE",
        "-addext",
        "keyUsage=critical,keyCertSign",
    ];
    openssl(folder, &[&["req"][..], &key, &root, &uses].concat());
    let own = ["-subj", "/CN=test authority", "-keyout", "tsa.key", "-out", "tsa.csr"];
    openssl(folder, &[&["req"][..], &key, &own].concat());
    let purpose = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n";
    fs::write(folder.join("purpose"), purpose).unwrap();
    let signed = "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile purpose -out tsa.pem";
    openssl(folder, &signed.split(' ').collect::<Vec<_>>());
    let settings = "[tsa]\ndefault_tsa = one\n[one]\nserial = serial\ncrypto_device = builtin\nsigner_cert = tsa.pem\ncerts = ca.pem\n\
        signer_key = tsa.key\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\ndigests = sha256\naccuracy = secs:1\nordering = yes\n\
        tsa_name = yes\ness_cert_id_alg = sha256\n";
    fs::write(folder.join("tsa.cnf"), settings).unwrap();
    fs::write(folder.join("serial"), "01\n").unwrap();
}

fn answer(mut stream: TcpStream, folder: &Path, number: usize) {
    let (head, question) = read(&mut stream);
    let path = head.split(' ').nth(1).unwrap();
    let is_question = head.to_lowercase().contains("content-type: application/timestamp-query\r\n");
    assert!(head.starts_with("POST ") && is_question, "{head}");
    let place = folder.join(number.to_string());
    fs::create_dir(&place).unwrap();
    fs::write(place.join("asked"), question_for(path, &question, &place)).unwrap();
    let (asked, replied) = (format!("{number}/asked"), format!("{number}/reply"));
    // It cannot be asked to refuse a sound question, but it refuses one that is none, and says so with a failure.
    let words = ["ts", "-reply", "-config", "tsa.cnf", "-queryfile", &asked, "-out", &replied];
    Command::new("openssl").args(words).current_dir(folder).output().unwrap();
    let reply = fs::read(folder.join(replied)).unwrap();
    let (status, body) = match path {
        "/500" => (500, b"no".to_vec()),
        "/html" => (200, b"<html>".to_vec()),
        _ => (200, reply),
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), &body].concat()).unwrap();
}

/// What is answered instead of the question that was asked.
fn question_for(path: &str, question: &[u8], place: &Path) -> Vec<u8> {
    let digest = match path {
        "/refuses" => return b"\x30\x03\x02\x01\x01".to_vec(),
        "/other-digest" => "00".repeat(32),
        "/other-nonce" => Digest::from_bytes(&question[24..56]).unwrap().to_string(),
        _ => return question.to_vec(),
    };
    openssl(place, &["ts", "-query", "-digest", &digest, "-sha256", "-cert", "-out", "other"]);
    fs::read(place.join("other")).unwrap()
}

fn read(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let lower = head.to_lowercase();
    let length = lower.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    (head, body)
}
