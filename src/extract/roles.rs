//! An element's name and attributes to its part in the cutting: seen or not, in line or a block, and of what kind.
//!
//! It stands apart so that the walk over the tree never names an element.

use dom_query::{Element, local_name};

use super::PassageKind;

/// What an element is to the text in and around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing in it is seen as text.
    LeftOut,
    /// Its text runs on with the text around it.
    Inline,
    /// As inline, and its text leads elsewhere.
    Link,
    /// As inline; what is raised and a link is a note, no part of the word before it.
    Raised,
    /// As inline, and another text than the one around it: the reading over a character.
    Beside,
    /// Nothing in it is seen as text, and it takes room: the words before and after it are two.
    Picture,
    /// A line break.
    Break,
    /// A block whose text is of the kind that its surroundings say.
    Block,
    /// A block whose text is of this kind, until a block inside says otherwise.
    Kind(PassageKind),
    /// A table row, if its cells hold no blocks of their own.
    Row,
    /// A cell of a row.
    Cell,
}

/// The role of an element by its name and, where it is hidden, by its attributes.
pub(super) fn role_of(element: &Element) -> Role {
    let role = role_of_name(element);
    if role == Role::LeftOut {
        return role;
    }
    match shown_by(element) {
        Shown::Not => Role::LeftOut,
        Shown::AsBlock if matches!(role, Role::Inline | Role::Raised) => Role::Block,
        _ => role,
    }
}

fn role_of_name(element: &Element) -> Role {
    match element.name.local {
        local_name!("a") => Role::Link,
        local_name!("br") => Role::Break,
        local_name!("sup") => Role::Raised,
        local_name!("rt") | local_name!("rtc") => Role::Beside,
        local_name!("img") => Role::Picture,
        local_name!("p")
        | local_name!("div")
        | local_name!("ul")
        | local_name!("ol")
        | local_name!("dl")
        | local_name!("menu")
        | local_name!("dir")
        | local_name!("figure")
        | local_name!("figcaption")
        | local_name!("hgroup")
        | local_name!("hr")
        | local_name!("center")
        | local_name!("address")
        | local_name!("button")
        | local_name!("label")
        | local_name!("legend")
        | local_name!("summary") => Role::Block,
        local_name!("h1") => Role::Kind(PassageKind::Heading(1)),
        local_name!("h2") => Role::Kind(PassageKind::Heading(2)),
        local_name!("h3") => Role::Kind(PassageKind::Heading(3)),
        local_name!("h4") => Role::Kind(PassageKind::Heading(4)),
        local_name!("h5") => Role::Kind(PassageKind::Heading(5)),
        local_name!("h6") => Role::Kind(PassageKind::Heading(6)),
        local_name!("li") | local_name!("dt") | local_name!("dd") => {
            Role::Kind(PassageKind::ListItem)
        }
        local_name!("blockquote") => Role::Kind(PassageKind::Quote),
        local_name!("pre")
        | local_name!("listing")
        | local_name!("xmp")
        | local_name!("plaintext") => Role::Kind(PassageKind::Preformatted),
        local_name!("tr") => Role::Row,
        local_name!("td") | local_name!("th") => Role::Cell,
        _ => role_of_rarer_name(element),
    }
}

fn role_of_rarer_name(element: &Element) -> Role {
    match element.name.local {
        local_name!("html")
        | local_name!("body")
        | local_name!("main")
        | local_name!("article")
        | local_name!("section")
        | local_name!("nav")
        | local_name!("aside")
        | local_name!("header")
        | local_name!("footer")
        | local_name!("search")
        | local_name!("form")
        | local_name!("fieldset")
        | local_name!("details")
        | local_name!("dialog")
        | local_name!("table")
        | local_name!("thead")
        | local_name!("tbody")
        | local_name!("tfoot")
        | local_name!("caption") => Role::Kind(PassageKind::Paragraph),
        local_name!("script")
        | local_name!("style")
        | local_name!("template")
        | local_name!("noscript")
        | local_name!("noframes")
        | local_name!("noembed")
        | local_name!("head")
        | local_name!("title")
        | local_name!("annotation")
        | local_name!("annotation-xml")
        | local_name!("option")
        | local_name!("optgroup")
        | local_name!("datalist")
        | local_name!("rp") => Role::LeftOut,
        local_name!("svg")
        | local_name!("iframe")
        | local_name!("object")
        | local_name!("canvas")
        | local_name!("audio")
        | local_name!("video")
        | local_name!("input")
        | local_name!("select")
        | local_name!("textarea") => Role::Picture,
        _ => Role::Inline,
    }
}

/// What an element's attributes say about whether and how it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    AsNamed,
    AsBlock,
    Not,
}

fn shown_by(element: &Element) -> Shown {
    if element.name.local == local_name!("dialog")
        && element.attr_ref(local_name!("open")).is_none()
    {
        return Shown::Not;
    }
    let mut shown = Shown::AsNamed;
    for attribute in &element.attrs {
        match attribute.name.local {
            local_name!("hidden") => return Shown::Not,
            local_name!("style") => shown = styled(&attribute.value),
            _ => {}
        }
        if shown == Shown::Not {
            return shown;
        }
    }
    shown
}

/// What an inline style says about it; its last word counts, but what hides is believed at once.
fn styled(style: &str) -> Shown {
    let mut shown = Shown::AsNamed;
    for declaration in style.split(';') {
        let Some((property, value)) = declaration.split_once(':') else { continue };
        let value = value.split('!').next().unwrap_or_default().trim().to_ascii_lowercase();
        match (property.trim().to_ascii_lowercase().as_str(), value.as_str()) {
            ("display", "none") | ("visibility", "hidden") => return Shown::Not,
            ("display", "block" | "flex" | "grid" | "list-item" | "table") => {
                shown = Shown::AsBlock;
            }
            ("display", _) => shown = Shown::AsNamed,
            _ => {}
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_styles_that_hide() {
        for style in ["display:none", "color: red; DISPLAY : None !important", "visibility:hidden;"]
        {
            assert_eq!(styled(style), Shown::Not, "{style}");
        }
        for style in ["", "display:block", "display", "x-display:none", "visibility:visible"] {
            assert_ne!(styled(style), Shown::Not, "{style}");
        }
    }
}
