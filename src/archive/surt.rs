//! An address to the key under which archives file it: host reversed, scheme, case, `www` and session ids left out.
//!
//! After the rules of the Python library that pywb and the Wayback Machine share, since two archives find each other's
//! captures by equal keys. A crate that did this differed from it in half of the addresses that were tried.

use url::Url;

/// The key of an address: `org,example)/path?a=1&b=2`.
pub fn surt(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().to_lowercase();
    let host = without_www(&host);
    let mut key = match url.host() {
        Some(url::Host::Ipv6(address)) => address.to_string(),
        _ => host.rsplit('.').collect::<Vec<_>>().join(","),
    };
    if let Some(port) = url.port() {
        key.push(':');
        key.push_str(&port.to_string());
    }
    key.push(')');
    let path = url.path().to_lowercase();
    let path = path.strip_suffix('/').unwrap_or(&path);
    key.push_str(if path.is_empty() { "/" } else { path });
    let query = ordered(&url.query().unwrap_or_default().to_lowercase());
    if !query.is_empty() {
        key.push('?');
        key.push_str(&query);
    }
    key
}

/// `www.` and `www2.` in front of a host.
fn without_www(host: &str) -> &str {
    let rest = host
        .strip_prefix("www")
        .map(|rest| rest.trim_start_matches(|sign: char| sign.is_ascii_digit()));
    rest.and_then(|rest| rest.strip_prefix('.')).unwrap_or(host)
}

/// The fields of a query in order, without session ids.
fn ordered(query: &str) -> String {
    let mut fields: Vec<(&str, &str, &str)> = query
        .split('&')
        .map(|field| {
            field.split_once('=').map_or((field, "", ""), |(name, value)| (name, "=", value))
        })
        .filter(|(name, _, value)| !is_session(name, value))
        .collect();
    fields.sort_by_key(|(name, _, value)| (*name, *value));
    fields
        .into_iter()
        .map(|(name, sign, value)| format!("{name}{sign}{value}"))
        .collect::<Vec<_>>()
        .join("&")
}

fn is_session(name: &str, value: &str) -> bool {
    let of = |length: usize| {
        value.len() == length && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    match name {
        "jsessionid" | "phpsessid" | "sid" => of(32),
        name if name.starts_with("aspsessionid") => name.len() == 20 && of(24),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected keys are those of surt 0.3.1 for Python.
    #[test]
    fn keys_are_those_of_the_others() {
        for (url, key) in [
            ("http://page.test/policy", "test,page)/policy"),
            ("https://www.Example.org:443/", "org,example)/"),
            ("http://www2.example.org/A/B/", "org,example)/a/b"),
            ("http://example.org:8080/x?b=2&a=1&A=0", "org,example:8080)/x?a=0&a=1&b=2"),
            ("http://example.org/x?", "org,example)/x"),
            ("http://127.0.0.1:81/x", "1,0,0,127:81)/x"),
            ("http://example.org/?PHPSESSID=0123456789abcdef0123456789abcdef&q", "org,example)/?q"),
            ("http://[::1]/x", "::1)/x"),
            ("http://example.org/x?a&a=1&b=", "org,example)/x?a&a=1&b="),
        ] {
            assert_eq!(surt(&url.parse().unwrap()), key);
        }
    }
}
