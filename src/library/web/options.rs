//! The options of the functions that ask web servers.

use std::sync::Arc;
use std::time::Duration;

use crate::eval::{Context, conversion_error};
use crate::host::http::{Credential, HttpRequest};
use crate::sources::escape::push_escaped;
use crate::sources::web::failed;
use crate::value::temporal::TICKS_PER_SECOND;
use crate::value::types::Form;
use crate::value::{Error, Record, Result, Text, Type, Value};

/// Options as a record gives them; what is not given is `null`.
#[derive(Default)]
pub(in crate::library) struct Options {
    values: Vec<(&'static str, Value)>,
}

impl Options {
    /// Reads a record that may have the fields `valid`, in that order.
    ///
    /// # Errors
    /// There is another field, or one that fails.
    pub fn read(
        ctx: &Context,
        function: &str,
        valid: &'static [&'static str],
        record: Option<&Record>,
    ) -> Result<Options> {
        let mut values = Vec::new();
        for (name, member) in record.into_iter().flat_map(Record::fields) {
            let Some(known) = valid.iter().find(|known| **known == name.as_str()) else {
                return Err(Error::expression(format!(
                    "'{name}' isn't a valid {function} option. Valid options are: {}.",
                    valid.join(", ")
                ))
                .with_detail(Value::Text(name.clone())));
            };
            values.push((*known, member.force(ctx)?));
        }
        Ok(Options { values })
    }

    /// One option with its value.
    pub fn of(name: &'static str, value: Value) -> Options {
        Options { values: vec![(name, value)] }
    }

    /// The value of an option.
    pub fn value(&self, name: &str) -> &Value {
        self.values.iter().find(|(known, _)| *known == name).map_or(&Value::Null, |(_, value)| value)
    }

    /// A logical option; false where it is not given.
    pub fn logical(&self, name: &str) -> Result<bool> {
        match self.value(name) {
            Value::Null => Ok(false),
            Value::Logical(logical) => Ok(*logical),
            other => Err(wrong(other, Form::Logical)),
        }
    }

