use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, Float64Array, Int32Array, Int64Array, OffsetSizeTrait,
    PrimitiveArray, RecordBatch, StringViewArray,
};
use arrow_buffer::ArrowNativeType;
use arrow_schema::{ArrowError, DataType, Schema, TimeUnit};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::{UNIX_DAYS, UNIX_TICKS};
use crate::eval::Context;
use crate::table::{Batch, Batches, Column, Demand, Operator, Table, Whole, from_batches};
use crate::value::temporal::{
    Date, DateTime, DateTimeZone, TICKS_PER_MICROSECOND, TICKS_PER_MILLISECOND, TICKS_PER_SECOND, Time,
};
use crate::value::types::Form;
use crate::value::{Binary, Error, List, Member, Record, Result, Shape, Text, Type, Value};

/// How many rows a batch has at most; longer record batches are cut, which copies nothing.
const ROWS: usize = 65_536;

/// A table of Arrow record batches at hand.
///
/// Column types follow the schema: `Int64` columns claim `Int64.Type`, nullable ones `nullable text` and so on. A time
/// zone is kept if it is an offset (`+02:00`); instants in a zone with a name are given in UTC. A date or time outside
/// of the years 1 to 9999 is an error in its cell.
///
/// # Errors
/// `DataFormat.Error` for columns of types that M has nothing for (intervals, unions), and for batches that do not
/// fit the schema.
pub fn table_from_record_batches(
    schema: &Schema,
    batches: impl IntoIterator<Item = RecordBatch>,
) -> Result<Table> {
    let (shape, types) = columns_of(schema)?;
    let mut read = Vec::new();
    for batch in batches {
        push_batches(schema, &batch, &Demand::all(), &mut read)?;
    }
    Ok(from_batches(shape, read).with_types(types))
}

/// What [`table_from_record_batch_source`] reads a table from.
pub type RecordBatches = dyn Iterator<Item = std::result::Result<RecordBatch, ArrowError>> + Send;

/// A table of Arrow record batches that `open` starts yielding, each time the table is read. Batches are read when they
/// are needed and not kept.
///
/// # Errors
/// `DataFormat.Error` for columns of types that M has nothing for. What the source raises ends the reading with
/// `DataSource.Error`.
pub fn table_from_record_batch_source(
    schema: &Schema,
    open: impl Fn() -> Box<RecordBatches> + Send + Sync + 'static,
) -> Result<Table> {
    let (shape, types) = columns_of(schema)?;
    let operator = Source { schema: Arc::new(schema.clone()), open };
    Ok(Table::new(shape, types, Arc::new(operator)))
}

struct Source<F> {
    schema: Arc<Schema>,
    open: F,
}

impl<F: Fn() -> Box<RecordBatches> + Send + Sync> Operator for Source<F> {
    fn open(&self, _ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        Ok(Box::new(Reading {
            schema: Arc::clone(&self.schema),
            batches: (self.open)(),
            demand: demand.clone(),
            ready: Vec::new(),
            rows: 0,
        }))
    }

    fn name(&self) -> &'static str {
        "record batches"
    }
}

struct Reading {
    schema: Arc<Schema>,
    batches: Box<RecordBatches>,
    demand: Demand,
    /// Pieces of a long batch still to come, the next one last.
    ready: Vec<Batch>,
    rows: usize,
}

impl Batches for Reading {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        loop {
            ctx.step()?;
            if self.demand.limit.is_some_and(|limit| self.rows >= limit) {
                return Ok(None);
            }
            if let Some(batch) = self.ready.pop() {
                self.rows += batch.len();
                return Ok(Some(batch));
            }
            let Some(batch) = self.batches.next() else { return Ok(None) };
            let batch = batch.map_err(|error| Error::data_source(error.to_string()))?;
            push_batches(&self.schema, &batch, &self.demand, &mut self.ready)?;
            self.ready.reverse();
        }
    }
}

