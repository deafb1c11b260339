//! Enough of `$filter` for the tests.

use std::cmp::Ordering;

use serde_json::Value;

use super::store::Row;

/// Whether a row meets a filter.
pub fn passes(filter: &str, row: &Row) -> Result<bool, String> {
    let mut reading = Reading { rest: filter.trim() };
    let answer = reading.either(row)?;
    if reading.rest.is_empty() { Ok(answer) } else { Err(format!("unexpected '{}'", reading.rest)) }
}

struct Reading<'f> {
    rest: &'f str,
}

impl<'f> Reading<'f> {
    fn skip(&mut self, word: &str) -> bool {
        match self.rest.trim_start().strip_prefix(word) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn either(&mut self, row: &Row) -> Result<bool, String> {
        let mut answer = self.both(row)?;
        while self.skip("or ") {
            answer |= self.both(row)?;
        }
        Ok(answer)
    }

    fn both(&mut self, row: &Row) -> Result<bool, String> {
        let mut answer = self.one(row)?;
        while self.skip("and ") {
            answer &= self.one(row)?;
        }
        Ok(answer)
    }

    fn one(&mut self, row: &Row) -> Result<bool, String> {
        if self.skip("not ") {
            return Ok(!self.one(row)?);
        }
        if self.skip("(") {
            let answer = self.either(row)?;
            return if self.skip(")") { Ok(answer) } else { Err("a ) is missing".into()) };
        }
        for (name, test) in [
            ("contains(", (|a, b| a.contains(b)) as fn(&str, &str) -> bool),
            ("startswith(", |a, b| a.starts_with(b)),
            ("endswith(", |a, b| a.ends_with(b)),
        ] {
            if self.skip(name) {
                let column = self.until(',')?;
                let text = self.literal()?;
                self.skip(")");
                let value = row.get(column).and_then(Value::as_str).unwrap_or_default().to_lowercase();
                return Ok(test(&value, &text.as_str().unwrap_or_default().to_lowercase()));
            }
        }
        let column = self.until(' ')?;
        let word = self.until(' ')?;
        let constant = self.literal()?;
        let value = row.get(column).cloned().unwrap_or_default();
        let order = compare(&value, &constant);
        Ok(match word {
            "eq" => order == Some(Ordering::Equal),
            "ne" => order != Some(Ordering::Equal),
            _ if value.is_null() || constant.is_null() => false,
            "lt" => order == Some(Ordering::Less),
            "le" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            "gt" => order == Some(Ordering::Greater),
            "ge" => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
            other => return Err(format!("unknown operator '{other}'")),
        })
    }

    fn until(&mut self, end: char) -> Result<&'f str, String> {
        let (word, rest) = self.rest.split_once(end).ok_or_else(|| format!("'{end}' is missing"))?;
        self.rest = rest.trim_start();
        Ok(word.trim())
    }

    fn literal(&mut self) -> Result<Value, String> {
        if let Some(rest) = self.rest.strip_prefix('\'') {
            let mut text = String::new();
            let mut from = rest;
            loop {
                let (part, after) = from.split_once('\'').ok_or("a ' is missing")?;
                text.push_str(part);
                match after.strip_prefix('\'') {
                    Some(more) => {
                        text.push('\'');
                        from = more;
                    }
                    None => {
                        self.rest = after.trim_start();
                        return Ok(Value::from(text));
                    }
                }
            }
        }
        let end = self.rest.find([' ', ')', ',']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        Ok(serde_json::from_str(word).unwrap_or_else(|_| Value::from(word)))
    }
}

/// Texts without regard to case, as Dataverse compares them.
pub fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        (Value::Null, _) => Some(Ordering::Less),
        (_, Value::Null) => Some(Ordering::Greater),
        (Value::String(a), Value::String(b)) => Some(a.to_lowercase().cmp(&b.to_lowercase())),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}
