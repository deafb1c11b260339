//! Nothing is lost and nothing is there twice, whatever happens to the process. `faults.sh` runs the long form of these
//! with seeds.

use std::collections::BTreeMap;
use std::process::Command;

use super::workspace::{Workspace, assert_adds_up, count};

/// A small generator, so that a seed tells everything.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        dice.roll(2);
        dice
    }

    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// The seeds to go through: those of the long form, else the first few.
pub fn seeds(few: u64) -> std::ops::Range<u64> {
    let number =
        |name: &str, default| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let first = number("PQM_FAULT_SEED", 1);
    first..first + number("PQM_FAULT_SEEDS", few)
}

/// Notes a case that held for the figures of the long form, and whether its fault came at all.
pub fn note(store: &str, fault: &str, has_come: bool) {
    use std::io::Write;
    let Some(path) = std::env::var_os("PQM_FAULT_LOG") else { return };
    let mut log = std::fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
    writeln!(log, "{store}\t{fault}\t{}", u8::from(has_come)).unwrap();
}

/// People by id: name and country code, none for a row that cannot be delivered.
type People = BTreeMap<u64, (String, Option<&'static str>)>;

fn people(dice: &mut Dice, rows: u64, bad_of_1000: u64) -> People {
    let row = |id| {
        let name = format!("Person {} é,\"{}\"", dice.roll(1000), dice.roll(10));
        (id, (name, (dice.roll(1000) >= bad_of_1000).then_some(["DE", "FR", "DK"][dice.roll(3) as usize])))
    };
    (0..rows).map(row).collect()
}

fn csv(people: &People) -> String {
    let mut text = String::from("id,name,born,country\n");
    for (id, (name, country)) in people {
        text.push_str(&format!(
            "{id},\"{}\",,{}\n",
            name.replace('"', "\"\""),
            country.unwrap_or("Atlantis")
        ));
    }
    text
}

fn workspace(people: &People, task: &str) -> Workspace {
    let workspace = Workspace::people(csv(people), "QrySourceData");
    workspace.replace("project.yaml", "entity: person }\n", &format!("entity: person }}\n{task}"));
    workspace
}

/// The destination holds what the oracle says, by key and whole row, and the run's outcomes add up.
fn assert_delivered(workspace: &Workspace, people: &People) {
    let record = workspace.run_json();
    assert_adds_up(&record);
    let bad = people.values().filter(|(_, country)| country.is_none()).count() as u64;
    assert_eq!(count(&record, 0, "rejected"), bad, "{record:#}");
    let expected: BTreeMap<String, Vec<String>> = people
        .iter()
        .filter_map(|(id, (name, country))| {
            let id = format!("\"{id}\"");
            Some((id.clone(), vec![id, format!("{name:?}"), "\"\"".to_owned(), format!("{:?}", (*country)?)]))
        })
        .collect();
    assert_eq!(workspace.rows("out.sqlite", "person"), expected);
    let waiting = workspace.pqm(&["quarantine", "--format", "json", "--limit", "1000000"]).json();
    let found: Vec<u64> = waiting
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["content"]["id"].as_str().unwrap().parse().unwrap())
        .collect();
    let refused: Vec<u64> = people.iter().filter(|(_, (_, c))| c.is_none()).map(|(id, _)| *id).collect();
    assert_eq!(found, refused, "the rows in quarantine");
}

#[test]
fn bad_rows_end_in_quarantine_to_the_last_one() {
    for seed in seeds(1) {
        for bad in [1, 10, 500] {
            let all = people(&mut Dice::new(seed * 31 + bad), 1500, bad);
            let workspace = workspace(&all, "");
            assert_delivered(&workspace, &all);
            assert_delivered(&workspace, &all);
            let refused = all.values().any(|(_, country)| country.is_none());
            note("SQLite", &format!("{} % bad rows", bad as f64 / 10.0), refused);
        }
    }
}

