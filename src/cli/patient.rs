//! An output whose reader may leave, for a run that goes on all the same.

use std::io::{self, Write};

/// An output whose reader may leave: what is left to check is checked all the same.
pub(super) struct Patient<'a>(pub(super) &'a mut dyn Write);

impl Write for Patient<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        unheard(self.0.write(bytes), bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        unheard(self.0.flush(), ())
    }
}

fn unheard<T>(written: io::Result<T>, otherwise: T) -> io::Result<T> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(otherwise),
        written => written,
    }
}
