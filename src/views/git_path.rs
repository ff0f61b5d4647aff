//! The address of a page to the name of its file in a repository: safe on every system, and one a page for ever.
//!
//! A plain address is its own name, so that a person finds the page again. Any other gets a digest of the address behind a
//! `~`, which no plain name holds. So a name depends on no other page, and the same page has the same one next year.

use url::Url;

use crate::fetch::Digest;

/// So many letters of a part of an address are kept.
const LONGEST: usize = 60;

/// `example.org/blog/post.md`; `example.org/post~0f1e2d3c4b5a6978.md` where the address is not as plain.
pub(super) fn git_path(url: &Url) -> String {
    plain(url).unwrap_or_else(|| {
        let digest = Digest::of(url.as_str().as_bytes()).to_string();
        let last = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
        let (host, last) = (tamed(url.host_str().unwrap_or_default()), tamed(last));
        let host = if is_plain(&host) { host } else { "host".to_owned() };
        format!("{host}/{last}~{}.md", &digest[..16])
    })
}

/// The name of an address that says no more than its name can: https, no port, no query, and parts that are names everywhere.
fn plain(url: &Url) -> Option<String> {
    let host = url.host_str().filter(|host| is_plain(host))?;
    let says_more = url.port().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
        || !url.username().is_empty()
        || url.password().is_some();
    if url.scheme() != "https" || says_more {
        return None;
    }
    let mut parts: Vec<&str> = url.path_segments()?.collect();
    if parts.last() == Some(&"") {
        parts.pop();
        parts.push(INDEX);
    } else if parts.last() == Some(&INDEX) {
        return None;
    }
    let fits = parts.len() <= 8 && parts.iter().all(|part| is_plain(part));
    fits.then(|| format!("{host}/{}.md", parts.join("/")))
}

/// The name of a page whose address ends in `/`.
const INDEX: &str = "index";

/// Whether it is a name that means the same everywhere: no file of a system, of git, or hidden; no case to be lost; and no
/// folder that could be a page's file.
fn is_plain(part: &str) -> bool {
    const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];
    let stem = part.split('.').next().unwrap_or_default();
    let is_device =
        DEVICES.contains(&stem.trim_end_matches(|letter: char| letter.is_ascii_digit()));
    let known =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    part.len() <= LONGEST
        && part.bytes().all(known)
        && part.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
        && !part.ends_with('.')
        && std::path::Path::new(part).extension().is_none_or(|ending| ending != "md")
        && !is_device
}

/// What is left of a part without the letters that a name cannot hold.
fn tamed(part: &str) -> String {
    let known = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let kept = part.chars().take(LONGEST).map(|letter| if known(letter) { letter } else { '_' });
    let kept: String = kept.collect::<String>().to_ascii_lowercase();
    let kept = kept.trim_start_matches(['.', '-', '_']).trim_end_matches('.');
    if kept.is_empty() { "page".to_owned() } else { kept.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn path(url: &str) -> String {
        git_path(&Url::parse(url).unwrap())
    }

    #[test]
    fn plain_addresses_are_their_own_names() {
        for (url, name) in [
            ("https://example.org/", "example.org/index.md"),
            ("https://example.org/blog/post", "example.org/blog/post.md"),
            ("https://example.org/blog/", "example.org/blog/index.md"),
            ("https://example.org/a_b/rules.html", "example.org/a_b/rules.html.md"),
        ] {
            assert_eq!(path(url), name);
        }
    }

    /// What differs as an address differs as a name, also where case does not count, and no name is also a folder.
    #[test]
    fn every_other_address_has_a_safe_name_of_its_own() {
        let (mut names, mut folders) = (BTreeSet::new(), BTreeSet::new());
        let long = format!("https://example.org/{}", "long/".repeat(60));
        for url in [
            "https://example.org/blog/post",
            "http://example.org/blog/post",
            "https://example.org:8443/blog/post",
            "https://user@example.org/blog/post",
            "https://example.org/blog/Post",
            "https://example.org/blog/post?id=1",
            "https://example.org/blog/post?id=2",
            "https://example.org/blog/post?",
            "https://example.org/blog/post/",
            "https://example.org/blog/post/index",
            "https://example.org/blog//post",
            "https://example.org/blog/post.md",
            "https://example.org/blog/post.md/more",
            "https://example.org/.git/config",
            "https://example.org/a/.GIT",
            "https://example.org/git~1",
            "https://example.org/..%2f..%2fetc/passwd",
            "https://example.org/%2e%2e/%2e%2e/x",
            "https://example.org/aux",
            "https://example.org/com1.txt",
            "https://example.org/a%00b%0ac%22",
            "https://example.org/caf%C3%A9",
            "https://example.org/-rf",
            "https://example.org/ends.",
            "https://[::1]/x",
            "http://127.0.0.1:8018/x",
            "https://con/x",
            &long,
        ] {
            let name = path(url);
            assert!(name.len() <= 300, "{name}");
            for part in name.split('/') {
                let first = part.as_bytes()[0];
                assert!(first.is_ascii_lowercase() || first.is_ascii_digit(), "{url}: {name}");
                let safe = |byte: u8| {
                    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.~".contains(&byte)
                };
                assert!(part.bytes().all(safe) && !part.ends_with('.'), "{url}: {name}");
            }
            let file = std::path::Path::new(&name);
            folders.extend(file.ancestors().skip(1).map(|it| it.display().to_string()));
            assert!(names.insert(name), "{url}");
        }
        assert_eq!(names.intersection(&folders).count(), 0);
        assert_eq!(
            path("https://example.org/blog/post?id=1"),
            "example.org/post~3de702adebb91a4d.md"
        );
    }
}
