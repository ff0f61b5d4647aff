//! Tests of palinode from outside, in one binary so that they link once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

// What the tests stand on.
mod fault_server;
mod world;

// The layers, from the wire up.
mod fetch;

// What a person does with it.
mod session;

// What is promised in writing.
mod readme;
