//! Reading dates and times that follow a format string.

use super::ParsedText;
use super::assemble::{HalfDay, Pieces, fraction_ticks, longest_name, strip_caseless};
use super::pattern::{Token, standard, tokens};
use crate::culture::calendar::Calendar;
use crate::culture::{Culture, CultureData};
use crate::value::temporal::DayOfWeek;

/// Why a text could not be read by a format string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExactError {
    /// The format string is not well formed, or a single letter that stands for nothing.
    #[error("the format string is not valid")]
    Format,
    /// The text does not follow the format, or names a moment that does not exist.
    #[error("the text does not follow the format")]
    Text,
}

/// Reads a text that follows a .NET format string, standard or custom.
pub fn parse_exact(text: &str, format: &str, culture: Culture) -> Result<ParsedText, ExactError> {
    let mut letters = format.chars();
    let (pattern, culture) = match (letters.next(), letters.next()) {
        (Some(letter), None) => {
            let standard = standard(letter, culture).ok_or(ExactError::Format)?;
            (standard.pattern, if standard.invariant { Culture::invariant() } else { culture })
        }
        _ => (format.to_owned(), culture),
    };
    let tokens = tokens(&pattern).ok_or(ExactError::Format)?;
    read(text.trim(), &tokens, culture).ok_or(ExactError::Text)
}

fn read(text: &str, tokens: &[Token], culture: Culture) -> Option<ParsedText> {
    let data = culture.data();
    let mut reader = Reader { rest: text, data, pieces: Pieces::default() };
    for token in tokens {
        reader.token(token)?;
    }
    reader.rest.is_empty().then(|| reader.pieces.assemble(data.calendar))?
}

struct Reader<'a> {
    rest: &'a str,
    data: &'static CultureData,
    pieces: Pieces,
}

impl Reader<'_> {
    fn token(&mut self, token: &Token) -> Option<()> {
        match token {
            Token::Day(count @ 1..=2) => {
                let value = self.number(*count, 2)?;
                set(&mut self.pieces.day, value)
            }
            Token::Day(count) => {
                let names = if *count == 3 { &self.data.days_short } else { &self.data.days };
                let day = DayOfWeek::from_number(self.name(names)? as i64)?;
                set(&mut self.pieces.day_of_week, day)
            }
            Token::Month(count @ 1..=2) => {
                let value = self.number(*count, 2)?;
                set(&mut self.pieces.month, value)
            }
            Token::Month(count) => {
                let data = self.data;
                let lists = match count {
                    3 => [&data.months_short, &data.months_genitive_short],
                    _ => [&data.months, &data.months_genitive],
                };
                let month = self.name(&lists.map(|list| list.as_slice()).concat())? % 12 + 1;
                set(&mut self.pieces.month, month as i64)
            }
            Token::Year(count @ 1..=2) => {
                let year = self.number(*count, 2)?;
                set(&mut self.pieces.year, self.data.calendar.full_year(year))
            }
            Token::Year(count) => {
                let value = self.number(*count, (*count).max(4))?;
                set(&mut self.pieces.year, value)
            }
            Token::Hour12(count) => {
                let hour = self.number((*count).min(2), 2)?;
                (hour <= 12).then(|| set(&mut self.pieces.hour, hour))?
            }
            Token::Hour24(count) => {
                let value = self.number((*count).min(2), 2)?;
                set(&mut self.pieces.hour, value)
            }
            Token::Minute(count) => {
                let value = self.number((*count).min(2), 2)?;
                set(&mut self.pieces.minute, value)
            }
            Token::Second(count) => {
                let value = self.number((*count).min(2), 2)?;
                set(&mut self.pieces.second, value)
            }
            Token::Fraction(count) => {
                let digits = self.digits(*count, *count)?;
                self.pieces.fraction = fraction_ticks(digits)?;
                Some(())
            }
            Token::ShortFraction(count) => {
                let digits = self.digits(0, *count)?;
                self.pieces.fraction = fraction_ticks(&format!("{digits:0<1}"))?;
                Some(())
            }
            Token::Designator(count) => self.designator(*count),
            Token::Offset(count) => self.offset(*count),
            Token::OptionalOffset => match self.rest.strip_prefix(['Z', 'z']) {
                Some(rest) => {
                    self.rest = rest;
                    set(&mut self.pieces.offset, 0)
                }
                None if self.rest.starts_with(['+', '-']) => self.offset(3),
                None => Some(()),
            },
            Token::Era => self.literal(self.data.era),
            Token::DateSeparator => self.literal(self.data.date_separator),
            Token::TimeSeparator => self.literal(self.data.time_separator),
            Token::Literal(literal) => self.literal(literal),
        }
    }

    fn literal(&mut self, literal: &str) -> Option<()> {
        self.rest = strip_caseless(self.rest, literal)?;
        Some(())
    }

    fn digits(&mut self, least: usize, most: usize) -> Option<&str> {
        let count = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        if count < least {
            return None;
        }
        let (digits, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(digits)
    }

    fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        self.digits(least, most)?.parse().ok()
    }

    fn name(&mut self, names: &[&str]) -> Option<usize> {
        let (index, rest) = longest_name(self.rest, names)?;
        self.rest = rest;
        Some(index)
    }

    fn designator(&mut self, count: usize) -> Option<()> {
        let first = |designator: &'static str| {
            let end = designator.chars().next().map_or(0, char::len_utf8);
            designator.get(..end).unwrap_or("")
        };
        let (am, pm) = (self.data.am, self.data.pm);
        let names = if count == 1 { [first(am), first(pm)] } else { [am, pm] };
        if names == [""; 2] {
            return Some(());
        }
        let half = if self.name(&names)? == 0 { HalfDay::Morning } else { HalfDay::Afternoon };
        set(&mut self.pieces.half, half)
    }

    fn offset(&mut self, count: usize) -> Option<()> {
        let negative = self.rest.starts_with('-');
        self.rest = self.rest.strip_prefix(['+', '-'])?;
        let hours = self.number(count.min(2), 2)?;
        let mut minutes = 0;
        if count >= 3 {
            self.rest = self.rest.strip_prefix(':').unwrap_or(self.rest);
            minutes = self.number(2, 2)?;
        }
        let offset = hours * 60 + minutes;
        (minutes < 60).then(|| set(&mut self.pieces.offset, if negative { -offset } else { offset }))?
    }
}

