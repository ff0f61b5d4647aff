//! The captures of an address to the index of the Wayback Machine: seven columns a capture, narrowed as its clients narrow
//! them.

use regex::Regex;
use serde_json::json;
use url::form_urlencoded;

use super::asked::address;
use super::found::{Found, digits};
use crate::archive::surt;
use crate::fetch::Digest;
use crate::serve::answer::{Problem, Reply};
use crate::store::{Memento, Store};

/// Where it is asked for.
pub(super) const PATH: &str = "/cdx/search/cdx";

const COLUMNS: [&str; 7] =
    ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"];

/// One row, in the order of [`COLUMNS`].
type Row = [String; 7];

pub(super) fn listing(store: &Store, query: &str) -> Result<Reply, Problem> {
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let query = Query(&pairs);
    if query.value("matchType").is_some_and(|kind| kind != "exact") {
        return Err(Problem::Asked("only matchType=exact is answered".to_owned()));
    }
    let url = query.value("url").and_then(address);
    let url = url.ok_or_else(|| Problem::Asked("url= names no address".to_owned()))?;
    let rows: Vec<Row> = Found::of(store, &url)?.all().iter().map(row).collect();
    let (rows, resume) = query.narrowed(rows)?;
    let columns = query.columns()?;
    let cells = |row: &Row| columns.iter().map(|at| row[*at].clone()).collect::<Vec<_>>();
    let mut reply = if query.value("output") == Some("json") {
        let names: Vec<String> = columns.iter().map(|at| COLUMNS[*at].to_owned()).collect();
        let mut table: Vec<Vec<String>> = rows.iter().map(cells).collect();
        if !table.is_empty() {
            table.insert(0, names);
        }
        if let Some(key) = resume {
            table.extend([Vec::new(), vec![key]]);
        }
        Reply::own("application/json", format!("{}\n", json!(table)).into_bytes())
    } else {
        let mut text: String = rows.iter().map(|row| cells(row).join(" ") + "\n").collect();
        if let Some(key) = resume {
            text.extend(["\n", &key, "\n"]);
        }
        Reply::own("text/plain; charset=utf-8", text.into_bytes())
    };
    reply.head.push("cache-control", b"no-store");
    Ok(reply)
}

fn row(memento: &Memento) -> Row {
    [
        surt(&memento.url),
        digits(memento),
        memento.url.to_string(),
        memento.media_type().unwrap_or_else(|| "unk".to_owned()),
        memento.status.to_string(),
        format!("sha256:{}", memento.entity),
        // The length of a record in a file, and there is no file.
        "-".to_owned(),
    ]
}

/// What the query asks.
#[derive(Clone, Copy)]
struct Query<'a>(&'a [(String, String)]);

impl<'a> Query<'a> {
    fn value(self, key: &str) -> Option<&'a str> {
        let found = self.0.iter().find(|(other, value)| other == key && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    fn number<T: std::str::FromStr>(self, key: &str) -> Result<Option<T>, Problem> {
        let number = self.value(key).map(str::parse).transpose();
        number.map_err(|_| Problem::Asked(format!("{key}= is no number")))
    }

    fn columns(self) -> Result<Vec<usize>, Problem> {
        let Some(names) = self.value("fl") else { return Ok((0..COLUMNS.len()).collect()) };
        names.split(',').map(column).collect()
    }

    /// The rows that are wanted, and how to ask for the rest.
    fn narrowed(self, mut rows: Vec<Row>) -> Result<(Vec<Row>, Option<String>), Problem> {
        // A part of a time stands for all that begin with it.
        let cut = |row: &Row, bound: &str| row[1].get(..bound.len()).unwrap_or(&row[1]).to_owned();
        if let Some(from) = self.value("from") {
            rows.retain(|row| cut(row, from).as_str() >= from);
        }
        if let Some(to) = self.value("to") {
            rows.retain(|row| cut(row, to).as_str() <= to);
        }
        for (_, filter) in self.0.iter().filter(|(key, _)| key == "filter") {
            let filter = Filter::new(filter)?;
            rows.retain(|row| filter.takes(row));
        }
        if let Some(by) = self.value("collapse") {
            let (name, length) = by.split_once(':').unwrap_or((by, ""));
            let (at, length) = (column(name)?, length.parse().unwrap_or(usize::MAX));
            rows.dedup_by_key(|row| row[at].chars().take(length).collect::<String>());
        }
        if let Some(key) = self.value("resumeKey") {
            let last = rows.iter().position(|row| key_of(row) == key);
            // Whoever began anew with a key that leads nowhere would never come to an end.
            let last =
                last.ok_or_else(|| Problem::Asked("resumeKey= is none of this list".into()))?;
            rows.drain(..=last);
        }
        rows.drain(..self.number("offset")?.unwrap_or(0).min(rows.len()));
        let limit: i64 = self.number("limit")?.unwrap_or(i64::MAX);
        let most = usize::try_from(limit.unsigned_abs()).unwrap_or(usize::MAX);
        if limit < 0 {
            rows.drain(..rows.len().saturating_sub(most));
            return Ok((rows, None));
        }
        let is_cut = rows.len() > most;
        rows.truncate(most);
        let resumes = is_cut && self.value("showResumeKey") == Some("true");
        let resume = rows.last().filter(|_| resumes).map(key_of);
        Ok((rows, resume))
    }
}

/// What names a row for those who come back for the rest. It reads the same however often a client encodes it.
fn key_of(row: &Row) -> String {
    format!("{}-{:.8}", row[1], Digest::of(row[2].as_bytes()).to_string())
}

fn column(name: &str) -> Result<usize, Problem> {
    let found = COLUMNS.iter().position(|column| *column == name);
    found.ok_or_else(|| Problem::Asked(format!("there is no field {name}")))
}

/// `[!]field:regex`, which is to match the whole field, or `~[!]field:text`, which is to stand in it.
struct Filter {
    column: usize,
    wanted: bool,
    regex: Regex,
}

impl Filter {
    fn new(text: &str) -> Result<Self, Problem> {
        let (is_part, rest) = text.strip_prefix('~').map_or((false, text), |rest| (true, rest));
        let (wanted, rest) = rest.strip_prefix('!').map_or((true, rest), |rest| (false, rest));
        let no = || Problem::Asked("filter= is not in the form field:regex".to_owned());
        let (name, pattern) = rest.split_once(':').ok_or_else(no)?;
        let pattern = if is_part { regex::escape(pattern) } else { format!("^(?:{pattern})$") };
        let regex = Regex::new(&pattern).map_err(|_| no())?;
        Ok(Self { column: column(name)?, wanted, regex })
    }

    fn takes(&self, row: &Row) -> bool {
        self.regex.is_match(&row[self.column]) == self.wanted
    }
}