/// The names and types of the columns of a table of this schema.
///
/// # Errors
/// `DataFormat.Error` for a column of a type that M has nothing for.
pub(crate) fn columns_of(schema: &Schema) -> Result<(Arc<Shape>, Vec<Arc<Type>>)> {
    let names = schema.fields().iter().map(|field| Text::new(field.name()));
    let types = schema.fields().iter().map(|field| {
        let ty = type_of(field.data_type()).ok_or_else(|| not_readable(field.name(), field.data_type()))?;
        Ok(Arc::new(if field.is_nullable() { ty.with_null() } else { ty }))
    });
    Ok((Arc::new(Shape::new(names)), types.collect::<Result<_>>()?))
}

fn not_readable(column: &str, data_type: &DataType) -> Error {
    Error::data_format(format!(
        "The column '{column}' is of the Arrow type {data_type}, which can't be read."
    ))
}

/// The M type that columns of an Arrow type claim, if they can be read.
fn type_of(data_type: &DataType) -> Option<Type> {
    let named = |name| Type { name: Some(name), ..Type::new(Form::Number) };
    Some(match data_type {
        DataType::Null => Type::new(Form::Any),
        DataType::Boolean => Type::new(Form::Logical),
        DataType::Int8 => named("Int8.Type"),
        DataType::Int16 => named("Int16.Type"),
        DataType::Int32 => named("Int32.Type"),
        DataType::Int64 => named("Int64.Type"),
        DataType::UInt8 => named("Byte.Type"),
        DataType::Float32 => named("Single.Type"),
        DataType::Float64 => named("Double.Type"),
        DataType::Decimal128(..) => named("Decimal.Type"),
        DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => Type::new(Form::Number),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Type::new(Form::Text),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            Type::new(Form::Binary)
        }
        DataType::Date32 | DataType::Date64 => Type::new(Form::Date),
        DataType::Time32(_) | DataType::Time64(_) => Type::new(Form::Time),
        DataType::Timestamp(_, None) => Type::new(Form::DateTime),
        DataType::Timestamp(_, Some(_)) => Type::new(Form::DateTimeZone),
        DataType::Duration(_) => Type::new(Form::Duration),
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            type_of(item.data_type())?;
            Type::new(Form::List(None))
        }
        DataType::Map(entries, _) => {
            type_of(entries.data_type())?;
            Type::new(Form::List(None))
        }
        DataType::Struct(fields) => {
            for field in fields {
                type_of(field.data_type())?;
            }
            Type::new(Form::Record(None))
        }
        DataType::Dictionary(_, values) => type_of(values)?,
        _ => return None,
    })
}

fn push_batches(schema: &Schema, batch: &RecordBatch, demand: &Demand, read: &mut Vec<Batch>) -> Result<()> {
    let fits = batch.num_columns() == schema.fields().len()
        && batch.columns().iter().zip(schema.fields()).all(|(a, b)| a.data_type() == b.data_type());
    if !fits {
        return Err(Error::data_format("A record batch doesn't fit the schema it was given with."));
    }
    let mut start = 0;
    while start < batch.num_rows() {
        let piece = batch.slice(start, ROWS.min(batch.num_rows() - start));
        let columns = piece.columns().iter().enumerate().map(|(at, array)| {
            let column = match demand.wants(at) {
                true => column_of(array)
                    .ok_or_else(|| not_readable(schema.field(at).name(), array.data_type()))?,
                false => Column::unread(piece.num_rows()),
            };
            Ok(Arc::new(column))
        });
        read.push(Batch::new(columns.collect::<Result<_>>()?, piece.num_rows()));
        start += piece.num_rows();
    }
    Ok(())
}

/// Rows of which only some columns were read: those at `positions`, in this order.
///
/// # Errors
/// `DataFormat.Error` for columns of types that M has nothing for.
#[cfg(feature = "parquet")]
pub(crate) fn batch_of(schema: &Schema, read: &RecordBatch, positions: &[usize]) -> Result<Batch> {
    let len = read.num_rows();
    let unread = Arc::new(Column::unread(len));
    let mut columns: Vec<_> = schema.fields().iter().map(|_| Arc::clone(&unread)).collect();
    for (array, at) in read.columns().iter().zip(positions) {
        if let (Some(place), Some(field)) = (columns.get_mut(*at), schema.fields().get(*at)) {
            let column = column_of(array).ok_or_else(|| not_readable(field.name(), array.data_type()))?;
            *place = Arc::new(column);
        }
    }
    Ok(Batch::new(columns, len))
}