/// Keeps a piece; a second one must say the same.
fn set<T: PartialEq + Copy>(piece: &mut Option<T>, value: T) -> Option<()> {
    (*piece.get_or_insert(value) == value).then_some(())
}

/// Reads the forms of ISO 8601 that no culture changes.
pub(super) fn parse_iso(text: &str) -> Option<ParsedText> {
    let mut reader = Reader { rest: text, data: Culture::invariant().data(), pieces: Pieces::default() };
    let extended = text.as_bytes().get(4) == Some(&b'-');
    reader.pieces.year = Some(reader.number(4, 4)?);
    if extended {
        reader.literal("-")?;
    }
    reader.pieces.month = Some(reader.number(2, 2)?);
    if !extended || !reader.rest.is_empty() {
        if extended {
            reader.literal("-")?;
        }
        reader.pieces.day = Some(reader.number(2, 2)?);
    }
    if !reader.rest.is_empty() {
        let rest = reader.rest;
        reader.rest = rest.strip_prefix(['T', 't']).or_else(|| rest.strip_prefix(' '))?.trim_start();
        reader.iso_time()?;
    }
    reader.rest.is_empty().then(|| reader.pieces.assemble(Calendar::Gregorian))?
}

impl Reader<'_> {
    /// `hh[:mm[:ss[.fraction]]]` or `hhmm[ss[.fraction]]`, then perhaps an offset.
    fn iso_time(&mut self) -> Option<()> {
        self.pieces.hour = Some(self.number(2, 2)?);
        let extended = self.rest.starts_with(':');
        for piece in 0..2 {
            if extended {
                match self.rest.strip_prefix(':') {
                    Some(rest) => self.rest = rest,
                    None => break,
                }
            } else if !self.rest.starts_with(|next: char| next.is_ascii_digit()) {
                break;
            }
            let number = self.number(2, 2)?;
            if piece == 0 { self.pieces.minute = Some(number) } else { self.pieces.second = Some(number) }
        }
        if self.pieces.second.is_some()
            && let Some(rest) = self.rest.strip_prefix(['.', ','])
        {
            self.rest = rest;
            self.pieces.fraction = fraction_ticks(self.digits(1, usize::MAX)?)?;
        }
        self.rest = self.rest.trim_start();
        if let Some(rest) = self.rest.strip_prefix(['Z', 'z']) {
            self.rest = rest;
            self.pieces.offset = Some(0);
        } else if self.rest.starts_with(['+', '-']) {
            self.offset(if self.rest.len() > 3 { 3 } else { 2 })?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ParsedDate, ParsedText};
    use super::*;
    use crate::value::temporal::{Date, Time};

    fn full(year: i64, month: i64, day: i64) -> Option<ParsedDate> {
        Date::new(year, month, day).map(ParsedDate::Full)
    }

    fn read(text: &str, format: &str, culture: &str) -> Result<ParsedText, ExactError> {
        parse_exact(text, format, Culture::find(culture).unwrap_or_default())
    }

    #[test]
    fn names_numbers_and_offsets() {
        let parsed = read("30 Dez 2010 02:04:50.369730 +02:00", "dd MMM yyyy HH:mm:ss.ffffff zzz", "de-DE");
        let time = Time::new(2, 4, 50.36973);
        assert_eq!(parsed, Ok(ParsedText { date: full(2010, 12, 30), time, offset: Some(120) }));
        let parsed = read("25 Dec 2023 12:00 pm PST", "dd MMM yyyy hh:mm tt PST", "en-US");
        assert_eq!(parsed.map(|parsed| parsed.time), Ok(Time::new(12, 0, 0.0)));
        let parsed = read("2009-06-15T13:45:30.0000000-07:00", "O", "de-DE");
        assert_eq!(parsed.map(|parsed| parsed.offset), Ok(Some(-420)));
    }

    #[test]
    fn missing_parts_are_the_first_and_short_years_end_with_2049() {
        assert_eq!(read("1400", "yyyy", "ar-SA").map(|parsed| parsed.date), Ok(full(1979, 11, 20)));
        assert_eq!(read("24-Jan-49", "dd-MMM-yy", "en-US").map(|parsed| parsed.date), Ok(full(2049, 1, 24)));
        let parsed = read("06/15", "MM/dd", "en-US").map(|parsed| parsed.date);
        assert_eq!(parsed, Ok(Some(ParsedDate::MonthDay { month: 6, day: 15 })));
    }

    #[test]
    fn the_whole_text_must_follow_the_format() {
        for (text, format) in [
            ("12-30-2011", "MM-dd-yy"),
            ("30-12-11", "MM-dd-yy"),
            ("2010-12-31 ?", "yyyy-MM-dd"),
            ("1-1-2010", "dd-MM-yyyy"),
            ("Sunday 15 June 2009", "dddd d MMMM yyyy"),
            ("13 PM", "hh tt"),
        ] {
            assert_eq!(read(text, format, "en-US"), Err(ExactError::Text), "{text}");
        }
        assert_eq!(read("x", "'", "en-US"), Err(ExactError::Format));
        assert_eq!(read("x", "q", "en-US"), Err(ExactError::Format));
    }
}
