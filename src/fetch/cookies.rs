//! Cookies that live for one fetch: enough for a site that sets one and redirects to see whether it comes back.
//!
//! Far less than a browser's jar, on purpose. A cookie goes back to exactly the host that set it, whatever `Domain` and
//! `Path` say, and nothing outlives the fetch: what a page answers must not depend on what was fetched before.

use chrono::DateTime;

use crate::clock::Timestamp;

/// The cookies of one fetch.
#[derive(Default)]
pub(super) struct Cookies(Vec<Cookie>);

struct Cookie {
    host: String,
    name: Vec<u8>,
    value: Vec<u8>,
}

/// More than any honest site needs to get past its own redirect.
const MOST_COOKIES: usize = 50;
const LONGEST_COOKIE: usize = 4096;

impl Cookies {
    /// Takes in one `Set-Cookie` of this host; one that has expired by `now` deletes.
    pub(super) fn set(&mut self, host: &str, set_cookie: &[u8], now: Timestamp) {
        let mut parts = set_cookie.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let Some((name, value)) = parts.next().and_then(halves) else { return };
        if name.is_empty() || name.len() + value.len() > LONGEST_COOKIE {
            return;
        }
        self.0.retain(|cookie| cookie.host != host || cookie.name != name);
        if !parts.any(|attribute| expires(attribute, now)) && self.0.len() < MOST_COOKIES {
            self.0.push(Cookie {
                host: host.to_owned(),
                name: name.to_vec(),
                value: value.to_vec(),
            });
        }
    }

    /// The value of the `Cookie` header for this host; `None` without any.
    pub(super) fn header_for(&self, host: &str) -> Option<Vec<u8>> {
        let pairs: Vec<Vec<u8>> = self
            .0
            .iter()
            .filter(|cookie| cookie.host == host)
            .map(|cookie| [&cookie.name, b"=".as_slice(), &cookie.value].concat())
            .collect();
        (!pairs.is_empty()).then(|| pairs.join(b"; ".as_slice()))
    }
}

fn halves(pair: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = pair.iter().position(|byte| *byte == b'=')?;
    Some((pair[..equals].trim_ascii(), pair[equals + 1..].trim_ascii()))
}

fn expires(attribute: &[u8], now: Timestamp) -> bool {
    let Some((name, value)) = halves(attribute) else { return false };
    let Ok(value) = std::str::from_utf8(value) else { return false };
    if name.eq_ignore_ascii_case(b"max-age") {
        return value.parse::<i64>().is_ok_and(|seconds| seconds <= 0);
    }
    name.eq_ignore_ascii_case(b"expires")
        && DateTime::parse_from_rfc2822(&value.replace('-', " "))
            .is_ok_and(|until| Timestamp::from(until.to_utc()) <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(set: &[&str]) -> Option<String> {
        let now = "2018-06-18".parse().unwrap();
        let mut cookies = Cookies::default();
        for cookie in set {
            cookies.set("a.example", cookie.as_bytes(), now);
        }
        assert_eq!(cookies.header_for("b.example"), None);
        cookies.header_for("a.example").map(|value| String::from_utf8(value).unwrap())
    }

    #[test]
    fn cookies_go_back_to_the_host_that_set_them() {
        for (set, sent) in [
            (["a=1; Path=/; Secure", "b = 2"], Some("a=1; b=2")),
            (["a=1", "a=2=3"], Some("a=2=3")),
            (["a=1", "a=; Max-Age=0"], None),
            (["a=1", "a=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], None),
            (["a=1", "a=x; expires=Thu, 01-Jan-1970 00:00:00 GMT"], None),
            (["a=1; Expires=Fri, 01 Jan 2038 00:00:00 GMT", ""], Some("a=1")),
            (["nameless", "=1"], None),
        ] {
            assert_eq!(after(&set).as_deref(), sent, "{set:?}");
        }
    }

    #[test]
    fn neither_their_number_nor_their_size_runs_away() {
        let now = "2018-06-18".parse().unwrap();
        let mut cookies = Cookies::default();
        for index in 0..500 {
            cookies.set(
                "a.example",
                format!("c{index}={}", "x".repeat(index * 20)).as_bytes(),
                now,
            );
        }
        assert!(
            cookies.header_for("a.example").unwrap().len() <= MOST_COOKIES * (LONGEST_COOKIE + 3)
        );
    }
}
