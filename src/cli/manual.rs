//! `palinode completions` and `palinode man`: what a package installs beside the program, made from the same definitions.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::{Cli, Exit, Failure, World};

/// Print completions for a shell
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

/// Print the manual page
#[derive(Debug, Args)]
pub(super) struct Man {}

impl Completions {
    pub(super) fn run(self, world: &mut World<'_>) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "palinode", &mut script);
        world.out.write_all(&script)?;
        Ok(Exit::Fine)
    }
}

impl Man {
    pub(super) fn run(self, world: &mut World<'_>) -> Result<Exit, Failure> {
        let Self {} = self;
        let mut command = Cli::command();
        command.build();
        clap_mangen::Man::new(command.clone()).render(world.out)?;
        for part in command.get_subcommands() {
            clap_mangen::Man::new(part.clone()).render(world.out)?;
        }
        Ok(Exit::Fine)
    }
}
