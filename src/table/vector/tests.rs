//! Vector = row-wise: random tables and random expressions, run both ways and compared cell by cell.
//!
//! The default run is short; `PQM_VECTOR_PAIRS=200000 cargo test --release --lib vector::tests` runs so many pairs, and
//! `PQM_VECTOR_SEED` starts elsewhere.

use std::sync::Arc;

use crate::Engine;
use crate::eval::{Context, Limits};
use crate::library::{declarations, parameters};
use crate::table::{self, Batch, Column, Demand, Table, is_simple_native};
use crate::value::temporal::{Date, DateTime, Duration, TICKS_PER_DAY, Time};
use crate::value::types::Form;
use crate::value::{Error, Member, Shape, Text, Value, literal_text};

/// Numbers that look random and are the same for the same seed.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<'i, T>(&mut self, items: &'i [T]) -> &'i T {
        &items[self.below(items.len())]
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sort {
    Number,
    Text,
    Logical,
    Date,
    DateTime,
    Time,
    Duration,
}

pub(super) const SORTS: [Sort; 7] =
    [Sort::Number, Sort::Text, Sort::Logical, Sort::Date, Sort::DateTime, Sort::Time, Sort::Duration];

const TEXTS: [&str; 24] = [
    "",
    "a",
    "B",
    "abc",
    "straße",
    "ÀÉ",
    "😀",
    "e\u{301}x",
    "a,b;c",
    "x y  z",
    " pad ",
    "12",
    "-1.5",
    "1e400",
    "2024-02-29",
    "2024-03-01T10:11:12",
    "10:11",
    "true",
    "null",
    "a longer text that is no view of its own",
    "\"q\"",
    "I",
    "ß",
    "12,345.6",
];

pub(super) fn value(dice: &mut Dice, sort: Sort) -> Value {
    let days = [0, 1, 738_000, 738_944, 738_945, Date::MAX.0 - 1, Date::MAX.0];
    let ticks = [0, 1, 9_999_999, 366_720_000_000, TICKS_PER_DAY - 1, 864_000_000_123];
    match sort {
        Sort::Number => match dice.below(8) {
            0..=3 => Value::Int64(dice.below(25) as i64 - 12),
            4 => Value::Double((dice.below(4001) as f64 - 2000.0) / 8.0),
            5 => Value::Double(dice.next() as f64 / 1e17 - 50.0),
            6 => Value::Double(*dice.pick(&[
                f64::NAN,
                f64::INFINITY,
                f64::NEG_INFINITY,
                -0.0,
                0.0,
                1e300,
                5e-324,
                0.5,
                -2.5,
                9007199254740993.0,
            ])),
            _ => Value::Int64(*dice.pick(&[
                0,
                i64::MAX,
                i64::MIN,
                (1 << 53) - 1,
                1 << 53,
                -(1 << 53),
                3_000_000_000,
            ])),
        },
        Sort::Text => Value::text(dice.pick(&TEXTS)),
        Sort::Logical => Value::Logical(dice.chance(50)),
        Sort::Date => Value::Date(Date(*dice.pick(&days))),
        Sort::DateTime => {
            let moment = i64::from(*dice.pick(&days)) * TICKS_PER_DAY + *dice.pick(&ticks) % TICKS_PER_DAY;
            Value::DateTime(DateTime(moment))
        }
        Sort::Time => Value::Time(Time(*dice.pick(&ticks) % TICKS_PER_DAY)),
        Sort::Duration => Value::Duration(Duration(*dice.pick(&[
            0,
            1,
            -1,
            36_000_000_000,
            TICKS_PER_DAY,
            -TICKS_PER_DAY * 400,
            i64::MAX,
        ]))),
    }
}

/// The columns of the tables: one of each sort, again one of each with a few strange cells, and a mixed one.
fn columns() -> Vec<(String, Option<Sort>)> {
    let plain = SORTS.iter().map(|sort| (format!("{sort:?}"), Some(*sort)));
    let odd = SORTS.iter().map(|sort| (format!("Odd{sort:?}"), Some(*sort)));
    plain.chain(odd).chain([("Mixed".to_owned(), None)]).collect()
}

