//! `palinode sign`: a person's signature on the chain of captures, made here or by `ssh-keygen` elsewhere.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};

use super::{Exit, Failure, World, open};
use crate::secret::secret_text;
use crate::signature::{KeyError, NAMESPACE, SigningKey};
use crate::views::{counted, moment};
use crate::watch::{Came, Signing, SigningError, sign, take_signed, to_sign};

/// Sign the chain of captures as it stands, with a key of your own
///
/// The signature goes with `palinode evidence`, where VERIFY.txt says how `ssh-keygen` checks it. It says who, and not
/// when: for that there is `palinode stamp`. Where the key is encrypted, in an agent, in a token or on another machine,
/// have `ssh-keygen` sign there what --print writes, and give the signed file to --take.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("how").required(true).args(["key", "print", "take"])))]
pub(super) struct Sign {
    /// The file of your private key: ed25519, as `ssh-keygen` makes it, and not encrypted
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Print the text that is to be signed
    #[arg(long)]
    print: bool,
    /// Keep the signature that stands beside this text, in FILE.sig
    #[arg(long, value_name = "FILE")]
    take: Option<PathBuf>,
}

/// No key, text or signature is longer.
const LONGEST: u64 = 64 << 10;

impl Sign {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let mut opened = open(store)?;
        let now = world.clock.now();
        let signing = if let Some(file) = &self.key {
            let key = key(file)?;
            sign(&mut opened, &key, now)?
        } else if let Some(file) = &self.take {
            let mut beside = file.clone().into_os_string();
            beside.push(".sig");
            let (text, signature) = (read(file)?, read(Path::new(&beside))?);
            take_signed(&mut opened, &text, &signature, now)
                .map_err(|why| named(file, &why).unwrap_or_else(|| why.into()))?
        } else {
            let checkpoint = to_sign(&mut opened, now)?;
            write!(world.out, "{}", checkpoint.text)?;
            return Ok(Exit::Fine);
        };
        let Signing { links, key, came } = signing;
        match came {
            Came::Kept => {
                let links = counted(links as usize, "capture");
                writeln!(world.out, "{links} signed by the key {key}")?;
            }
            Came::Known(at) => {
                writeln!(world.err, "the key {key} has signed these since {} UTC", moment(at))?;
            }
        }
        Ok(Exit::Fine)
    }
}

/// The key in a file. What is wrong is said by the file's name alone.
fn key(file: &Path) -> Result<SigningKey, Failure> {
    let text = secret_text(file, LONGEST).map_err(Failure::usage)?;
    SigningKey::of(&text).map_err(|why| {
        let hint = match why {
            KeyError::Encrypted => format!(
                "let ssh-keygen sign: `palinode sign --print > checkpoint.txt`, then `ssh-keygen -Y sign -n {NAMESPACE} \
                 -f {} checkpoint.txt`, then `palinode sign --take checkpoint.txt`",
                file.display()
            ),
            _ => "`ssh-keygen -t ed25519` makes a key".to_owned(),
        };
        Failure::usage(format!("{}: {why}\nhint: {hint}", file.display()))
    })
}

fn read(file: &Path) -> Result<String, Failure> {
    let failed = |why| Failure::usage(format!("{}: {why}", file.display()));
    let mut text = String::new();
    let opened = File::open(file).map_err(failed)?;
    opened.take(LONGEST).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

/// What is wrong with a file that was given.
fn named(file: &Path, why: &SigningError) -> Option<Failure> {
    let is_of_file = !matches!(why, SigningError::Store(_));
    is_of_file.then(|| Failure::usage(format!("{}: {why}", file.display())))
}
