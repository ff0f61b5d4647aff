//! Orders that archives save changed pages, to what came of them: given, asked after, and confirmed by the archive's list.
//!
//! Apart from alerts, and after them: an archive that is slow or out of order keeps nobody from hearing, and fails no check.

use std::time::Duration;

use super::asking::{Archive, Asking, Silence};
use super::{CheckError, What};
use crate::archive::{Ordered, Row, fourteen, job_answered, order_answered};
use crate::clock::{Clock, Stop, Timestamp};
use crate::fetch::{Fetcher, Manners};
use crate::page::PageUrl;
use crate::secret::secret;
use crate::store::{Deposit, DepositState, Depository, Page, Store, StoreError, Writing};

/// An order that came to nothing, or to something that its owner should know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositNews {
    /// What the page is called.
    pub page: String,
    /// The order as it is now.
    pub deposit: Deposit,
}

/// An archive gets so many orders in a minute at most; with keys it takes seven.
const ORDERS: usize = 6;

/// See [`ORDERS`].
const ORDERS_IN: Duration = Duration::from_mins(1);

/// So many orders are given, asked after or looked for in one delivery: those who are told of changes come again.
const STEPS: usize = 12;

/// A job is asked after, and the list looked at, after so long, then after twice as long each time, …
const AGAIN: Duration = Duration::from_mins(1);

/// … up to this, …
const AGAIN_AT_MOST: Duration = Duration::from_hours(12);

/// … until the order is so old: it stays as it is then. What an archive would save now is no witness of that check.
const GIVEN_UP_AFTER: Duration = Duration::from_hours(14 * 24);

/// Two clocks may differ by so much: an older capture than the check is no witness of what it found.
const CLOCKS: Duration = Duration::from_mins(10);

const LEFT_ALONE: &str = "it asks to be left alone";

/// Queues an order for each archive that wants a page, in the write that records its revision. A page that is private, or
/// is asked for with headers of its own, is not for others.
pub(super) fn order(
    writing: &Writing<'_>,
    depositories: &[Depository],
    page: &Page,
    news: &[What],
    at: Timestamp,
) -> Result<(), StoreError> {
    if page.settings.allow_private || !page.settings.headers.is_empty() {
        return Ok(());
    }
    for what in news {
        let (What::First(number) | What::Changed(number)) = what else { continue };
        for depository in depositories.iter().filter(|depository| takes(depository, page)) {
            writing.order_deposit(&depository.name, page.id, *number, at)?;
        }
    }
    Ok(())
}

fn takes(depository: &Depository, page: &Page) -> bool {
    let (tags, pages) = (&depository.settings.tags, &depository.settings.pages);
    (tags.is_empty() || tags.iter().any(|tag| page.settings.tags.contains(tag)))
        && (pages.is_empty() || pages.contains(&page.id))
}

/// Does what is due now, each step on disk before the next, and gives what its owner should know of.
pub fn deposit(
    store: &mut Store,
    fetcher: &Fetcher,
    clock: &dyn Clock,
    stop: &Stop,
) -> Result<Vec<DepositNews>, CheckError> {
    let mut news = Vec::new();
    for depository in store.depositories()? {
        if store.next_deposit(&depository.name, 0, clock.now())?.is_none() {
            continue;
        }
        let Ok(archive) = depository.settings.archive.parse::<Archive>() else { continue };
        let runtime = crate::fetch::runtime().map_err(CheckError::Runtime)?;
        let manners = Manners::new(fetcher.pause(), store.waits()?, Vec::new());
        let asking = Asking { archive: &archive, fetcher, manners, clock, runtime };
        visit(store, &depository, &asking, stop, &mut news)?;
    }
    Ok(news)
}

/// Does what is due with one archive. The first thing that it keeps from being done ends the visit.
fn visit(
    store: &mut Store,
    depository: &Depository,
    asking: &Asking<'_>,
    stop: &Stop,
    news: &mut Vec<DepositNews>,
) -> Result<(), StoreError> {
    let (mut last, mut steps) = (0, 0);
    while let Some(before) = store.next_deposit(&depository.name, last, asking.clock.now())? {
        last = before.id;
        let Some(page) = store.page(before.page)? else { continue };
        if stop.is_asked() || steps == STEPS {
            break;
        }
        let now = asking.clock.now();
        let is_new = matches!(before.state, DepositState::Waiting | DepositState::Unreachable);
        let since = Timestamp::from_millis(now.millis() - millis(ORDERS_IN));
        if is_new && store.deposits_sent(&depository.name, since, now)? >= ORDERS {
            continue;
        }
        steps += 1;
        let (after, went) = step(&before, &page.url, depository, asking);
        let writing = store.write()?;
        asking.notes().iter().try_for_each(|note| writing.keep_note(note))?;
        writing.put_deposit(&after)?;
        if let (Went::Held, Some(until)) = (went, after.next_at) {
            writing.hold_deposits(&depository.name, until)?;
        }
        writing.commit()?;
        if is_worth_saying(&before, &after) {
            news.push(DepositNews { page: page.title().to_owned(), deposit: after });
        }
        if went == Went::Held {
            break;
        }
    }
    Ok(())
}

