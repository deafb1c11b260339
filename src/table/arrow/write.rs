use std::sync::Arc;

use arrow_array::builder::{BinaryBuilder, LargeStringBuilder, StringBuilder, StringViewBuilder};
use arrow_array::types::*;
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BooleanArray, Date32Array, Decimal128Array, Float64Array,
    PrimitiveArray, RecordBatch, RecordBatchOptions, StringArray,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};

use super::{UNIX_DAYS, UNIX_TICKS};
use crate::eval::{Context, column_not_found, conversion_error};
use crate::table::{Batch, Column, Demand, Table, Whole};
use crate::value::temporal::{TICKS_PER_MICROSECOND, TICKS_PER_MILLISECOND, TICKS_PER_SECOND};
use crate::value::types::Form;
use crate::value::{Error, Kind, Result, Type, Value, literal_text, number};

/// How tables become Arrow record batches.
///
/// Without a schema every column follows the type it claims: `text` is Utf8, `Int64.Type` and the shorter ones Int64,
/// other numbers Float64, `date` Date32, `datetime` a Timestamp in microseconds, `datetimezone` the same in UTC, `time`
/// Time64 in nanoseconds, `duration` a Duration in microseconds. A column that claims nothing follows the kind of the
/// cells in the first batch; with several kinds among them, or kinds Arrow has nothing for, it is a mixed column.
#[derive(Clone, Debug, Default)]
pub struct ArrowOptions {
    /// The schema wanted: columns are found by name, those it leaves out are not read.
    pub schema: Option<SchemaRef>,
    /// What becomes of mixed columns.
    pub mixed: MixedColumns,
    /// What becomes of a cell that its column's type does not hold.
    pub misfits: Misfits,
    /// What becomes of a cell whose evaluation fails.
    pub failed: FailedCells,
}

/// What becomes of columns of several kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MixedColumns {
    /// Utf8: texts as they are, all other values as M text.
    #[default]
    Text,
    /// An error.
    Fail,
}

/// What becomes of a cell that its column's type does not hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Misfits {
    /// An error that names the column.
    #[default]
    Fail,
    /// `null`.
    Null,
}

/// What becomes of a cell whose evaluation fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailedCells {
    /// The error is raised.
    #[default]
    Fail,
    /// `null`.
    Null,
}

/// Turns the batches of one table into record batches of one schema.
pub struct ArrowWriter {
    schema: SchemaRef,
    columns: Vec<Wanted>,
    misfits: Misfits,
    failed: FailedCells,
}

/// A column of the result.
struct Wanted {
    /// Its position in the table.
    position: usize,
    name: String,
    data_type: DataType,
    nullable: bool,
    /// Whether values of any kind are written, as M text.
    any: bool,
}

impl ArrowWriter {
    /// What is read of the table.
    ///
    /// # Errors
    /// `Expression.Error` if the schema wants a column that the table does not have.
    pub fn demand(table: &Table, options: &ArrowOptions) -> Result<Demand> {
        let Some(schema) = &options.schema else { return Ok(Demand::all()) };
        let positions = schema.fields().iter().map(|field| position(table, field.name()));
        Ok(Demand::only(table.width(), positions.collect::<Result<Vec<_>>>()?))
    }

    /// Whether the first rows are needed to know the types of all columns.
    pub fn looks_at_rows(table: &Table, options: &ArrowOptions) -> bool {
        options.schema.is_none() && table.types().iter().any(|ty| claimed(ty).is_none())
    }

