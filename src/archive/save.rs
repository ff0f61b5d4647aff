//! What Save Page Now answers to what it means: a job, a page that was saved, or the archive's own word for why not.
//!
//! Errors come as status 200, so the status alone says little. "Submitted" is not "archived": that is a job that is done,
//! and an entry in the archive's list.

use std::time::Duration;

use serde_json::{Map, Value};

use super::of_fourteen;
use crate::clock::Timestamp;

/// What came of an order, or of asking for it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ordered {
    /// The archive works on it, under this name.
    Job(String),
    /// It is done: the second for which the capture stands, if the archive says which.
    Saved(Option<Timestamp>),
    /// The archive will not, or could not: its own word.
    Refused(String),
    /// Later, says the archive in its own word: a limit is reached.
    Later(String, Duration),
}

/// Words for limits, and how long each is heeded.
const LIMITS: [(&str, Duration); 4] = [
    ("user-session-limit", Duration::from_mins(2)),
    ("too-many-requests", Duration::from_mins(10)),
    ("service-unavailable", Duration::from_mins(10)),
    ("too-many-daily-captures", Duration::from_hours(12)),
];

/// No word of an archive is kept longer.
const LONGEST_WORD: usize = 300;

/// The answer to an order: `POST /save`.
pub fn order_answered(status: u16, text: &str) -> Option<Ordered> {
    let json = object(text)?;
    let refused = status >= 400 || json.get("status").is_some_and(|status| status == "error");
    if refused {
        return Some(refusal(&json));
    }
    match json.get("job_id").and_then(Value::as_str) {
        Some(job) if is_name(job) => Some(Ordered::Job(job.to_owned())),
        Some(_) => None,
        // It has a capture that it takes for new enough; its list says which.
        None => json.contains_key("job_id").then_some(Ordered::Saved(None)),
    }
}

/// The answer to `GET /save/status/JOB`.
pub fn job_answered(job: &str, text: &str) -> Option<Ordered> {
    let json = object(text)?;
    match json.get("status")?.as_str()? {
        "pending" => Some(Ordered::Job(job.to_owned())),
        "success" => {
            let at = json.get("timestamp").and_then(Value::as_str).and_then(of_fourteen);
            Some(Ordered::Saved(at))
        }
        "error" => Some(refusal(&json)),
        _ => None,
    }
}

/// A name that can stand in a path.
fn is_name(job: &str) -> bool {
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_');
    (1..=200).contains(&job.len()) && job.chars().all(is_part)
}

fn refusal(json: &Map<String, Value>) -> Ordered {
    let text = |name: &str| json.get(name).and_then(Value::as_str).unwrap_or_default();
    let (code, message) = (text("status_ext"), text("message"));
    let words = [code, message].into_iter().filter(|word| !word.is_empty());
    let word: String = words.collect::<Vec<_>>().join(": ").chars().take(LONGEST_WORD).collect();
    let limit = LIMITS.iter().find(|(name, _)| code.ends_with(name));
    match limit {
        Some((_, wait)) => Ordered::Later(word, *wait),
        None if word.is_empty() => Ordered::Refused("it gives no reason".to_owned()),
        None => Ordered::Refused(word),
    }
}

fn object(text: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_order_is_no_capture_and_an_error_is_no_success() {
        let job = Ordered::Job("spn2-1".to_owned());
        assert_eq!(order_answered(200, r#"{"url":"x","job_id":"spn2-1"}"#), Some(job.clone()));
        assert_eq!(order_answered(200, r#"{"job_id":null}"#), Some(Ordered::Saved(None)));
        assert_eq!(order_answered(200, r#"{"job_id":"../user"}"#), None);
        assert_eq!(order_answered(200, "<html>"), None);
        assert_eq!(
            order_answered(401, r#"{"message":"log in"}"#),
            Some(Ordered::Refused("log in".to_owned()))
        );
        assert_eq!(job_answered("spn2-1", r#"{"status":"pending"}"#), Some(job));
        let done = r#"{"status":"success","timestamp":"20260301120000"}"#;
        let at = "2026-03-01T12:00:00Z".parse().unwrap();
        assert_eq!(job_answered("spn2-1", done), Some(Ordered::Saved(Some(at))));
        let limit =
            r#"{"status":"error","status_ext":"error:user-session-limit","message":"wait"}"#;
        assert_eq!(
            order_answered(200, limit),
            Some(Ordered::Later(
                "error:user-session-limit: wait".to_owned(),
                Duration::from_mins(2)
            ))
        );
        assert_eq!(
            job_answered("spn2-1", r#"{"status":"error"}"#),
            Some(Ordered::Refused("it gives no reason".to_owned()))
        );
    }

    proptest! {
        #[test]
        fn nothing_that_an_archive_says_is_too_much(text in any::<String>(), status in any::<u16>()) {
            let _any = (order_answered(status, &text), job_answered("a", &text));
        }
    }
}
