//! `pqm fmt`.

use crate::program::pqm;

fn text(path: &std::path::Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn folders_are_formatted_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir_all(at("deeper")).unwrap();
    std::fs::write(at("good.pq"), "1 + 2\n").unwrap();
    std::fs::write(at("deeper/bad.query.pq"), "\u{feff}let a=1 in a").unwrap();
    std::fs::write(at("other.txt"), "let a=1 in a").unwrap();
    let here = folder.path().to_str().unwrap();

    let check = pqm(&["fmt", "--check", here]);
    assert_eq!(check.code, 1);
    assert!(
        check.out.starts_with("not formatted: ") && check.out.ends_with("bad.query.pq\n"),
        "{}",
        check.out
    );
    assert_eq!(check.out.lines().count(), 1);
    let diff = pqm(&["fmt", "--diff", here]);
    assert_eq!(diff.code, 0);
    assert!(
        diff.out.contains("-\u{feff}let a=1 in a\n") && diff.out.contains("+    a = 1\n"),
        "{}",
        diff.out
    );

    let done = pqm(&["fmt", here]);
    assert_eq!((done.code, done.out.lines().count()), (0, 1), "{}", done.err);
    // A byte order mark stays.
    assert_eq!(text(&at("deeper/bad.query.pq")), "\u{feff}let\n    a = 1\nin\n    a\n");
    assert_eq!(text(&at("other.txt")), "let a=1 in a");
    assert_eq!(pqm(&["fmt", "--check", here]).code, 0);
}

#[test]
fn a_text_with_mistakes_is_told_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.pq");
    std::fs::write(&file, "let a=1, in a").unwrap();
    std::fs::write(folder.path().join("right.pq"), "{1,2}").unwrap();
    let ran = pqm(&["fmt", folder.path().to_str().unwrap()]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("wrong.pq:1:"), "{}", ran.err);
    assert_eq!(text(&file), "let a=1, in a");
    // The others are formatted all the same.
    assert_eq!(text(&folder.path().join("right.pq")), "{1, 2}\n");
}

#[test]
fn json_lists_every_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.pq"), "1").unwrap();
    std::fs::write(folder.path().join("b.pq"), "1\n").unwrap();
    let ran = pqm(&["fmt", "--check", "--format", "json", folder.path().to_str().unwrap()]);
    assert_eq!(ran.code, 1);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["changed"], 1);
    let status: Vec<_> = report["files"].as_array().unwrap().iter().map(|file| &file["status"]).collect();
    assert_eq!(status, ["not formatted", "unchanged"]);
}
