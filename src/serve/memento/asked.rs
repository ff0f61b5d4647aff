//! A raw path to what is asked of the archive. What comes after the time is an address as it was written: its `?`, its
//! double slashes and its percent signs are its own, and nothing here takes them apart.

use percent_encoding::percent_decode_str;
use url::Url;

use crate::archive::of_fourteen;
use crate::clock::Timestamp;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// `/web/URL`: the capture of a time that the request names, else the newest.
    Latest(Url),
    /// `/web/20180618140200/URL`, `/web/20180618140200id_/URL`.
    At(Timestamp, Replay, Url),
    /// `/web/timemap/link/URL`, or a further page of it: `/web/timemap/link/2/URL`.
    TimeMap(Form, usize, Url),
}

/// How a capture is asked for. Both are answered by the bytes that were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Replay {
    /// As the archive shows it.
    View,
    /// As it was sent: `id_`.
    Original,
}

/// The form of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// RFC 6690.
    Link,
    /// As aggregators have it.
    Json,
    /// A line a capture.
    Cdxj,
}

impl Form {
    pub(super) const ALL: [Self; 3] = [Self::Link, Self::Json, Self::Cdxj];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Json => "json",
            Self::Cdxj => "cdxj",
        }
    }
}

impl Replay {
    pub(super) fn mark(self) -> &'static str {
        match self {
            Self::View => "",
            Self::Original => "id_",
        }
    }
}

impl Asked {
    /// What a path asks for; `None` if it asks for nothing.
    pub(super) fn of(path: &str) -> Option<Self> {
        let rest = path.strip_prefix("/web/")?;
        if let Some(rest) = rest.strip_prefix("timemap/") {
            let (name, rest) = rest.split_once('/')?;
            let form = Form::ALL.into_iter().find(|form| form.name() == name)?;
            let (page, rest) = numbered(rest).unwrap_or((1, rest));
            return Some(Self::TimeMap(form, page, address(rest)?));
        }
        let (time, after) = rest.split_once('/').unwrap_or((rest, ""));
        let (digits, replay) = match time.strip_suffix(Replay::Original.mark()) {
            Some(digits) => (digits, Replay::Original),
            None => (time, Replay::View),
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return address(rest).map(Self::Latest);
        }
        Some(Self::At(last_of(digits)?, replay, address(after)?))
    }

    pub(super) fn url(&self) -> &Url {
        let (Self::Latest(url) | Self::At(_, _, url) | Self::TimeMap(_, _, url)) = self;
        url
    }
}

fn numbered(text: &str) -> Option<(usize, &str)> {
    let (number, rest) = text.split_once('/')?;
    Some((number.parse().ok().filter(|number| *number > 0)?, rest))
}

/// The last instant that begins with these digits.
fn last_of(digits: &str) -> Option<Timestamp> {
    const LAST: [&str; 4] =
        ["99991231235959", "99991230235959", "99991229235959", "99991228235959"];
    LAST.iter().find_map(|last| of_fourteen(&format!("{digits}{}", last.get(digits.len()..)?)))
}

/// An address as people write it: with or without its scheme, once more encoded, or with a slash that was lost on the way.
pub(super) fn address(raw: &str) -> Option<Url> {
    let begins = |with: &str| raw.get(..with.len()).is_some_and(|it| it.eq_ignore_ascii_case(with));
    let whole = if begins("http%3a") || begins("https%3a") {
        percent_decode_str(raw).decode_utf8().ok()?.into_owned()
    } else if begins("http:/") || begins("https:/") {
        raw.to_owned()
    } else {
        format!("http://{raw}")
    };
    let mut url = Url::parse(&whole).ok()?;
    url.set_fragment(None);
    url.has_host().then_some(url)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::archive::fourteen;

    fn shown(path: &str) -> String {
        match Asked::of(path) {
            None => "nothing".to_owned(),
            Some(Asked::Latest(url)) => format!("latest {url}"),
            Some(Asked::At(at, replay, url)) => format!("{}{} {url}", fourteen(at), replay.mark()),
            Some(Asked::TimeMap(form, page, url)) => format!("{} {page} {url}", form.name()),
        }
    }

    #[test]
    fn the_address_in_a_path_is_raw() {
        for (path, asked) in [
            ("/web/http://a.test/", "latest http://a.test/"),
            ("/web/a.test", "latest http://a.test/"),
            ("/web/https:/a.test/b", "latest https://a.test/b"),
            ("/web/http%3A%2F%2Fa.test%2Fb%3Fc", "latest http://a.test/b?c"),
            (
                "/web/http://a.test//b/?c=%2Fd&e=http://f//g?h",
                "latest http://a.test//b/?c=%2Fd&e=http://f//g?h",
            ),
            ("/web/20240305123015/http://a.test/b%20c", "20240305123015 http://a.test/b%20c"),
            ("/web/20240305123015id_/http://a.test/?", "20240305123015id_ http://a.test/?"),
            ("/web/2024/http://a.test/", "20241231235959 http://a.test/"),
            ("/web/202302/http://a.test/", "20230228235959 http://a.test/"),
            ("/web/2/http://a.test/", "29991231235959 http://a.test/"),
            ("/web/20241399/http://a.test/", "nothing"),
            ("/web/202403051230155/http://a.test/", "nothing"),
            ("/web/timemap/link/http://a.test/?x", "link 1 http://a.test/?x"),
            ("/web/timemap/json/2/http://a.test/", "json 2 http://a.test/"),
            ("/web/timemap/xml/http://a.test/", "nothing"),
            ("/web/", "nothing"),
        ] {
            assert_eq!(shown(path), asked, "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_path_can_be_tried(path in "/web/([0-9]{0,15}(id_)?/|timemap/(link|json)/)?\\PC{0,40}") {
            let _asked = Asked::of(&path);
        }
    }
}
