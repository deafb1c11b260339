//! Sources whose schema drifts between two runs, under each policy: what arrives, what waits and what fails is what the
//! documentation says. `faults.sh` runs the long form.

use std::collections::BTreeMap;

use super::faults::{Dice, note, seeds};
use super::workspace::{Workspace, assert_adds_up, count};

const POLICIES: [&str; 5] = ["", "quarantine-row", "quarantine-value", "evolve", "freeze"];

/// What becomes of the source.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Drift {
    /// A field more.
    Added,
    /// A mapped field less.
    Dropped,
    /// A mapped field under another name: one less and one more.
    Renamed,
    /// Values of another type in some rows.
    Retyped,
    /// Values that are too long in some rows.
    Widened,
}

const DRIFTS: [Drift; 5] = [Drift::Added, Drift::Dropped, Drift::Renamed, Drift::Retyped, Drift::Widened];

/// A row of the source: name and birthday, and whether the drift has come to it.
type Row = (String, String, bool);

/// Rows of the destination by id: name, born, and the column that evolution may have added.
type Stored = BTreeMap<String, [Option<String>; 3]>;

fn rows(dice: &mut Dice, drift: Option<Drift>) -> BTreeMap<u64, Row> {
    let row = |id| {
        let is_hit = drift.is_some() && (id == 0 || dice.roll(4) == 0);
        let name = match drift {
            Some(Drift::Widened) if is_hit => format!("Somebody {}", dice.roll(1000)),
            _ => format!("P {}", dice.roll(1000)),
        };
        let born = match drift {
            Some(Drift::Retyped) if is_hit => "soon".to_owned(),
            _ => format!("20{:02}-03-{:02}", dice.roll(100), 1 + dice.roll(28)),
        };
        (id, (name, born, is_hit))
    };
    (0..20).map(row).collect()
}

fn csv(rows: &BTreeMap<u64, Row>, drift: Option<Drift>) -> String {
    let header = match drift {
        Some(Drift::Added) => "id,name,born,more",
        Some(Drift::Dropped) => "id,name",
        Some(Drift::Renamed) => "id,name,birthday",
        _ => "id,name,born",
    };
    let line = |(id, (name, born, _)): (&u64, &Row)| match drift {
        Some(Drift::Added) => format!("{id},{name},{born},more {id}\n"),
        Some(Drift::Dropped) => format!("{id},{name}\n"),
        _ => format!("{id},{name},{born}\n"),
    };
    format!("{header}\n{}", rows.iter().map(line).collect::<String>())
}

/// What the second run does: whether it fails, what is in the destination after it, and how many rows are rejected.
fn expected(
    policy: &str,
    drift: Drift,
    before: &BTreeMap<u64, Row>,
    now: &BTreeMap<u64, Row>,
) -> (bool, Stored, u64) {
    let is_field_lost = matches!(drift, Drift::Dropped | Drift::Renamed);
    let has_field_more = matches!(drift, Drift::Added | Drift::Renamed);
    let fails = policy == "freeze" || is_field_lost && matches!(policy, "" | "quarantine-row");
    let mut rejected = 0;
    let mut stored = Stored::new();
    for (id, (name, born, is_hit)) in now {
        let (old_name, old_born, _) = &before[id];
        let old = [Some(old_name.clone()), Some(old_born.clone()), None];
        let misfits = *is_hit && matches!(drift, Drift::Retyped | Drift::Widened);
        let is_refused = match policy {
            "" => has_field_more,
            "quarantine-row" => has_field_more || misfits,
            _ => false,
        };
        let row = if fails {
            old
        } else if is_refused {
            rejected += 1;
            old
        } else {
            let spoilt = policy == "quarantine-value" && misfits;
            let name = (!(spoilt && drift == Drift::Widened)).then(|| name.clone());
            let born_now = match drift {
                _ if is_field_lost => Some(old_born.clone()),
                Drift::Retyped if spoilt => None,
                _ => Some(born.clone()),
            };
            let more = match drift {
                Drift::Added => Some(format!("more {id}")),
                Drift::Renamed => Some(born.clone()),
                _ => None,
            };
            [name, born_now, more.filter(|_| policy == "evolve")]
        };
        stored.insert(id.to_string(), row);
    }
    (fails, stored, rejected)
}

fn stored(workspace: &Workspace) -> Stored {
    let store = rusqlite::Connection::open(workspace.path("out.sqlite")).unwrap();
    let mut statement = store.prepare("SELECT * FROM person").unwrap();
    let width = statement.column_count();
    let rows = statement.query_map([], |row| {
        let cell = |at| if at < width { row.get::<_, Option<String>>(at) } else { Ok(None) };
        Ok((row.get::<_, String>(0)?, [cell(1)?, cell(2)?, cell(3)?]))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

#[test]
fn drift_does_what_the_policy_says_and_loses_nothing() {
    for seed in seeds(1) {
        for (i, policy) in POLICIES.into_iter().enumerate() {
            let mut dice = Dice::new(seed * 10 + i as u64);
            let drift = DRIFTS[(seed as usize + i) % DRIFTS.len()];
            let before = rows(&mut dice, None);
            let workspace = Workspace::people(csv(&before, None), "QrySourceData");
            let table = "CREATE TABLE person (id TEXT PRIMARY KEY, name VARCHAR(8), born DATE)";
            rusqlite::Connection::open(workspace.path("out.sqlite")).unwrap().execute_batch(table).unwrap();
            let country =
                "      - { source: country, destination: country, transform: { fn: country-region-code } }\n";
            workspace.replace("project.yaml", country, "      - { source: \"*\", destination: \"*\" }\n");
            let schema = if policy.is_empty() { String::new() } else { format!("    schema: {policy}\n") };
            workspace.replace("project.yaml", "entity: person }\n", &format!("entity: person }}\n{schema}"));
            assert_eq!(workspace.run().code, Some(0), "seed {seed}, {policy}");
            let now = rows(&mut dice, Some(drift));
            workspace.write("people.csv", csv(&now, Some(drift)));
            let record = workspace.run_json();
            let (fails, expected, rejected) = expected(policy, drift, &before, &now);
            let said = format!("seed {seed}, {policy:?}, {drift:?}: {record:#}");
            assert_eq!(record["status"] == "ERROR", fails, "{said}");
            assert_eq!(stored(&workspace), expected, "{said}");
            if !fails {
                assert_adds_up(&record);
                assert_eq!(count(&record, 0, "rejected"), rejected, "{said}");
            }
            note("SQLite", &format!("drift: {drift:?}"), true);
        }
    }
}
