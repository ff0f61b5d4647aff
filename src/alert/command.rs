//! A message to a program's standard input: arguments as they are, a time limit, and nothing of the page but as data.

use std::process::Stdio;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// Has the program hear it. A program that ends with another code than 0 did not.
pub(super) async fn hear(command: &[String], text: &[u8]) -> Result<(), String> {
    let (program, arguments) =
        command.split_first().ok_or_else(|| "it names no program".to_owned())?;
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
