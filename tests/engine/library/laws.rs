//! Laws over generated values, a line of `laws.tsv` each: what `v` is, and what holds of it. They are evaluated under
//! a host whose clock stands still, so that what is "now" can be part of a law.

use std::sync::atomic::{AtomicU8, Ordering};

use pqm::Engine;
use pqm::host::{Host, HostError, Now};
use proptest::prelude::*;

use super::engine;
use super::properties::{date, fault, list_of, number, table, text, value, word};

/// A clock that stands at 2024-02-29 23:30:15.5 in UTC, in a zone where it is the next day (and month) already;
/// bytes that are no two times the same instead of chance.
struct Still {
    next: AtomicU8,
}

impl Host for Still {
    fn now(&self) -> Result<Now, HostError> {
        Ok(Now { utc_ticks: 638_448_534_155_000_000, offset_minutes: 120 })
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), HostError> {
        for byte in bytes {
            *byte = self.next.fetch_add(61, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// What the first column of `laws.tsv` names.
fn generator(name: &str) -> BoxedStrategy<String> {
    let letters = || "[a-z]{3,8}".prop_map(|word| format!("\"{word}\""));
    match name {
        "number" => number().boxed(),
        "text" => text().boxed(),
        "any value" => value().boxed(),
        "date" => date().boxed(),
        "table" => table().boxed(),
        "two words" => (word(), word()).prop_map(|(one, other)| format!("{{{one}, {other}}}")).boxed(),
        "letters" => list_of(letters()).boxed(),
        "eight bytes" => proptest::array::uniform8(0..256_i32)
            .prop_map(|bytes| format!("{{{}}}", bytes.map(|byte| byte.to_string()).join(", ")))
            .boxed(),
        "type" => prop_oneof!["number", "text", "date", "list", "any", "nullable number"]
            .prop_map(|name| format!("type {name}"))
            .boxed(),
        "identifier" => "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
            .prop_map(|id| format!("\"{id}\""))
            .boxed(),
        "named rows" => proptest::collection::vec((0..100_i32, letters()), 0..6)
            .prop_map(|rows| {
                let rows: Vec<String> = rows.iter().map(|(key, name)| format!("{{{key}, {name}}}")).collect();
                format!("#table(type table [k = number, y = text], {{{}}})", rows.join(", "))
            })
            .boxed(),
        // Forty days in a row, most often around today.
        "days" => prop_oneof![2 => -35..0_i32, 1 => -900..900_i32]
            .prop_map(|first| {
                format!(
                    "List.Transform({{{first} .. {}}}, each Date.AddDays(Date.From(DateTime.FixedLocalNow()), _))",
                    first + 40
                )
            })
            .boxed(),
        // Twenty moments, seconds to a quarter of an hour apart, around now.
        "moments" => (-19..0_i32, prop_oneof![Just(0.5), Just(7.0), Just(61.5), Just(900.0)])
            .prop_map(|(first, apart)| {
                format!(
                    "List.Transform({{{first} .. {}}}, each DateTime.FixedLocalNow() + #duration(0, 0, 0, _ * {apart}))",
                    first + 20
                )
            })
            .boxed(),
        name => panic!("laws.tsv: what is {name:?}?"),
    }
}

#[test]
fn what_laws_tsv_says_holds() {
    let engine: Engine = engine().with_host(Still { next: AtomicU8::new(0) });
    let laws = include_str!("laws.tsv").lines().filter(|line| !line.starts_with("# "));
    let faults: Vec<String> = laws
        .filter_map(|line| {
            let (name, law) = line.split_once('\t').unwrap_or((line, ""));
            fault(&engine, &generator(name), law)
        })
        .collect();
    assert!(faults.is_empty(), "{} laws\n{}", faults.len(), faults.join("\n"));
}
