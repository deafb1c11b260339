//! Which of the numbers of a date is the day, which the month and which the year.

use super::assemble::Pieces;
use crate::culture::CultureData;

/// The places of day, month and year in numeric dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    DayMonthYear,
    MonthDayYear,
    YearMonthDay,
    YearDayMonth,
}

/// A number that may be a day, a month or a year.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    pub value: i64,
    /// How many digits it was written with.
    pub digits: usize,
}

impl Number {
    /// Whether it can only be a year.
    fn is_year(self) -> bool {
        self.digits > 2 || self.value > 31
    }
}

/// Decides which number is the day, which the month and which the year.
/// `None` if there are too many numbers.
pub(super) fn place_numbers(numbers: &[Number], data: &CultureData, pieces: &mut Pieces) -> Option<()> {
    let has_month = pieces.month.is_some();
    let full = |number: Number| {
        if number.digits <= 2 { data.calendar.full_year(number.value) } else { number.value }
    };
    let mut set = |year: Option<Number>, month: Option<Number>, day: Option<Number>| {
        pieces.year = year.map(full).or(pieces.year);
        pieces.month = month.map(|month| month.value).or(pieces.month);
        pieces.day = day.map(|day| day.value).or(pieces.day);
    };
    let order = order_of(data.short_date);
    match (has_month, numbers) {
        (_, []) => {}
        (true, &[only]) if only.is_year() => set(Some(only), None, None),
        (true, &[only]) => set(None, None, Some(only)),
        (true, &[first, second]) => {
            let year_first = first.is_year() || (order == Order::YearMonthDay && !second.is_year());
            if year_first {
                set(Some(first), None, Some(second));
            } else {
                set(Some(second), None, Some(first));
            }
        }
        (false, &[only]) if only.digits == 4 => set(Some(only), None, None),
        (false, &[first, second]) if first.is_year() => set(Some(first), Some(second), None),
        (false, &[first, second]) if second.is_year() => set(Some(second), Some(first), None),
        (false, &[first, second]) => match order_of(data.month_day) {
            Order::DayMonthYear | Order::YearDayMonth => set(None, Some(second), Some(first)),
            _ => set(None, Some(first), Some(second)),
        },
        (false, &[first, second, third]) if first.digits > 2 => {
            set(Some(first), Some(second), Some(third));
        }
        (false, &[first, second, third]) => match order {
            Order::YearMonthDay if third.digits <= 2 => set(Some(first), Some(second), Some(third)),
            Order::YearDayMonth if third.digits <= 2 => set(Some(first), Some(third), Some(second)),
            Order::MonthDayYear | Order::YearMonthDay => set(Some(third), Some(first), Some(second)),
            _ => set(Some(third), Some(second), Some(first)),
        },
        _ => return None,
    }
    Some(())
}

/// The order of day, month and year in a pattern.
fn order_of(pattern: &str) -> Order {
    let place = |letter| pattern.find(letter).unwrap_or(usize::MAX);
    let (day, month, year) = (place('d'), place('M'), place('y'));
    match (year < day.min(month), day < month) {
        (true, false) => Order::YearMonthDay,
        (true, true) => Order::YearDayMonth,
        (false, true) => Order::DayMonthYear,
        (false, false) => Order::MonthDayYear,
    }
}
