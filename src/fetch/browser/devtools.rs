//! Commands to a browser and messages from it: the `DevTools` protocol as JSON with a NUL after each, over two pipes.
//!
//! By hand, since a visit takes a dozen commands. The crates that know the whole protocol generate some sixty thousand
//! lines for it, talk through a WebSocket to a port that every user of the machine can reach, and cost a first build more
//! than all of palinode's own code does.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{ChildStdin, ChildStdout};

use super::broken;
use crate::fetch::{Failure, FailureClass};

/// The pipes to one browser.
pub(super) struct Wire {
    to: ChildStdin,
    from: ChildStdout,
    come: Vec<u8>,
    /// So much of what has come holds no end of a message.
    looked_at: usize,
    longest: usize,
    commands: u64,
}

/// Room beside the text in a message, and for what is escaped in it.
const ENVELOPE: usize = 1 << 20;

impl Wire {
    pub(super) fn new(to: ChildStdin, from: ChildStdout, most: usize) -> Self {
        let longest = most.saturating_mul(2).saturating_add(ENVELOPE);
        Self { to, from, come: Vec::new(), looked_at: 0, longest, commands: 0 }
    }

    /// Sends a command, and gives the number under which its result will come.
    pub(super) async fn send(
        &mut self,
        session: Option<&str>,
        method: &str,
        parameters: &Value,
    ) -> Result<u64, Failure> {
        self.commands += 1;
        let mut command = json!({ "id": self.commands, "method": method, "params": parameters });
        if let Some(session) = session {
            command["sessionId"] = session.into();
        }
        let mut bytes = command.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).await.map_err(|_| gone())?;
        Ok(self.commands)
    }

    /// Sends a command and waits for its result. Whatever else comes meanwhile is of no interest.
    pub(super) async fn call(
        &mut self,
        session: Option<&str>,
        method: &str,
        parameters: &Value,
    ) -> Result<Value, Failure> {
        let number = self.send(session, method, parameters).await?;
        loop {
            let mut message = self.next().await?;
            if message["id"] == number {
                return match message["error"]["message"].as_str() {
                    Some(why) => Err(broken(format!("the browser refuses {method}: {why}"))),
                    None => Ok(message["result"].take()),
                };
            }
        }
    }

    /// The next message. Nothing of it is lost where something else is waited for at the same time.
    pub(super) async fn next(&mut self) -> Result<Value, Failure> {
        loop {
            if let Some(end) = self.come[self.looked_at..].iter().position(|byte| *byte == 0) {
                let message: Vec<u8> = self.come.drain(..=self.looked_at + end).collect();
                self.looked_at = 0;
                return serde_json::from_slice(&message[..message.len() - 1])
                    .map_err(|why| broken(format!("the browser sent what is no message: {why}")));
            }
            self.looked_at = self.come.len();
            if self.come.len() > self.longest {
                let detail = "what its scripts make of it is larger than allowed";
                return Err(Failure::new(FailureClass::TooLarge, detail));
            }
            if self.from.read_buf(&mut self.come).await.map_err(|_| gone())? == 0 {
                return Err(gone());
            }
        }
    }
}

fn gone() -> Failure {
    broken(
        "the browser ended\nhint: see whether it runs by itself, as in `chromium --headless --dump-dom about:blank`",
    )
}
