//! A long listing to the program that its reader turns pages with.
//!
//! It starts with the first byte: a command that fails before it says anything starts none, and its message stands in
//! the terminal. The crates that do this swap the process's own standard output; here it is one more place to write to.

use std::io::{self, BufWriter, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

use super::{Exit, Failure, World};

/// What long listings are read with.
#[derive(Clone, Debug)]
pub struct Pager {
    /// The program.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// What its environment holds besides.
    pub variables: Vec<(&'static str, &'static str)>,
    /// What has to happen when it starts: from then on, Ctrl-C is its own affair.
    pub starts: fn(),
}

/// A place to write to that becomes the pager's standard input.
struct Paged<'a> {
    pager: Pager,
    /// Where it goes if there is no such program.
    straight: &'a mut dyn Write,
    to: To,
}

enum To {
    Undecided,
    Pager(Child, BufWriter<ChildStdin>),
    Straight,
}

/// Runs a command whose data goes to the pager, if there is one, and waits until its reader has seen enough.
pub(super) fn paged(
    world: &mut World<'_>,
    run: impl FnOnce(&mut World<'_>) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let Some(pager) = world.surroundings.pager.clone() else { return run(world) };
    let mut out = Paged { pager, straight: &mut *world.out, to: To::Undecided };
    let surroundings = world.surroundings.clone();
    let ended =
        run(&mut World { clock: world.clock, out: &mut out, err: &mut *world.err, surroundings });
    out.wait();
    ended
}

impl Paged<'_> {
    fn start(&mut self) -> To {
        let mut command = Command::new(&self.pager.program);
        command.args(&self.pager.arguments).envs(self.pager.variables.iter().copied());
        let Ok(mut child) = command.stdin(Stdio::piped()).spawn() else { return To::Straight };
        (self.pager.starts)();
        match child.stdin.take() {
            Some(stdin) => To::Pager(child, BufWriter::new(stdin)),
            None => To::Straight,
        }
    }

    fn place(&mut self) -> &mut dyn Write {
        if matches!(self.to, To::Undecided) {
            self.to = self.start();
        }
        match &mut self.to {
            To::Pager(_, stdin) => stdin,
            To::Undecided | To::Straight => self.straight,
        }
    }

    fn wait(self) {
        if let To::Pager(mut child, stdin) = self.to {
            // What is still held is written when this goes; a reader who left does not miss it.
            drop(stdin);
            let _how_it_ended = child.wait();
        }
    }
}

impl Write for Paged<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() { Ok(0) } else { self.place().write(bytes) }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.to {
            To::Pager(_, stdin) => stdin.flush(),
            To::Undecided | To::Straight => self.straight.flush(),
        }
    }
}
