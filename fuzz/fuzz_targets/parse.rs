//! Any text parses to a tree; what parses without a mistake prints to a text that parses to the same text again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pqm::syntax;

fuzz_target!(|text: &str| {
    let parsed = syntax::parse(text);
    if !parsed.errors.is_empty() {
        for error in &parsed.errors {
            let span = error.span;
            assert!(span.start <= span.end && span.end as usize <= text.len(), "an error outside of the text");
        }
        return;
    }
    let printed = syntax::print(&parsed.tree, text);
    let again = syntax::parse(&printed);
    assert!(again.errors.is_empty(), "does not parse again: {printed}");
    assert!(syntax::equivalent(&parsed.tree, text, &again.tree, &printed), "means something else: {printed}");
});
