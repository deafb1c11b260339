//! The smaller commands.

use crate::program::pqm;

#[test]
fn explain_shows_a_page_or_lists_all() {
    let page = pqm(&["explain", "m0201"]);
    assert_eq!(page.code, 0);
    assert!(page.out.starts_with("# M0201: "), "{}", page.out);
    let all = pqm(&["explain"]);
    assert!(all.out.lines().count() > 40);
    assert!(all.out.lines().all(|line| line.contains(": ")));
}

#[test]
fn doc_shows_signature_summary_and_examples() {
    let ran = pqm(&["doc", "#date"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("#date (year as number, month as number, day as number)"), "{}", ran.out);
    assert!(ran.out.contains("→ "), "{}", ran.out);
    assert!(pqm(&["doc", "JoinKind.Inner"]).out.starts_with("JoinKind.Inner = 0"));
    assert!(
        pqm(&["doc", "Text.Up"])
            .out
            .lines()
            .any(|line| line == "Text.Upper" || line.starts_with("Text.Upper "))
    );
    let unknown = pqm(&["doc", "Tabel.Sort"]);
    assert_eq!((unknown.code, unknown.err.contains("Did you mean Table.Sort?")), (2, true));
}

#[test]
fn explain_speaks_to_machines() {
    let json = |arguments: &[&str]| -> serde_json::Value {
        let ran = pqm(arguments);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        serde_json::from_str(&ran.out).unwrap()
    };
    let page = json(&["explain", "m0201", "--format", "json"]);
    assert_eq!(page["code"], "M0201");
    assert!(page["page"].as_str().unwrap().contains(page["title"].as_str().unwrap()));
    assert!(json(&["explain", "--format", "json"])["codes"].as_array().unwrap().len() > 10);
}

#[test]
fn completions_are_scripts() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let ran = pqm(&["completions", shell]);
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains("eval"), "{shell}");
    }
}

/// The names of the commands that a help lists.
fn commands(help: &str) -> Vec<String> {
    let listed =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_command_has_help_with_examples() {
    let mut open = vec![(Vec::<String>::new(), String::new())];
    let mut seen = 0;
    while let Some((path, group)) = open.pop() {
        let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
        let command = format!("  pqm {}", path.join(" "));
        arguments.push("--help");
        let ran = pqm(&arguments);
        assert_eq!(ran.code, 0, "{arguments:?}");
        // A command of a group may be shown by the group.
        let shown = ran.out.contains("Examples:\n  ") || group.contains(&command);
        assert!(shown || path.len() > 2, "{arguments:?}:\n{}", ran.out);
        seen += 1;
        let inner = commands(&ran.out).into_iter().map(|name| [path.clone(), vec![name]].concat());
        open.extend(inner.map(|path| (path, ran.out.clone())));
    }
    assert!(seen > 20, "only {seen} commands found");
}

#[test]
fn doc_speaks_to_machines() {
    let json = |arguments: &[&str]| -> serde_json::Value {
        let ran = pqm(arguments);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        serde_json::from_str(&ran.out).unwrap()
    };
    let one = json(&["doc", "text.upper", "--format", "json"]);
    assert_eq!((one["name"].as_str(), one["state"].as_str()), (Some("Text.Upper"), Some("works")));
    assert!(!one["examples"].as_array().unwrap().is_empty());
    assert!(json(&["doc", "Text.", "--format", "json"])["names"].as_array().unwrap().len() > 30);
    let found = json(&["doc", "--search", "split", "--format", "json"]);
    assert!(found["names"].as_array().unwrap().iter().any(|name| name["name"] == "Text.Split"));
    let unknown = pqm(&["doc", "Tabel.Sort", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(unknown.err.trim()).unwrap();
    assert_eq!((unknown.code, told["kind"].as_str()), (2, Some("usage")));
}
#[test]
fn cultures_are_respected() {
    let ran = pqm(&["eval", "--culture", "de-DE", "Number.From(\"1.234,5\")"]);
    let plain = pqm(&["eval", "Number.From(\"1,234.5\")"]);
    // Both succeed with the same number, or fail the same way where the function is not there yet.
    assert_eq!((ran.code, ran.out), (plain.code, plain.out));
}
