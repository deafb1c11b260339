//! Reading dates and times as people write them.
//!
//! Three readings are tried: the forms of ISO 8601; word by word, with the culture's names and the
//! order of its short date deciding what a number means; and the culture's own patterns.

use super::ParsedText;
use super::assemble::{HalfDay, Pieces, fraction_ticks, longest_name};
use super::exact::{parse_exact, parse_iso};
use super::order::{Number, place_numbers};
use super::pattern::{Token, tokens};
use crate::culture::calendar::Calendar;
use crate::culture::{Culture, CultureData};
use crate::value::temporal::DayOfWeek;

/// Reads a date, a time, or both. `None` if the text is neither.
pub fn parse(text: &str, culture: Culture) -> Option<ParsedText> {
    let text = text.trim_matches(is_blank);
    if text.is_empty() {
        return None;
    }
    let own_patterns = || {
        ["D", "d", "F", "f", "G", "g", "T", "t"]
            .iter()
            .find_map(|format| parse_exact(text, format, culture).ok())
    };
    parse_iso(text).or_else(|| Reader::new(text, culture).read()).or_else(own_patterns)
}

/// Reads a time of day: like [`parse`], but `10` is an hour, `1012` an hour and a minute, and
/// `101231` has a second too. A date beside the time is read and dropped by the caller.
pub fn parse_time(text: &str, culture: Culture) -> Option<ParsedText> {
    let trimmed = text.trim_matches(is_blank);
    let part = |at: usize| trimmed.get(at..at + 2).and_then(|digits| digits.parse().ok());
    let is_digits = trimmed.bytes().all(|byte| byte.is_ascii_digit());
    let pieces = match trimmed.len() {
        1 | 2 if is_digits => Pieces { hour: trimmed.parse().ok(), ..Pieces::default() },
        4 if is_digits => Pieces { hour: part(0), minute: part(2), ..Pieces::default() },
        6 if is_digits => Pieces { hour: part(0), minute: part(2), second: part(4), ..Pieces::default() },
        _ => return parse(text, culture).filter(|parsed| parsed.time.is_some()),
    };
    pieces.assemble(Calendar::Gregorian)
}

fn is_blank(character: char) -> bool {
    character.is_whitespace()
}

