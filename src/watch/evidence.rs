//! A page's captures to a folder that a stranger can check with tools that every system has.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::export::{ExportError, export};
use crate::clock::Timestamp;
use crate::fetch::Digest;
use crate::signature::{NAMESPACE, Signature};
use crate::store::{CaptureId, Checked, Link, Page, Stamp, Store, StoreError, verify_chain};

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundled {
    /// Captures of the page.
    pub captures: usize,
    /// Of them, those whose entity could not be read.
    pub missing: usize,
    /// Stamps of the chain.
    pub stamps: usize,
    /// Signatures of it.
    pub signatures: usize,
    /// What a check of the whole chain found.
    pub chain: Checked,
}

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder cannot be written.
    #[error("{}: {}", .0.display(), .1)]
    Folder(PathBuf, io::Error),
    /// The captures cannot be exported.
    #[error(transparent)]
    Export(#[from] ExportError),
}

/// How to check it, and what it does not prove.
const VERIFY: &str = include_str!("VERIFY.txt");

/// Writes everything that attests a page's captures into a new folder.
pub fn bundle(
    store: &mut Store,
    page: &Page,
    folder: &Path,
    now: Timestamp,
) -> Result<Bundled, EvidenceError> {
    // Captures from before there was a chain are in it from now on.
    let writing = store.write()?;
    writing.extend_chain()?;
    writing.commit()?;
    let chain = verify_chain(store)?;
    let mut into = Folder::made(folder)?;
    let links = store.chain()?;
    into.put("chain.txt", links.iter().map(Link::line).collect::<String>().as_bytes())?;
    into.put("checkpoint.txt", store.checkpoint(now)?.text.as_bytes())?;
    into.put("VERIFY.txt", VERIFY.as_bytes())?;
    let stamps = store.stamps()?;
    for (number, stamp) in (1..).zip(&stamps) {
        let Stamp { checkpoint, question, reply, .. } = stamp;
        into.put(&format!("checkpoint-{number}.txt"), checkpoint.text.as_bytes())?;
        into.put(&format!("checkpoint-{number}.tsq"), question)?;
        into.put(&format!("checkpoint-{number}.tsr"), reply)?;
    }
    let (stamps, signatures) = (stamps.len(), into.signatures(store)?);
    let of_capture: BTreeMap<_, _> = links.iter().map(|link| (link.capture, link)).collect();
    into.archived(store, page, &of_capture)?;
    let mut bundled = Bundled { captures: 0, missing: 0, stamps, signatures, chain };
    for capture in store.captures(page.id)? {
        let Some(link) = of_capture.get(&capture.id) else { continue };
        bundled.captures += 1;
        into.put(&format!("records/{:08}.txt", link.seq), link.record.as_bytes())?;
        let mut objects: Vec<Vec<u8>> = store.head(capture.id)?.into_iter().collect();
        match store.answer(capture.id, &page.url) {
            Ok(answer) => {
                objects.push(answer.entity);
                objects.extend(answer.rendered.map(|rendered| rendered.dom.into_bytes()));
            }
            Err(error) if error.is_of_one_page() => bundled.missing += 1,
            Err(error) => return Err(error.into()),
        }
        for object in objects {
            into.put(&format!("objects/{}", Digest::of(&object)), &object)?;
        }
    }
    if bundled.missing == 0 {
        into.export(store, page)?;
    }
    into.sum_up()?;
    Ok(bundled)
}

/// The folder, and the digest of every file that was put into it.
struct Folder {
    path: PathBuf,
    sums: BTreeMap<String, Digest>,
}

impl Folder {
    fn made(path: &Path) -> Result<Self, EvidenceError> {
        for folder in [path.to_owned(), path.join("objects"), path.join("records")] {
            fs::create_dir(&folder).map_err(|why| EvidenceError::Folder(folder, why))?;
        }
        Ok(Self { path: path.to_owned(), sums: BTreeMap::new() })
    }

    fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), EvidenceError> {
        let path = self.path.join(name);
        fs::write(&path, bytes).map_err(|why| EvidenceError::Folder(path, why))?;
        self.sums.insert(format!("./{name}"), Digest::of(bytes));
        Ok(())
    }

    /// What people signed, each with its signature beside it as `ssh-keygen` leaves it, and the keys in the form in which
    /// it wants them.
    fn signatures(&mut self, store: &Store) -> Result<usize, EvidenceError> {
        let signatures = store.signatures()?;
        let mut signers = BTreeSet::new();
        for (number, signed) in (1..).zip(&signatures) {
            let name = format!("signed-{number}.txt");
            self.put(&name, signed.checkpoint.text.as_bytes())?;
            self.put(&format!("{name}.sig"), signed.signature.as_bytes())?;
            let key = Signature::of(&signed.signature).map(|it| it.key().line());
            signers.extend(key.map(|key| format!("signer namespaces=\"{NAMESPACE}\" {key}\n")));
        }
        if !signers.is_empty() {
            self.put("signers", signers.into_iter().collect::<String>().as_bytes())?;
        }
        Ok(signatures.len())
    }

    /// What archives have of the page since one of these captures, by their own lists.
    fn archived(
        &mut self,
        store: &Store,
        page: &Page,
        links: &BTreeMap<CaptureId, &Link>,
    ) -> Result<(), EvidenceError> {
        let deposits = store.deposits(page.id)?;
        let confirmed = deposits.iter().filter_map(|deposit| {
            let (seq, at) = (links.get(&deposit.capture)?.seq, deposit.memento_at?);
            Some(format!("{seq} {at} {}\n", deposit.memento.as_ref()?))
        });
        let text: String = confirmed.collect();
        if text.is_empty() { Ok(()) } else { self.put("archived.txt", text.as_bytes()) }
    }

    /// The same captures for archives. They may be many, so the file is read again for its digest.
    fn export(&mut self, store: &Store, page: &Page) -> Result<(), EvidenceError> {
        let name = "captures.warc.gz";
        let path = self.path.join(name);
        let failed = |why| EvidenceError::Folder(path.clone(), why);
        let mut out = BufWriter::new(File::create(&path).map_err(failed)?);
        export(store, std::slice::from_ref(page), &mut out, name)?;
        out.flush().map_err(failed)?;
        let digest = File::open(&path).and_then(|mut file| Digest::of_reader(&mut file));
        self.sums.insert(format!("./{name}"), digest.map_err(failed)?);
        Ok(())
    }

    /// Lists the digests, as `sha256sum` does.
    fn sum_up(self) -> Result<(), EvidenceError> {
        let lines = self.sums.iter().map(|(name, digest)| format!("{digest}  {name}\n"));
        let path = self.path.join("SHA256SUMS");
        fs::write(&path, lines.collect::<String>()).map_err(|why| EvidenceError::Folder(path, why))
    }
}
