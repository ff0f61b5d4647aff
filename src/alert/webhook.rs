//! A message to a webhook: one signed request, whose status is all that is read of the answer.
//!
//! The owner names the address, no page does, and no redirect is followed. So it may lie on this machine or its network,
//! where the guard of `fetch` would let no page lead. Headers are those of Standard Webhooks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, Method};
use sha2::Sha256;
use url::Url;

use super::message::Message;
use super::template;
use super::{LONGEST, Unheard};
use crate::clock::Timestamp;
use crate::fetch::{plain_client, retry_after, root_cause};
use crate::secret::secret;
use crate::store::{Shape, Webhook};

/// Fewer bytes can be guessed.
const SHORTEST_KEY: usize = 24;

/// A client for webhooks, apart from the one that fetches pages: it shares no connection with it.
pub(super) fn client() -> Result<Client, String> {
    let agent = concat!("palinode/", env!("CARGO_PKG_VERSION"));
    let built = plain_client().and_then(|client| client.user_agent(agent).timeout(LONGEST).build());
    built.map_err(|why| format!("no client for webhooks can be made: {why}"))
}

/// Posts it; a status below 300 has heard.
pub(super) async fn post(
    client: &Client,
    hook: &Webhook,
    message: &Message,
    now: Timestamp,
) -> Result<(), Unheard> {
    let body = template::body(&hook.shape, message, hook.url.secret())?;
    let (method, url) = place(hook, &message.id);
    let headers = headers(hook, &message.id, &body, now)?;
    let asked = client.request(method, url).headers(headers).body(body).send();
    let answer = asked.await.map_err(|why| Unheard::from(cause(why)))?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let wait = retry_after(answer.headers(), now);
    let why = if status.is_redirection() {
        format!("it answered {}, and redirects are not followed", status.as_u16())
    } else {
        format!("it answered {}", status.as_u16())
    };
    Err(Unheard { why, wait })
}

/// Whether a secret file of a webhook can be used.
pub(super) fn sound(hook: &Webhook) -> Result<(), String> {
    hook.secret_file.as_ref().map_or(Ok(()), |file| key(file).map(drop))?;
    hook.token_file.as_ref().map_or(Ok(()), |file| bearer(file).map(drop))
}

/// A room takes each message at a place of its own, which makes a repeat no second message; a topic stands in the body.
fn place(hook: &Webhook, id: &str) -> (Method, Url) {
    let mut url = hook.url.secret().clone();
    match hook.shape {
        Shape::Matrix => {
            if let Ok(mut path) = url.path_segments_mut() {
                path.pop_if_empty().push(id);
            }
            (Method::PUT, url)
        }
        Shape::Ntfy => {
            if let Ok(mut path) = url.path_segments_mut() {
                path.pop_if_empty().pop();
            }
            (Method::POST, url)
        }
        Shape::Plain | Shape::Slack | Shape::Discord | Shape::File(_) => (Method::POST, url),
    }
}

fn headers(hook: &Webhook, id: &str, body: &str, now: Timestamp) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    let seconds = now.millis().div_euclid(1000);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // An id is made of letters, digits and dashes.
    let id_value = HeaderValue::from_str(id).map_err(|why| why.to_string())?;
    headers.insert("webhook-id", id_value);
    headers.insert("webhook-timestamp", HeaderValue::from(seconds));
    if let Some(file) = &hook.secret_file {
        let signed = sensitive(&sign(&key(file)?, id, seconds, body))?;
        headers.insert("webhook-signature", signed);
    }
    if let Some(file) = &hook.token_file {
        headers.insert(AUTHORIZATION, bearer(file)?);
    }
    Ok(headers)
}

fn bearer(file: &std::path::Path) -> Result<HeaderValue, String> {
    sensitive(&format!("Bearer {}", secret(file)?))
        .map_err(|_| format!("{}: it holds no token", file.display()))
}

fn sensitive(text: &str) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::from_str(text).map_err(|_| "it cannot be sent".to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}

/// The key that a file holds: base64 after `whsec_`, else the text itself.
fn key(file: &std::path::Path) -> Result<Vec<u8>, String> {
    let text = secret(file)?;
    let key = match text.strip_prefix("whsec_") {
        Some(coded) => STANDARD.decode(coded).ok(),
        None => Some(text.into_bytes()),
    };
    let key = key.ok_or_else(|| format!("{}: no base64 comes after `whsec_`", file.display()))?;
    if key.len() < SHORTEST_KEY {
        let name = file.display();
        return Err(format!("{name}: a key of less than {SHORTEST_KEY} bytes can be guessed"));
    }
    Ok(key)
}

/// The signature that Standard Webhooks (1.0.0) asks for.
fn sign(key: &[u8], id: &str, seconds: i64, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// What came in the way, without the address: the deepest cause never names it.
fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    if error.is_timeout() {
        return format!("no answer within {} s", LONGEST.as_secs());
    }
    format!("no answer: {}", root_cause(&error))
}

#[cfg(test)]
mod tests {
    use reqwest::header::RETRY_AFTER;

    use super::*;
    use crate::store::LONGEST_SILENCE;

    /// The example of the Standard Webhooks specification, so that any receiver's library agrees.
    #[test]
    fn a_signature_is_what_the_standard_says() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed =
            sign(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_receiver_says_how_long() {
        let now: Timestamp = "1994-11-06T08:00:00Z".parse().unwrap();
        for (value, seconds) in [
            ("120", Some(120)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(2977)),
            ("99999999999999999999999", Some(LONGEST_SILENCE.as_secs())),
            ("0", None),
            ("Sun, 06 Nov 1993 08:49:37 GMT", None),
            ("soon", None),
            ("-1", None),
        ] {
            let headers = [(RETRY_AFTER, HeaderValue::from_static(value))].into_iter().collect();
            assert_eq!(retry_after(&headers, now).map(|wait| wait.as_secs()), seconds, "{value}");
        }
    }
}
