//! Workbooks of Excel: their sheets, tables and named areas, read when they are asked for.

use std::io::Cursor;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use calamine::{
    Data, DataRef, Dimensions, ExcelDateTime, Ods, Reader, SheetType, SheetVisible, Sheets, Xls, Xlsb, Xlsx,
    open_workbook_from_rs,
};
use rustc_hash::FxHashMap;

use crate::culture::{self, Culture};
use crate::eval::Context;
use crate::value::temporal::{
    Date, DateTime, TICKS_PER_HOUR, TICKS_PER_MILLISECOND, TICKS_PER_MINUTE, TICKS_PER_SECOND, Time,
};
use crate::value::{Error, Member, Result, Text, Value};

/// A workbook that was recognised.
pub struct Workbook(Mutex<Sheets<Cursor<Arc<[u8]>>>>);

/// What a workbook lists.
pub struct Part {
    /// Its name: for a name that belongs to a sheet, without the sheet.
    pub name: Text,
    /// What it is found by: the full name.
    pub item: Text,
    /// Whether it is hidden.
    pub hidden: bool,
    /// Where its cells are.
    pub place: Place,
}

/// Where the cells of a part are.
#[derive(Clone)]
pub enum Place {
    /// All of a sheet.
    Sheet(Text),
    /// A table, by its name.
    Table {
        /// The sheet it is on.
        sheet: Text,
        /// Its name.
        name: Text,
    },
    /// An area of a sheet.
    Area {
        /// The sheet.
        sheet: Text,
        /// Its corners.
        area: Area,
    },
}

/// The first and the last row and column of an area, from 0. The last ones of a sheet stand for whole columns or rows.
pub type Area = ((u32, u32), (u32, u32));

/// The cells of a part.
pub struct Grid {
    /// The names of the columns, where the workbook has some.
    pub names: Option<Vec<Text>>,
    /// The columns, all equally long.
    pub columns: Vec<Vec<Member>>,
    /// How many rows there are.
    pub height: usize,
}

/// Rows and columns that a sheet can have.
const ROWS: u32 = 1_048_576;
const COLUMNS: u32 = 16_384;

impl Workbook {
    /// Opens a workbook; `None` where the bytes are none.
    pub fn open(bytes: &[u8]) -> Option<Workbook> {
        let reader = Cursor::new(Arc::<[u8]>::from(bytes));
        let sheets = if bytes.starts_with(b"PK") {
            if let Ok(book) = open_workbook_from_rs::<Xlsx<_>, _>(reader.clone()) {
                Sheets::Xlsx(book)
            } else if let Ok(book) = open_workbook_from_rs::<Xlsb<_>, _>(reader.clone()) {
                Sheets::Xlsb(book)
            } else {
                Sheets::Ods(open_workbook_from_rs::<Ods<_>, _>(reader).ok()?)
            }
        } else {
            Sheets::Xls(open_workbook_from_rs::<Xls<_>, _>(reader).ok()?)
        };
        Some(Workbook(Mutex::new(sheets)))
    }

