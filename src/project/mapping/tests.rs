use super::*;
use FieldProblemCode::{CellError, CountryUnknown, TypeMismatch, ValueNotMapped};

fn mapper(yaml: &str) -> Mapper {
    let mappings: Vec<FieldMapping> = serde_saphyr::from_str(yaml).unwrap();
    Mapper::new(&mappings, &["a".to_owned(), "b".to_owned()], &Binding::default()).unwrap()
}

/// The value of the one mapping for a source value, or the kind of problem.
fn map(transform: &str, cell: Cell) -> Result<Cell, FieldProblemCode> {
    let mapper = mapper(&format!("- {{ source: b, destination: x, {transform} }}"));
    match mapper
        .apply(|i| if i == 1 { Ok(cell.clone()) } else { Err(CellProblem::new(CellError, "not asked for")) })
    {
        Ok(cells) => Ok(cells[0].clone()),
        Err(refused) => Err(refused.problems[0].problem.code),
    }
}

#[test]
fn equal_copies_the_source() {
    for transform in ["", "transform: \"=\""] {
        assert_eq!(map(transform, Cell::Whole(7)), Ok(Cell::Whole(7)));
        assert_eq!(map(transform, Cell::Null), Ok(Cell::Null));
    }
}

#[test]
fn default_fills_what_is_missing() {
    let default = "transform: { fn: default, value: none }";
    assert_eq!(map(default, Cell::Null), Ok(Cell::text("none")));
    assert_eq!(map(default, Cell::text("")), Ok(Cell::text("none")));
    assert_eq!(map(default, Cell::text("x")), Ok(Cell::text("x")));
    let constant = mapper("- { destination: x, transform: { fn: default, value: 5 } }");
    assert_eq!(constant.apply(|_| Err(CellProblem::new(CellError, "no source"))).unwrap(), [Cell::Whole(5)]);
    assert!(constant.source_columns().is_empty());
}

#[test]
fn truncate_counts_characters() {
    let truncate = "transform: { fn: truncate, length: 3 }";
    assert_eq!(map(truncate, Cell::text("Łódź")), Ok(Cell::text("Łód")));
    assert_eq!(map(truncate, Cell::text("東京")), Ok(Cell::text("東京")));
    assert_eq!(map(truncate, Cell::Whole(12)), Ok(Cell::Whole(12)));
    assert_eq!(map(truncate, Cell::Whole(12345)), Ok(Cell::text("123")));
    assert_eq!(map(truncate, Cell::Null), Ok(Cell::Null));
}

#[test]
fn value_map_replaces_defaults_or_rejects() {
    let strict = "transform: { fn: value-map, map: { Active: 1, \"2\": two, \"true\": 3 } }";
    assert_eq!(map(strict, Cell::text("Active")), Ok(Cell::Whole(1)));
    assert_eq!(map(strict, Cell::Whole(2)), Ok(Cell::text("two")));
    assert_eq!(map(strict, Cell::Logical(true)), Ok(Cell::Whole(3)));
    assert_eq!(map(strict, Cell::text("active")), Err(ValueNotMapped));
    assert_eq!(map(strict, Cell::Null), Ok(Cell::Null));
    let lenient = "transform: { fn: value-map, map: { Active: 1 }, default: 0 }";
    assert_eq!(map(lenient, Cell::text("other")), Ok(Cell::Whole(0)));
    assert_eq!(map(lenient, Cell::Null), Ok(Cell::Whole(0)));
}

#[test]
fn country_becomes_a_code_or_rejects() {
    let code = "transform: { fn: country-region-code }";
    assert_eq!(map(code, Cell::text("Deutschland ")), Ok(Cell::text("DE")));
    assert_eq!(map(code, Cell::Whole(276)), Ok(Cell::text("DE")));
    assert_eq!(map(code, Cell::text("Atlantis")), Err(CountryUnknown));
    assert_eq!(map(code, Cell::text("  ")), Ok(Cell::Null));
    let other = "transform: { fn: country-region-code, format: alpha-3, default: ZZZ }";
    assert_eq!(map(other, Cell::text("UK")), Ok(Cell::text("GBR")));
    assert_eq!(map(other, Cell::text("Atlantis")), Ok(Cell::text("ZZZ")));
    assert_eq!(map(other, Cell::Null), Ok(Cell::text("ZZZ")));
    let numeric = "transform: { fn: country-region-code, format: numeric }";
    assert_eq!(map(numeric, Cell::text("at")), Ok(Cell::text("040")));
}

#[test]
fn transforms_apply_in_order() {
    let both = "transform: [{ fn: value-map, map: { a: abc } }, { fn: truncate, length: 2 }]";
    assert_eq!(map(both, Cell::text("a")), Ok(Cell::text("ab")));
}

#[test]
fn types_convert_without_guessing() {
    let whole = "type: whole-number";
    assert_eq!(map(whole, Cell::Double(-2.9)), Ok(Cell::Whole(-2)));
    assert_eq!(map(whole, Cell::Decimal("7.99".parse().unwrap())), Ok(Cell::Whole(7)));
    assert_eq!(map(whole, Cell::Double(1e30)), Err(TypeMismatch));
    assert_eq!(map(whole, Cell::Double(f64::NAN)), Err(TypeMismatch));
    assert_eq!(map(whole, Cell::text("7")), Err(TypeMismatch));
    assert_eq!(map("type: text", Cell::Double(0.5)), Ok(Cell::text("0.5")));
    assert_eq!(
        map("type: date", Cell::DateTime("2026-01-02T03:04:05".into())),
        Ok(Cell::Date("2026-01-02".into()))
    );
    assert_eq!(map("type: logical", Cell::Null), Ok(Cell::Null));
}

#[test]
fn every_problem_of_a_row_is_reported() {
    let mapper = mapper(
        "- { source: a, destination: x }\n\
         - { source: b, destination: y, transform: { fn: country-region-code } }\n\
         - { source: b, destination: z }",
    );
    let RefusedRow { cells, problems } = mapper
        .apply(|i| if i == 0 { Err(CellProblem::new(CellError, "bad number")) } else { Ok(Cell::text("??")) })
        .unwrap_err();
    let found: Vec<_> = problems.iter().map(|p| (p.column.as_str(), p.problem.code)).collect();
    assert_eq!(found, [("x", CellError), ("y", CountryUnknown)]);
    assert_eq!(problems[0].problem.reason, "bad number");
    assert_eq!(cells, [None, None, Some(Cell::text("??"))]);
}

#[test]
fn unknown_source_fields_are_all_named() {
    let mappings: Vec<FieldMapping> =
        serde_saphyr::from_str("[{ source: Nam, destination: x }, { source: q, destination: y }]").unwrap();
    let errors = Mapper::new(&mappings, &["Name".to_owned()], &Binding::default()).unwrap_err();
    assert_eq!(errors.len(), 2);
    assert!(errors[0].to_string().contains("did you mean Name?"), "{}", errors[0]);
}
