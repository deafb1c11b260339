//! Evaluating expressions: operands as whole vectors, branches for the rows that take them.

use std::sync::Arc;

use arrow_array::{Array, BooleanArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};

use super::expression::Expression;
use super::merge::{Part, merge};
use super::result::{Collect, Fate, Vector};
use super::scope::Scope;
use super::{binary, call, made};
use crate::eval::apply_unary;
use crate::ir::UnaryOp;
use crate::table::{Column, Whole};
use crate::value::types::Kinds;
use crate::value::{Kind, Result, Value};

/// The values of an expression in the rows of a scope.
///
/// # Errors
/// Only a stop.
pub(super) fn evaluate(scope: &Scope<'_>, expression: &Expression) -> Result<Vector> {
    let len = scope.len();
    match expression {
        Expression::Constant(value) => Ok(Vector::same(value.clone(), len)),
        Expression::Column(position) => scope.column(*position),
        Expression::Captured(member) => Ok(known(member.ready().cloned(), len)),
        Expression::Member(section, member) => Ok(known(scope.member(*section, *member), len)),
        Expression::Variable(at) => scope.variable(*at),
        composite => {
            scope.ctx.steps(len)?;
            scope.ctx.nested(|| compose(scope, composite))
        }
    }
}

fn known(value: Option<Value>, len: usize) -> Vector {
    match value {
        Some(value) => Vector::same(value, len),
        None => Vector::fated(Fate::Unknown, len),
    }
}

fn compose(scope: &Scope<'_>, expression: &Expression) -> Result<Vector> {
    match expression {
        Expression::Bind(variables, body) => {
            let mut given = Vector::same(Value::Null, scope.len());
            for at in variables {
                let variable = scope.variable(*at)?;
                let fates = super::result::both(&given, &variable);
                given = given.with_fates(fates);
            }
            let body = evaluate(scope, body)?;
            let fates = super::result::both(&given, &body);
            Ok(body.with_fates(fates))
        }
        Expression::Unary(operator, operand) => unary(*operator, &evaluate(scope, operand)?),
        Expression::Binary(operator, pair) => {
            let (left, right) = (evaluate(scope, &pair.0)?, evaluate(scope, &pair.1)?);
            binary::apply(scope.ctx, *operator, &left, &right)
        }
        Expression::Logic(decisive, pair) => logic(scope, *decisive, &pair.0, &pair.1),
        Expression::Coalesce(pair) => {
            let left = evaluate(scope, &pair.0)?;
            let nulls = null_rows(&left);
            instead(scope, left, &nulls, &pair.1)
        }
        Expression::If(parts) => choose(scope, &parts.0, &parts.1, &parts.2),
        Expression::Is(operand, kinds) => {
            let operand = evaluate(scope, operand)?;
            let logicals = by_kind(&operand, |kind| kinds.contains(kind));
            Ok(Vector::of(Column::logical(BooleanArray::new(logicals, None)))
                .with_fates(operand.fates().cloned()))
        }
        Expression::As(operand, kinds) => Ok(checked(evaluate(scope, operand)?, *kinds)),
        Expression::TryOtherwise(pair) => {
            let tried = evaluate(scope, &pair.0)?;
            let Some(fates) = tried.fates().cloned() else { return Ok(tried) };
            let failed = fates.iter().enumerate().filter(|(_, fate)| **fate == Fate::Raises);
            let failed: Vec<u32> = failed.map(|(row, _)| row as u32).collect();
            instead(scope, tried, &failed, &pair.1)
        }
        Expression::Raise(operand) => {
            evaluate(scope, operand)?;
            Ok(Vector::fated(Fate::Raises, scope.len()))
        }
        Expression::Call(native, arguments) => call::native(scope, native, arguments),
        Expression::List(items) => made::list(scope, items),
        Expression::Record(shape, members) => made::record(scope, shape, members),
        Expression::Field(of, name, optional) => made::field(&evaluate(scope, of)?, name, *optional),
        // `evaluate` has handled all the others.
        _ => Ok(Vector::fated(Fate::Unknown, scope.len())),
    }
}

/// An expression evaluated for some rows of a scope: for all of them, where that costs less than taking the rows.
fn branch<'r>(scope: &Scope<'_>, expression: &Expression, rows: &'r [u32]) -> Result<Part<'r>> {
    let all = rows.len() == scope.len();
    if all || (expression.is_light() && rows.len() * 2 >= scope.len()) {
        return Ok(Part::whole(rows, evaluate(scope, expression)?));
    }
    Ok(Part::taken(rows, evaluate(&scope.of(rows), expression)?))
}

