//! Cultures: how a language and region writes numbers, dates and times, and how such text is read.
//!
//! The data lives in one file, `data/cultures.tsv`, which is looked into only when a culture is
//! first asked for. Nothing here knows values, the evaluator, the clock or the local time zone:
//! whatever a text leaves open (the year of `15 June`) is left open in the answer.

mod calendar;
mod casing;
pub mod collation;
mod data;
pub mod datetime;
pub mod duration;
pub mod logical;
pub mod number;

use std::fmt;

use crate::value::temporal::DayOfWeek;
use data::CultureData;

/// A culture, as a cheap handle to its data.
#[derive(Clone, Copy)]
pub struct Culture(&'static CultureData);

impl Culture {
    /// The culture with this name, such as `de-DE`, in any case of letters; `""` is the invariant
    /// culture. A region that is not known gets its language's data. `None` if the language is not
    /// known.
    pub fn find(name: &str) -> Option<Self> {
        thread_local! {
            /// The culture found last: mostly the one that is looked for again, a million times.
            static LAST: std::cell::Cell<Option<Culture>> = const { std::cell::Cell::new(None) };
        }
        if let Some(last) = LAST.get()
            && last.name() == name
        {
            return Some(last);
        }
        let mut tag = name;
        loop {
            if let Some(data) = data::exact(tag) {
                LAST.set(Some(Self(data)));
                return Some(Self(data));
            }
            tag = tag.rsplit_once('-')?.0;
        }
    }

    /// The culture that belongs to no country.
    pub fn invariant() -> Self {
        Self(data::invariant())
    }

    /// Its name in the usual spelling, empty for the invariant culture.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The two or three letters of its language, empty for the invariant culture.
    pub fn language(self) -> &'static str {
        self.0.name.split('-').next().unwrap_or("")
    }

    /// The day its weeks start with.
    pub fn first_day_of_week(self) -> DayOfWeek {
        self.0.first_day
    }

    /// The name of a day of the week.
    pub fn day_name(self, day: DayOfWeek) -> &'static str {
        self.0.days.get(usize::from(day.number())).copied().unwrap_or("")
    }

    /// The name of a month (1 to 12) standing alone; empty for another number.
    pub fn month_name(self, month: u32) -> &'static str {
        data::nth(&self.0.months, month)
    }

    /// What stands between whole digits and decimal places.
    pub fn decimal_separator(self) -> &'static str {
        self.data().symbols.decimal
    }

    fn data(self) -> &'static CultureData {
        self.0
    }
}

impl Default for Culture {
    /// en-US.
    fn default() -> Self {
        Self::find("en-US").unwrap_or_else(Self::invariant)
    }
}

impl PartialEq for Culture {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Culture {}

impl fmt::Debug for Culture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Culture({:?})", self.0.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_fall_back_to_the_language() {
        assert_eq!(Culture::find("DE-de").map(Culture::name), Some("de-DE"));
        assert_eq!(Culture::find("en").map(Culture::name), Some("en"));
        assert_eq!(Culture::find("en-XX").map(Culture::name), Some("en"));
        assert_eq!(Culture::find(""), Some(Culture::invariant()));
        assert_eq!(Culture::find("qqq"), None);
        assert_eq!(Culture::default().name(), "en-US");
    }

    #[test]
    fn regions_take_what_they_share_from_their_language() {
        let names =
            |name| Culture::find(name).map(|culture| (culture.month_name(12), culture.first_day_of_week()));
        assert_eq!(names("fr-FR"), Some(("décembre", DayOfWeek::Monday)));
        assert_eq!(names("en-US"), Some(("December", DayOfWeek::Sunday)));
        let saturday = Culture::find("it-IT").map(|culture| culture.day_name(DayOfWeek::Saturday));
        assert_eq!(saturday, Some("sabato"));
    }
}
