//! Who may ask: which host a request may name, and whose token it must bring.
//!
//! A page in somebody's browser can make a name of its own point to this machine and then read what answers there. Such
//! a request names that name; so only addresses, `localhost` and the names that were allowed are answered.

use std::net::IpAddr;

use url::form_urlencoded;

use crate::fetch::Digest;

/// Who may ask.
#[derive(Clone, Debug)]
pub struct Gate {
    /// Names that a request may call this server by, beside its addresses and `localhost`.
    pub hosts: Vec<String>,
    /// The token that every request must bring; `None` on the loopback.
    pub token: Option<Token>,
}

/// A secret that lets its bearer read. It is kept as a digest, so that comparing it takes the same time whatever it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(Digest);

/// The cookie that a browser brings the token in, once an address had it.
pub(super) const COOKIE: &str = "palinode-token";

/// Whether a request is answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// It is.
    Welcome,
    /// It is, and the browser is to keep the token.
    WelcomeToStay,
    /// It names a host that this is not.
    Stranger,
    /// It brings no token, or another.
    NoToken,
}

impl Token {
    /// The token that this text is. One shorter than 16 characters can be guessed, one with other signs than a cookie
    /// may hold cannot be kept; they are none.
    pub fn new(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let good = text.len() >= 16 && text.bytes().all(plain);
        good.then(|| Self(Digest::of(text.as_bytes())))
    }

    fn is(&self, text: &str) -> bool {
        self.0 == Digest::of(text.as_bytes())
    }
}

/// What a request says of itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Said<'a> {
    pub(super) host: Option<&'a str>,
    pub(super) query: &'a str,
    pub(super) cookies: Option<&'a str>,
    pub(super) authorization: Option<&'a str>,
}

impl Gate {
    pub(super) fn judge(&self, said: Said<'_>) -> Verdict {
        if !said.host.is_some_and(|host| self.knows(host)) {
            return Verdict::Stranger;
        }
        let Some(token) = &self.token else { return Verdict::Welcome };
        let bearer = said.authorization.and_then(|text| text.strip_prefix("Bearer "));
        let cookies = said.cookies.unwrap_or_default().split(';');
        let mut cookie =
            cookies.filter_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='));
        let asked = form_urlencoded::parse(said.query.as_bytes());
        if bearer.is_some_and(|text| token.is(text)) || cookie.any(|text| token.is(text)) {
            Verdict::Welcome
        } else if asked.into_iter().any(|(key, value)| key == "token" && token.is(&value)) {
            Verdict::WelcomeToStay
        } else {
            Verdict::NoToken
        }
    }

    fn knows(&self, host: &str) -> bool {
        let name = without_port(host);
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        bare.parse::<IpAddr>().is_ok()
            || name.eq_ignore_ascii_case("localhost")
            || self.hosts.iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.is_empty() =>
        {
            // The colons of a bare IPv6 address are none.
            if name.contains(':') && !name.ends_with(']') { host } else { name }
        }
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef";

    fn judged(gate: &Gate, said: Said<'_>) -> Verdict {
        gate.judge(said)
    }

    #[test]
    fn only_known_hosts_are_answered() {
        let gate = Gate { hosts: vec!["History.example".to_owned()], token: None };
        for (host, welcome) in [
            ("127.0.0.1:8000", true),
            ("127.0.0.1", true),
            ("[::1]:8000", true),
            ("LOCALHOST:1", true),
            ("history.example", true),
            ("history.example:8000", true),
            ("evil.example:8000", false),
            ("127.0.0.1.evil.example", false),
            ("localhost.evil.example", false),
            ("localhost:80:evil", false),
            ("", false),
        ] {
            let verdict = judged(&gate, Said { host: Some(host), ..Said::default() });
            assert_eq!(verdict == Verdict::Welcome, welcome, "{host}");
        }
        assert_eq!(judged(&gate, Said::default()), Verdict::Stranger);
    }

    #[test]
    fn a_token_is_asked_for_wherever_it_may_stand() {
        let gate = Gate { hosts: Vec::new(), token: Token::new(SECRET) };
        let said = Said { host: Some("127.0.0.1"), ..Said::default() };
        assert_eq!(judged(&gate, said), Verdict::NoToken);
        let cookie = format!("a=b; {COOKIE}={SECRET}");
        let bearer = format!("Bearer {SECRET}");
        let query = format!("q=x&token={SECRET}");
        let brought = [
            (Said { cookies: Some(&cookie), ..said }, Verdict::Welcome),
            (Said { authorization: Some(&bearer), ..said }, Verdict::Welcome),
            (Said { query: &query, ..said }, Verdict::WelcomeToStay),
            (Said { query: "token=0123456789abcdeF", ..said }, Verdict::NoToken),
            (Said { authorization: Some(SECRET), ..said }, Verdict::NoToken),
            (Said { cookies: Some("palinode-tokenx=0123456789abcdef"), ..said }, Verdict::NoToken),
        ];
        for (said, verdict) in brought {
            assert_eq!(judged(&gate, said), verdict, "{said:?}");
        }
    }

    #[test]
    fn a_token_that_can_be_guessed_is_none() {
        assert_eq!(Token::new("short"), None);
        assert_eq!(Token::new("0123456789abcdef; Path=/"), None);
    }
}
