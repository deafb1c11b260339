//! The documented exit codes.

use crate::program::{pqm, pqm_in, pqm_reading};

#[test]
fn zero_when_all_went_well() {
    let ran = pqm(&["eval", "1 + 2"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "3\n", ""));
}

#[test]
fn one_for_an_m_error() {
    let ran = pqm(&["eval", "error \"x\""]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("Expression.Error: x"));
}

#[test]
fn two_for_wrong_usage() {
    assert_eq!(pqm(&["eval"]).code, 2);
    assert_eq!(pqm(&["eval", "1", "--format", "xml"]).code, 2);
    assert_eq!(pqm(&["eval", "1", "--culture", "zz-ZZ"]).code, 2);
    assert_eq!(pqm(&["eval", "1", "--param", "no-value"]).code, 2);
    assert_eq!(pqm(&["eval", "1", "--timeout", "0"]).code, 2);
    assert_eq!(pqm(&["explain", "M9999"]).code, 2);
}

#[test]
fn three_for_mistakes_in_the_text() {
    assert_eq!(pqm(&["eval", "1 +"]).code, 3);
    assert_eq!(pqm(&["eval", "no_such_name"]).code, 3);
    assert_eq!(pqm(&["eval", "a", "--param", "a:=(1"]).code, 3);
}

#[test]
fn four_for_a_limit() {
    assert_eq!(pqm(&["eval", "let f = (n) => 1 + @f(n) in f(0)"]).code, 4);
    assert_eq!(pqm(&["eval", "--max-steps", "5000", "List.Count({1..100000})"]).code, 0, "no step for each");
    assert_eq!(
        pqm(&[
            "eval",
            "--max-steps",
            "5000",
            "let f = (n) => if n = 0 then 0 else 1 + @f(n - 1) in f(20000)"
        ])
        .code,
        4
    );
}

#[test]
fn five_for_files() {
    let folder = tempfile::tempdir().unwrap();
    let ran = pqm_in(folder.path(), &["run", "nosuch.pq"]);
    assert_eq!((ran.code, ran.err.as_str()), (5, "error: Cannot read 'nosuch.pq': it does not exist.\n"));
    assert_eq!(pqm_in(folder.path(), &["run", "."]).code, 5);
    std::fs::write(folder.path().join("latin.pq"), b"\"caf\xe9\"").unwrap();
    let ran = pqm_in(folder.path(), &["run", "latin.pq"]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (5, "error: Cannot read 'latin.pq': it is not UTF-8 text at byte 4.\n")
    );
    let ran = pqm_reading("1", &["run", "-", "-o", "/no/such/folder/x.csv"]);
    assert_eq!(ran.code, 5);
}