fn cell(dice: &mut Dice, name: &str, sort: Option<Sort>, nulls: usize) -> Member {
    let strange = name.starts_with("Odd") && dice.chance(6);
    let sort = match sort {
        Some(sort) if !strange => sort,
        _ => *dice.pick(&SORTS),
    };
    if dice.chance(nulls) {
        return Member::Ready(Value::Null);
    }
    let value = value(dice, sort);
    match (strange || name == "Mixed", dice.below(8)) {
        (true, 0) => Member::failed(Error::expression("The cell fails.")),
        (true, 1) => Member::lazy(move |_| Ok(value.clone())),
        (true, 2) => Member::lazy(|_| Err(Error::data_format("The cell fails late."))),
        (true, 3) => {
            Member::Ready(Value::from(rust_decimal::Decimal::new(dice.below(2000) as i64 - 1000, 2)))
        }
        (true, 4) => Member::Ready(
            value.with_metadata(Arc::new(crate::value::Record::from_fields([("m", Value::Int64(1))]))),
        ),
        (true, 5) => Member::Ready(Value::list([value])),
        _ => Member::Ready(value),
    }
}

fn random_table(dice: &mut Dice) -> Table {
    let shape = Arc::new(Shape::new(columns().into_iter().map(|(name, _)| Text::from(name))));
    let mut batches = Vec::new();
    for _ in 0..1 + dice.below(2) {
        let rows = 1 + dice.below(24);
        let nulls = *dice.pick(&[0, 0, 15, 50]);
        let typed = dice.chance(80);
        let made = columns().into_iter().map(|(name, sort)| {
            let cells: Vec<Member> = (0..rows).map(|_| cell(dice, &name, sort, nulls)).collect();
            Arc::new(if typed { cells.into_iter().collect() } else { Column::any(cells) })
        });
        batches.push(Batch::new(made.collect(), rows));
    }
    table::from_batches(shape, batches)
}

/// A library function that takes and gives scalars.
struct Callable {
    name: &'static str,
    arguments: Vec<Option<Sort>>,
    required: usize,
    gives: Option<Sort>,
}

pub(super) fn sort_of(form: &Form) -> Option<Sort> {
    Some(match form {
        Form::Number => Sort::Number,
        Form::Text => Sort::Text,
        Form::Logical => Sort::Logical,
        Form::Date => Sort::Date,
        Form::DateTime => Sort::DateTime,
        Form::Time => Sort::Time,
        Form::Duration => Sort::Duration,
        _ => return None,
    })
}

fn callables() -> Vec<Callable> {
    let simple =
        declarations().filter(|declared| is_simple_native(declared.name) && !declared.signature.is_empty());
    simple
        .map(|declared| {
            let ty = parameters(declared.signature).ty;
            Callable {
                name: declared.name,
                arguments: ty.parameters.iter().map(|parameter| sort_of(&parameter.ty.form)).collect(),
                required: ty.required,
                gives: sort_of(&ty.returns.form),
            }
        })
        .filter(|callable| !callable.arguments.is_empty() && !callable.name.starts_with("Splitter."))
        .collect()
}

struct Writer<'d> {
    dice: &'d mut Dice,
    callables: &'d [Callable],
    /// What `_` is, if the expression is one of a cell.
    cell: Option<Sort>,
}