    fn sheets(&self) -> MutexGuard<'_, Sheets<Cursor<Arc<[u8]>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sheets in order, then the tables, then the names of areas.
    pub fn parts(&self) -> Vec<Part> {
        let mut book = self.sheets();
        let mut parts = Vec::new();
        for sheet in book.sheets_metadata() {
            if sheet.typ == SheetType::WorkSheet {
                let name = Text::new(&sheet.name);
                let hidden = sheet.visible != SheetVisible::Visible;
                parts.push(Part { item: name.clone(), hidden, place: Place::Sheet(name.clone()), name });
            }
        }
        let sheets: Vec<Text> = parts.iter().map(|part| part.name.clone()).collect();
        if let Sheets::Xlsx(book) = &mut *book
            && book.load_tables().is_ok()
        {
            for sheet in &sheets {
                for name in book.table_names_in_sheet(sheet) {
                    let (sheet, name) = (sheet.clone(), Text::new(name));
                    let place = Place::Table { sheet, name: name.clone() };
                    parts.push(Part { item: name.clone(), hidden: false, place, name });
                }
            }
        }
        for (name, formula) in book.defined_names() {
            if let Some((sheet, area)) = area(formula)
                && sheets.iter().any(|known| known.as_str() == sheet)
            {
                let (item, inner) = (Text::new(name), name.rsplit('!').next().unwrap_or(name));
                // Names that the program itself made, such as the area a filter works on.
                let hidden = inner.starts_with("_xlnm._") || inner.starts_with("_FilterDatabase");
                let name = Text::new(inner.strip_prefix("_xlnm.").unwrap_or(inner));
                let place = Place::Area { sheet: Text::from(sheet), area };
                parts.push(Part { name, item, hidden, place });
            }
        }
        parts
    }

    /// The cells of a part. With `infer` what the sheet says of its own size is not asked.
    ///
    /// # Errors
    /// `DataFormat.Error` where the file is damaged; the limit on memory.
    pub fn read(&self, ctx: &Context, place: &Place, infer: bool) -> Result<Grid> {
        let mut book = self.sheets();
        match place {
            Place::Sheet(name) => sheet(ctx, &mut book, name)?.grid(ctx, None, infer),
            Place::Area { sheet: name, area } => sheet(ctx, &mut book, name)?.grid(ctx, Some(*area), infer),
            Place::Table { sheet: on, name } => {
                // The library copies the area that the table claims, as large as it may be.
                let cells = sheet(ctx, &mut book, on)?;
                cells.reserve(ctx, cells.used())?;
                let Sheets::Xlsx(book) = &mut *book else { return Err(damaged("it has no tables")) };
                let table = book.table_by_name(name).map_err(|error| damaged(&error))?;
                let names = table.columns().iter().map(|name| Text::from(name.clone())).collect();
                match (table.data().start(), table.data().end()) {
                    (Some(from), Some(to)) => {
                        let grid = cells.grid(ctx, Some((from, to)), true)?;
                        Ok(Grid { names: Some(names), ..grid })
                    }
                    _ => Ok(Grid { columns: vec![Vec::new(); names.len()], names: Some(names), height: 0 }),
                }
            }
        }
    }
}

/// The cells of a sheet that hold something.
struct Cells {
    cells: Vec<(u32, u32, Member)>,
    /// What the file says is used.
    claimed: Option<Dimensions>,
}

fn sheet(ctx: &Context, book: &mut Sheets<Cursor<Arc<[u8]>>>, name: &str) -> Result<Cells> {
    let mut cells = Vec::new();
    let mut made = Made::default();
    if let Sheets::Xlsx(book) = book {
        let mut reader = book.worksheet_cells_reader(name).map_err(|error| damaged(&error))?;
        let claimed = Some(reader.dimensions());
        while let Some(cell) = reader.next_cell().map_err(|error| damaged(&error))? {
            ctx.step()?;
            let (row, column) = cell.get_position();
            if let Some(member) = made.reference(cell.get_value()) {
                cells.push((row, column, member));
            }
        }
        return Ok(Cells { cells, claimed });
    }
    let range = book.worksheet_range(name).map_err(|error| damaged(&error))?;
    let (top, left) = range.start().unwrap_or_default();
    for (row, column, cell) in range.used_cells() {
        ctx.step()?;
        if let Some(member) = made.owned(cell) {
            let place = |at: usize, first: u32| u32::try_from(at).unwrap_or(u32::MAX).saturating_add(first);
            cells.push((place(row, top), place(column, left), member));
        }
    }
    Ok(Cells { cells, claimed: None })
}

