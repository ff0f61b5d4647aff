//! A message to a program's standard input: arguments as they are, a time limit, and nothing of the page but as data.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// A program that takes longer is ended, and counts as one that did not hear.
const LONGEST: Duration = Duration::from_secs(30);

/// Runs it; the inner error is what came in the way.
pub(super) fn run(command: &[String], message: &Value) -> io::Result<Result<(), String>> {
    let Some((program, arguments)) = command.split_first() else {
        return Ok(Err("it names no program".to_owned()));
    };
    let text = serde_json::to_vec(message)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(async {
        let heard = tokio::time::timeout(LONGEST, hear(program, arguments, &text)).await;
        heard.unwrap_or_else(|_| Err(format!("it took longer than {} s", LONGEST.as_secs())))
    }))
}

async fn hear(program: &str, arguments: &[String], text: &[u8]) -> Result<(), String> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|why| format!("it cannot be run: {why}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that knows enough without it may close its input; how it ends is what counts.
        drop(stdin.write_all(text).await);
        drop(stdin.shutdown().await);
    }
    let status = child.wait().await.map_err(|why| format!("it cannot be waited for: {why}"))?;
    if status.success() { Ok(()) } else { Err(format!("it ended with {status}")) }
}
