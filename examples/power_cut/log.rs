//! What `strace` wrote down of one run to the steps that matter to a disk, and to whoever reads standard output.

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};

/// What is asked of `strace`: whatever can change a file or a folder, or waits until it is on disk.
pub(crate) const CALLS: &str = "trace=open,openat,creat,write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,\
     sync_file_range,ftruncate,truncate,fallocate,unlink,unlinkat,rename,renameat,renameat2,link,linkat";

/// One step, by the name of the file in the folder that is watched.
#[derive(Debug)]
pub(crate) enum Step {
    Create {
        name: String,
    },
    Write {
        name: String,
        at: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        name: String,
        length: usize,
    },
    Unlink {
        name: String,
    },
    Link {
        from: String,
        to: String,
    },
    Rename {
        from: String,
        to: String,
    },
    Sync {
        name: String,
    },
    SyncFolder,
    /// What a reader of this stream gets: 1 is standard output, 2 standard error.
    Say {
        stream: usize,
        bytes: Vec<u8>,
    },
}

/// The steps of a log, in the order in which the calls returned.
pub(crate) fn steps_of(log: &str, folder: &Path) -> Result<Vec<Step>, Box<dyn Error>> {
    let mut begun: HashMap<&str, &str> = HashMap::new();
    let mut steps = Vec::new();
    for line in log.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let rest = rest.trim_start();
        let whole = if let Some(first) = rest.strip_suffix(" <unfinished ...>") {
            begun.insert(thread, first);
            continue;
        } else if let Some(end) = rest.strip_prefix("<... ") {
            let first = begun.remove(thread).ok_or("a call ended that had not begun")?;
            format!("{first}{}", end.split_once(" resumed>").ok_or("a call ended oddly")?.1)
        } else {
            rest.to_owned()
        };
        let step = step(&whole, folder).map_err(|why| format!("{why}: {whole:.200}"))?;
        steps.extend(step);
    }
    Ok(steps)
}

fn step(call: &str, folder: &Path) -> Result<Option<Step>, Box<dyn Error>> {
    let Some((name, rest)) = call.split_once('(') else { return Ok(None) };
    let Some((words, result)) = rest.rsplit_once(") = ").or_else(|| rest.rsplit_once(" = ")) else {
        return Ok(None);
    };
    if result.starts_with(['-', '?']) {
        return Ok(None);
    }
    let words: Vec<&str> = words.trim_end().trim_end_matches(')').split(", ").collect();
    let word = |at: usize| words.get(at).copied().ok_or("a word is missing");
    let named = |at: usize| word(at).map(|word| name_in(word, folder));
    let number = |at: usize| -> Result<usize, Box<dyn Error>> { Ok(word(at)?.parse()?) };
    let two = |from: usize, to: usize| -> Result<Option<(String, String)>, Box<dyn Error>> {
        Ok(named(from)?.zip(named(to)?))
    };
    Ok(match name {
        "openat" if word(2)?.contains("O_CREAT") => {
            if word(2)?.contains("O_TRUNC") && named(1)?.is_some() {
                return Err("a file was emptied as it was opened".into());
            }
            named(1)?.map(|name| Step::Create { name })
        }
        "openat" => None,
        "pwrite64" => match named(0)? {
            Some(name) => Some(Step::Write { name, at: number(3)?, bytes: bytes_in(word(1)?)? }),
            None => None,
        },
        "write" if word(0)?.starts_with(['1', '2']) && word(0)?[1..].starts_with('<') => {
            let stream = word(0)?[..1].parse()?;
            Some(Step::Say { stream, bytes: bytes_in(word(1)?)? })
        }
        "ftruncate" => match named(0)? {
            Some(name) => Some(Step::Truncate { name, length: number(1)? }),
            None => None,
        },
        "fsync" | "fdatasync" => {
            let path = path_in(word(0)?).ok_or("a path is missing")?;
            let whole = (path == folder).then_some(Step::SyncFolder);
            whole.or(named(0)?.map(|name| Step::Sync { name }))
        }
        "unlink" => named(0)?.map(|name| Step::Unlink { name }),
        "unlinkat" => named(1)?.map(|name| Step::Unlink { name }),
        "link" => two(0, 1)?.map(|(from, to)| Step::Link { from, to }),
        "linkat" => two(1, 3)?.map(|(from, to)| Step::Link { from, to }),
        "rename" => two(0, 1)?.map(|(from, to)| Step::Rename { from, to }),
        "renameat" | "renameat2" => two(1, 3)?.map(|(from, to)| Step::Rename { from, to }),
        "write" if named(0)?.is_none() => None,
        // No call that changes a file may go by unseen.
        _ if words.iter().any(|word| name_in(word, folder).is_some()) => {
            return Err("this call is not replayed".into());
        }
        _ => None,
    })
}

/// The name in the folder that a word like `3<\x2f…>` or `"\x2f…"` means; what lies elsewhere has none here.
fn name_in(word: &str, folder: &Path) -> Option<String> {
    let path = path_in(word)?;
    let name = path.strip_prefix(folder).ok()?.to_str()?.to_owned();
    (!name.is_empty()).then_some(name)
}

fn path_in(word: &str) -> Option<PathBuf> {
    let inner = word.split_once(['<', '"'])?.1;
    let bytes = hexadecimal(inner.split_once(['>', '"'])?.0).ok()?;
    Some(PathBuf::from(String::from_utf8(bytes).ok()?))
}

fn bytes_in(word: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let inner = word.strip_prefix('"').and_then(|word| word.strip_suffix('"'));
    hexadecimal(inner.ok_or("the bytes were cut short")?)
}

/// `\x2f\x74`, as `strace -xx` writes.
fn hexadecimal(text: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let digits = |pair: &str| u8::from_str_radix(pair, 16).map_err(Box::from);
    text.split("\\x").skip(1).map(digits).collect()
}