/// An end without a witness, and the first time that something is in the way.
fn is_worth_saying(before: &Deposit, after: &Deposit) -> bool {
    match after.state {
        DepositState::Error => true,
        // A limit is no news: it is what orders wait for.
        DepositState::Unreachable | DepositState::Waiting => {
            before.tries == 0 && after.tries > 0 && after.sent_at.is_none()
        }
        DepositState::Pending | DepositState::Success | DepositState::Confirmed => false,
    }
}

/// Whether the archive has an ear for more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Went {
    On,
    Held,
}

/// One step of an order.
fn step(
    before: &Deposit,
    page: &PageUrl,
    depository: &Depository,
    asking: &Asking<'_>,
) -> (Deposit, Went) {
    let now = asking.clock.now();
    let deposit = before.clone();
    let keys = match deposit_keys(depository) {
        Ok(keys) => keys,
        Err(why) => return put_off(deposit, why, AGAIN, now),
    };
    match deposit.state {
        DepositState::Success => confirm(deposit, page, asking),
        DepositState::Pending => ask_after(deposit, page, &keys, asking),
        _ => give(deposit, page, &keys, asking),
    }
}

/// Asks how far an order is.
fn ask_after(deposit: Deposit, page: &PageUrl, keys: &str, asking: &Asking<'_>) -> (Deposit, Went) {
    let (now, job) = (asking.clock.now(), deposit.job.clone().unwrap_or_default());
    match asking.job(&job, keys) {
        Ok((_, text)) => match job_answered(&job, &text) {
            Some(ordered) => went(deposit, ordered, page, asking),
            None => unreachable(deposit, "it does not say how far the order is", now),
        },
        Err(silence) => silent(deposit, silence, now),
    }
}

/// Gives an order.
fn give(deposit: Deposit, page: &PageUrl, keys: &str, asking: &Asking<'_>) -> (Deposit, Went) {
    let now = asking.clock.now();
    let answer = asking.order(page, keys);
    let waiting = Deposit { state: DepositState::Waiting, ..deposit.clone() };
    let sent = |deposit: Deposit| Deposit { sent_at: Some(now), ..deposit };
    match answer {
        // Only a status of its own says that the keys are wrong.
        Ok((status @ (401 | 403), text)) => {
            let said = match order_answered(status, &text) {
                Some(Ordered::Refused(word)) => format!("it does not take the keys: {word}"),
                _ => "it does not take the keys".to_owned(),
            };
            put_off(waiting, said, AGAIN, now)
        }
        Ok((429 | 503, _)) => put_off(sent(waiting), LEFT_ALONE.to_owned(), AGAIN, now),
        Ok((status, text)) => match order_answered(status, &text) {
            Some(ordered) => went(sent(deposit), ordered, page, asking),
            None => unreachable(deposit, &format!("it answered with status {status}"), now),
        },
        Err(silence) => silent(deposit, silence, now),
    }
}

/// What the archive said to what becomes of the order.
fn went(
    deposit: Deposit,
    ordered: Ordered,
    page: &PageUrl,
    asking: &Asking<'_>,
) -> (Deposit, Went) {
    let now = asking.clock.now();
    match ordered {
        Ordered::Job(job) if is_too_old(&deposit, now) => {
            let said = format!("the archive never said what became of {job}");
            (ended(deposit, DepositState::Error, said), Went::On)
        }
        Ordered::Job(job) => {
            let (state, tries) = (DepositState::Pending, deposit.tries + 1);
            let next_at = Some(now.after(again_after(deposit.tries)));
            (Deposit { state, job: Some(job), said: None, tries, next_at, ..deposit }, Went::On)
        }
        Ordered::Saved(at) => {
            let (state, tries) = (DepositState::Success, 0);
            confirm(Deposit { state, memento_at: at, said: None, tries, ..deposit }, page, asking)
        }
        Ordered::Later(word, wait) => {
            let state = DepositState::Waiting;
            put_off(Deposit { state, job: None, ..deposit }, word, wait, now)
        }
        // It may have saved the page all the same.
        Ordered::Refused(word) => match listed(&deposit, page, asking) {
            Ok(Some(row)) => (confirmed(deposit, &row, asking.archive), Went::On),
            _ => (ended(deposit, DepositState::Error, word), Went::On),
        },
    }
}

