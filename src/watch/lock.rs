//! One run at a time: a lock that the system gives back when its holder dies, however it dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// Held while a run goes on; dropping it lets the next one in.
#[derive(Debug)]
pub struct RunLock {
    file: File,
}

/// Why no run can begin.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another run is going on.
    #[error(
        "{0}: another run is still checking these pages\nhint: nothing was done; the other run will finish the work"
    )]
    Held(PathBuf),
    /// The lock file cannot be made.
    #[error("{0}: {1}")]
    Unusable(PathBuf, std::io::Error),
}

impl RunLock {
    /// Takes the lock of the store at this path, or says at once who has it.
    pub fn take(store: &Path) -> Result<Self, LockError> {
        let mut name = store.as_os_str().to_owned();
        name.push("-lock");
        let path = PathBuf::from(name);
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let opened = options.open(&path);
        let file = opened.map_err(|why| LockError::Unusable(path.clone(), why))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Held(store.to_owned())),
            Err(TryLockError::Error(why)) => Err(LockError::Unusable(path, why)),
        }
    }
}

impl Drop for RunLock {
    /// Closing the file is not enough: a program that is being started has it open too, until it is what it will be.
    fn drop(&mut self) {
        let _closed_anyway = self.file.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_one_can_begin_although_a_child_still_has_the_file_open() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("palinode.db");
        let lock = RunLock::take(&store).unwrap();
        let inherited = lock.file.try_clone().unwrap();
        assert!(matches!(RunLock::take(&store), Err(LockError::Held(_))));
        drop(lock);
        assert!(RunLock::take(&store).is_ok());
        drop(inherited);
    }
}
