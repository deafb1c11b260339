//! `OData.Feed` against the simulator.

use pqm::host::http::{HostGrants, HttpClient};
use serde_json::json;

use crate::host::{Impatient, evaluate};
use crate::simulator::faults::{Fault, Planned};
use crate::simulator::store::{Key, Row};
use crate::simulator::{Config, Running, start};

/// A simulator with so many accounts.
fn accounts(count: usize, config: Config) -> Running {
    let running = start(config);
    fill(&running, count);
    running
}

fn fill(running: &Running, count: usize) {
    let mut store = running.store.lock().unwrap();
    let entity = store.entity("accounts").unwrap();
    for number in 1..=count {
        let row = json!({
            "accountnumber": format!("A{number:04}"), "name": format!("Name {}", number % 7),
            "revenue": number as f64 * 1.5, "employees": number % 10, "active": number % 2 == 0,
            "opened": "2024-02-29", "changed": "2024-02-29T10:20:30Z",
        });
        let serde_json::Value::Object(row) = row else { unreachable!() };
        let id = format!("11111111-0000-0000-0000-{number:012x}");
        store.upsert(&entity, &Key::Id(id), &row, None).unwrap();
    }
}

fn contact(running: &Running, number: usize, parent: usize) {
    let mut store = running.store.lock().unwrap();
    let entity = store.entity("contacts").unwrap();
    let mut row = Row::new();
    row.insert("company".into(), json!("C"));
    row.insert("number".into(), json!(number));
    row.insert("lastname".into(), json!("O'Neil"));
    if parent > 0 {
        let parent = format!("accounts(accountnumber='A{parent:04}')");
        row.insert("parent@odata.bind".into(), json!(parent));
    }
    let id = format!("22222222-0000-0000-0000-{number:012x}");
    store.upsert(&entity, &Key::Id(id), &row, None).unwrap();
}

fn feed(running: &Running, steps: &str) -> String {
    let code = format!(
        "let Source = OData.Feed(\"{}\"), Accounts = Source{{[Name = \"accounts\", Signature = \"table\"]}}[Data] in {steps}",
        running.root()
    );
    evaluate(Impatient::new(HttpClient::new(HostGrants::Everything)), &code)
}

/// What was asked of the accounts.
fn asked(running: &Running) -> Vec<String> {
    let asked = running.seen().targets;
    asked
        .iter()
        .filter_map(|target| target.split_once("accounts"))
        .map(|(_, rest)| crate::simulator::web_api::unescape(rest))
        .collect()
}

#[test]
fn types_come_from_the_metadata() {
    let running = accounts(1, Config::default());
    assert_eq!(
        feed(&running, "{Table.ColumnNames(Source), Source[Name], Accounts{0}}"),
        "{{\"Name\", \"Data\", \"Signature\"}, {\"accounts\", \"contacts\"}, \
         [accountid = \"11111111-0000-0000-0000-000000000001\", accountnumber = \"A0001\", name = \"Name 1\", \
         revenue = 1.5, employees = 1, active = false, opened = #date(2024, 2, 29), \
         changed = #datetimezone(2024, 2, 29, 10, 20, 30, 0, 0)]}"
    );
    assert_eq!(
        feed(&running, "Table.Schema(Accounts)[[Name], [TypeName], [IsNullable]]"),
        "#table(type table [Name = text, TypeName = text, IsNullable = logical], \
         {{\"accountid\", \"Guid.Type\", false}, {\"accountnumber\", \"Text.Type\", true}, \
         {\"name\", \"Text.Type\", true}, {\"revenue\", \"Decimal.Type\", true}, \
         {\"employees\", \"Int32.Type\", true}, {\"active\", \"Logical.Type\", true}, \
         {\"opened\", \"Date.Type\", true}, {\"changed\", \"DateTimeZone.Type\", true}})"
    );
    assert_eq!(
        feed(&running, "Type.TableKeys(Value.Type(Accounts))"),
        "{[Columns = {\"accountid\"}, Primary = true]}"
    );
}

#[test]
fn pages_follow_each_other() {
    let running = accounts(25, Config { page: 10, ..Config::default() });
    assert_eq!(feed(&running, "List.Sum(Accounts[revenue])"), "487.5");
    assert_eq!(
        asked(&running),
        ["?$select=revenue", "?$select=revenue&$skiptoken=10", "?$select=revenue&$skiptoken=20"]
    );
}

#[test]
fn what_is_not_needed_is_not_asked_for() {
    let running = accounts(25, Config { page: 10, ..Config::default() });
    assert_eq!(
        feed(&running, "Table.FirstN(Accounts, 3)[accountnumber]"),
        "{\"A0001\", \"A0002\", \"A0003\"}"
    );
    assert_eq!(feed(&running, "Table.RowCount(Accounts)"), "25");
    assert_eq!(
        feed(&running, "Table.SelectColumns(Table.FirstN(Accounts, 1), {\"employees\", \"name\"})"),
        "#table(type table [employees = nullable Int32.Type, name = nullable text], {{1, \"Name 1\"}})"
    );
    assert_eq!(
        asked(&running),
        ["?$select=accountnumber&$top=3", "/$count", "?$select=name,employees&$top=1"]
    );
}

