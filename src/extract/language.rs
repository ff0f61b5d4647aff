//! HTML to the language that it says it is in, for readers that speak it aloud and for choosing letter forms.
//!
//! It is no part of a document: what language a page names is no part of what it says.

/// The language tag of the root element, if it is one.
pub fn language_of_html(html: &str) -> Option<String> {
    let tree = dom_query::Document::from(html);
    let tag = tree.select("html[lang]").attr("lang")?;
    is_language_tag(tag.trim()).then(|| tag.trim().to_owned())
}

/// Whether a text has the form of a language tag (BCP 47): parts of at most eight letters and digits, the first of letters.
pub fn is_language_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let short = |part: &str| (1..=8).contains(&part.len());
    (2..=8).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && text.len() <= 35
        && parts.all(|part| short(part) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_the_form_of_a_tag_is_one() {
        for (html, tag) in [
            ("<html lang=ja><p>x", Some("ja")),
            ("<!doctype html><html lang=' zh-Hant-TW '>", Some("zh-Hant-TW")),
            ("<html lang='\"><script>'>", None),
            ("<html lang=''>", None),
            ("<p lang=de>x", None),
        ] {
            assert_eq!(language_of_html(html).as_deref(), tag, "{html}");
        }
    }
}
