//! A capture to the answer that it was, with what RFC 7089 wants said beside it; and a time to the capture that is nearest.
//!
//! The entity is given byte for byte, and as a file: a browser keeps it and never shows it as a page of this server.

use std::borrow::Cow;
use std::collections::BTreeSet;

use percent_encoding::{CONTROLS, utf8_percent_encode};
use url::Url;

use super::asked::{Form, Replay};
use super::found::{Found, digits};
use super::{Client, Places};
use crate::archive::{http_date, memento_datetime};
use crate::clock::Timestamp;
use crate::fetch::{Answer, Head, Limits, decode};
use crate::serve::answer::{Problem, Reply};
use crate::store::{Memento, Origin, Store, StoreError};

/// Leads to the capture that is nearest to the time which the client wants.
pub(super) fn time_gate(
    found: &Found,
    url: &Url,
    wanted: Option<&str>,
    places: Places<'_>,
) -> Result<Reply, Problem> {
    let index = match wanted {
        None => found.all().len().checked_sub(1),
        Some(text) => found.nearest(
            memento_datetime(text).ok_or_else(|| {
                Problem::Asked(
                    "Accept-Datetime is no date: write it as in Tue, 05 Mar 2024 12:30:15 GMT"
                        .into(),
                )
            })?,
            url,
        ),
    };
    let index = index.unwrap_or_default();
    let mut reply = led(&found.all()[index], Replay::View, places);
    reply.head.push("vary", b"accept-datetime");
    reply.head.push("link", links(found, index, url, places).as_bytes());
    Ok(reply)
}

/// Leads from a time of which there is no capture to the nearest that there is.
pub(super) fn nearest(
    found: &Found,
    (at, replay, url): (Timestamp, Replay, &Url),
    places: Places<'_>,
) -> Reply {
    let index = found.nearest(at, url).unwrap_or_default();
    led(&found.all()[index], replay, places)
}

fn led(memento: &Memento, replay: Replay, places: Places<'_>) -> Reply {
    let named = format!("{}{}", digits(memento), replay.mark());
    let mut leading = Reply::elsewhere(places.memento(&named, &memento.url));
    leading.status = 302;
    leading.head.push("cache-control", b"no-store");
    leading
}

/// The capture as it was answered.
pub(super) fn memento(
    store: &Store,
    found: &Found,
    index: usize,
    client: Client<'_>,
    places: Places<'_>,
) -> Result<Reply, Problem> {
    let memento = &found.all()[index];
    let answer = store.answer(memento.capture, &memento.watched)?;
    let mut head = Head::default();
    head.push("memento-datetime", http_date(memento.at).as_bytes());
    head.push("link", links(found, index, &memento.url, places).as_bytes());
    head.push("cache-control", b"no-store");
    head.push("vary", b"accept-encoding");
    labels(store, memento, &mut head)?;
    for (name, value) in answer.head.iter() {
        head.push(&format!("x-archive-orig-{name}"), value);
    }
    let kind = answer.head.get("content-type").unwrap_or(b"application/octet-stream");
    head.push("content-type", kind);
    let status = answer.status;
    let (entity, coding) = given(answer, client.accept_encoding);
    if let Some(coding) = coding {
        head.push("content-encoding", coding.as_bytes());
    }
    Ok(Reply { status, head, ..Reply::foreign(entity) })
}

/// Which capture it is, who says so, and why it is not believed, if it is not.
fn labels(store: &Store, memento: &Memento, head: &mut Head) -> Result<(), StoreError> {
    let mut label = |name: &str, text: &str| {
        let plain = utf8_percent_encode(text, CONTROLS).to_string();
        head.push(&format!("x-palinode-{name}"), plain.as_bytes());
    };
    label("capture", &memento.capture.to_string());
    label("entity", &format!("sha256:{}", memento.entity));
    match store.sources(memento.page)?.get(&memento.capture) {
        None => label("source", "live"),
        Some(source) => {
            let of = match source.origin {
                Origin::Archive => &source.record,
                Origin::Warc | Origin::Palinode => &source.name,
            };
            label("source", &format!("{} {of}", source.origin.name()));
        }
    }
    let sifted = store.sifted_one(memento.page, memento.capture)?;
    if let Some(sifted) = sifted.filter(crate::store::Sifted::is_held) {
        label("held", sifted.reason.as_deref().unwrap_or("by hand"));
    }
    Ok(())
}

/// The entity as it was sent, with its coding; without it, if the client cannot undo that.
fn given(answer: Answer, accepted: Option<&str>) -> (Vec<u8>, Option<String>) {
    let codings = answer.head.all("content-encoding").map(String::from_utf8_lossy);
    let codings: Vec<Cow<'_, str>> = codings.filter(|coding| !coding.trim().is_empty()).collect();
    if codings.is_empty() {
        return (answer.entity, None);
    }
    let codings = codings.join(", ");
    let takes_all = accepted.is_none_or(|accepted| {
        codings.split(',').all(|coding| is_accepted(coding.trim(), accepted))
    });
    let content = if takes_all {
        None
    } else {
        decode(&answer.entity, &answer.head, &Limits::default()).ok().map(Cow::into_owned)
    };
    content.map_or((answer.entity, Some(codings)), |content| (content, None))
}

fn is_accepted(coding: &str, accepted: &str) -> bool {
    accepted.split(',').any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let weight: String = weight.chars().filter(|sign| !sign.is_whitespace()).collect();
        let never = weight.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0);
        let name = name.trim();
        (name == "*" || name.eq_ignore_ascii_case(coding)) && !never
    })
}

/// The links of RFC 7089: where it came from, how to ask for another time, and the first, the last and the neighbours.
fn links(found: &Found, index: usize, url: &Url, places: Places<'_>) -> String {
    let last = found.all().len() - 1;
    let mut links = vec![format!(
        "<{url}>; rel=\"original\", <{}>; rel=\"timegate\", <{}>; rel=\"timemap\"; type=\"application/link-format\"",
        places.time_gate(url),
        places.time_map(Form::Link, url)
    )];
    let near = [Some(0), index.checked_sub(1), Some(index), Some(index + 1), Some(last)];
    let near: BTreeSet<usize> = near.into_iter().flatten().filter(|at| *at <= last).collect();
    for at in near {
        let names = [
            ("first", at == 0),
            ("prev", at + 1 == index),
            ("next", at == index + 1),
            ("last", at == last),
        ];
        let names = names.into_iter().filter(|(_, is)| *is).map(|(name, _)| format!("{name} "));
        let memento = &found.all()[at];
        links.push(format!(
            "<{}>; rel=\"{}memento\"; datetime=\"{}\"",
            places.memento(&digits(memento), &memento.url),
            names.collect::<String>(),
            http_date(memento.at)
        ));
    }
    links.join(", ")
}
