use std::sync::Arc;

use super::number::{currency_from, decimal_from, double_from, number_from, percentage_from, single_from};
use super::temporal::{date_from, datetime_from, datetimezone_from, duration_from, time_from};
use super::{WholeKind, logical_from, text_from, whole_from};
use crate::culture::Culture;
use crate::eval::{Context, conversion_error};
use crate::value::number::RoundingMode;
use crate::value::types::Form;
use crate::value::{Result, Type, Value};

/// The conversion a column type asks for, chosen once for all cells of a column.
#[derive(Clone, Debug)]
pub struct Converter {
    target: Target,
    culture: Culture,
    ty: Arc<Type>,
}

/// What a conversion makes: as the `From` function of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are called as what they make")]
pub enum Target {
    /// Every value stays what it is.
    Any,
    /// No conversion: the value must be of the type's kind already.
    Check,
    Text,
    Number,
    Double,
    Single,
    Decimal,
    Currency,
    Percentage,
    Whole(WholeKind),
    Logical,
    Date,
    Time,
    DateTime,
    DateTimeZone,
    Duration,
}

impl Target {
    fn of(ty: &Type) -> Target {
        let named = match ty.name {
            Some("Byte.Type") => Some(Target::Whole(WholeKind::Byte)),
            Some("Int8.Type") => Some(Target::Whole(WholeKind::Int8)),
            Some("Int16.Type") => Some(Target::Whole(WholeKind::Int16)),
            Some("Int32.Type") => Some(Target::Whole(WholeKind::Int32)),
            Some("Int64.Type") => Some(Target::Whole(WholeKind::Int64)),
            Some("Currency.Type") => Some(Target::Currency),
            Some("Percentage.Type") => Some(Target::Percentage),
            Some("Decimal.Type") => Some(Target::Decimal),
            Some("Double.Type") => Some(Target::Double),
            Some("Single.Type") => Some(Target::Single),
            _ => None,
        };
        named.unwrap_or(match &ty.form {
            Form::Any | Form::AnyNonNull => Target::Any,
            Form::Text => Target::Text,
            Form::Number => Target::Number,
            Form::Logical => Target::Logical,
            Form::Date => Target::Date,
            Form::Time => Target::Time,
            Form::DateTime => Target::DateTime,
            Form::DateTimeZone => Target::DateTimeZone,
            Form::Duration => Target::Duration,
            _ => Target::Check,
        })
    }
}

impl Converter {
    /// The conversion to `ty`, text read and written as in `culture`.
    pub fn new(ty: &Arc<Type>, culture: &Culture) -> Converter {
        Converter { target: Target::of(ty), culture: *culture, ty: Arc::clone(ty) }
    }

    /// The conversion that a `From` function makes.
    pub(super) fn to(target: Target, culture: Culture) -> Converter {
        Converter { target, culture, ty: Type::any() }
    }

    pub(super) fn target(&self) -> Target {
        self.target
    }

    pub(super) fn culture(&self) -> Culture {
        self.culture
    }

    /// Converts one cell. `null` stays `null` whatever the type.
    ///
    /// # Errors
    /// The value has no meaning in the type.
    pub fn convert(&self, ctx: &Context, value: &Value) -> Result<Value> {
        let culture = &self.culture;
        match self.target {
            Target::Any => Ok(value.clone()),
            Target::Text => text_from(ctx, value, culture),
            Target::Number => number_from(ctx, value, culture),
            Target::Double => double_from(ctx, value, culture),
            Target::Single => single_from(ctx, value, culture),
            Target::Decimal => decimal_from(ctx, value, culture),
            Target::Currency => currency_from(ctx, value, culture, RoundingMode::default()),
            Target::Percentage => percentage_from(ctx, value, culture),
            Target::Whole(kind) => whole_from(ctx, kind, value, culture, RoundingMode::default()),
            Target::Logical => logical_from(value),
            Target::Date => date_from(ctx, value, culture),
            Target::Time => time_from(ctx, value, culture),
            Target::DateTime => datetime_from(ctx, value, culture),
            Target::DateTimeZone => datetimezone_from(ctx, value, culture),
            Target::Duration => duration_from(value),
            Target::Check if value.is_null() || self.ty.accepts(value) => Ok(value.clone()),
            Target::Check => Err(conversion_error(value, &self.ty)),
        }
    }
}

