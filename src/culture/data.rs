//! The data of cultures: `data/cultures.tsv`, read line by line when needed.
//!
//! A line holds a name and one column per field of [`CultureData`]. `^` stands for the value of the
//! parent: the name without its last part, or the invariant culture, whose line comes first. Lines
//! are sorted by name without regard to case.

use std::cmp::Ordering;
use std::sync::OnceLock;

use super::calendar::Calendar;
use super::datetime::DefaultFormats;
use crate::value::number::NumberSymbols;
use crate::value::temporal::DayOfWeek;

static TEXT: &str = include_str!("data/cultures.tsv");
const INHERITED: &str = "^";
const FIELDS: usize = 36;

/// What one culture says. Patterns of numbers have `n` for the digits and `$` for the currency
/// symbol; patterns of dates are .NET's custom format strings.
#[derive(Debug)]
pub(super) struct CultureData {
    pub name: &'static str,
    pub symbols: NumberSymbols<'static>,
    pub group_sizes: Vec<u8>,
    pub number_negative: &'static str,
    pub percent_negative: &'static str,
    pub percent_positive: &'static str,
    pub currency_negative: &'static str,
    pub currency_positive: &'static str,
    pub currency_group_sizes: Vec<u8>,
    pub currency_digits: u8,
    pub months: [&'static str; 12],
    pub months_short: [&'static str; 12],
    /// The names beside a day; the same as `months` in most languages.
    pub months_genitive: [&'static str; 12],
    pub months_genitive_short: [&'static str; 12],
    pub days: [&'static str; 7],
    pub days_short: [&'static str; 7],
    pub am: &'static str,
    pub pm: &'static str,
    pub era: &'static str,
    pub short_date: &'static str,
    pub long_date: &'static str,
    pub short_time: &'static str,
    pub long_time: &'static str,
    pub month_day: &'static str,
    pub year_month: &'static str,
    pub date_separator: &'static str,
    pub time_separator: &'static str,
    pub first_day: DayOfWeek,
    pub calendar: Calendar,
    /// Filled when a date or time is first written in its default form.
    pub default_formats: OnceLock<Option<DefaultFormats>>,
}

struct Entry {
    name: &'static str,
    line: &'static str,
    data: OnceLock<CultureData>,
}

struct Index {
    invariant: CultureData,
    entries: Vec<Entry>,
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut lines = TEXT.lines().skip(1);
        let invariant = CultureData::from_fields(&fields(lines.next().unwrap_or("")));
        let entries = lines.map(|line| Entry {
            name: line.split('\t').next().unwrap_or(""),
            line,
            data: OnceLock::new(),
        });
        Index { invariant, entries: entries.collect() }
    })
}

pub(super) fn invariant() -> &'static CultureData {
    &index().invariant
}

/// The culture of exactly this name, in any case of letters.
pub(super) fn exact(name: &str) -> Option<&'static CultureData> {
    if name.is_empty() {
        return Some(invariant());
    }
    let entry = find(name)?;
    Some(entry.data.get_or_init(|| CultureData::from_fields(&resolved(entry))))
}

fn find(name: &str) -> Option<&'static Entry> {
    let entries = &index().entries;
    let at = entries.binary_search_by(|entry| compare_caseless(entry.name, name)).ok()?;
    entries.get(at)
}

fn compare_caseless(left: &str, right: &str) -> Ordering {
    let right = right.bytes().map(|byte| byte.to_ascii_lowercase());
    left.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(right)
}

fn fields(line: &'static str) -> [&'static str; FIELDS] {
    let mut fields = [""; FIELDS];
    for (field, text) in fields.iter_mut().zip(line.split('\t')) {
        *field = text;
    }
    fields
}

/// The fields of a line with the inherited ones filled in.
fn resolved(entry: &Entry) -> [&'static str; FIELDS] {
    let mut own = fields(entry.line);
    let mut ancestor = entry.name;
    while own.contains(&INHERITED) {
        ancestor = ancestor.rsplit_once('-').map_or("", |(parent, _)| parent);
        let line =
            if ancestor.is_empty() { TEXT.lines().nth(1) } else { find(ancestor).map(|found| found.line) };
        for (field, inherited) in own.iter_mut().zip(fields(line.unwrap_or(""))) {
            if *field == INHERITED && (inherited != INHERITED || ancestor.is_empty()) {
                *field = inherited;
            }
        }
        if ancestor.is_empty() {
            break;
        }
    }
    own
}

fn names<const N: usize>(list: &'static str) -> [&'static str; N] {
    let mut names = [""; N];
    for (name, text) in names.iter_mut().zip(list.split('|')) {
        *name = text;
    }
    names
}

fn sizes(list: &str) -> Vec<u8> {
    list.split('|').filter_map(|size| size.parse().ok()).collect()
}

/// The name with the number `number`, counted from 1.
pub(super) fn nth(names: &[&'static str], number: u32) -> &'static str {
    (number as usize).checked_sub(1).and_then(|at| names.get(at)).copied().unwrap_or("")
}

impl CultureData {
    fn from_fields(fields: &[&'static str; FIELDS]) -> Self {
        let [
            name,
            decimal,
            group,
            group_sizes,
            number_negative,
            percent_negative,
            percent_positive,
            percent,
            currency,
            currency_negative,
            currency_positive,
            currency_decimal,
            currency_group,
            currency_group_sizes,
            currency_digits,
            nan,
            infinity,
            months,
            months_short,
            months_genitive,
            months_genitive_short,
            days,
            days_short,
            am,
            pm,
            era,
            short_date,
            long_date,
            short_time,
            long_time,
            month_day,
            year_month,
            date_separator,
            time_separator,
            first_day,
            calendar,
        ] = *fields;
        let or = |list: &'static str, other| if list.is_empty() { other } else { list };
        let symbols = NumberSymbols {
            decimal,
            group,
            currency_decimal,
            currency_group,
            currency,
            negative: "-",
            positive: "+",
            percent,
            nan,
            positive_infinity: infinity,
            negative_infinity: if infinity == "∞" { "-∞" } else { "-Infinity" },
        };
        Self {
            name,
            symbols,
            group_sizes: sizes(group_sizes),
            number_negative,
            percent_negative,
            percent_positive,
            currency_negative,
            currency_positive,
            currency_group_sizes: sizes(currency_group_sizes),
            currency_digits: currency_digits.parse().unwrap_or(2),
            months: names(months),
            months_short: names(months_short),
            months_genitive: names(or(months_genitive, months)),
            months_genitive_short: names(or(months_genitive_short, months_short)),
            days: names(days),
            days_short: names(days_short),
            am,
            pm,
            era,
            short_date,
            long_date,
            short_time,
            long_time,
            month_day,
            year_month,
            date_separator,
            time_separator,
            first_day: first_day.parse().ok().and_then(DayOfWeek::from_number).unwrap_or(DayOfWeek::Sunday),
            calendar: Calendar::named(calendar),
            default_formats: OnceLock::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_whole_sorted_and_resolves() {
        let header = TEXT.lines().next().unwrap_or("");
        assert_eq!(header.split('\t').count(), FIELDS);
        let mut previous = String::new();
        for entry in &index().entries {
            assert_eq!(entry.line.split('\t').count(), FIELDS, "{}", entry.name);
            let name = entry.name.to_ascii_lowercase();
            assert!(previous < name, "{name} is out of order");
            assert!(!resolved(entry).contains(&INHERITED), "{name}");
            let data = exact(&name).map(|data| (data.months[11].is_empty(), data.days[6].is_empty()));
            assert_eq!(data, Some((false, false)), "{name}");
            previous = name;
        }
        assert!(index().entries.len() > 800);
    }
}