impl Cells {
    /// The smallest area that holds all cells.
    fn used(&self) -> Option<Area> {
        let rows = self.cells.iter().map(|cell| cell.0);
        let columns = self.cells.iter().map(|cell| cell.1);
        Some(((rows.clone().min()?, columns.clone().min()?), (rows.max()?, columns.max()?)))
    }

    fn reserve(&self, ctx: &Context, area: Option<Area>) -> Result<(usize, usize)> {
        let Some((from, to)) = area else { return Ok((0, 0)) };
        let side = |from: u32, to: u32| usize::try_from((to + 1).saturating_sub(from)).unwrap_or(0);
        let (height, width) = (side(from.0, to.0), side(from.1, to.1));
        ctx.reserve(height.saturating_mul(width).saturating_mul(size_of::<Member>()))?;
        Ok((height, width))
    }

    fn grid(self, ctx: &Context, area: Option<Area>, infer: bool) -> Result<Grid> {
        let used = self.used();
        let area = match (area, used) {
            (Some((from, to)), _) if to.0 < ROWS - 1 && to.1 < COLUMNS - 1 => Some((from, to)),
            // Whole rows or columns end where what is used ends.
            (Some((from, to)), Some((_, end))) => Some((from, (to.0.min(end.0), to.1.min(end.1)))),
            (Some(_), None) => None,
            (None, Some((from, to))) => Some(match self.claimed {
                // Some programs claim less than they wrote: no cell is to be lost by that.
                Some(claimed)
                    if !infer
                        && claimed.start <= from
                        && claimed.contains(from.0, from.1)
                        && claimed.contains(to.0, to.1) =>
                {
                    (claimed.start, claimed.end)
                }
                _ => (from, to),
            }),
            (None, None) => None,
        };
        let (height, width) = self.reserve(ctx, area)?;
        let mut columns: Vec<Vec<Member>> = vec![vec![Member::Ready(Value::Null); height]; width];
        let (top, left) = area.map_or((0, 0), |(from, _)| from);
        for (row, column, member) in self.cells {
            let place = |at: u32, first: u32| at.checked_sub(first).and_then(|at| usize::try_from(at).ok());
            if let (Some(row), Some(column)) = (place(row, top), place(column, left))
                && let Some(cell) = columns.get_mut(column).and_then(|column| column.get_mut(row))
            {
                *cell = member;
            }
        }
        Ok(Grid { names: None, columns, height })
    }
}

/// Makes cells; texts that the file holds once are one text.
#[derive(Default)]
struct Made {
    shared: FxHashMap<usize, Text>,
}

impl Made {
    fn reference(&mut self, data: &DataRef<'_>) -> Option<Member> {
        match data {
            DataRef::SharedString(text) => {
                // The same place in memory is the same text: the strings of the file are held while it is read.
                let text = self.shared.entry(text.as_ptr().addr()).or_insert_with(|| Text::new(text));
                Some(Value::Text(text.clone()).into())
            }
            other => self.owned(&Data::from(other.clone())),
        }
    }

    fn owned(&mut self, data: &Data) -> Option<Member> {
        Some(match data {
            Data::Empty => return None,
            Data::Int(whole) => Value::Int64(*whole).into(),
            Data::Float(number) => Value::Double(*number).into(),
            Data::Bool(logical) => Value::Logical(*logical).into(),
            Data::String(text) | Data::DurationIso(text) => Value::text(text).into(),
            Data::DateTime(moment) => datetime(moment).into(),
            Data::DateTimeIso(text) => iso_datetime(text).into(),
            Data::Error(error) => {
                Member::failed(Error::data_format(format!("Invalid cell value '{error}'.")))
            }
        })
    }
}