impl Writer<'_> {
    fn literal(&mut self, sort: Sort) -> String {
        let small = |dice: &mut Dice| match dice.below(6) {
            0 => "0".to_owned(),
            1 => "-1.5".to_owned(),
            2 => format!("{}", dice.below(5)),
            3 => "2.25".to_owned(),
            4 => format!("{}", dice.below(2000)),
            _ => dice.pick(&["#nan", "1e300", "9007199254740992", "0.1"]).to_string(),
        };
        match sort {
            Sort::Number => small(self.dice),
            Sort::Text => format!("\"{}\"", self.dice.pick(&TEXTS).replace('"', "\"\"")),
            Sort::Logical => self.dice.pick(&["true", "false"]).to_string(),
            Sort::Date => {
                self.dice.pick(&["#date(2024, 2, 29)", "#date(1, 1, 1)", "#date(9999, 12, 31)"]).to_string()
            }
            Sort::DateTime => self
                .dice
                .pick(&["#datetime(2024, 2, 29, 10, 11, 12)", "#datetime(9999, 12, 31, 23, 59, 59)"])
                .to_string(),
            Sort::Time => self.dice.pick(&["#time(10, 11, 12)", "#time(0, 0, 0)"]).to_string(),
            Sort::Duration => {
                self.dice.pick(&["#duration(1, 2, 3, 4)", "#duration(-4000, 0, 0, 0)"]).to_string()
            }
        }
    }

    fn column(&mut self, sort: Sort) -> String {
        if let Some(cell) = self.cell {
            return if cell == sort || self.dice.chance(30) { "_".to_owned() } else { self.literal(sort) };
        }
        match self.dice.below(10) {
            0 => "[Mixed]".to_owned(),
            1 | 2 => format!("[Odd{sort:?}]"),
            3 if self.dice.chance(30) => "[Nowhere]?".to_owned(),
            _ => format!("[{sort:?}]"),
        }
    }

    fn expression(&mut self, sort: Sort, depth: usize) -> String {
        if self.dice.chance(4) {
            let other = *self.dice.pick(&SORTS);
            return self.expression(other, depth.saturating_sub(1));
        }
        if depth == 0 {
            return match self.dice.below(20) {
                0 => "null".to_owned(),
                1..=4 => self.literal(sort),
                5 if sort == Sort::Number => "captured".to_owned(),
                _ => self.column(sort),
            };
        }
        let next = depth - 1;
        match self.dice.below(16) {
            0 => {
                let condition = self.expression(Sort::Logical, next);
                let (then, otherwise) = (self.expression(sort, next), self.expression(sort, next));
                format!("(if {condition} then {then} else {otherwise})")
            }
            1 => format!("({} ?? {})", self.expression(sort, next), self.expression(sort, next)),
            2 => format!("(try {} otherwise {})", self.expression(sort, next), self.expression(sort, next)),
            3 => {
                let (x, body) = (self.expression(sort, next), self.expression(sort, next));
                format!("(let x = {x} in if x = null then {body} else x)")
            }
            4 => {
                let kind = match sort {
                    Sort::DateTime => "datetime".to_owned(),
                    sort => format!("{sort:?}").to_lowercase(),
                };
                let nullable = if self.dice.chance(50) { "nullable " } else { "" };
                format!("({} as {nullable}{kind})", self.expression(sort, next))
            }
            5 if self.dice.chance(20) => format!("(error \"{sort:?}\")"),
            6 if sort == Sort::Number => format!("plus({}, 1)", self.expression(Sort::Number, next)),
            7..=10 => self.call(sort, next),
            _ => self.operator(sort, next),
        }
    }

    fn operator(&mut self, sort: Sort, depth: usize) -> String {
        let mut pair = |left: Sort, operator: &str, right: Sort| {
            format!("({} {operator} {})", self.expression(left, depth), self.expression(right, depth))
        };
        match sort {
            Sort::Number => match pair_number(self.dice.below(6)) {
                "-" if self.dice.chance(20) => format!("(-{})", self.expression(sort, depth)),
                operator => {
                    format!("({} {operator} {})", self.expression(sort, depth), self.expression(sort, depth))
                }
            },
            Sort::Text => pair(Sort::Text, "&", Sort::Text),
            Sort::Logical => {
                let of = *self.dice.pick(&SORTS);
                match self.dice.below(12) {
                    0 => format!("(not {})", self.expression(Sort::Logical, depth)),
                    1 | 2 => {
                        format!("({} and {})", self.expression(sort, depth), self.expression(sort, depth))
                    }
                    3 | 4 => {
                        format!("({} or {})", self.expression(sort, depth), self.expression(sort, depth))
                    }
                    5 => format!("({} is nullable number)", self.expression(of, depth)),
                    6 => format!("({} is text)", self.expression(of, depth)),
                    7 => format!("({} = null)", self.expression(of, depth)),
                    _ => {
                        let operator = *self.dice.pick(&["<", "<=", ">", ">=", "=", "<>"]);
                        format!("({} {operator} {})", self.expression(of, depth), self.expression(of, depth))
                    }
                }
            }
            Sort::Date | Sort::DateTime | Sort::Time => match self.dice.below(2) {
                0 => {
                    format!("({} + {})", self.expression(sort, depth), self.expression(Sort::Duration, depth))
                }
                _ => {
                    format!("({} - {})", self.expression(sort, depth), self.expression(Sort::Duration, depth))
                }
            },
            Sort::Duration => match self.dice.below(3) {
                0 => format!(
                    "({} - {})",
                    self.expression(Sort::Date, depth),
                    self.expression(Sort::Date, depth)
                ),
                1 => format!("({} * {})", self.expression(sort, depth), self.expression(Sort::Number, depth)),
                _ => format!("({} + {})", self.expression(sort, depth), self.expression(sort, depth)),
            },
        }
    }

    fn call(&mut self, sort: Sort, depth: usize) -> String {
        let fitting: Vec<&Callable> = self
            .callables
            .iter()
            .filter(|callable| callable.gives == Some(sort) || callable.gives.is_none())
            .collect();
        let callable = *self.dice.pick(&fitting);
        let count = callable.required + self.dice.below(callable.arguments.len() - callable.required + 1);
        let mut given = Vec::new();
        for (at, sort) in callable.arguments.iter().take(count).enumerate() {
            given.push(match sort {
                Some(sort) if at == 0 || self.dice.chance(25) => self.expression(*sort, depth),
                Some(Sort::Number) => format!("{}", self.dice.below(6)),
                Some(sort) => self.literal(*sort),
                None if callable.name == "Text.Combine" => {
                    let items: Vec<String> =
                        (0..self.dice.below(4)).map(|_| self.expression(Sort::Text, depth)).collect();
                    format!("{{{}}}", items.join(", "))
                }
                None => match self.dice.below(8) {
                    0 => "{\"a\", \",\"}".to_owned(),
                    1 => "Comparer.OrdinalIgnoreCase".to_owned(),
                    2 => "null".to_owned(),
                    3 => "{1, 0}".to_owned(),
                    _ => {
                        let sort = *self.dice.pick(&SORTS);
                        self.expression(sort, depth)
                    }
                },
            });
        }
        format!("{}({})", callable.name, given.join(", "))
    }

    fn any(&mut self) -> String {
        let (sort, depth) = (*self.dice.pick(&SORTS), self.dice.below(4));
        self.expression(sort, depth)
    }

    /// A table expression over `T`.
    fn step(&mut self) -> String {
        let shape = columns();
        let name = self.dice.pick(&shape).0.clone();
        match self.dice.below(12) {
            0 => {
                let predicate = self.expression(Sort::Logical, 2);
                format!("Table.SelectRows(T, each {predicate})")
            }
            1 => {
                let (first, second) = (self.any(), self.expression(Sort::Logical, 2));
                format!(
                    "Table.SelectColumns(Table.AddColumn(Table.SelectRows(Table.AddColumn(T, \"x\", each {first}), each \
                     {second}), \"y\", each {{[x], [Text]}}{{0}}), {{\"x\", \"y\", \"OddNumber\"}})"
                )
            }
            2 => {
                let sort = shape.iter().find(|(known, _)| *known == name).and_then(|(_, sort)| *sort);
                self.cell = Some(sort.unwrap_or(Sort::Text));
                let body = self.any();
                self.cell = None;
                format!("Table.TransformColumns(T, {{{{\"{name}\", each {body}}}}})")
            }
            3 => {
                let ty = *self.dice.pick(&[
                    "type text",
                    "type number",
                    "Int64.Type",
                    "type date",
                    "type datetime",
                    "type time",
                    "type logical",
                    "type duration",
                    "Currency.Type",
                    "Percentage.Type",
                    "type any",
                ]);
                let culture = *self.dice.pick(&["", ", \"de-DE\"", ", \"fr-FR\""]);
                format!("Table.TransformColumnTypes(T, {{{{\"{name}\", {ty}}}}}{culture})")
            }
            4 => {
                let sort = *self.dice.pick(&SORTS);
                let (old, new) = (self.expression(sort, 0), self.any());
                let old = if old.contains('[') || old.contains('_') || old == "captured" {
                    "null".to_owned()
                } else {
                    old
                };
                let new = if self.dice.chance(30) { format!("each {new}") } else { self.literal(sort) };
                let replacer = *self.dice.pick(&["Replacer.ReplaceValue", "Replacer.ReplaceText"]);
                format!("Table.ReplaceValue(T, {old}, {new}, {replacer}, {{\"{name}\"}})")
            }
            5 => {
                let splitter = *self.dice.pick(&[
                    "Splitter.SplitTextByDelimiter(\",\", QuoteStyle.None)",
                    "Splitter.SplitTextByDelimiter(\" \")",
                    "Splitter.SplitTextByEachDelimiter({\" \", \",\"}, QuoteStyle.None, false)",
                    "Splitter.SplitTextByEachDelimiter({\"a\"}, null, true)",
                    "Splitter.SplitTextByAnyDelimiter({\",\", \";\", \"x\"})",
                    "Splitter.SplitTextByPositions({0, 2})",
                    "Splitter.SplitTextByLengths({1, 2})",
                    "Splitter.SplitTextByWhitespace()",
                ]);
                let rest =
                    *self.dice.pick(&["", ", null, ExtraValues.List", ", \"none\", ExtraValues.Error"]);
                format!("Table.SplitColumn(T, \"{name}\", {splitter}, {{\"p\", \"q\"}}{rest})")
            }
            6 => format!(
                "Table.CombineColumns(T, {{\"Text\", \"OddText\", \"{name}\"}}, \
                 Combiner.CombineTextByDelimiter(\"-\", QuoteStyle.None), \"c\")"
            )
            .replace("\"Text\", \"OddText\", \"Text\"", "\"Text\", \"OddText\"")
            .replace("\"Text\", \"OddText\", \"OddText\"", "\"Text\", \"OddText\""),
            7 => format!("Table.ReplaceErrorValues(T, {{{{\"{name}\", 0}}}})"),
            _ => {
                let body = self.any();
                format!("Table.AddColumn(T, \"x\", each {body})")
            }
        }
    }
}