struct Reader<'a> {
    rest: &'a str,
    data: &'static CultureData,
    pieces: Pieces,
    numbers: Vec<Number>,
    /// Whether a time has just been read, so that a sign starts an offset.
    after_time: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, culture: Culture) -> Self {
        Self {
            rest: text,
            data: culture.data(),
            pieces: Pieces::default(),
            numbers: Vec::new(),
            after_time: false,
        }
    }

    fn read(mut self) -> Option<ParsedText> {
        let mut may_separate = false;
        while !self.rest.is_empty() {
            let blank = self.rest.trim_start_matches(is_blank);
            if blank.len() < self.rest.len() {
                self.rest = blank;
            } else if self.after_time && self.zone().is_some() {
                self.after_time = false;
            } else if self.rest.starts_with(|next: char| next.is_ascii_digit()) {
                self.number()?;
                may_separate = true;
            } else if may_separate && self.separator() {
                may_separate = false;
            } else if self.word().is_some() {
                may_separate = true;
            } else {
                return None;
            }
        }
        place_numbers(&self.numbers, self.data, &mut self.pieces)?;
        self.pieces.assemble(self.data.calendar)
    }

    /// A separator between the parts of a date.
    fn separator(&mut self) -> bool {
        self.after_time = false;
        let rest = self.rest.strip_prefix(['/', '-', '.', ',', '،', '、']);
        let rest = rest.or_else(|| {
            let separator = self.data.date_separator.trim();
            self.rest.strip_prefix(separator).filter(|_| !separator.is_empty())
        });
        match rest {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn digits(&mut self) -> Option<Number> {
        let count = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at_checked(count)?;
        let value = digits.parse().ok()?;
        self.rest = rest;
        Some(Number { value, digits: count })
    }

    /// A number and what its surroundings make of it.
    fn number(&mut self) -> Option<()> {
        self.after_time = false;
        let number = self.digits()?;
        if self.pieces.hour.is_none() {
            if let Some(rest) = self.time_separator() {
                self.pieces.hour = Some(number.value);
                self.rest = rest;
                return self.minute();
            }
            let after = self.rest.trim_start_matches(is_blank);
            // Some languages put the designator before the hour: it belongs to a number behind it.
            let precedes = |rest: &str| {
                rest.trim_start_matches(is_blank).starts_with(|next: char| next.is_ascii_digit())
            };
            if let Some((half, rest)) = self.half_day(after).filter(|(_, rest)| !precedes(rest)) {
                self.pieces.hour = Some(number.value);
                self.pieces.half = Some(half);
                self.rest = rest;
                self.after_time = true;
                return Some(());
            }
        }
        if self.unit(number.value) {
            return Some(());
        }
        self.numbers.push(number);
        (self.numbers.len() <= 3).then_some(())
    }

    /// East Asian texts name the unit behind the number.
    fn unit(&mut self, value: i64) -> bool {
        let Some(unit) = self.rest.chars().next() else {
            return false;
        };
        let pieces = &mut self.pieces;
        let piece = match unit {
            '年' | '년' => &mut pieces.year,
            '月' | '월' => &mut pieces.month,
            '日' | '일' | '号' => &mut pieces.day,
            '時' | '时' | '시' => &mut pieces.hour,
            '分' | '분' => &mut pieces.minute,
            '秒' | '초' => &mut pieces.second,
            _ => return false,
        };
        *piece = Some(value);
        self.rest = self.rest.get(unit.len_utf8()..).unwrap_or("");
        true
    }

    /// What follows a separator between hour and minute, if one stands here.
    fn time_separator(&self) -> Option<&'a str> {
        let own = self.data.time_separator;
        let starts_number = |rest: &&str| rest.starts_with(|next: char| next.is_ascii_digit());
        if let Some(rest) = self.rest.strip_prefix(':') {
            return Some(rest).filter(starts_number);
        }
        // Where the culture's own separator also stands in dates, it is one of a time only once the
        // date is complete.
        let date_done = self.numbers.len() + usize::from(self.pieces.month.is_some()) >= 3;
        let distinct = !self.data.date_separator.contains(own) && own != ".";
        self.rest
            .strip_prefix(own)
            .filter(|_| !own.is_empty() && (distinct || date_done))
            .filter(starts_number)
    }

    /// The minute, and the second with its fraction, and a designator.
    fn minute(&mut self) -> Option<()> {
        self.pieces.minute = Some(self.two_digits()?);
        let own = self.data.time_separator;
        let separated = self.rest.strip_prefix(':');
        let separated = separated.or_else(|| self.rest.strip_prefix(own).filter(|_| !own.is_empty()));
        if let Some(rest) = separated {
            self.rest = rest;
            self.pieces.second = Some(self.two_digits()?);
            let decimal = self.data.symbols.decimal;
            let fraction = self.rest.strip_prefix('.').or_else(|| self.rest.strip_prefix(decimal));
            let is_digit = |byte: &u8| byte.is_ascii_digit();
            if let Some(rest) = fraction
                && rest.bytes().next().as_ref().is_some_and(is_digit)
            {
                let count = rest.bytes().take_while(is_digit).count();
                self.pieces.fraction = fraction_ticks(rest.get(..count)?)?;
                self.rest = rest.get(count..)?;
            }
        }
        if let Some((half, rest)) = self.half_day(self.rest.trim_start_matches(is_blank)) {
            self.pieces.half = Some(half);
            self.rest = rest;
        }
        self.after_time = true;
        Some(())
    }

    fn two_digits(&mut self) -> Option<i64> {
        self.digits().filter(|number| number.digits <= 2).map(|number| number.value)
    }

    /// A designator of the half of the day, and the rest behind it.
    fn half_day(&self, text: &'a str) -> Option<(HalfDay, &'a str)> {
        let (index, rest) = longest_name(text, &[self.data.am, self.data.pm, "AM", "PM"])?;
        let half = if index % 2 == 0 { HalfDay::Morning } else { HalfDay::Afternoon };
        ends_word(rest).then_some((half, rest))
    }

    /// An offset, or a name of UTC, right behind a time.
    fn zone(&mut self) -> Option<()> {
        if let Some((_, rest)) = longest_name(self.rest, &["Z", "GMT", "UTC"]) {
            self.pieces.offset = Some(0);
            self.rest = rest;
            return ends_word(rest).then_some(());
        }
        let negative = self.rest.starts_with('-');
        let digits = self.rest.strip_prefix(['+', '-'])?;
        let kept = self.rest;
        self.rest = digits;
        let offset = self.offset_digits();
        match offset {
            Some(offset) => self.pieces.offset = Some(if negative { -offset } else { offset }),
            None => self.rest = kept,
        }
        offset.map(drop)
    }

    fn offset_digits(&mut self) -> Option<i64> {
        let first = self.digits()?;
        if let Some(rest) = self.rest.strip_prefix(':') {
            self.rest = rest;
            let minutes = self.two_digits().filter(|&minutes| minutes < 60)?;
            return (first.digits <= 2).then_some(first.value * 60 + minutes);
        }
        match first.digits {
            1 | 2 => Some(first.value * 60),
            3 | 4 if first.value % 100 < 60 => Some(first.value / 100 * 60 + first.value % 100),
            _ => None,
        }
    }

    /// A name of a month or a day, a designator, or a word that the culture's patterns contain.
    fn word(&mut self) -> Option<()> {
        self.after_time = false;
        let data = self.data;
        let invariant = Culture::invariant().data();
        // In this order a name that two lists share goes to the first.
        let months = [
            &data.months,
            &data.months_genitive,
            &data.months_short,
            &data.months_genitive_short,
            &invariant.months,
            &invariant.months_short,
        ];
        let month = find_word(self.rest, months.iter().flat_map(|list| list.iter()));
        let days = [&data.days, &data.days_short, &invariant.days, &invariant.days_short];
        let day = find_word(self.rest, days.iter().flat_map(|list| list.iter()));
        let month = month.filter(|(_, rest)| day.is_none_or(|(_, other)| rest.len() <= other.len()));
        if let Some((index, rest)) = month {
            if self.pieces.month.replace(index as i64 % 12 + 1).is_some() {
                return None;
            }
            self.rest = rest;
            return Some(());
        }
        if let Some((index, rest)) = day {
            self.pieces.day_of_week = DayOfWeek::from_number(index as i64 % 7);
            self.rest = rest;
            return Some(());
        }
        if let Some((half, rest)) = self.half_day(self.rest) {
            self.rest = rest;
            return self.pieces.half.replace(half).is_none().then_some(());
        }
        let starts_number = |rest: &&str| rest.starts_with(|next: char| next.is_ascii_digit());
        if let Some(rest) = self.rest.strip_prefix(['T', 't']).filter(starts_number) {
            self.rest = rest;
            return Some(());
        }
        let (_, rest) = find_word(self.rest, &[data.era]).or_else(|| {
            let words = pattern_words(data);
            find_word(self.rest, &words.iter().map(String::as_str).collect::<Vec<_>>())
        })?;
        self.rest = rest;
        Some(())
    }
}

