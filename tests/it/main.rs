//! Tests of palinode from outside, in one binary so that they link once.
//!
//! - `world`: palinode run in this process, in a folder and at a time of the test's own
//! - `site`: a web site whose pages a test changes
//! - `fault_server`: the sockets below it, and HTTP as it should not be
//! - `proud`: the case that palinode was made for, told from end to end
//! - `session`: the shortest session that meets every stage
//! - `watching`: what is watched, and what is refused
//! - `editing`: what is set of a page, and changed later
//! - `applying`: the same, kept in a file
//! - `following`: what feeds and sitemaps name, added and watched; `following_harm`: those that are
//!   broken or hostile; `following_told`: what programs and alerts hear of it
//! - `checking`: what one check comes to, and what is told of it
//! - `telling`: who is told of what is found
//! - `telling_by_web`: the same by webhook; `receiver` is what listens there
//! - `telling_by_mail`: and by mail; `postbox` takes it
//! - `telling_no_secret`: what of that is shown nowhere
//! - `telling_together`: digests, and what is chosen
//! - `running`: checks by a process that sleeps in between
//! - `falling_due`: which pages are due, by what is reckoned ahead and by their cadence
//! - `asking_again`: what is asked of a page that was seen before
//! - `polite`: how hosts are treated
//! - `faring`: how the watching goes
//! - `robots`: what a site asks robots to leave
//! - `doubting`: what is not believed, or cannot be seen: held, failed, gone
//! - `believing`: what a person says of a capture, over palinode
//! - `changing_tags`: validators that do not fit what they came with
//! - `misbehaving`: every way in which a server can misbehave, which `faults` lists
//! - `confirming`: what a second answer does not bear out
//! - `claiming`: what a page says of itself
//! - `explaining`: what is tracked of a page, and why
//! - `linking`: what changes beside its words: where its links lead, what its pictures show
//! - `documents`: what is no HTML, and `pdf`, which makes the PDFs for it
//! - `kinds`: what cannot be shown, and what becomes another kind of document
//! - `unreadable`: the same, damaged or made to do harm
//! - `rendering`: pages whose scripts are run by the user's own browser
//! - `rendering_safely`: what such a page can reach and use up
//! - `guarding`: which addresses are not called, unless the owner allows it
//! - `gating`: what is kept and not told, and why
//! - `history`: what is shown of a page's past
//! - `graphing`: which of its texts stood when
//! - `comparing`: how one revision became another
//! - `tracing`: what happened to its words
//! - `searching`: the same phrase looked for on all pages at once, in whatever words it stood
//! - `indexing`: what that needs, also of a history that is older, damaged or cannot be written to
//! - `exhibiting`: one event as a file for a stranger
//! - `serving`: the history in a browser, as files and as JSON
//! - `serving_safely`: who may ask for it, and what a hostile page can do there
//! - `visiting_badly`: clients that say nothing, or too much
//! - `describing`: the JSON is what its description says
//! - `tables`: the same as JSON Lines, and what their schema says of them
//! - `commits`: and as commits of git
//! - `browsing`: the same pages in a real browser, which `browser` drives
//! - `feeding`: what happened, for feed readers
//! - `warc`: what is written for other archives, and what is read of them, damaged or not
//! - `wacz`: the same for replay tools
//! - `importing`: what others kept of a page, in its history
//! - `merging`: what another palinode kept of it; `merging_files`: which files can be joined
//! - `witnessing`: where the two do not agree
//! - `archive_server`: a web archive of three kinds, for them
//! - `backfilling`: the past of a page from web archives of three kinds
//! - `depositing`: archives that are asked to save pages, and `save_server`, which is one; `depositing_in_vain`: what
//!   comes in the way
//! - `evidence`: what a stranger can check of a page's captures
//! - `stamping`: what authorities attest of them, and `authority`, which is one; `signing`: what people sign of
//!   them; `signing_wrongly`: what is no signature, and what signatures show
//! - `tampering`: whether whoever alters any of it is noticed
//! - `remembering`: the history as a web archive, for the programs that read such; `remembering_lists`: what it lists
//! - `showing`: what a terminal gets, whatever a page says
//! - `storing`: what is kept, and what happens when it cannot be read
//! - `keeping`: copies of it, and whether it is whole
//! - `disk`: a disk that is full, a clock that goes back, several processes at once
//! - `environs`: an environment with hardly anything in it, a proxy, few open files, a stranger who holds the file
//! - `securing`: connections that cannot be secured
//! - `catalogue`: `tests/FAULTS.md`, the list of what can go wrong, names tests that exist
//! - `crash`: killed at any moment, nothing that was announced is lost
//! - `fetch`: the client against servers that misbehave
//! - `readme`: the README's console blocks
//! - `layers`: the source tree keeps its own rules

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![expect(
    clippy::too_many_lines,
    reason = "most lines of such a test are the output that it expects"
)]

mod world;
mod site;
mod fault_server;
mod proud;
mod session;
mod watching;
mod editing;
mod applying;
mod checking;
mod telling;
mod receiver;
mod telling_by_web;
mod postbox;
mod telling_by_mail;
mod telling_no_secret;
mod telling_together;
mod running;
mod falling_due;
mod asking_again;
mod polite;
mod faring;
mod robots;
mod doubting;
mod believing;
mod explaining;
mod claiming;
mod confirming;
mod changing_tags;
mod faults;
mod misbehaving;
mod linking;
mod documents;
mod kinds;
#[path = "../../examples/fuzz/pdf.rs"]
mod pdf;
mod unreadable;
mod rendering;
mod rendering_safely;
mod guarding;
mod gating;
mod history;
mod graphing;
mod comparing;
mod tracing;
mod terminal;
mod save_server;
mod searching;
mod reading_html;
mod exhibiting;
mod cards;
mod visitor;
mod serving;
mod serving_safely;
mod visiting_badly;
mod depositing;
mod depositing_in_vain;
mod describing;
mod tables;
mod commits;
mod browser;
mod browsing;
mod feeding;
mod following;
mod following_harm;
mod following_told;
mod indexing;
mod warc;
mod wacz;
mod importing;
mod merging;
mod merging_files;
mod witnessing;
mod archive_server;
mod backfilling;
mod evidence;
mod authority;
mod signing;
mod signing_wrongly;
mod stamping;
mod tampering;
mod remembering;
mod remembering_lists;
mod showing;
mod storing;
mod fetch;
mod readme;
mod keeping;
mod disk;
mod crash;
mod labelling;
mod layers;
mod environs;
mod securing;
mod catalogue;