    /// A text option.
    pub fn text(&self, name: &str) -> Result<Option<Text>> {
        match self.value(name) {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text.clone())),
            other => Err(wrong(other, Form::Text)),
        }
    }

    /// A list of texts; empty where it is not given.
    pub fn texts(&self, ctx: &Context, name: &str) -> Result<Vec<String>> {
        let list = match self.value(name) {
            Value::Null => return Ok(Vec::new()),
            Value::List(list) => list.values(ctx)?,
            other => return Err(wrong(other, Form::List(None))),
        };
        list.iter().map(|value| text(value).map(str::to_owned)).collect()
    }

    /// A duration, or `default`.
    pub fn duration(&self, name: &str, default: Duration) -> Result<Duration> {
        match self.value(name) {
            Value::Null => Ok(default),
            Value::Duration(duration) if duration.0 > 0 => {
                Ok(Duration::from_secs_f64(duration.0 as f64 / TICKS_PER_SECOND as f64))
            }
            Value::Duration(_) => Err(Error::expression(format!(
                "The value of the option '{name}' must be a positive duration."
            ))
            .with_detail(self.value(name).clone())),
            other => Err(wrong(other, Form::Duration)),
        }
    }

    /// The statuses of `ManualStatusHandling`.
    pub fn statuses(&self, ctx: &Context) -> Result<Vec<u16>> {
        let list = match self.value("ManualStatusHandling") {
            Value::Null => return Ok(Vec::new()),
            Value::List(list) => list.values(ctx)?,
            other => return Err(wrong(other, Form::List(None))),
        };
        list.iter()
            .map(|value| {
                let number = value.to_double().ok_or_else(|| wrong(value, Form::Number))?;
                Ok(number.clamp(0.0, f64::from(u16::MAX)) as u16)
            })
            .collect()
    }

    /// The address with `RelativePath` behind its path and `Query` behind its query.
    pub fn address(&self, ctx: &Context, url: &str) -> Result<String> {
        let (rest, _) = url.split_once('#').unwrap_or((url, ""));
        let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
        let mut address = path.to_owned();
        let mut query = query.map(str::to_owned);
        if let Some(relative) = self.text("RelativePath")?
            && !relative.is_empty()
        {
            let (below, own) =
                relative.split_once('?').map_or((relative.as_str(), None), |(below, own)| (below, Some(own)));
            if !address.ends_with('/') {
                address.push('/');
            }
            address.push_str(below.trim_start_matches('/'));
            query = match (query, own) {
                (Some(query), Some(own)) => Some(format!("{query}&{own}")),
                (query, own) => query.or_else(|| own.map(str::to_owned)),
            };
        }
        let mut query = query.unwrap_or_default();
        self.push_query(ctx, &mut query)?;
        if !query.is_empty() {
            address.push('?');
            address.push_str(&query);
        }
        Ok(address)
    }

    /// Adds the parameters of `Query`. A list gives one for each of its items; none for `{}` and `null`.
    pub fn push_query(&self, ctx: &Context, query: &mut String) -> Result<()> {
        let record = match self.value("Query") {
            Value::Null => return Ok(()),
            Value::Record(record) => record,
            other => return Err(wrong(other, Form::Record(None))),
        };
        for (name, member) in record.fields() {
            let values = match member.force(ctx)? {
                Value::Null => continue,
                Value::List(list) => list.values(ctx)?,
                value => vec![value],
            };
            for value in values {
                if !query.is_empty() {
                    query.push('&');
                }
                push_escaped(name, query);
                query.push('=');
                push_escaped(text(&value)?, query);
            }
        }
        Ok(())
    }

    /// The fields of `Headers`, checked against what a request with the host's credentials may carry.
    pub fn push_headers(&self, ctx: &Context, headers: &mut Vec<(String, String)>) -> Result<()> {
        let record = match self.value("Headers") {
            Value::Null => return Ok(()),
            Value::Record(record) => record,
            other => return Err(wrong(other, Form::Record(None))),
        };
        for (name, member) in record.fields() {
            match member.force(ctx)? {
                Value::Null => {}
                value => headers.push((name.as_str().to_owned(), text(&value)?.to_owned())),
            }
        }
        Ok(())
    }
}

/// Request headers that go together with the host's credentials.
const WITH_CREDENTIALS: &[&str] = &[
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Accept-Language",
    "Cache-Control",
    "Content-Type",
    "If-Modified-Since",
    "Prefer",
    "Range",
    "Referer",
];

/// Refuses what a script may not send together with the host's credentials: its own words to the server could
/// otherwise make it do more than read.
pub(in crate::library) fn check_anonymous(
    ctx: &Context,
    kind: &str,
    function: &str,
    request: &HttpRequest,
) -> Result<()> {
    if !request.credentials {
        return Ok(());
    }
    let credential = ctx.host().credential(&request.url);
    match credential.map_err(|error| failed(kind, &request.url, &error.to_string()))? {
        None | Some(Credential::Anonymous) => return Ok(()),
        Some(_) => {}
    }
    if request.body.is_some() {
        return Err(Error::expression(format!(
            "{function} with the Content option is only supported when connecting anonymously."
        )));
    }
    let allowed = |name: &str| WITH_CREDENTIALS.iter().any(|allowed| allowed.eq_ignore_ascii_case(name));
    match request.headers.iter().find(|(name, _)| !allowed(name)) {
        Some((name, _)) => Err(Error::expression(format!(
            "The '{name}' header is only supported when connecting anonymously. These headers can be used with all \
             authentication types: {}",
            WITH_CREDENTIALS.join(", ")
        ))),
        None => Ok(()),
    }
}

fn text(value: &Value) -> Result<&str> {
    value.as_text().ok_or_else(|| wrong(value, Form::Text))
}

fn wrong(value: &Value, form: Form) -> Error {
    conversion_error(value, &Arc::new(Type::new(form)))
}