/// A file may not grow past a size: what a full disk is to a process. Run again with room, everything is there.
#[cfg(unix)]
#[test]
fn a_full_disk_ends_the_run_and_room_makes_it_good() {
    for seed in seeds(1) {
        let all = people(&mut Dice::new(seed), 1500, 5);
        // Half a kilobyte each.
        for blocks in [8, 60 + seed % 40, 100 + seed % 60] {
            let workspace = workspace(&all, "    incremental: { by: row-hash }\n");
            let limited = format!(
                "trap '' XFSZ; ulimit -f {blocks}; exec '{}' project run '{}'",
                env!("CARGO_BIN_EXE_pqm"),
                workspace.path("").display()
            );
            let ended = Command::new("sh")
                .args(["-c", &limited])
                .env("PQM_ACCEPT_PRIVACY_NOTICE", "1")
                .output()
                .unwrap();
            let was_full = !matches!(ended.status.code(), Some(0 | 6));
            assert!(was_full || blocks > 100, "{}", String::from_utf8_lossy(&ended.stderr));
            assert_delivered(&workspace, &all);
            note("SQLite", "disk full", was_full);
        }
    }
}

#[test]
fn of_two_runners_one_wins() {
    for seed in seeds(1) {
        let all = people(&mut Dice::new(seed), 800, 0);
        let workspace = workspace(&all, "");
        let mut children: Vec<_> = (0..2 + seed % 3).map(|_| workspace.start()).collect();
        let codes: Vec<_> = children.iter_mut().map(|child| child.wait().unwrap().code()).collect();
        assert!(
            codes.iter().all(|code| matches!(code, Some(0 | 5))) && codes.contains(&Some(0)),
            "{codes:?}"
        );
        assert_delivered(&workspace, &all);
        note("SQLite", "several runners", codes.contains(&Some(5)));
    }
}

/// No secret that stands somewhere comes out anywhere.
#[test]
fn secrets_come_out_nowhere() {
    const SECRET: &str = "hunter2-s3cret";
    let workspace = Workspace::people("id,name,born,country\n1,Ann,,DE\n", "QrySourceData");
    let good = std::fs::read_to_string(workspace.path("project.yaml")).unwrap();
    let addresses = [
        format!("postgres://user:{SECRET}@host/db"),
        format!("Server=host;Password={SECRET}"),
        format!("https://host/feed?sig={SECRET}"),
    ];
    let mut said = String::new();
    for address in &addresses {
        workspace
            .write("project.yaml", good.replace("address: out.sqlite", &format!("address: \"{address}\"")));
        for command in
            [vec!["check"], vec!["run"], vec!["run", "--format", "json"], vec!["plan"], vec!["history"]]
        {
            let ended = workspace.pqm(&command);
            assert_eq!(ended.code, Some(3), "{command:?}: {}", ended.said());
            said.push_str(&ended.said());
        }
    }
    assert!(said.contains("holds a password") && said.contains("project.yaml:4:"), "{said}");
    workspace
        .write("project.yaml", good.replace("address: out.sqlite", "address: out.sqlite, credential: store"));
    // The environment may hold the secrets of others; nothing of it is recorded.
    let ended = Command::new(env!("CARGO_BIN_EXE_pqm"))
        .args(["project", "run"])
        .arg(workspace.path(""))
        .env("PQM_ACCEPT_PRIVACY_NOTICE", "1")
        .env("PQM_CREDENTIAL_STORE", SECRET)
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(0));
    said.push_str(&String::from_utf8_lossy(&[ended.stdout, ended.stderr].concat()));
    said.push_str(&workspace.pqm(&["history", "--run", "1"]).said());
    assert!(!said.contains(SECRET), "{said}");
    for file in ["out.sqlite", ".pqm/history.sqlite"] {
        let bytes = std::fs::read(workspace.path(file)).unwrap();
        let found = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
        assert!(!found, "{file} holds the secret");
    }
}