/// Converts a single value as a column of type `ty` would. For many values make a [`Converter`].
///
/// # Errors
/// Those of [`Converter::convert`].
pub fn to_type(ctx: &Context, value: &Value, ty: &Arc<Type>, culture: &Culture) -> Result<Value> {
    Converter::new(ty, culture).convert(ctx, value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;
    use crate::value::literal_text;

    fn converted(value: Value, ty: Type, culture: &str) -> String {
        let query = Engine::new().compile("test", "null").unwrap();
        let ctx = query.start();
        let culture = Culture::find(culture).unwrap();
        match to_type(&ctx, &value, &Arc::new(ty), &culture) {
            Ok(value) => literal_text(&ctx, &value).unwrap(),
            Err(error) => error.to_string(),
        }
    }

    fn named(name: &'static str) -> Type {
        Type { name: Some(name), ..Type::new(Form::Number) }
    }

    #[test]
    fn text_is_read_as_the_type_and_the_culture_say() {
        let text = Value::text;
        assert_eq!(converted(text("1.5"), Type::new(Form::Number), "es-ES"), "15");
        assert_eq!(converted(text("1/2/2024"), Type::new(Form::Date), "es-ES"), "#date(2024, 2, 1)");
        assert_eq!(converted(text("2.5"), named("Int64.Type"), "en-US"), "2");
        assert_eq!(converted(text("1.23445"), named("Currency.Type"), "en-US"), "1.23440");
        assert_eq!(converted(text("x"), Type::new(Form::Any), "en-US"), "\"x\"");
    }

    #[test]
    fn null_stays_null_and_the_empty_text_is_none_of_the_others() {
        for form in [Form::Number, Form::Date, Form::Logical, Form::Duration, Form::List(None)] {
            assert_eq!(converted(Value::Null, Type::new(form), "en-US"), "null");
        }
        assert_eq!(converted(Value::text(""), Type::new(Form::Number), "en-US"), "null");
        assert_eq!(converted(Value::text(""), named("Int64.Type"), "en-US"), "null");
        assert_eq!(converted(Value::text(""), named("Decimal.Type"), "en-US"), "null");
        assert_eq!(converted(Value::text(""), Type::new(Form::Text), "en-US"), "\"\"");
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let error = "DataFormat.Error: We couldn't convert to Number.";
        assert_eq!(converted(Value::text("x"), named("Int64.Type"), "en-US"), error);
        let error = "Expression.Error: The number is out of range of an 8 bit integer value.";
        assert_eq!(converted(Value::Int64(128), named("Int8.Type"), "en-US"), error);
        let error = "DataFormat.Error: We couldn't parse the input provided as a Date value.";
        assert_eq!(converted(Value::text("x"), Type::new(Form::Date), "en-US"), error);
        let error = "Expression.Error: We cannot convert a value of type List to type Number.";
        assert_eq!(converted(Value::list([]), Type::new(Form::Number), "en-US"), error);
        let error = "Expression.Error: We cannot convert the value 1 to type List.";
        assert_eq!(converted(Value::Int64(1), Type::new(Form::List(None)), "en-US"), error);
    }

    #[test]
    fn without_a_clock_only_what_needs_none_converts() {
        let zoned = Type::new(Form::DateTimeZone);
        let given = converted(Value::text("2020-01-02T03:04:05+01:00"), zoned.clone(), "en-US");
        assert_eq!(given, "#datetimezone(2020, 1, 2, 3, 4, 5, 1, 0)");
        assert!(converted(Value::text("2020-01-02T03:04:05"), zoned, "en-US").contains("clock"));
    }
}
