//! What scripts made of answers to rows and back: kept beside the captures that they belong to.
//!
//! Its own file, because captures are evidence with or without it, and most have none.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::bodies::{BodyId, entity};
use super::captures::CaptureId;
use super::{StoreError, Writing};
use crate::fetch::{Digest, Rendered};

/// What the scripts of a capture made of it, if they were run. Damage is named by the body.
pub(super) fn rendered(
    connection: &Connection,
    capture: CaptureId,
) -> Result<Option<Rendered>, StoreError> {
    let mut query = connection
        .prepare_cached("SELECT body, browser, missing FROM rendered WHERE capture = ?1")?;
    let row = query.query_row([capture], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    let Some((body, browser, missing)): Option<(BodyId, String, u32)> = row.optional()? else {
        return Ok(None);
    };
    let dom = String::from_utf8(entity(connection, body)?)
        .map_err(|_| StoreError::Damaged(format!("body {}", body.0)))?;
    Ok(Some(Rendered { dom, browser, missing }))
}

impl Writing<'_> {
    /// Keeps what the scripts of a capture made of it. `near` is the capture that the page's baseline has.
    pub(super) fn keep_rendered(
        &self,
        capture: CaptureId,
        rendered: &Rendered,
        digest: Digest,
        near: Option<CaptureId>,
        host: &str,
    ) -> Result<(), StoreError> {
        let near = near.map(|near| self.rendered_body(near)).transpose()?.flatten();
        let body = self.keep_entity(rendered.dom.as_bytes(), digest, near, host)?;
        self.transaction
            .prepare_cached(
                "INSERT INTO rendered (capture, body, browser, missing) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![capture, body, rendered.browser, rendered.missing])?;
        Ok(())
    }

    fn rendered_body(&self, capture: CaptureId) -> Result<Option<BodyId>, StoreError> {
        let mut query =
            self.transaction.prepare_cached("SELECT body FROM rendered WHERE capture = ?1")?;
        Ok(query.query_row([capture], |row| row.get(0)).optional()?)
    }
}
