use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::similarity::similarity;
use crate::culture::Culture;
use crate::eval::{self, Context};
use crate::table;
use crate::value::{Error, Record, Result, Text, Value};

/// The options of fuzzy functions.
#[derive(Clone)]
pub(super) struct Options {
    /// How alike texts must be to belong together, from 0 to 1.
    pub(super) threshold: f64,
    /// The column that is to say how alike texts are.
    pub(super) similarity_column: Option<Text>,
    /// The most matches of a row.
    pub(super) matches: Option<usize>,
    ignore_case: bool,
    ignore_space: bool,
    /// Texts and what they stand for.
    transformations: Arc<FxHashMap<String, String>>,
}

impl Options {
    /// Reads an options record; what is not said is as the documentation has it.
    pub(super) fn read(ctx: &Context, record: Option<Arc<Record>>) -> Result<Options> {
        let field = |name: &str| match record.as_ref().and_then(|record| record.get(name)) {
            Some(member) => member.force(ctx),
            None => Ok(Value::Null),
        };
        let logical = |name| Ok(!matches!(field(name)?, Value::Logical(false)));
        let threshold = field("Threshold")?;
        let mut options = Options {
            threshold: threshold.to_double().unwrap_or(0.8),
            similarity_column: match field("SimilarityColumnName")? {
                Value::Text(name) => Some(name),
                _ => None,
            },
            matches: count(&field("NumberOfMatches")?)?,
            ignore_case: logical("IgnoreCase")?,
            ignore_space: logical("IgnoreSpace")?,
            transformations: Arc::default(),
        };
        if !(0.0..=1.0).contains(&options.threshold) {
            let message = "The 'Threshold' option must be between 0.00 and 1.00.";
            return Err(Error::expression(message).with_detail(threshold));
        }
        if let Value::Table(table) = field("TransformationTable")? {
            let position = |name: &str| table.position(name).ok_or_else(|| eval::column_not_found(name));
            let (from, to) = (position("From")?, position("To")?);
            let mut rows = table::rows(ctx, &table)?;
            let mut transformations = FxHashMap::default();
            while let Some(row) = rows.next(ctx)? {
                let from = row.force_at(from, ctx)?.map(Value::plain);
                let to = row.force_at(to, ctx)?.map(Value::plain);
                if let (Some(Value::Text(from)), Some(Value::Text(to))) = (from, to) {
                    transformations.insert(options.plain(&from), options.plain(&to));
                }
            }
            options.transformations = Arc::new(transformations);
        }
        Ok(options)
    }

    /// The error for an option that nothing here would heed.
    pub(super) fn refused(&self, name: &str) -> Error {
        Error::expression(format!("The option '{name}' isn't available here.")).with_detail(Value::text(name))
    }

    /// How alike two texts are: 1 where the options see no difference.
    pub(super) fn similarity(&self, left: &str, right: &str) -> f64 {
        if left == right {
            return 1.0;
        }
        let meant = |text: &str| {
            let plain = self.plain(text);
            self.transformations.get(&plain).cloned().unwrap_or(plain)
        };
        similarity(&meant(left), &meant(right), self.ignore_space)
    }

    fn plain(&self, text: &str) -> String {
        if self.ignore_case { Culture::default().to_lower(text) } else { text.to_owned() }
    }
}

/// The most matches that are wanted: a whole number, at least one.
fn count(value: &Value) -> Result<Option<usize>> {
    if value.is_null() {
        return Ok(None);
    }
    match value.to_double() {
        Some(number) if number.fract() == 0.0 && (1.0..1e9).contains(&number) => Ok(Some(number as usize)),
        _ => {
            let message = "The 'NumberOfMatches' option must be a whole number of at least 1.";
            Err(Error::expression(message).with_detail(value.clone()))
        }
    }
}
