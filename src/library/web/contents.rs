use std::sync::Arc;

use super::options::{Options, check_anonymous};
use crate::eval::{Arguments, Context, conversion_error};
use crate::host::http::HttpRequest;
use crate::sources::web::{Exchange, WebRequest, exchange, failed};
use crate::value::types::Form;
use crate::value::{
    Binary, Function, Member, Native, NativeBody, Parameters, Record, Result, Text, Type, Value,
};

const CONTENTS: &[&str] = &[
    "ApiKeyName",
    "Content",
    "ExcludedFromCacheKey",
    "Headers",
    "IsRetry",
    "ManualCredentials",
    "ManualStatusHandling",
    "Query",
    "RelativePath",
    "Timeout",
];

const HEADERS: &[&str] = &[
    "ApiKeyName",
    "ExcludedFromCacheKey",
    "Headers",
    "IsRetry",
    "ManualCredentials",
    "ManualStatusHandling",
    "Query",
    "RelativePath",
    "Timeout",
];

/// `Web.Contents(url, options)`. Lazy, as the engine's: errors come with the first use of the content.
pub(super) fn contents(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let exchange = asked(ctx, &arguments, "Web.Contents", CONTENTS)?;
    let metadata = metadata(&exchange);
    let binary = Value::Binary(Arc::new(Binary::streamed(exchange)));
    Ok(binary.with_metadata(Arc::new(metadata)))
}

/// `Web.Headers(url, options)`.
pub(super) fn headers(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let answer = asked(ctx, &arguments, "Web.Headers", HEADERS)?.answer(ctx)?;
    let status = Record::from_fields([("Response.Status", Value::Int64(answer.status.into()))]);
    Ok(shown_headers(&answer.headers).with_metadata(Arc::new(status)))
}

fn asked(
    ctx: &Context,
    arguments: &Arguments<'_>,
    function: &'static str,
    valid: &'static [&'static str],
) -> Result<Arc<Exchange>> {
    let options = Options::read(ctx, function, valid, arguments.optional_record(1)?.as_deref())?;
    let url = options.address(ctx, &arguments.text(0)?)?;
    if !["http://", "https://"]
        .iter()
        .any(|scheme| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
    {
        let message = format!("The supplied URL must be a valid 'http:' or 'https:' URL: '{url}'.");
        return Err(failed("Web", &url, &message));
    }
    let body: Option<Arc<[u8]>> = match options.value("Content") {
        Value::Null => None,
        Value::Binary(binary) => Some(Arc::from(binary.bytes(ctx)?)),
        other => return Err(conversion_error(other, &Arc::new(Type::new(Form::Binary)))),
    };
    let method = match (function, &body) {
        ("Web.Headers", _) => "HEAD",
        (_, Some(_)) => "POST",
        _ => "GET",
    };
    let mut http = HttpRequest::new(method, url);
    http.body = body;
    options.push_headers(ctx, &mut http.headers)?;
    http.timeout = options.duration("Timeout", HttpRequest::TIMEOUT)?;
    http.api_key_name = options.text("ApiKeyName")?.map(|name| name.as_str().to_owned());
    http.credentials = !options.logical("ManualCredentials")?;
    check_anonymous(ctx, "Web", function, &http)?;
    let request = WebRequest { http, manual: options.statuses(ctx)?, function };
    let excluded = options.texts(ctx, "ExcludedFromCacheKey")?;
    Ok(exchange(ctx, request, &excluded, options.logical("IsRetry")?))
}

/// What is known about the answer; nothing of it is asked for before it is read.
fn metadata(exchange: &Arc<Exchange>) -> Record {
    let lazy = |read: fn(&Exchange, &Context) -> Result<Value>| {
        let exchange = Arc::clone(exchange);
        Member::lazy(move |ctx| read(&exchange, ctx))
    };
    let uri = {
        let url = Value::text(exchange.url());
        let native = Native {
            name: Text::new("Content.Uri"),
            parameters: Parameters::untyped(&[]),
            body: NativeBody::Closure(Box::new(move |_, _| Ok(url.clone()))),
            kernel: None,
            data: None,
        };
        Value::Function(Arc::new(Function::native(Arc::new(native))))
    };
    Record::from_members([
        (
            Text::new("Content.Type"),
            lazy(|exchange, ctx| {
                let answer = exchange.answer(ctx)?;
                let kind = answer.header("content-type").and_then(|kind| kind.split(';').next());
                Ok(kind.map_or(Value::Null, |kind| Value::text(kind.trim())))
            }),
        ),
        (Text::new("Content.Uri"), Member::Ready(uri)),
        (Text::new("Headers"), lazy(|exchange, ctx| Ok(shown_headers(&exchange.answer(ctx)?.headers)))),
        (
            Text::new("Response.Status"),
            lazy(|exchange, ctx| Ok(Value::Int64(exchange.answer(ctx)?.status.into()))),
        ),
    ])
}

/// Headers as a record: names as people write them, several of one name in one text. What serves to log in stays out.
fn shown_headers(headers: &[(String, String)]) -> Value {
    const HIDDEN: &[&str] = &["set-cookie", "www-authenticate", "proxy-authenticate", "authentication-info"];
    let mut shown: Vec<(String, String)> = Vec::new();
    for (name, value) in headers {
        let name = titled(name);
        if HIDDEN.iter().any(|hidden| hidden.eq_ignore_ascii_case(&name)) {
            continue;
        }
        match shown.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => {
                values.push_str(", ");
                values.push_str(value);
            }
            None => shown.push((name, value.clone())),
        }
    }
    shown.sort();
    Value::record(shown.iter().map(|(name, value)| (name.as_str(), Value::text(value))))
}

/// `content-type` as `Content-Type`.
fn titled(name: &str) -> String {
    if name.eq_ignore_ascii_case("etag") {
        return "ETag".to_owned();
    }
    let mut upper = true;
    let letter = |letter: char| {
        let shown = if upper { letter.to_ascii_uppercase() } else { letter };
        upper = letter == '-';
        shown
    };
    name.chars().map(letter).collect()
}