/// The longest of the words at the start of the text, ending there as a word, and the rest without
/// the point of an abbreviation.
fn find_word<'a, 'n>(
    text: &'a str,
    words: impl IntoIterator<Item = &'n &'n str>,
) -> Option<(usize, &'a str)> {
    let (index, rest) = longest_name(text, words)?;
    ends_word(rest).then_some((index, rest.strip_prefix('.').unwrap_or(rest)))
}

fn ends_word(rest: &str) -> bool {
    !rest.starts_with(char::is_alphabetic)
}

/// The words that the culture's long dates contain beside names.
fn pattern_words(data: &CultureData) -> Vec<String> {
    let mut words = Vec::new();
    for pattern in [data.long_date, data.month_day, data.year_month] {
        for token in tokens(pattern).unwrap_or_default() {
            if let Token::Literal(literal) = token {
                let parts = literal.split(|letter: char| !letter.is_alphabetic());
                words.extend(parts.filter(|word| !word.is_empty()).map(str::to_owned));
            }
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::super::{ParsedDate, format_datetime};
    use super::*;
    use crate::value::temporal::{Date, DateTime, Time};

    fn read(text: &str, culture: &str) -> Option<ParsedText> {
        parse(text, Culture::find(culture).unwrap_or_default())
    }

    fn date(text: &str, culture: &str) -> Option<(i32, u32, u32)> {
        match read(text, culture)? {
            ParsedText { date: Some(ParsedDate::Full(date)), time: None, offset: None } => {
                Some(date.components())
            }
            _ => None,
        }
    }

    #[test]
    fn iso_forms_mean_the_same_everywhere() {
        for culture in ["en-US", "de-DE", "ar-SA", ""] {
            assert_eq!(date("2010-12-31", culture), Some((2010, 12, 31)));
            assert_eq!(date("20101231", culture), Some((2010, 12, 31)));
            assert_eq!(date("2010-12", culture), Some((2010, 12, 1)));
            let parsed = read("2020-10-30T01:30:00-08:00", culture);
            assert_eq!(
                parsed.map(|parsed| (parsed.time, parsed.offset)),
                Some((Time::new(1, 30, 0.0), Some(-480)))
            );
            let parsed = read("20101231T013000.25Z", culture);
            assert_eq!(
                parsed.map(|parsed| (parsed.time, parsed.offset)),
                Some((Time::new(1, 30, 0.25), Some(0)))
            );
        }
    }

    #[test]
    fn the_culture_decides_the_order_of_numbers() {
        assert_eq!(date("01/02/2010", "en-US"), Some((2010, 1, 2)));
        assert_eq!(date("01/02/2010", "en-GB"), Some((2010, 2, 1)));
        assert_eq!(date("1.2.10", "de-DE"), Some((2010, 2, 1)));
        assert_eq!(date("10/1/2", "ja-JP"), Some((2010, 1, 2)));
        assert_eq!(date("2010/1/2", "en-US"), Some((2010, 1, 2)));
        assert_eq!(date("1/2/49", "en-US"), Some((2049, 1, 2)));
        assert_eq!(date("1/2/50", "en-US"), Some((1950, 1, 2)));
        assert_eq!(date("2010", "en-US"), Some((2010, 1, 1)));
        assert_eq!(date("2010, 12", "en-US"), Some((2010, 12, 1)));
        assert_eq!(date("13/13/2010", "en-US"), None);
    }

    #[test]
    fn names_of_months_and_days() {
        assert_eq!(date("20 Januar 2023", "de-DE"), Some((2023, 1, 20)));
        assert_eq!(date("18 Juli, 2023", "de-DE"), Some((2023, 7, 18)));
        assert_eq!(date("20 gen. 2023", "it-IT"), Some((2023, 1, 20)));
        assert_eq!(date("Monday, June 15, 2009", "en-US"), Some((2009, 6, 15)));
        assert_eq!(date("Tuesday, June 15, 2009", "en-US"), None);
        assert_eq!(date("june 2009", "en-US"), Some((2009, 6, 1)));
        assert_eq!(date("понедельник, 15 июня 2009 г.", "ru-RU"), Some((2009, 6, 15)));
        assert_eq!(date("2009年6月15日", "ja-JP"), Some((2009, 6, 15)));
        let june = ParsedDate::MonthDay { month: 6, day: 15 };
        assert_eq!(read("15 June", "en-US").and_then(|parsed| parsed.date), Some(june));
        assert_eq!(read("6/15", "en-US").and_then(|parsed| parsed.date), Some(june));
    }

    #[test]
    fn times_with_designators_and_offsets() {
        let time = |text, culture| read(text, culture).and_then(|parsed| parsed.time);
        assert_eq!(time("10:12:31am", "en-US"), Time::new(10, 12, 31.0));
        assert_eq!(time("12:05 AM", "en-US"), Time::new(0, 5, 0.0));
        assert_eq!(time("1 pm", "en-US"), Time::new(13, 0, 0.0));
        assert_eq!(time("12/31/1990 11:59:59 PM", "en-US"), Time::new(23, 59, 59.0));
        assert_eq!(time("2009/06/15 午後 1:45", "ja-JP"), Time::new(13, 45, 0.0));
        assert_eq!(time("25:00", "en-US"), None);
        let parsed = read("13 de agosto de 2025 15:43:00 -03:00", "pt-BR");
        assert_eq!(
            parsed.map(|parsed| (parsed.time, parsed.offset)),
            Some((Time::new(15, 43, 0.0), Some(-180)))
        );
        let clock = |text| parse_time(text, Culture::default()).and_then(|parsed| parsed.time);
        assert_eq!(clock("10"), Time::new(10, 0, 0.0));
        assert_eq!(clock("1012"), Time::new(10, 12, 0.0));
        assert_eq!(clock("2010-12-31"), None);
    }

    #[test]
    fn what_is_written_is_read_back_in_every_culture() {
        let lines = include_str!("../data/cultures.tsv").lines().skip(2);
        let day = Date::new(2011, 11, 23).unwrap_or(Date::MIN);
        let moment = DateTime::new(day, Time::new(16, 5, 9.0).unwrap_or(Time::MIN)).unwrap_or(DateTime::MIN);
        let midnight = day.at_midnight();
        let minute = DateTime(moment.0 - moment.time().second_ticks());
        let mut failed = Vec::new();
        for name in lines.filter_map(|line| line.split('\t').next()) {
            let culture = Culture::find(name).unwrap_or_default();
            for (format, expected) in
                [("d", midnight), ("D", midnight), ("g", minute), ("G", moment), ("F", moment)]
            {
                let text = format_datetime(moment, format, culture).unwrap_or_default();
                let exact = parse_exact(&text, format, culture).ok();
                for read in [exact, parse(&text, culture)] {
                    if read.and_then(|read| read.datetime(|| 0)) != Some(expected) {
                        failed.push((name, format, text.clone()));
                    }
                }
            }
        }
        assert!(failed.is_empty(), "{} {failed:?}", failed.len());
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["", "abc", "1/2/3/4", "10:99", "2010-13-01", "1//2/2010", "June June 2010", "12 apples"]
        {
            assert_eq!(read(text, "en-US"), None, "{text}");
        }
    }
}