    /// A writer for a table; `first` is its first batch, if [`ArrowWriter::looks_at_rows`] and there is one.
    ///
    /// # Errors
    /// `Expression.Error` for types in the schema that cannot be written, and for mixed columns where the options say
    /// so.
    pub fn new(
        ctx: &Context,
        table: &Table,
        options: &ArrowOptions,
        first: Option<&Batch>,
    ) -> Result<ArrowWriter> {
        let columns = match &options.schema {
            Some(schema) => schema
                .fields()
                .iter()
                .map(|field| {
                    if !is_writable(field.data_type()) {
                        return Err(Error::expression(format!(
                            "The column '{}' can't be written as the Arrow type {}.",
                            field.name(),
                            field.data_type()
                        )));
                    }
                    Ok(Wanted {
                        position: position(table, field.name())?,
                        name: field.name().clone(),
                        data_type: field.data_type().clone(),
                        nullable: field.is_nullable(),
                        any: false,
                    })
                })
                .collect::<Result<Vec<_>>>()?,
            None => {
                let mut columns = Vec::with_capacity(table.width());
                for (position, (name, ty)) in table.names().iter().zip(table.types()).enumerate() {
                    let seen = || first.and_then(|batch| batch.column(position));
                    let known = match claimed(ty) {
                        Some(known) => Some(known),
                        None => seen().map(|column| kind_of(ctx, column)).transpose()?.flatten(),
                    };
                    if known.is_none() && options.mixed == MixedColumns::Fail {
                        return Err(Error::expression(format!(
                            "The cells of column '{name}' are not of one kind that Arrow has a type for."
                        )));
                    }
                    columns.push(Wanted {
                        position,
                        name: name.as_str().to_owned(),
                        any: known.is_none(),
                        data_type: known.unwrap_or(DataType::Utf8),
                        nullable: true,
                    });
                }
                columns
            }
        };
        let schema = options.schema.clone().unwrap_or_else(|| {
            let field = |column: &Wanted| Field::new(&column.name, column.data_type.clone(), column.nullable);
            Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()))
        });
        Ok(ArrowWriter { schema, columns, misfits: options.misfits, failed: options.failed })
    }

    /// The schema of all record batches.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// A batch of the table as a record batch.
    ///
    /// # Errors
    /// The error of a cell, or one for a cell that does not fit, as the options say; stops.
    pub fn write(&self, ctx: &Context, batch: &Batch) -> Result<RecordBatch> {
        let mut arrays = Vec::with_capacity(self.columns.len());
        for wanted in &self.columns {
            let array = match batch.column(wanted.position) {
                Some(column) => match shared(column, &wanted.data_type) {
                    Some(array) => array,
                    None => self.array(ctx, wanted, column)?,
                },
                None => return Err(column_not_found(&wanted.name)),
            };
            if !wanted.nullable && array.null_count() > 0 {
                let message =
                    format!("The column '{}' holds null, which its Arrow type doesn't.", wanted.name);
                return Err(Error::expression(message));
            }
            arrays.push(array);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(batch.len()));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)
            .map_err(|error| Error::expression(error.to_string()))
    }

    /// The value in a row, `None` for `null` and for what the options turn into it.
    fn cell(&self, ctx: &Context, column: &Column, row: usize) -> Result<Option<Value>> {
        ctx.step()?;
        match column.get(row).force(ctx) {
            Ok(Value::Null) => Ok(None),
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_stop() || self.failed == FailedCells::Fail => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// The cells one by one through `convert`, which gives `None` for what does not fit.
    fn each<T>(
        &self,
        ctx: &Context,
        wanted: &Wanted,
        column: &Column,
        convert: impl Fn(&Value) -> Result<Option<T>>,
        mut push: impl FnMut(Option<T>),
    ) -> Result<()> {
        for row in 0..column.len() {
            let Some(value) = self.cell(ctx, column, row)? else {
                push(None);
                continue;
            };
            match convert(&value)? {
                None if self.misfits == Misfits::Fail => {
                    return Err(Error::expression(format!(
                        "A cell of column '{}' doesn't fit its Arrow type {}.",
                        wanted.name, wanted.data_type
                    ))
                    .with_detail(value));
                }
                converted => push(converted),
            }
        }
        Ok(())
    }

    fn primitive<T: ArrowPrimitiveType>(
        &self,
        ctx: &Context,
        wanted: &Wanted,
        column: &Column,
        convert: impl Fn(&Value) -> Option<T::Native>,
    ) -> Result<ArrayRef> {
        let mut cells = Vec::with_capacity(column.len());
        self.each(ctx, wanted, column, |value| Ok(convert(value)), |cell| cells.push(cell))?;
        let array: PrimitiveArray<T> = cells.into_iter().collect();
        // Types with a zone are more than their Rust type says.
        Ok(Arc::new(array.with_data_type(wanted.data_type.clone())))
    }

    fn whole<T: ArrowPrimitiveType>(
        &self,
        ctx: &Context,
        wanted: &Wanted,
        column: &Column,
    ) -> Result<ArrayRef>
    where
        T::Native: TryFrom<i64>,
    {
        self.primitive::<T>(ctx, wanted, column, |value| T::Native::try_from(whole_of(value)?).ok())
    }

    fn array(&self, ctx: &Context, wanted: &Wanted, column: &Column) -> Result<ArrayRef> {
        let text = |value: &Value| match value {
            Value::Text(text) => Ok(Some(text.as_str().to_owned())),
            other if wanted.any => literal_text(ctx, other).map(Some),
            _ => Ok(None),
        };
        match &wanted.data_type {
            DataType::Utf8 => {
                let mut texts = StringBuilder::new();
                let mut bytes = 0_usize;
                self.each(ctx, wanted, column, text, |text| {
                    bytes += text.as_ref().map_or(0, String::len);
                    if i32::try_from(bytes).is_ok() {
                        texts.append_option(text);
                    }
                })?;
                if i32::try_from(bytes).is_err() {
                    let message = format!(
                        "The texts of column '{}' are too long for one batch of Arrow's Utf8; ask for LargeUtf8.",
                        wanted.name
                    );
                    return Err(Error::expression(message));
                }
                Ok(Arc::new(texts.finish()))
            }
            DataType::LargeUtf8 => {
                let mut texts = LargeStringBuilder::new();
                self.each(ctx, wanted, column, text, |text| texts.append_option(text))?;
                Ok(Arc::new(texts.finish()))
            }
            DataType::Utf8View => {
                let mut texts = StringViewBuilder::new();
                self.each(ctx, wanted, column, text, |text| texts.append_option(text))?;
                Ok(Arc::new(texts.finish()))
            }
            DataType::Binary => {
                let mut bytes = BinaryBuilder::new();
                let read = |value: &Value| match value {
                    Value::Binary(binary) => binary.bytes(ctx).map(|bytes| Some(bytes.to_vec())),
                    _ => Ok(None),
                };
                self.each(ctx, wanted, column, read, |read| bytes.append_option(read))?;
                Ok(Arc::new(bytes.finish()))
            }
            DataType::Boolean => {
                let mut cells = Vec::with_capacity(column.len());
                let logical = |value: &Value| match value {
                    Value::Logical(logical) => Ok(Some(*logical)),
                    _ => Ok(None),
                };
                self.each(ctx, wanted, column, logical, |cell| cells.push(cell))?;
                Ok(Arc::new(BooleanArray::from(cells)))
            }
            DataType::Int8 => self.whole::<Int8Type>(ctx, wanted, column),
            DataType::Int16 => self.whole::<Int16Type>(ctx, wanted, column),
            DataType::Int32 => self.whole::<Int32Type>(ctx, wanted, column),
            DataType::Int64 => self.whole::<Int64Type>(ctx, wanted, column),
            DataType::UInt8 => self.whole::<UInt8Type>(ctx, wanted, column),
            DataType::UInt16 => self.whole::<UInt16Type>(ctx, wanted, column),
            DataType::UInt32 => self.whole::<UInt32Type>(ctx, wanted, column),
            DataType::UInt64 => self.whole::<UInt64Type>(ctx, wanted, column),
            DataType::Float32 => self.primitive::<Float32Type>(ctx, wanted, column, |value| {
                value.to_double().map(|double| double as f32)
            }),
            DataType::Float64 => self.primitive::<Float64Type>(ctx, wanted, column, Value::to_double),
            DataType::Decimal128(precision, scale) => {
                let mut cells = Vec::with_capacity(column.len());
                let convert = |value: &Value| Ok(unscaled(value, *precision, *scale));
                self.each(ctx, wanted, column, convert, |cell| cells.push(cell))?;
                let array = Decimal128Array::from(cells);
                Ok(Arc::new(array.with_data_type(wanted.data_type.clone())))
            }
            DataType::Date32 => self.primitive::<Date32Type>(ctx, wanted, column, |value| match value {
                Value::Date(date) => Some(date.0 - UNIX_DAYS),
                _ => None,
            }),
            DataType::Time64(TimeUnit::Microsecond) => {
                self.primitive::<Time64MicrosecondType>(ctx, wanted, column, time_of(TimeUnit::Microsecond))
            }
            DataType::Time64(_) => {
                self.primitive::<Time64NanosecondType>(ctx, wanted, column, time_of(TimeUnit::Nanosecond))
            }
            DataType::Timestamp(unit, zone) => {
                let instant = instant_of(*unit, zone.is_some());
                match unit {
                    TimeUnit::Second => self.primitive::<TimestampSecondType>(ctx, wanted, column, instant),
                    TimeUnit::Millisecond => {
                        self.primitive::<TimestampMillisecondType>(ctx, wanted, column, instant)
                    }
                    TimeUnit::Microsecond => {
                        self.primitive::<TimestampMicrosecondType>(ctx, wanted, column, instant)
                    }
                    TimeUnit::Nanosecond => {
                        self.primitive::<TimestampNanosecondType>(ctx, wanted, column, instant)
                    }
                }
            }
            DataType::Duration(unit) => {
                let unit = *unit;
                let amount = move |value: &Value| match value {
                    Value::Duration(duration) => amount_of(duration.0, unit),
                    _ => None,
                };
                match unit {
                    TimeUnit::Second => self.primitive::<DurationSecondType>(ctx, wanted, column, amount),
                    TimeUnit::Millisecond => {
                        self.primitive::<DurationMillisecondType>(ctx, wanted, column, amount)
                    }
                    TimeUnit::Microsecond => {
                        self.primitive::<DurationMicrosecondType>(ctx, wanted, column, amount)
                    }
                    TimeUnit::Nanosecond => {
                        self.primitive::<DurationNanosecondType>(ctx, wanted, column, amount)
                    }
                }
            }
            // Excluded when the writer was made.
            _ => Err(conversion_error(&Value::text(&wanted.name), &Type::any())),
        }
    }
}

fn position(table: &Table, name: &str) -> Result<usize> {
    table.position(name).ok_or_else(|| column_not_found(name))
}

/// The Arrow type for a claimed type; `None` if that tells nothing, or Arrow has nothing for it.
fn claimed(ty: &Type) -> Option<DataType> {
    Some(match (&ty.form, ty.name) {
        (Form::Number, Some("Int64.Type" | "Int32.Type" | "Int16.Type" | "Int8.Type" | "Byte.Type")) => {
            DataType::Int64
        }
        (Form::Number, _) => DataType::Float64,
        (Form::Text, _) => DataType::Utf8,
        (Form::Logical, _) => DataType::Boolean,
        (Form::Date, _) => DataType::Date32,
        (Form::DateTime, _) => DataType::Timestamp(TimeUnit::Microsecond, None),
        (Form::DateTimeZone, _) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        (Form::Time, _) => DataType::Time64(TimeUnit::Nanosecond),
        (Form::Duration, _) => DataType::Duration(TimeUnit::Microsecond),
        (Form::Binary, _) => DataType::Binary,
        _ => return None,
    })
}

/// The Arrow type for the one kind that the cells of a column are of. Cells that fail are of none.
fn kind_of(ctx: &Context, column: &Column) -> Result<Option<DataType>> {
    let mut kind = None;
    for row in 0..column.len() {
        ctx.step()?;
        let value = match column.get(row).force(ctx) {
            Ok(value) => value,
            Err(error) if error.is_stop() => return Err(error),
            Err(_) => continue,
        };
        match (kind, value.kind()) {
            (_, Kind::Null) => {}
            (None, found) => kind = Some(found),
            (Some(kind), found) if kind == found => {}
            _ => return Ok(None),
        }
    }
    let form = match kind {
        Some(Kind::Number) => Form::Number,
        Some(Kind::Text) => Form::Text,
        Some(Kind::Logical) => Form::Logical,
        Some(Kind::Date) => Form::Date,
        Some(Kind::DateTime) => Form::DateTime,
        Some(Kind::DateTimeZone) => Form::DateTimeZone,
        Some(Kind::Time) => Form::Time,
        Some(Kind::Duration) => Form::Duration,
        Some(Kind::Binary) => Form::Binary,
        _ => return Ok(None),
    };
    Ok(claimed(&Type::new(form)))
}

fn is_writable(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Utf8View
            | DataType::Binary
            | DataType::Boolean
            | DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::Int64
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32
            | DataType::UInt64
            | DataType::Float32
            | DataType::Float64
            | DataType::Decimal128(..)
            | DataType::Date32
            | DataType::Time64(_)
            | DataType::Timestamp(..)
            | DataType::Duration(_)
    )
}

