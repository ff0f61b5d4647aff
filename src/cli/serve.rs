//! `palinode serve`: the history in a browser, on this machine.

use std::net::SocketAddr;
use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open};
use crate::serve::{Gate, Server, ServerError, Token};

/// Show the history in a browser, as pages, feeds and JSON
///
/// Works without scripts and only reads; checks may go on meanwhile. It listens on this machine alone unless --listen says
/// otherwise, and then it asks every visitor for a token. What it sends is not encrypted: put a server with TLS before it.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Where to listen; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8018")]
    listen: SocketAddr,
    /// What a visitor must bring, as `Authorization: Bearer SECRET` or `?token=SECRET`: 16 characters or more, of a-z, A-Z, 0-9, - and _
    #[arg(long, value_name = "SECRET")]
    token: Option<String>,
    /// A name that the server may be called by, beside its addresses and localhost; may be given several times
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
}

impl Serve {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        // A history that cannot be read is said at once, and not to the first visitor.
        drop(open(store)?);
        let token = match &self.token {
            None => None,
            Some(text) => Some(Token::new(text).ok_or_else(|| {
                Failure::usage("the token is too short or holds other signs\nhint: 16 characters or more, of a-z, A-Z, 0-9, - and _")
            })?),
        };
        let server = Server::bind(self.listen, Gate { hosts: self.host, token }, store)?;
        writeln!(
            world.err,
            "the history is at http://{}/ until this is stopped",
            server.address()
        )?;
        world.err.flush()?;
        server.run(world.clock)?;
        Ok(Exit::Fine)
    }
}

impl From<ServerError> for Failure {
    fn from(error: ServerError) -> Self {
        Self::usage(error.to_string())
    }
}
