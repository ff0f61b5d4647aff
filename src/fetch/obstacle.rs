//! Why a capture is kept but not believed, by a name that storage gives back.
//!
//! The names stand apart from the signs that lead to them (`answer_signs`, `text_signs`), since those will grow and
//! these must not change.

use std::fmt;
use std::str::FromStr;

/// Why a capture is kept but not believed to be the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Obstacle {
    /// A protection service stands before the page; by the service's name, `unknown` where it gives none.
    Challenge(&'static str),
    /// An error page that does not say so in its status, or a home page in place of the page.
    SoftError,
    /// A gate to pass before the page.
    Interstitial(Gate),
    /// The page is empty until its scripts run.
    NeedsJavascript,
    /// Hardly a word where there were many.
    NearlyEmpty,
    /// Most of the words are gone.
    Collapse,
    /// Its scripts could not have all that they asked for.
    Incomplete,
    /// Another kind of document stands where the page stood: a picture for a text, say.
    OtherKind,
    /// It is of a kind that palinode reads, and cannot be read.
    Unreadable(Unreadable),
    /// It says what a person said is not the page.
    Disbelieved,
    /// Asked twice in a row, the page said two things.
    Unsteady,
}

/// What a person would have to do before the page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gate {
    /// Log in.
    Login,
    /// Agree to something.
    Consent,
    /// Wait their turn.
    Queue,
}

/// Why a document could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unreadable {
    /// It is cut off, or breaks the rules of its kind.
    Damaged,
    /// It is encrypted.
    Encrypted,
    /// It has pages and no text on them: scans, say.
    NoText,
    /// Reading it would take more time or memory than any document for a reader does.
    TooComplex,
}

/// Every service whose challenge has a name here.
pub(super) const VENDORS: [&str; 12] = [
    "akamai",
    "anubis",
    "aws-elb",
    "aws-waf",
    "cloudflare",
    "cloudfront",
    "datadome",
    "federal-register",
    "imperva",
    "perimeterx",
    "unknown",
    "vercel",
];

impl Obstacle {
    /// What it means for the person who watches the page, and what they can do.
    pub fn hint(self) -> String {
        match self {
            Self::Challenge(vendor) => format!(
                "the site answered with a check against bots ({vendor}) instead of the page; check less often, \
                 or ask the site to allow palinode"
            ),
            Self::SoftError => "this looks like an error page or the home page, although the site calls it a success; \
                 see whether the page has moved"
                .to_owned(),
            Self::Interstitial(Gate::Login) => {
                "the site asks for a login first; a Cookie or Authorization header in the page's settings may help"
                    .to_owned()
            }
            Self::Interstitial(Gate::Consent) => {
                "the site asks for consent first; a Cookie header in the page's settings may help".to_owned()
            }
            Self::Interstitial(Gate::Queue) => {
                "the site put this visit in a waiting queue; a later check may get through".to_owned()
            }
            Self::NeedsJavascript => {
                "the page has no text until its scripts run; `--render` in its settings has your own Chromium run them, \
                 or another address of the same content may help"
                    .to_owned()
            }
            Self::NearlyEmpty => {
                "hardly a word is left of the page; it is believed once three checks over six hours agree".to_owned()
            }
            Self::Collapse => {
                "most of the words are gone at once; it is believed once three checks over six hours agree".to_owned()
            }
            Self::Incomplete => {
                "the page's scripts could not have all that they asked for: it failed, or robots.txt asks to leave it; \
                 where the page was seen before, it is believed once five checks over seven days agree"
                    .to_owned()
            }
            Self::OtherKind => {
                "this is another kind of document than before; it is believed once three checks over six hours agree, \
                 if it has the title that the page had"
                    .to_owned()
            }
            Self::Unreadable(why) => why.hint().to_owned(),
            Self::Disbelieved => {
                "you said that this is not the page; `palinode believe` takes that back".to_owned()
            }
            Self::Unsteady => {
                "the page said two things within moments; it is believed once it says one of them twice".to_owned()
            }
        }
    }
}

impl Unreadable {
    fn hint(self) -> &'static str {
        match self {
            Self::Damaged => "the document is cut off or damaged; a later check may get all of it",
            Self::Encrypted => "the document is encrypted, and palinode knows no password",
            Self::NoText => "there is no text in the document, only pictures",
            Self::TooComplex => {
                "the document would take more time or memory to read than any made for a reader"
            }
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Challenge(vendor) => write!(f, "challenge({vendor})"),
            Self::SoftError => f.write_str("soft-error"),
            Self::Interstitial(gate) => write!(f, "interstitial({gate})"),
            Self::NeedsJavascript => f.write_str("needs-javascript"),
            Self::NearlyEmpty => f.write_str("nearly-empty"),
            Self::Collapse => f.write_str("collapse"),
            Self::Incomplete => f.write_str("incomplete"),
            Self::OtherKind => f.write_str("other-kind"),
            Self::Unreadable(why) => write!(f, "unreadable({why})"),
            Self::Disbelieved => f.write_str("disbelieved"),
            Self::Unsteady => f.write_str("unsteady"),
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Login => "login",
            Self::Consent => "consent",
            Self::Queue => "queue",
        })
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Damaged => "damaged",
            Self::Encrypted => "encrypted",
            Self::NoText => "no-text",
            Self::TooComplex => "too-complex",
        })
    }
}

/// A text that names no obstacle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no known obstacle")]
pub struct UnknownObstacle(String);

impl FromStr for Obstacle {
    type Err = UnknownObstacle;

    fn from_str(text: &str) -> Result<Self, UnknownObstacle> {
        let plain = [
            Self::SoftError,
            Self::NeedsJavascript,
            Self::NearlyEmpty,
            Self::Collapse,
            Self::Incomplete,
            Self::OtherKind,
            Self::Disbelieved,
            Self::Unsteady,
        ];
        let gates = [Gate::Login, Gate::Consent, Gate::Queue].map(Self::Interstitial);
        let unreadable = [
            Unreadable::Damaged,
            Unreadable::Encrypted,
            Unreadable::NoText,
            Unreadable::TooComplex,
        ];
        plain
            .into_iter()
            .chain(gates)
            .chain(unreadable.map(Self::Unreadable))
            .chain(VENDORS.map(Self::Challenge))
            .find(|obstacle| obstacle.to_string() == text)
            .ok_or_else(|| UnknownObstacle(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reads_back_from_its_name() {
        for name in [
            "challenge(cloudflare)",
            "challenge(unknown)",
            "soft-error",
            "interstitial(login)",
            "interstitial(consent)",
            "interstitial(queue)",
            "needs-javascript",
            "nearly-empty",
            "collapse",
            "incomplete",
            "other-kind",
            "unreadable(damaged)",
            "unreadable(encrypted)",
            "unreadable(no-text)",
            "unreadable(too-complex)",
            "disbelieved",
            "unsteady",
        ] {
            let obstacle: Obstacle = name.parse().unwrap();
            assert_eq!(obstacle.to_string(), name);
            assert!(!obstacle.hint().is_empty());
        }
        assert!("challenge(nobody)".parse::<Obstacle>().is_err());
    }
}