/// Dates are numbers of days; their format alone says that they are dates. All are datetimes in M, as the engine
/// gives them: 8 o'clock is 1899-12-31T08:00:00.
fn datetime(moment: &ExcelDateTime) -> Value {
    let number = Value::Double(moment.as_f64());
    if !(0.0..3_000_000.0).contains(&moment.as_f64()) {
        return number;
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    // The year 1900 has a February 29th in workbooks.
    let (month, day) = if (year, month, day) == (1900, 2, 29) { (3, 1) } else { (month, day) };
    let ticks = i64::from(hour) * TICKS_PER_HOUR
        + i64::from(minute) * TICKS_PER_MINUTE
        + i64::from(second) * TICKS_PER_SECOND
        + i64::from(milli) * TICKS_PER_MILLISECOND;
    let date = Date::new(year.into(), month.into(), day.into());
    date.zip(Time::from_ticks(ticks))
        .and_then(|(date, time)| DateTime::new(date, time))
        .map_or(number, Value::DateTime)
}

fn iso_datetime(text: &str) -> Value {
    let parsed = culture::datetime::parse(text, Culture::invariant());
    let datetime = parsed.and_then(|parsed| parsed.datetime(|| 1));
    datetime.map_or_else(|| Value::text(text), Value::DateTime)
}

fn damaged(error: &(impl std::fmt::Display + ?Sized)) -> Error {
    Error::data_format(format!("The Excel document can't be read: {error}."))
}

/// The sheet and the corners of `Sheet!$A$1:$B$2`; `None` for other formulas.
fn area(formula: &str) -> Option<(String, Area)> {
    let (sheet, cells) = formula.trim().trim_start_matches('=').rsplit_once('!')?;
    let sheet = match sheet.strip_prefix('\'') {
        Some(quoted) => quoted.strip_suffix('\'')?.replace("''", "'"),
        None if sheet.contains(['!', '$', ',', '(']) => return None,
        None => sheet.to_owned(),
    };
    let (first, last) = cells.split_once(':').unwrap_or((cells, cells));
    let (first, last) = (corner(first)?, corner(last)?);
    let from = (first.0.unwrap_or(0), first.1.unwrap_or(0));
    let to = (last.0.unwrap_or(ROWS - 1), last.1.unwrap_or(COLUMNS - 1));
    (from.0 <= to.0 && from.1 <= to.1).then_some((sheet, (from, to)))
}

/// Row and column of `$B$3`, `$B` or `$3`, from 0.
fn corner(text: &str) -> Option<(Option<u32>, Option<u32>)> {
    let text = text.replace('$', "");
    let letters = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (letters, digits) = text.split_at(letters);
    let column = match letters {
        "" => None,
        letters => {
            let digit = |c: char| u32::from(c.to_ascii_uppercase()).saturating_sub(u32::from('A')) + 1;
            let number =
                letters.chars().fold(0_u32, |all, c| all.saturating_mul(26).saturating_add(digit(c)));
            Some(number.checked_sub(1).filter(|at| *at < COLUMNS)?)
        }
    };
    let row = match digits {
        "" => None,
        digits => Some(digits.parse::<u32>().ok()?.checked_sub(1).filter(|at| *at < ROWS)?),
    };
    (row.is_some() || column.is_some()).then_some((row, column))
}

#[cfg(test)]
mod tests {
    use super::area;

    #[test]
    fn areas_of_names() {
        let sheet = |name: &str| name.to_owned();
        assert_eq!(area("Orders!$B$2:$C$5"), Some((sheet("Orders"), ((1, 1), (4, 2)))));
        assert_eq!(area("'It''s far'!$C$3"), Some((sheet("It's far"), ((2, 2), (2, 2)))));
        assert_eq!(area("S!$A:$B"), Some((sheet("S"), ((0, 0), (1_048_575, 1)))));
        assert_eq!(area("S!$3:$3"), Some((sheet("S"), ((2, 0), (2, 16_383)))));
        for text in ["1+1", "S!#REF!", "S!$A$1,S!$C$3", "S!$XFE$1", "S!$A$0", "S!$B$2:$A$1", "SUM(S!A1)"] {
            assert_eq!(area(text), None, "{text}");
        }
    }
}