/// Looks for the capture in the archive's list, which may lag for hours.
fn confirm(deposit: Deposit, page: &PageUrl, asking: &Asking<'_>) -> (Deposit, Went) {
    let now = asking.clock.now();
    if let Some(at) = deposit.memento_at.filter(|at| at.after(CLOCKS) < deposit.at) {
        let said = format!("the archive gave an older capture, of {at}");
        return (ended(deposit, DepositState::Error, said), Went::On);
    }
    match listed(&deposit, page, asking) {
        Ok(Some(row)) => (confirmed(deposit, &row, asking.archive), Went::On),
        Ok(None) => {
            let next_at =
                (!is_too_old(&deposit, now)).then(|| now.after(again_after(deposit.tries)));
            let said = Some("the archive's list does not show it".to_owned());
            (Deposit { said, tries: deposit.tries + 1, next_at, ..deposit }, Went::On)
        }
        Err(silence) => silent(deposit, silence, now),
    }
}

/// The capture that the archive says it made, as its list shows it; where it does not say which, the first since the check.
fn listed(deposit: &Deposit, page: &PageUrl, asking: &Asking<'_>) -> Result<Option<Row>, Silence> {
    let range = deposit.memento_at.map_or((Some(deposit.at), None), |at| (Some(at), Some(at)));
    let listing = asking.list(page, range)?;
    Ok(listing.rows.into_iter().find(|row| match deposit.memento_at {
        Some(at) => row.at == at,
        None => row.at >= deposit.at,
    }))
}

fn confirmed(deposit: Deposit, row: &Row, archive: &Archive) -> Deposit {
    let memento = Some(format!("{}{}/{}", archive.as_str(), fourteen(row.at), row.url));
    let (state, memento_at) = (DepositState::Confirmed, Some(row.at));
    Deposit { state, memento_at, memento, said: None, next_at: None, ..deposit }
}

fn ended(deposit: Deposit, state: DepositState, said: String) -> Deposit {
    Deposit { state, said: Some(said), next_at: None, ..deposit }
}

/// Nothing was learned; the order is as far as it was, and so is what is known of it.
fn silent(deposit: Deposit, silence: Silence, now: Timestamp) -> (Deposit, Went) {
    match silence {
        Silence::PutOff(put_off) => {
            let said = Some(LEFT_ALONE.to_owned());
            (Deposit { said, next_at: Some(put_off.until), ..deposit }, Went::Held)
        }
        Silence::Failed(failure) => unreachable(deposit, &failure.detail, now),
        Silence::Other(answer) => {
            unreachable(deposit, &format!("it answered with status {}", answer.status), now)
        }
    }
}

fn unreachable(deposit: Deposit, why: &str, now: Timestamp) -> (Deposit, Went) {
    let state = match deposit.state {
        DepositState::Waiting => DepositState::Unreachable,
        state => state,
    };
    put_off(Deposit { state, ..deposit }, why.to_owned(), AGAIN, now)
}

fn put_off(deposit: Deposit, said: String, wait: Duration, now: Timestamp) -> (Deposit, Went) {
    let wait = wait.max(again_after(deposit.tries));
    let next_at = (!is_too_old(&deposit, now)).then(|| now.after(wait));
    let tries = deposit.tries + 1;
    (Deposit { said: Some(said), tries, next_at, ..deposit }, Went::Held)
}

fn is_too_old(deposit: &Deposit, now: Timestamp) -> bool {
    now.since(deposit.at) > GIVEN_UP_AFTER
}

fn again_after(tries: u32) -> Duration {
    AGAIN.saturating_mul(1 << tries.min(20)).min(AGAIN_AT_MOST)
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// The keys as a header has them: `LOW access:secret`.
pub fn deposit_keys(depository: &Depository) -> Result<String, String> {
    let file = &depository.settings.secret_file;
    let text = secret(file)?;
    if text.contains(':') && text.is_ascii() {
        Ok(format!("LOW {text}"))
    } else {
        Err(format!("{}: it holds no keys, written ACCESS:SECRET", file.display()))
    }
}