#[test]
fn steps_go_down_to_the_service() {
    let running = accounts(25, Config::default());
    for (steps, result, wanted) in [
        (
            "let limit = 7 in Table.SelectRows(Accounts, each [employees] > limit and [active])[accountnumber]",
            "{\"A0008\", \"A0018\"}",
            "?$select=accountnumber&$filter=(employees gt 7) and (active eq true)",
        ),
        (
            "Table.RowCount(Table.SelectRows(Accounts, each [opened] = #date(2024, 2, 29) and not ([employees] = 3)))",
            "22",
            "/$count?$filter=(opened eq 2024-02-29) and (not (employees eq 3))",
        ),
        // The service compares texts without regard to case: it narrows, M decides.
        (
            "Table.SelectRows(Accounts, each [name] = \"NAME 1\")[accountnumber]",
            "{}",
            "?$select=accountnumber,name&$filter=name eq 'NAME 1'",
        ),
        (
            "Table.FirstN(Table.SelectRows(Accounts, each Text.EndsWith([name], \"3\")), 2)[accountnumber]",
            "{\"A0003\", \"A0010\"}",
            "?$select=accountnumber,name&$filter=endswith(name,'3')",
        ),
        // What the service can't know stays here.
        (
            "Table.RowCount(Table.SelectRows(Accounts, each Number.Mod([employees], 5) = 1 and [revenue] < 10))",
            "2",
            "?$select=revenue,employees&$filter=revenue lt 10",
        ),
        (
            "Table.SelectRows(Accounts, each List.Contains({1, 2}, [employees]))[accountnumber]{3}",
            "\"A0012\"",
            "?$select=accountnumber&$filter=(employees eq 1) or (employees eq 2)",
        ),
        (
            "Table.RowCount(Table.SelectRows(Table.RenameColumns(Table.SelectColumns(Accounts, {\"name\", \"employees\"}), \
             {\"employees\", \"e\"}), each [e] = null))",
            "0",
            "/$count?$filter=employees eq null",
        ),
    ] {
        let before = asked(&running).len();
        assert_eq!(feed(&running, steps), result, "{steps}");
        assert_eq!(asked(&running)[before..], [wanted.to_owned()], "{steps}");
    }
}

#[test]
fn what_an_entity_leads_to_is_asked_for_when_it_is_read() {
    let running = accounts(3, Config::default());
    contact(&running, 1, 2);
    contact(&running, 2, 0);
    let shown = feed(
        &running,
        "let Contacts = Source{[Name = \"contacts\"]}[Data] in {Contacts{0}[parent][name], Contacts{1}[parent], \
         Table.SelectRows(Contacts, each [lastname] = \"O'Neil\")[number]}",
    );
    assert_eq!(shown, "{\"Name 2\", null, {1, 2}}");
    let one = evaluate(
        Impatient::everywhere(),
        &format!("OData.Feed(\"{}accounts(accountnumber='A0002')\")[name]", running.root()),
    );
    assert_eq!(one, "\"Name 2\"");
}

#[test]
fn faults_of_the_service_are_outlived() {
    for (fault, one_in) in [
        (Fault::Reset, 3),
        (Fault::Truncated, 3),
        (Fault::Status(503, None), 3),
        (Fault::Status(500, None), 3),
        (Fault::Status(429, Some(120)), 3),
        (Fault::RetryAtDate(100), 3),
    ] {
        let config =
            Config { page: 5, faults: vec![Planned::new(fault, one_in)], seed: 99, ..Config::default() };
        let running = accounts(50, config);
        assert_eq!(feed(&running, "List.Count(List.Distinct(Accounts[accountnumber]))"), "50", "{fault:?}");
        assert!(running.seen().requests > 12, "{fault:?} was never met");
    }
}

#[test]
fn errors_are_the_service_s_words() {
    let running = accounts(3, Config::default());
    let shown = feed(&running, "Source{[Name = \"nothing\"]}[Data]");
    assert!(shown.contains("The key didn't match any rows in the table."), "{shown}");
    let code = format!("OData.Feed(\"{}nothing\")", running.root());
    let shown = evaluate(Impatient::everywhere(), &code);
    assert!(
        shown.contains(
            "OData: Request failed: The remote server returned an error: (404) Not Found. (Resource not found"
        ),
        "{shown}"
    );
    let circle = Config { page: 1, faults: vec![Planned::new(Fault::Circle, 1)], ..Config::default() };
    let running = accounts(3, circle);
    let shown = feed(&running, "Accounts[name]");
    assert!(shown.contains("leads in a circle"), "{shown}");
}