/// An Arrow array as a column; `None` if its type cannot be read.
fn column_of(array: &ArrayRef) -> Option<Column> {
    Some(match array.data_type() {
        DataType::Null => Column::same(Member::Ready(Value::Null), array.len()),
        DataType::Boolean => Column::logical(array.as_boolean().clone()),
        DataType::Utf8 => Column::text(StringViewArray::from(array.as_string::<i32>())),
        DataType::LargeUtf8 => Column::text(StringViewArray::from(array.as_string::<i64>())),
        DataType::Utf8View => Column::text(array.as_string_view().clone()),
        DataType::Int64 => Column::whole(Whole::Number, array.as_primitive::<Int64Type>().clone()),
        DataType::Int8 => wholes(array.as_primitive::<Int8Type>()),
        DataType::Int16 => wholes(array.as_primitive::<Int16Type>()),
        DataType::Int32 => wholes(array.as_primitive::<Int32Type>()),
        DataType::UInt8 => wholes(array.as_primitive::<UInt8Type>()),
        DataType::UInt16 => wholes(array.as_primitive::<UInt16Type>()),
        DataType::UInt32 => wholes(array.as_primitive::<UInt32Type>()),
        DataType::UInt64 => cells(array, array.as_primitive::<UInt64Type>().iter(), |whole| {
            i64::try_from(whole).map_or_else(|_| Value::from(Decimal::from(whole)), Value::Int64)
        }),
        DataType::Float64 => Column::double(array.as_primitive::<Float64Type>().clone()),
        DataType::Float32 => {
            let doubles: Float64Array = array.as_primitive::<Float32Type>().unary(f64::from);
            Column::double(doubles)
        }
        DataType::Decimal128(_, scale) => {
            let scale = *scale;
            cells(array, array.as_primitive::<Decimal128Type>().iter(), move |unscaled| {
                decimal(unscaled, scale)
            })
        }
        DataType::Binary => binaries(array, array.as_binary::<i32>().iter()),
        DataType::LargeBinary => binaries(array, array.as_binary::<i64>().iter()),
        DataType::BinaryView => binaries(array, array.as_binary_view().iter()),
        DataType::FixedSizeBinary(_) => binaries(array, array.as_fixed_size_binary().iter()),
        DataType::Date32 => dates(array.as_primitive::<Date32Type>(), i64::from),
        DataType::Date64 => {
            dates(array.as_primitive::<Date64Type>(), |milliseconds| milliseconds.div_euclid(86_400_000))
        }
        DataType::Time32(TimeUnit::Second) => times::<Time32SecondType>(array, TimeUnit::Second),
        DataType::Time32(_) => times::<Time32MillisecondType>(array, TimeUnit::Millisecond),
        DataType::Time64(TimeUnit::Microsecond) => {
            times::<Time64MicrosecondType>(array, TimeUnit::Microsecond)
        }
        DataType::Time64(_) => times::<Time64NanosecondType>(array, TimeUnit::Nanosecond),
        DataType::Timestamp(unit, zone) => match unit {
            TimeUnit::Second => instants::<TimestampSecondType>(array, *unit, zone.as_deref()),
            TimeUnit::Millisecond => instants::<TimestampMillisecondType>(array, *unit, zone.as_deref()),
            TimeUnit::Microsecond => instants::<TimestampMicrosecondType>(array, *unit, zone.as_deref()),
            TimeUnit::Nanosecond => instants::<TimestampNanosecondType>(array, *unit, zone.as_deref()),
        },
        DataType::Duration(unit) => match unit {
            TimeUnit::Second => durations::<DurationSecondType>(array, *unit),
            TimeUnit::Millisecond => durations::<DurationMillisecondType>(array, *unit),
            TimeUnit::Microsecond => durations::<DurationMicrosecondType>(array, *unit),
            TimeUnit::Nanosecond => durations::<DurationNanosecondType>(array, *unit),
        },
        DataType::List(_) => lists::<i32>(array)?,
        DataType::LargeList(_) => lists::<i64>(array)?,
        DataType::FixedSizeList(_, size) => {
            let items = column_of(array.as_fixed_size_list().values())?;
            let (start, size) = (array.as_fixed_size_list().value_offset(0), usize::try_from(*size).ok()?);
            let start = usize::try_from(start).ok()?;
            members(array, |row| list_of(&items, start + row * size, size))
        }
        DataType::Map(..) => {
            let map = array.as_map();
            let entries = map.entries();
            let shape = Arc::new(Shape::new(["key", "value"].map(Text::new)));
            let columns = entries.columns().iter().map(|column| column_of(column).map(Arc::new));
            let batch = Arc::new(Batch::new(columns.collect::<Option<_>>()?, entries.len()));
            let row = |row| Value::Record(Arc::new(Record::row(Arc::clone(&shape), Arc::clone(&batch), row)));
            let entries = Column::any((0..entries.len()).map(|at| Member::Ready(row(at))).collect());
            members(array, |row| {
                let start = map.value_offsets().get(row).map_or(0, |offset| offset.as_usize());
                list_of(&entries, start, map.value_length(row).as_usize())
            })
        }
        DataType::Struct(fields) => {
            let shape = Arc::new(Shape::new(fields.iter().map(|field| Text::new(field.name()))));
            let columns = array.as_struct().columns().iter().map(|column| column_of(column).map(Arc::new));
            let batch = Arc::new(Batch::new(columns.collect::<Option<_>>()?, array.len()));
            members(array, |row| {
                Value::Record(Arc::new(Record::row(Arc::clone(&shape), Arc::clone(&batch), row)))
            })
        }
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let values = column_of(dictionary.values())?;
            if values.is_empty() {
                return Some(Column::same(Member::Ready(Value::Null), array.len()));
            }
            let keys = dictionary.normalized_keys();
            let key = |(row, key): (usize, usize)| if array.is_valid(row) { key as u32 } else { u32::MAX };
            let places: Vec<u32> = keys.into_iter().enumerate().map(key).collect();
            values.take(&places)
        }
        _ => return None,
    })
}

