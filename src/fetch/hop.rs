//! One hop of a fetch, without a connection: which headers go to which address, and where a redirect leads.
//!
//! Apart from the client because everything that could leak a secret or send a reader astray is decided here, and can be
//! tested here without a server.

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, COOKIE, HeaderMap, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH,
};
use url::Url;

use super::{Failure, FailureClass, Request, Validators};

/// gzip first, although others pack tighter: its deflate can be undone and redone bit for bit, so that the evidence is
/// stored small and still exact.
const CODINGS: &str = "gzip, deflate;q=0.9, br;q=0.5, zstd;q=0.5";
const TYPES: &str = "text/html, application/xhtml+xml, text/plain;q=0.9, */*;q=0.5";
const LANGUAGES: &str = "en;q=0.9, *;q=0.5";

/// The headers for this address: the usual ones, then the page's own if it is of the page's origin, then the cookies.
pub(super) fn headers(
    url: &Url,
    request: &Request,
    cookies: Option<&[u8]>,
) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(TYPES));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(CODINGS));
    headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(LANGUAGES));
    if url.origin() == request.url.url().origin() {
        let own = own_headers(request)?;
        own.keys().for_each(|name| drop(headers.remove(name)));
        headers.extend(own);
    }
    if let Some(cookies) = cookies {
        let given = headers.get(COOKIE).map(HeaderValue::as_bytes);
        let all = given.into_iter().chain([cookies]).collect::<Vec<_>>().join(b"; ".as_slice());
        if let Ok(value) = HeaderValue::from_bytes(&all) {
            headers.insert(COOKIE, value);
        }
    }
    Ok(headers)
}

/// An own header that cannot be sent fails the fetch: without it the server might show another page.
fn own_headers(request: &Request) -> Result<HeaderMap, Failure> {
    let mut own = HeaderMap::new();
    for (name, value) in &request.headers {
        let unsendable = || {
            let detail = "a request header in the page's settings holds bytes that HTTP forbids";
            Failure::new(FailureClass::Protocol, detail)
        };
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unsendable())?;
        let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| unsendable())?;
        value.set_sensitive(true);
        own.append(name, value);
    }
    Ok(own)
}

