//! Any text that parses formats to one with the same tree and the same comments (which the formatter makes sure of
//! itself), and formatting that changes nothing more.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pqm::format::{FormatError, Style, format};

fuzz_target!(|input: (u8, &str)| {
    let (narrow, text) = input;
    let style = Style { width: if narrow % 2 == 0 { 100 } else { usize::from(narrow) }, indent: 4 };
    let once = match format(text, &style) {
        Ok(once) => once,
        Err(FormatError::Syntax(_)) => return,
        Err(error @ FormatError::Changed) => panic!("{error}: {text:?}"),
    };
    let twice = format(&once, &style).expect("what was formatted parses");
    assert_eq!(once, twice, "the second time: {text:?}");
});