fn wholes<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>) -> Column
where
    i64: From<T::Native>,
{
    let wholes: Int64Array = array.unary(i64::from);
    Column::whole(Whole::Number, wholes)
}

/// A column of values that are made one by one.
fn cells<T>(array: &ArrayRef, items: impl Iterator<Item = Option<T>>, value: impl Fn(T) -> Value) -> Column {
    let mut cells = Vec::with_capacity(array.len());
    cells.extend(items.map(|item| Member::Ready(item.map_or(Value::Null, &value))));
    Column::any(cells)
}

fn members(array: &ArrayRef, value: impl Fn(usize) -> Value) -> Column {
    let cell = |row| Member::Ready(if array.is_valid(row) { value(row) } else { Value::Null });
    Column::any((0..array.len()).map(cell).collect())
}

fn binaries<'a>(array: &ArrayRef, items: impl Iterator<Item = Option<&'a [u8]>>) -> Column {
    cells(array, items, |bytes| Value::Binary(Arc::new(Binary::new(bytes.to_vec()))))
}

fn decimal(unscaled: i128, scale: i8) -> Value {
    let exact =
        u32::try_from(scale).ok().and_then(|scale| Decimal::try_from_i128_with_scale(unscaled, scale).ok());
    match exact {
        Some(decimal) => Value::from(decimal),
        None => Value::Double(unscaled as f64 / 10f64.powi(i32::from(scale))),
    }
}

fn list_of(items: &Column, start: usize, len: usize) -> Value {
    let items = (start..start + len).map(|at| items.get(at)).collect();
    Value::List(Arc::new(List::Items(items)))
}

fn lists<O: OffsetSizeTrait>(array: &ArrayRef) -> Option<Column> {
    let lists = array.as_list::<O>();
    let items = column_of(lists.values())?;
    Some(members(array, |row| {
        let start = lists.value_offsets().get(row).map_or(0, |offset| offset.as_usize());
        list_of(&items, start, lists.value_length(row).as_usize())
    }))
}

/// The cells that are outside of what M has a value for.
fn outside(rows: Vec<u32>, kind: &str) -> FxHashMap<u32, Member> {
    let error = || Error::data_format(format!("The {kind} is outside of the years 1 to 9999."));
    rows.into_iter().map(|row| (row, Member::failed(error()))).collect()
}

