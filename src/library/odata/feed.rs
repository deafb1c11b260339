use std::time::Duration;

use super::super::web::{Options, check_anonymous};
use crate::eval::{Arguments, Context};
use crate::host::http::HttpRequest;
use crate::sources::odata::{ServiceOptions, open};
use crate::sources::web::failed;
use crate::value::{Error, Result, Value};

const OPTIONS: &[&str] = &[
    "ApiKeyName",
    "Concurrent",
    "EnableBatch",
    "ExcludedFromCacheKey",
    "FunctionOverloads",
    "Headers",
    "Implementation",
    "IncludeAnnotations",
    "IncludeMetadataAnnotations",
    "MaxUriLength",
    "MoreColumns",
    "ODataVersion",
    "OmitValues",
    "Query",
    "Timeout",
];

/// `OData.Feed(serviceUri, headers, options)`.
pub(super) fn feed(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let url = arguments.text(0)?;
    let record = match arguments.value(2) {
        // Whether to ask concurrently: the older form of the options.
        Value::Logical(_) => None,
        _ => arguments.optional_record(2)?,
    };
    let options = Options::read(ctx, "OData.Feed", OPTIONS, record.as_deref())?;
    let mut service = ServiceOptions {
        timeout: options.duration("Timeout", Duration::from_secs(600))?,
        api_key_name: options.text("ApiKeyName")?.map(|name| name.as_str().to_owned()),
        more_columns: options.logical("MoreColumns")?,
        ..ServiceOptions::default()
    };
    if options.value("ODataVersion").to_double().is_some_and(|version| version != 4.0) {
        return Err(Error::expression(
            "OData V3 isn't supported; the option ODataVersion must be 4 or null.",
        ));
    }
    if options.text("Implementation")?.is_some_and(|implementation| implementation.as_str() != "2.0") {
        return Err(Error::expression("The option Implementation must be \"2.0\" or null."));
    }
    if let Some(length) = options.value("MaxUriLength").to_double() {
        service.max_uri = length.clamp(0.0, 1e9) as usize;
    }
    if let Some(values) = options.text("OmitValues")? {
        service.omit_nulls = values.as_str() == "nulls";
    }
    for absent in ["IncludeAnnotations", "IncludeMetadataAnnotations"] {
        if !options.value(absent).is_null() {
            return Err(Error::expression(format!("The option {absent} isn't available.")));
        }
    }
    options.push_query(ctx, &mut service.query)?;
    let given = Options::of("Headers", arguments.value(1).clone());
    given.push_headers(ctx, &mut service.headers)?;
    options.push_headers(ctx, &mut service.headers)?;
    if !url.starts_with("http://") && !url.starts_with("https://") {
        let message = format!("OData: The given URL neither points to an OData service or a feed: '{url}'.");
        return Err(failed("OData", &url, &message));
    }
    let mut probe = HttpRequest::new("GET", url.as_str());
    probe.headers.clone_from(&service.headers);
    check_anonymous(ctx, "OData", "OData.Feed", &probe)?;
    open(ctx, &url, &service)
}
