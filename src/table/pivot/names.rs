//! The names that become columns.

use std::sync::Arc;

use crate::eval::{Context, conversion_error};
use crate::table::keys::cell;
use crate::table::numbering::Numbering;
use crate::table::{Batch, Column};
use crate::value::types::Form;
use crate::value::{Member, Result, Text, Type, Value};

/// The names, numbered in their order.
pub(super) struct Names {
    numbering: Numbering,
    /// Those that were met, unless they are known beforehand.
    met: Option<Vec<Text>>,
}

impl Names {
    /// These, all of which differ. Other names are of no column.
    ///
    /// # Errors
    /// Only a stop.
    pub(super) fn known(ctx: &Context, names: &[Text]) -> Result<Names> {
        let mut numbering = Numbering::plain(1);
        let column: Column = names.iter().map(|name| Member::Ready(Value::Text(name.clone()))).collect();
        let batch = Batch::new(vec![Arc::new(column)], names.len());
        numbering.number(ctx, &batch, &[0], &mut Vec::with_capacity(names.len()))?;
        Ok(Names { numbering, met: None })
    }

    /// All that will be met.
    pub(super) fn unknown() -> Names {
        Names { numbering: Numbering::plain(1), met: Some(Vec::new()) }
    }

    /// How many there are, so far.
    pub(super) fn len(&self) -> usize {
        self.numbering.len()
    }

    /// Adds the number of the name in each row to `numbers`; that of none where it is of no column.
    ///
    /// # Errors
    /// The first that evaluating a name raises; and one that is met is no text.
    pub(super) fn number(
        &mut self,
        ctx: &Context,
        batch: &Batch,
        column: usize,
        numbers: &mut Vec<u32>,
    ) -> Result<()> {
        let Some(met) = &mut self.met else {
            return self.numbering.find(ctx, batch, &[column], numbers);
        };
        self.numbering.number(ctx, batch, &[column], numbers)?;
        if self.numbering.len() == met.len() {
            return Ok(());
        }
        for (row, &number) in numbers.iter().enumerate() {
            if number as usize == met.len() {
                match cell(ctx, batch, row, column)? {
                    Value::Text(name) => met.push(name),
                    other => return Err(conversion_error(&other, &Arc::new(Type::new(Form::Text)))),
                }
            }
        }
        Ok(())
    }

    /// Those that were met.
    pub(super) fn into_texts(self) -> Vec<Text> {
        self.met.unwrap_or_default()
    }
}
