//! Tests of palinode from outside, in one binary so that they link once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod fault_server;
mod fetch;
mod readme;