fn pair_number(at: usize) -> &'static str {
    ["+", "-", "*", "/", "*", "+"][at]
}

fn shown(ctx: &Context, member: &Member) -> String {
    match member.force_with_metadata(ctx) {
        Ok(value) => match literal_text(ctx, &value) {
            Ok(text) => format!("{value:?} {text}"),
            Err(error) => format!("{value:?} {error}"),
        },
        Err(error) => match error.as_raised() {
            Some(raised) => {
                let record = Value::Record(Arc::new(raised.to_record()));
                format!("error {error} {}", literal_text(ctx, &record).unwrap_or_default())
            }
            None => format!("stop {error}"),
        },
    }
}

/// All cells of what the text evaluates to, row by row, and how the reading ends.
fn run(engine: &Engine, text: &str, row_wise: bool) -> Vec<String> {
    let code = format!("let captured = 3, plus = (a as nullable number, b) => a + b in {text}");
    let query = match engine.compile("test", &code) {
        Ok(query) => query,
        Err(problems) => return vec![format!("{text}: {}", problems[0].message)],
    };
    let limits = Limits { row_wise, ..Limits::default() };
    let run = query.run().with_limits(limits);
    let ctx = run.start().unwrap();
    let table = match query.evaluate(&ctx) {
        Ok(Value::Table(table)) => table,
        Ok(other) => return vec![format!("{other:?}")],
        Err(error) => return vec![format!("error {error}")],
    };
    let mut rows = vec![literal_text(&ctx, &table.table_type().to_value()).unwrap_or_default()];
    let mut batches = match table.operator().open(&ctx, &Demand::all()) {
        Ok(batches) => batches,
        Err(error) => return vec![format!("error {error}")],
    };
    loop {
        match batches.next(&ctx) {
            Ok(Some(batch)) => {
                for row in 0..batch.len() {
                    let cells = batch.columns().iter().map(|column| shown(&ctx, &column.get(row)));
                    rows.push(cells.collect::<Vec<_>>().join(" | "));
                }
            }
            Ok(None) => return rows,
            Err(error) => {
                rows.push(format!("ends with {error}"));
                return rows;
            }
        }
    }
}

