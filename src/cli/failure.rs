//! Errors and outcomes to what a shell sees: an exit code, and one message that ends in what can be done.

use std::io::{self, Write};
use std::process::ExitCode;

use super::World;
use crate::alert::AlertError;
use crate::fetch::FetchError;
use crate::store::{BackupError, StoreError};
use crate::views::escape;
use crate::watch::{
    CheckError, EvidenceError, ExportError, ImportError, LockError, MergeError, RebuildError,
    SigningError,
};

/// How a command ended. The numbers are a promise to scripts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Exit {
    /// All went well.
    Fine,
    /// With `--exit-code`: something changed.
    Changed,
    /// The command line or a settings file is wrong; nothing was done.
    Usage,
    /// Some page could not be observed; the others were.
    Unseen,
    /// The history cannot be used; nothing that was recorded is lost.
    Store,
    /// Another run is going on; nothing was done.
    Locked,
    /// Some alert did not hear what it should; it stays queued.
    Untold,
    /// A signal asked for the end; what was recorded stays, other pages were left.
    Stopped,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Changed => 1,
            Self::Usage => 2,
            Self::Unseen => 3,
            Self::Store => 4,
            Self::Locked => 5,
            Self::Untold => 6,
            Self::Stopped => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

/// Why a command stopped, in the words that a person reads.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    /// Something is wrong with what was asked.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into() }
    }

    /// Says it, and gives the exit code.
    pub(super) fn tell(self, world: &mut World<'_>) -> Exit {
        if !self.message.is_empty() {
            // Nobody is left to hear that standard error is closed.
            let _gone = writeln!(world.err, "palinode: {}", escape(&self.message));
        }
        self.exit
    }
}

/// What clap found wrong, or the help that was asked for.
pub(super) fn usage(error: &clap::Error, world: &mut World<'_>) -> Exit {
    let text = error.render();
    let (stream, exit): (&mut dyn Write, _) =
        if error.use_stderr() { (world.err, Exit::Usage) } else { (world.out, Exit::Fine) };
    // Nobody is left to hear that the stream is closed.
    let _gone = write!(stream, "{text}");
    exit
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = if matches!(error, StoreError::Missing(_)) { Exit::Usage } else { Exit::Store };
        Self { exit, message: error.to_string() }
    }
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Store(error) => error.into(),
            BackupError::Damaged(_) => Self { exit: Exit::Store, message: error.to_string() },
            BackupError::Taken(_) | BackupError::Partial(_) => Self::usage(error.to_string()),
        }
    }
}

impl From<AlertError> for Failure {
    fn from(error: AlertError) -> Self {
        match error {
            AlertError::Store(error) => error.into(),
            AlertError::Io(_) => Self { exit: Exit::Untold, message: error.to_string() },
        }
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Self {
        let exit = match error {
            LockError::Held(_) => Exit::Locked,
            LockError::Unusable(..) => Exit::Store,
        };
        Self { exit, message: error.to_string() }
    }
}

impl From<CheckError> for Failure {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Store(error) => error.into(),
            CheckError::Output(error) => error.into(),
            CheckError::Runtime(_) => Self { exit: Exit::Unseen, message: error.to_string() },
        }
    }
}

impl From<RebuildError> for Failure {
    fn from(error: RebuildError) -> Self {
        match error {
            RebuildError::Store(error) => error.into(),
            RebuildError::Nothing { .. } | RebuildError::Unreadable { .. } => {
                Self::usage(error.to_string())
            }
        }
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => error.into(),
            ExportError::Output(error) => error.into(),
        }
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Store(error) => error.into(),
            ImportError::File(..) => Self::usage(error.to_string()),
        }
    }
}

impl From<MergeError> for Failure {
    fn from(error: MergeError) -> Self {
        match error {
            MergeError::Store(error) => error.into(),
            MergeError::Other(..)
            | MergeError::Itself(_)
            | MergeError::Bare(_)
            | MergeError::Named { .. }
            | MergeError::Taken { .. } => Self::usage(error.to_string()),
        }
    }
}

impl From<EvidenceError> for Failure {
    fn from(error: EvidenceError) -> Self {
        match error {
            EvidenceError::Store(error) => error.into(),
            EvidenceError::Folder(..) => Self::usage(error.to_string()),
            EvidenceError::Export(error) => error.into(),
        }
    }
}

impl From<SigningError> for Failure {
    fn from(error: SigningError) -> Self {
        match error {
            SigningError::Store(error) => error.into(),
            _ => Self::usage(error.to_string()),
        }
    }
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        Self::usage(error.to_string())
    }
}

/// A reader that closed the pipe has seen enough: that is success.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self { exit: Exit::Fine, message: String::new() },
            _ => Self { exit: Exit::Store, message: format!("cannot write the output: {error}") },
        }
    }
}
