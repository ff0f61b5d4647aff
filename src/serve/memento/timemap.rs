//! The captures of an address to the lists that clients read: links as in RFC 6690, JSON as aggregators have it, CDXJ.
//!
//! All entries of the first are plain mementos, since a client in use overlooks any other; and a long list comes in pages,
//! which RFC 7089 links with each other.

use serde_json::{Value, json};
use url::Url;

use super::Places;
use super::asked::Form;
use super::found::{Found, digits};
use crate::archive::http_date;
use crate::serve::answer::{Problem, Reply};
use crate::store::Memento;

/// So many captures stand on one page of a list.
const PAGE: usize = 10_000;

pub(super) fn time_map(
    found: &Found,
    (form, page): (Form, usize),
    url: &Url,
    places: Places<'_>,
) -> Result<Reply, Problem> {
    let pages: Vec<&[Memento]> = found.all().chunks(PAGE).collect();
    let map = Map { url, places, form, pages };
    if page > map.pages.len() {
        return Err(Problem::NotFound("that list has fewer pages".to_owned()));
    }
    // The media types are compared as text by those who read them: no charset.
    let (kind, text) = match form {
        Form::Link => ("application/link-format", map.link(page)),
        Form::Json => ("application/json", map.json(page)),
        Form::Cdxj => ("application/cdxj+ors", map.cdxj(page)),
    };
    let mut reply = Reply::own(kind, text.into_bytes());
    reply.head.push("cache-control", b"no-store");
    Ok(reply)
}

struct Map<'a> {
    url: &'a Url,
    places: Places<'a>,
    form: Form,
    pages: Vec<&'a [Memento]>,
}

impl Map<'_> {
    fn at(&self, form: Form, page: usize) -> String {
        let whole = self.places.time_map(form, self.url);
        if page == 1 {
            return whole;
        }
        whole.replacen(&format!("/{}/", form.name()), &format!("/{}/{page}/", form.name()), 1)
    }

    fn on(&self, page: usize) -> &[Memento] {
        self.pages.get(page - 1).copied().unwrap_or_default()
    }

    fn memento(&self, memento: &Memento) -> String {
        self.places.memento(&digits(memento), &memento.url)
    }

    fn link(&self, page: usize) -> String {
        let map = |rel: &str, page: usize| {
            let of = self.on(page);
            let date =
                |memento: Option<&Memento>| memento.map(|it| http_date(it.at)).unwrap_or_default();
            format!(
                "<{}>; rel=\"{rel}\"; type=\"application/link-format\"; from=\"{}\"; until=\"{}\"",
                self.at(Form::Link, page),
                date(of.first()),
                date(of.last())
            )
        };
        let mut links = vec![
            format!("<{}>; rel=\"original\"", self.url),
            format!("<{}>; rel=\"timegate\"", self.places.time_gate(self.url)),
            map("self", page),
        ];
        let others = (1..=self.pages.len()).filter(|other| *other != page);
        links.extend(others.map(|other| map("timemap", other)));
        links.extend(self.on(page).iter().map(|memento| {
            format!(
                "<{}>; rel=\"memento\"; datetime=\"{}\"",
                self.memento(memento),
                http_date(memento.at)
            )
        }));
        links.join(",\n") + "\n"
    }

    fn json(&self, page: usize) -> String {
        let all = self.on(page);
        let one = |memento: &Memento| {
            let at = memento.at.calendar().format("%Y-%m-%dT%H:%M:%SZ").to_string();
            json!({ "datetime": at, "uri": self.memento(memento) })
        };
        let list: Vec<Value> = all.iter().map(one).collect();
        let mut map = json!({
            "original_uri": self.url.as_str(),
            "self": self.at(self.form, page),
            "timegate_uri": self.places.time_gate(self.url),
            "timemap_uri": self.forms(),
            "mementos": { "first": list.first(), "last": list.last(), "list": list },
        });
        if self.pages.len() > 1 {
            let pages: Vec<String> =
                (1..=self.pages.len()).map(|page| self.at(Form::Json, page)).collect();
            map["pages"] = json!(pages);
        }
        format!("{map:#}\n")
    }

    fn cdxj(&self, page: usize) -> String {
        let mut lines = vec![
            "!context [\"http://tools.ietf.org/html/rfc7089\"]".to_owned(),
            format!("!id {}", json!({ "uri": self.at(Form::Cdxj, page) })),
            "!keys [\"memento_datetime_YYYYMMDDhhmmss\"]".to_owned(),
            format!("!meta {}", json!({ "original_uri": self.url.as_str() })),
            format!("!meta {}", json!({ "timegate_uri": self.places.time_gate(self.url) })),
            format!("!meta {}", json!({ "timemap_uri": self.forms() })),
        ];
        lines.extend(
            (2..=self.pages.len())
                .map(|page| format!("!meta {}", json!({ "page_uri": self.at(Form::Cdxj, page) }))),
        );
        lines.extend(self.on(page).iter().map(|memento| {
            let about = json!({ "uri": self.memento(memento), "rel": "memento", "datetime": http_date(memento.at) });
            format!("{} {about}", digits(memento))
        }));
        lines.join("\n") + "\n"
    }

    fn forms(&self) -> Value {
        let named = |form: Form| self.at(form, 1);
        json!({
            "link_format": named(Form::Link),
            "json_format": named(Form::Json),
            "cdxj_format": named(Form::Cdxj),
        })
    }
}