fn compare(first: u64, pairs: u64) {
    let callables = callables();
    assert!(callables.len() > 150, "{} functions", callables.len());
    let (mut table, mut differences) = (None, Vec::new());
    for seed in first..first + pairs {
        let mut dice = Dice(seed);
        if table.is_none() || seed % 16 == 0 {
            table = Some(Value::Table(Arc::new(random_table(&mut Dice(seed ^ 0xABCD)))));
        }
        let engine = Engine::new().with_value("T", table.clone().unwrap_or_default());
        let text = Writer { dice: &mut dice, callables: &callables, cell: None }.step();
        let (vector, row_wise) = (run(&engine, &text, false), run(&engine, &text, true));
        let differs = |at: &usize| vector.get(*at) != row_wise.get(*at);
        if let Some(at) = (0..vector.len().max(row_wise.len())).find(differs) {
            let line = |rows: &[String]| rows.get(at).cloned().unwrap_or_else(|| "(no row)".to_owned());
            differences.push(format!(
                "seed {seed}: {text}\nrow {at}\nvector   {}\nrow-wise {}",
                line(&vector),
                line(&row_wise)
            ));
        }
        if differences.len() == 10 {
            break;
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

// A test may ask the environment how long it is to run.
#[allow(clippy::disallowed_methods)]
pub(super) fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// A value too large stops the evaluation when its row is reached, not before.
#[test]
fn a_row_that_is_not_reached_stops_nothing() {
    let table = "#table({\"t\", \"n\"}, {{\"a\", 1}, {\"a\", 1.5}, {\"a\", 3e9}})";
    let text = format!("Table.SelectRows({table}, each Text.Repeat([t], [n]) = \"a\")");
    let ends = run(&Engine::new(), &text, false).pop().unwrap_or_default();
    assert_eq!(ends, "ends with Expression.Error: The 'count' argument must be a whole number.");
}

/// What fails stays an error where more fails than not.
#[test]
fn texts_that_are_no_numbers_are_no_nulls() {
    let text = "Table.AddColumn(#table({\"t\"}, List.Transform({1..60}, each {\"x\" & Text.From(_)}) & {{\"1\"}}), \
                \"n\", each Number.From([t]))";
    let (vector, row_wise) = (run(&Engine::new(), text, false), run(&Engine::new(), text, true));
    assert_eq!(vector, row_wise);
    assert!(vector[1].contains("We couldn't convert to Number."), "{}", vector[1]);
}

/// The same for a cell: only who reads it is stopped.
#[test]
fn a_cell_too_large_stops_who_reads_it() {
    let table = "#table({\"t\", \"n\"}, {{\"a\", 2}, {\"a\", 3e9}, {\"b\", 1}})";
    for text in [
        format!("Table.AddColumn({table}, \"x\", each Text.Repeat([t], [n]))"),
        format!("Table.TransformColumns({table}, {{\"n\", each Text.Repeat(\"a\", _)}})"),
    ] {
        let (vector, row_wise) = (run(&Engine::new(), &text, false), run(&Engine::new(), &text, true));
        assert_eq!(vector, row_wise, "{text}");
        assert_eq!(vector.len(), 4, "{vector:?}");
        assert!(vector[2].contains("ran out of memory") && !vector[3].contains("memory"), "{vector:?}");
    }
}

#[test]
fn vectors_give_what_rows_give() {
    compare(number_from("PQM_VECTOR_SEED").unwrap_or(1), number_from("PQM_VECTOR_PAIRS").unwrap_or(250));
}