/// `base`, and in some rows what an expression gives instead.
fn instead(scope: &Scope<'_>, base: Vector, rows: &[u32], expression: &Expression) -> Result<Vector> {
    if rows.is_empty() {
        return Ok(base);
    }
    if rows.len() == base.len() {
        return evaluate(scope, expression);
    }
    Ok(merge(base.len(), Some(&base), &[branch(scope, expression, rows)?]))
}

fn choose(
    scope: &Scope<'_>,
    condition: &Expression,
    then: &Expression,
    otherwise: &Expression,
) -> Result<Vector> {
    let condition = evaluate(scope, condition)?;
    match condition.as_same().map(Value::as_plain) {
        Some(Value::Logical(true)) => return evaluate(scope, then),
        Some(Value::Logical(false)) => return evaluate(scope, otherwise),
        Some(_) => return Ok(Vector::fated(Fate::Raises, scope.len())),
        None => {}
    }
    let (mut yes, mut no, mut fated) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(bits) = condition.all_logical() {
        yes.extend(bits.set_indices_u32());
        no.extend((!bits).set_indices_u32());
    } else {
        for row in 0..condition.len() {
            match (condition.fate(row), logical(&condition, row)) {
                (Fate::Value, Ok(Some(true))) => yes.push(row as u32),
                (Fate::Value, Ok(Some(false))) => no.push(row as u32),
                (Fate::Value, _) => fated.push((row as u32, Fate::Raises)),
                (fate, _) => fated.push((row as u32, fate)),
            }
        }
    }
    let mut parts = Vec::with_capacity(2);
    for (rows, expression) in [(&yes, then), (&no, otherwise)] {
        if rows.len() == scope.len() {
            return evaluate(scope, expression);
        }
        if !rows.is_empty() {
            parts.push(branch(scope, expression, rows)?);
        }
    }
    let merged = merge(scope.len(), None, &parts);
    if fated.is_empty() {
        return Ok(merged);
    }
    let mut fates: Vec<Fate> = (0..merged.len()).map(|row| merged.fate(row)).collect();
    fated.into_iter().for_each(|(row, fate)| fates[row as usize] = fate);
    Ok(merged.with_fates(Some(fates.into())))
}

/// The logical value in a row, `None` for `null`; an error for a value of another kind.
fn logical(vector: &Vector, row: usize) -> std::result::Result<Option<bool>, ()> {
    if let Some(logicals) = vector.column().as_logical() {
        return Ok(logicals.is_valid(row).then(|| logicals.value(row)));
    }
    match vector.value(row).as_plain() {
        Value::Logical(logical) => Ok(Some(*logical)),
        Value::Null => Ok(None),
        _ => Err(()),
    }
}

fn logic(scope: &Scope<'_>, decisive: bool, left: &Expression, right: &Expression) -> Result<Vector> {
    let left = evaluate(scope, left)?;
    let asked: Vec<u32> = match left.all_logical() {
        Some(bits) => match decisive {
            true => (!bits).set_indices_u32().collect(),
            false => bits.set_indices_u32().collect(),
        },
        None => {
            let open = |row: &u32| {
                let row = *row as usize;
                left.fate(row) == Fate::Value
                    && logical(&left, row).is_ok_and(|logical| logical != Some(decisive))
            };
            (0..left.len() as u32).filter(open).collect()
        }
    };
    let right = match asked.is_empty() {
        true => None,
        false => Some(branch(scope, right, &asked)?),
    };
    if let (Some(left), Some(Part { whole: true, vector, .. })) = (left.all_logical(), &right)
        && let Some(right) = vector.all_logical()
    {
        let bits = if decisive { left | right } else { left & right };
        return Ok(Vector::of(Column::logical(BooleanArray::new(bits, None))));
    }
    if let Some(Part { whole: true, vector: right, .. }) = &right
        && let (None, None) = (left.fates(), right.fates())
        && let (Some(a), Some(b)) = (left.column().as_logical(), right.column().as_logical())
    {
        return Ok(Vector::of(Column::logical(joined(decisive, a, b))));
    }
    let mut result = Collect::new(left.len());
    let mut asked = asked.iter().enumerate().peekable();
    for row in 0..left.len() {
        let place = asked.next_if(|(_, asked)| **asked as usize == row);
        if left.fate(row) != Fate::Value {
            result.fate(left.fate(row));
            continue;
        }
        let (Ok(first), Some(part)) = (logical(&left, row), right.as_ref().filter(|_| place.is_some()))
        else {
            match logical(&left, row) {
                Ok(_) => result.cells().push_logical(decisive),
                Err(()) => result.fate(Fate::Raises),
            }
            continue;
        };
        let at = if part.whole { row } else { place.map_or(0, |(at, _)| at) };
        match (part.vector.fate(at), logical(&part.vector, at)) {
            (Fate::Value, Ok(Some(second))) if second == decisive => result.cells().push_logical(decisive),
            (Fate::Value, Ok(Some(_))) if first.is_some() => result.cells().push_logical(!decisive),
            (Fate::Value, Ok(_)) => result.cells().push_null(),
            (Fate::Value, Err(())) => result.fate(Fate::Raises),
            (fate, _) => result.fate(fate),
        }
    }
    Ok(result.finish())
}