/// The column's own memory, or a conversion of the whole column, where its form is what is wanted.
fn shared(column: &Column, data_type: &DataType) -> Option<ArrayRef> {
    match data_type {
        DataType::Utf8View => column.as_text().map(|texts| Arc::new(texts.clone()) as ArrayRef),
        DataType::Utf8 => {
            let texts = column.as_text()?;
            i32::try_from(texts.total_bytes_len()).ok()?;
            Some(Arc::new(texts.iter().collect::<StringArray>()))
        }
        DataType::Boolean => column.as_logical().map(|logicals| Arc::new(logicals.clone()) as ArrayRef),
        DataType::Float64 => match (column.as_double(), column.as_whole()) {
            (Some(doubles), _) => Some(Arc::new(doubles.clone())),
            (None, Some((Whole::Number, wholes))) => {
                let doubles: Float64Array = wholes.unary(|whole| whole as f64);
                Some(Arc::new(doubles))
            }
            _ => None,
        },
        DataType::Int64 => match column.as_whole() {
            Some((Whole::Number, wholes)) => Some(Arc::new(wholes.clone())),
            _ => None,
        },
        DataType::Date32 => column.as_date().map(|days| {
            // A null's number may be anything.
            let dates: Date32Array = days.unary(|day| day.wrapping_sub(UNIX_DAYS));
            Arc::new(dates) as ArrayRef
        }),
        DataType::Timestamp(TimeUnit::Microsecond, None) => match column.as_whole() {
            Some((Whole::DateTime, ticks)) => {
                let instants: PrimitiveArray<TimestampMicrosecondType> =
                    ticks.unary(|ticks| ticks.wrapping_sub(UNIX_TICKS).div_euclid(TICKS_PER_MICROSECOND));
                Some(Arc::new(instants))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The number as a whole one, if it is one of 64 bits.
fn whole_of(value: &Value) -> Option<i64> {
    match value {
        Value::Int64(whole) => Some(*whole),
        other => {
            let double = other.to_double()?;
            (double.fract() == 0.0 && double.abs() < 9.2e18).then_some(double as i64)
        }
    }
}

/// The number as so many units of `10^-scale`, rounded; `None` if it has more than `precision` digits.
fn unscaled(value: &Value, precision: u8, scale: i8) -> Option<i128> {
    let decimal = match value {
        Value::Int64(whole) => (*whole).into(),
        Value::Double(double) => number::double_to_decimal(*double)?,
        Value::Decimal(decimal) => **decimal,
        _ => return None,
    };
    let places = u32::try_from(scale).ok()?;
    let rounded = decimal.round_dp(places);
    let power = 10_i128.checked_pow(places - rounded.scale().min(places))?;
    let unscaled = rounded.mantissa().checked_mul(power)?;
    let most = 10_i128.checked_pow(u32::from(precision))?;
    (unscaled.abs() < most).then_some(unscaled)
}

/// Ticks in another unit, rounded down; `None` if they are too many.
fn amount_of(ticks: i64, unit: TimeUnit) -> Option<i64> {
    match unit {
        TimeUnit::Second => Some(ticks.div_euclid(TICKS_PER_SECOND)),
        TimeUnit::Millisecond => Some(ticks.div_euclid(TICKS_PER_MILLISECOND)),
        TimeUnit::Microsecond => Some(ticks.div_euclid(TICKS_PER_MICROSECOND)),
        TimeUnit::Nanosecond => ticks.checked_mul(100),
    }
}

fn time_of(unit: TimeUnit) -> impl Fn(&Value) -> Option<i64> {
    move |value| match value {
        Value::Time(time) => amount_of(time.0, unit),
        _ => None,
    }
}

/// Dates with times, and with zones where the type has one: a time without zone is no instant.
fn instant_of(unit: TimeUnit, zoned: bool) -> impl Fn(&Value) -> Option<i64> {
    move |value| {
        let ticks = match value {
            Value::DateTime(datetime) if !zoned => datetime.0,
            value if zoned => value.zoned()?.utc().0,
            _ => return None,
        };
        amount_of(ticks.checked_sub(UNIX_TICKS)?, unit)
    }
}
