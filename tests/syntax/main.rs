//! The syntax layer as a whole: the conformance corpus, damaged texts, printing and the grammar.
#![allow(clippy::disallowed_methods)] // Tests read their corpora.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod conformance;
mod corpus;
mod damage;
mod ebnf;
mod format;
mod grammar;
mod invariants;
mod messages;
mod round_trip;
