//! `pqm check`.

use crate::program::pqm;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn files_of_a_folder_know_each_other_and_exit_codes_say_how_bad_it_is() {
    let good = folder(&[("Sales.query.pq", "{1}"), ("Report.pq", "List.Sum(Sales)")]);
    let ran = pqm(&["check", good.path().to_str().unwrap()]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "2 texts: 0 errors, 0 warnings, 0 notes.\n"), "{}", ran.err);

    let at = good.path().join("Report.pq");
    assert_eq!(pqm(&["check", at.to_str().unwrap()]).code, 3);
    assert_eq!(pqm(&["check", "--known", "Sales", at.to_str().unwrap()]).code, 0);

    let warned = folder(&[("a.pq", "let a = 1 in 2")]);
    let ran = pqm(&["check", warned.path().to_str().unwrap()]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("M0401") && ran.out.contains("1 warning,"), "{}", ran.out);

    let noted = folder(&[("a.pq", "File.Contents(\"/srv/a.csv\")")]);
    assert_eq!(pqm(&["check", noted.path().to_str().unwrap()]).code, 0);
}

#[test]
fn fix_changes_the_file() {
    let folder = folder(&[("a.pq", "\u{feff}let a = 1, b = 2 in b")]);
    let ran = pqm(&["check", "--fix", folder.path().to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.ends_with("; 1 finding mended.\n"), "{}", ran.out);
    assert_eq!(std::fs::read_to_string(folder.path().join("a.pq")).unwrap(), "\u{feff}let b = 2 in b");
}

#[test]
fn json_and_sarif_say_code_severity_and_fix() {
    let folder = folder(&[("a.pq", "let a = 1, b = 2 in b")]);
    let here = folder.path().to_str().unwrap();
    let ran = pqm(&["check", "--format", "json", here]);
    let line: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&line["code"], &line["severity"]), (&"M0401".into(), &"warning".into()));
    assert_eq!(line["fix"], serde_json::json!({ "start": 4, "end": 11, "replacement": "", "safe": true }));

    let ran = pqm(&["check", "--format", "sarif", here]);
    let log: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(log["runs"][0]["results"][0]["level"], "warning");
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "M0401");
}