/// `or` (decisive is true) or `and` of logical values and nulls.
fn joined(decisive: bool, a: &BooleanArray, b: &BooleanArray) -> BooleanArray {
    let are = |logicals: &BooleanArray, wanted: bool| {
        let bits = if wanted { logicals.values().clone() } else { !logicals.values() };
        match logicals.nulls() {
            Some(valid) => &bits & valid.inner(),
            None => bits,
        }
    };
    let decided = &are(a, decisive) | &are(b, decisive);
    let other = &are(a, !decisive) & &are(b, !decisive);
    let valid = NullBuffer::new(&decided | &other);
    let values = if decisive { decided } else { other };
    BooleanArray::new(values, (valid.null_count() > 0).then_some(valid))
}

/// The rows whose value is `null`.
fn null_rows(vector: &Vector) -> Vec<u32> {
    let has = |row: &u32| vector.fate(*row as usize) == Fate::Value;
    if let Some(mask) = vector.null_mask() {
        return mask.is_null(true).values().set_indices_u32().filter(has).collect();
    }
    (0..vector.len() as u32).filter(|row| has(row) && vector.value(*row as usize).is_null()).collect()
}

/// A question about the kind of each value.
fn by_kind(vector: &Vector, ask: impl Fn(Kind) -> bool) -> BooleanBuffer {
    let len = vector.len();
    if let Some(value) = vector.as_same() {
        return if ask(value.kind()) { BooleanBuffer::new_set(len) } else { BooleanBuffer::new_unset(len) };
    }
    let (Some(kind), Some(mask)) = (kind_of(vector), vector.null_mask()) else {
        return BooleanBuffer::collect_bool(len, |row| ask(vector.value(row).kind()));
    };
    match (ask(kind), ask(Kind::Null)) {
        (true, true) => BooleanBuffer::new_set(len),
        (true, false) => mask.is_null(false).values().clone(),
        (false, true) => mask.is_null(true).values().clone(),
        (false, false) => BooleanBuffer::new_unset(len),
    }
}

/// The kind of all values that are not `null`, if it can be told from the form of the column.
pub(super) fn kind_of(vector: &Vector) -> Option<Kind> {
    let column = vector.column();
    if column.text_cells().is_some() {
        return Some(Kind::Text);
    }
    if column.as_double().is_some() || column.as_number().is_some() {
        return Some(Kind::Number);
    }
    if column.as_date().is_some() {
        return Some(Kind::Date);
    }
    if column.as_logical().is_some() {
        return Some(Kind::Logical);
    }
    column.as_whole().map(|(kind, _)| match kind {
        Whole::Number => Kind::Number,
        Whole::Time => Kind::Time,
        Whole::DateTime => Kind::DateTime,
        Whole::Duration => Kind::Duration,
    })
}

/// The vector, values of other kinds than these raising.
fn checked(vector: Vector, kinds: Kinds) -> Vector {
    let wrong = by_kind(&vector, |kind| !kinds.contains(kind));
    if wrong.count_set_bits() == 0 {
        return vector;
    }
    let fate = |row: usize| match vector.fate(row) {
        Fate::Value if wrong.value(row) => Fate::Raises,
        fate => fate,
    };
    let fates: Arc<[Fate]> = (0..vector.len()).map(fate).collect();
    vector.with_fates(Some(fates))
}

fn unary(operator: UnaryOp, operand: &Vector) -> Result<Vector> {
    if let (UnaryOp::Not, Some(logicals)) = (operator, operand.column().as_logical()) {
        let inverted = BooleanArray::new(!logicals.values(), logicals.nulls().cloned());
        return Ok(Vector::of(Column::logical(inverted)).with_fates(operand.fates().cloned()));
    }
    if let Some(value) = operand.as_same() {
        return Ok(match apply_unary(operator, value) {
            Ok(value) => Vector::same(value, operand.len()),
            Err(_) => Vector::fated(Fate::Raises, operand.len()),
        });
    }
    let mut result = Collect::new(operand.len());
    for row in 0..operand.len() {
        match operand.fate(row) {
            Fate::Value => match apply_unary(operator, &operand.value(row)) {
                Ok(value) => result.value(value),
                Err(_) => result.fate(Fate::Raises),
            },
            fate => result.fate(fate),
        }
    }
    Ok(result.finish())
}
