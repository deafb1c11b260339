//! Every text of the conformance data that is right M parses without errors.

use pqm::syntax::SyntaxErrorCode;

use crate::corpus::samples;
use crate::invariants::parse_checked;

#[test]
fn the_corpus_parses() {
    let Some(samples) = samples("the_corpus_parses") else { return };
    let mut wrong = Vec::new();
    for sample in samples.iter().filter(|sample| sample.valid) {
        let parsed = parse_checked(&sample.text);
        let duplicate = |code| sample.raises && code == SyntaxErrorCode::DuplicateName;
        if !parsed.errors.iter().all(|error| duplicate(error.code)) {
            wrong.push(format!("{}\n{}\n{:#?}\n", sample.id, sample.text, parsed.errors));
        }
    }
    assert!(samples.len() > 2_000, "the corpus has only {} texts", samples.len());
    assert!(wrong.is_empty(), "{} of {} texts\n{}", wrong.len(), samples.len(), wrong.join("\n"));
}