fn dates<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>, days: impl Fn(T::Native) -> i64) -> Column {
    let mut wrong = Vec::new();
    let mut converted = Vec::with_capacity(array.len());
    for (row, value) in array.values().iter().enumerate() {
        let date = days(*value).checked_add(i64::from(UNIX_DAYS)).and_then(Date::from_days);
        if date.is_none() && array.is_valid(row) {
            wrong.push(row as u32);
        }
        converted.push(date.map_or(0, |date| date.0));
    }
    Column::date(Int32Array::new(converted.into(), array.nulls().cloned())).with_odd(outside(wrong, "date"))
}

/// A number of `unit`s as ticks, rounded down; `None` if they are too many.
fn ticks(amount: i64, unit: TimeUnit) -> Option<i64> {
    match unit {
        TimeUnit::Second => amount.checked_mul(TICKS_PER_SECOND),
        TimeUnit::Millisecond => amount.checked_mul(TICKS_PER_MILLISECOND),
        TimeUnit::Microsecond => amount.checked_mul(TICKS_PER_MICROSECOND),
        TimeUnit::Nanosecond => Some(amount.div_euclid(100)),
    }
}

/// A column of ticks, converted by `convert`; what it has no ticks for is an error.
fn tick_column<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    whole: Whole,
    kind: &str,
    convert: impl Fn(T::Native) -> Option<i64>,
) -> Column {
    let mut wrong = Vec::new();
    let mut converted = Vec::with_capacity(array.len());
    for (row, value) in array.values().iter().enumerate() {
        let ticks = convert(*value);
        if ticks.is_none() && array.is_valid(row) {
            wrong.push(row as u32);
        }
        converted.push(ticks.unwrap_or(0));
    }
    let wholes = Int64Array::new(converted.into(), array.nulls().cloned());
    Column::whole(whole, wholes).with_odd(outside(wrong, kind))
}

fn times<T: ArrowPrimitiveType>(array: &ArrayRef, unit: TimeUnit) -> Column
where
    i64: From<T::Native>,
{
    tick_column(array.as_primitive::<T>(), Whole::Time, "time", |amount| {
        let ticks = ticks(i64::from(amount), unit)?;
        Time::from_ticks(ticks).map(|time| time.0)
    })
}

fn instants<T: ArrowPrimitiveType<Native = i64>>(
    array: &ArrayRef,
    unit: TimeUnit,
    zone: Option<&str>,
) -> Column {
    let array_of = array.as_primitive::<T>();
    let since_year_1 =
        move |amount| ticks(amount, unit)?.checked_add(UNIX_TICKS).and_then(DateTime::from_ticks);
    let Some(zone) = zone else {
        return tick_column(array_of, Whole::DateTime, "date and time", |amount| {
            since_year_1(amount).map(|datetime| datetime.0)
        });
    };
    let offset = offset_minutes(zone).unwrap_or(0);
    let zoned = |amount| since_year_1(amount).and_then(|utc| DateTimeZone::from_utc(utc, offset));
    let cell = |amount: Option<i64>| match amount.map(zoned) {
        None => Member::Ready(Value::Null),
        Some(Some(zoned)) => Member::Ready(Value::from(zoned)),
        Some(None) => {
            Member::failed(Error::data_format("The date and time is outside of the years 1 to 9999."))
        }
    };
    Column::any(array_of.iter().map(cell).collect())
}

/// The offset that a zone such as `+02:00` is; `None` for a zone with a name.
fn offset_minutes(zone: &str) -> Option<i64> {
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None => rest.split_at_checked(2)?,
    };
    let minutes = if minutes.is_empty() { 0 } else { minutes.parse::<u8>().ok()? };
    Some(sign * (i64::from(hours.parse::<u8>().ok()?) * 60 + i64::from(minutes)))
}

fn durations<T: ArrowPrimitiveType<Native = i64>>(array: &ArrayRef, unit: TimeUnit) -> Column {
    tick_column(array.as_primitive::<T>(), Whole::Duration, "duration", |amount| ticks(amount, unit))
}