/// The validators as headers, if they are this address's. Both, since servers that know only one are common; byte for
/// byte, and without one that cannot be sent.
pub(super) fn conditions(url: &Url, validators: Option<&Validators>) -> HeaderMap {
    let Some(own) = validators.filter(|validators| same_resource(&validators.url, url)) else {
        return HeaderMap::new();
    };
    [(IF_NONE_MATCH, &own.etag), (IF_MODIFIED_SINCE, &own.last_modified)]
        .into_iter()
        .filter_map(|(name, value)| Some((name, HeaderValue::from_bytes(value.as_deref()?).ok()?)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn same_resource(one: &Url, other: &Url) -> bool {
    without_fragment(one.clone()) == without_fragment(other.clone())
}

/// The address without its fragment, which no server ever sees.
pub(super) fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}

/// Whether this status sends the client elsewhere.
pub(super) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// Where a redirect from this address leads.
pub(super) fn target(from: &Url, location: Option<&[u8]>) -> Result<Url, Failure> {
    let location = location.ok_or_else(|| astray("a redirect without a target"))?;
    let target = std::str::from_utf8(location).ok().and_then(|location| from.join(location).ok());
    let target = target.ok_or_else(|| astray("a redirect to what is no address"))?;
    if !matches!(target.scheme(), "http" | "https") || !target.has_host() {
        return Err(astray("a redirect to an address that is neither http nor https"));
    }
    if from.scheme() == "https" && target.scheme() == "http" {
        return Err(astray("a downgrade: the redirect leads from https to http"));
    }
    if !target.username().is_empty() || target.password().is_some() {
        return Err(astray("a redirect to an address with a user name or password"));
    }
    Ok(without_fragment(target))
}

/// A redirect that is not followed.
pub(super) fn astray(detail: &str) -> Failure {
    Failure::new(FailureClass::Redirect, detail)
}

#[cfg(test)]
mod tests {
    use super::super::{Reach, Robots, Scripts};
    use super::*;

    fn request(headers: &[(&str, &str)]) -> Request {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Request {
            url: "https://a.example/page".parse().unwrap(),
            headers: headers.collect(),
            validators: None,
            reach: Reach::Public,
            robots: Robots::Heeded,
            scripts: Scripts::Ignored,
        }
    }

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn a_redirect_leads_on_or_says_why_not() {
        for (location, leads) in [
            (Some("/b?c#d"), Ok("https://a.example/b?c")),
            (Some("//b.example"), Ok("https://b.example/")),
            (Some(" ../up "), Ok("https://a.example/up")),
            (None, Err("without a target")),
            (Some("http://a.example/"), Err("downgrade")),
            (Some("file:///etc/passwd"), Err("neither http nor https")),
            (Some("data:text/html,x"), Err("neither http nor https")),
            (Some("https://me:secret@a.example/"), Err("password")),
            (Some("https://[bad/"), Err("no address")),
        ] {
            match (target(&url("https://a.example/page"), location.map(str::as_bytes)), leads) {
                (Ok(found), Ok(wanted)) => assert_eq!(found.as_str(), wanted),
                (Err(failure), Err(wanted)) => {
                    assert!(failure.detail.contains(wanted) && !failure.detail.contains("secret"));
                    assert_eq!(failure.class, FailureClass::Redirect);
                }
                (found, _) => panic!("{location:?} leads to {found:?}"),
            }
        }
        assert!(target(&url("http://a.example/"), Some(b"https://a.example/")).is_ok());
        assert!(target(&url("http://a.example/"), Some(b"/\xff")).is_err());
    }

    #[test]
    fn own_headers_stay_at_their_origin() {
        let request = request(&[("X-Key", "k"), ("accept", "text/x"), ("Cookie", "a=1")]);
        let own = headers(&url("https://a.example/else"), &request, Some(b"b=2")).unwrap();
        assert_eq!(
            (&own["x-key"], &own["accept"], &own["cookie"]),
            (
                &HeaderValue::from_static("k"),
                &HeaderValue::from_static("text/x"),
                &HeaderValue::from_static("a=1; b=2"),
            )
        );
        for elsewhere in ["https://b.example/", "http://a.example/", "https://a.example:444/"] {
            let headers = headers(&url(elsewhere), &request, Some(b"b=2")).unwrap();
            assert!(!headers.contains_key("x-key"));
            assert_eq!(
                (&headers["accept"], &headers["cookie"]),
                (&HeaderValue::from_static(TYPES), &HeaderValue::from_static("b=2"),)
            );
        }
    }

    #[test]
    fn an_own_header_that_cannot_be_sent_fails_the_fetch() {
        for (name, value) in [("a b", "1"), ("a", "secret\r\nb: 2")] {
            let failure =
                headers(&url("https://a.example/"), &request(&[(name, value)]), None).unwrap_err();
            assert!(failure.class == FailureClass::Protocol && !failure.detail.contains("secret"));
        }
    }

    #[test]
    fn validators_go_to_their_address_only() {
        let validators = Validators {
            url: url("https://a.example/page#top"),
            etag: Some(b"W/\"\xff\"".to_vec()),
            last_modified: Some(b"bad\nvalue".to_vec()),
        };
        let sent = conditions(&url("https://a.example/page"), Some(&validators));
        assert_eq!(sent.len(), 1);
        assert_eq!(sent["if-none-match"].as_bytes(), b"W/\"\xff\"");
        assert!(conditions(&url("https://a.example/page?x"), Some(&validators)).is_empty());
        assert!(conditions(&url("https://a.example/page"), None).is_empty());
    }
}
