//! Tests of palinode from outside, in one binary so that they link once.

mod fault_server;
mod fetch;
