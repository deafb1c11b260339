//! Web.*: what the host grants of the network.

mod contents;
mod options;

pub(super) use options::{Options, check_anonymous};

use super::{Declaration, example, native};

pub(super) const FUNCTIONS: &[Declaration] = &[
    native(
        "Web.Contents",
        "(url as text, optional options as nullable record) as binary",
        "What a web server answers, as far as the host grants its address. The request is sent when the content or its \
         metadata (Response.Status, Headers, Content.Type) is first needed, and sent again up to three times after the \
         statuses 408, 429, 503, 504 and 509; documents are read from the answer piece by piece. Options: Query, \
         RelativePath, Headers, Content (makes it a POST), Timeout, ManualStatusHandling, IsRetry, \
         ExcludedFromCacheKey, ApiKeyName, ManualCredentials.",
        &[
            example(
                "try Text.FromBinary(Web.Contents(\"https://example.com\", [RelativePath = \"data.csv\"])) otherwise \
                 \"not granted\"",
                "\"not granted\"",
            ),
            example(
                "Web.Contents(\"https://example.com\", [Quary = [a = \"b\"]])",
                "error: Expression.Error: 'Quary' isn't a valid Web.Contents option. Valid options are: ApiKeyName, \
                 Content, ExcludedFromCacheKey, Headers, IsRetry, ManualCredentials, ManualStatusHandling, Query, \
                 RelativePath, Timeout.",
            ),
        ],
        contents::contents,
    ),
    native(
        "Web.Headers",
        "(url as text, optional options as nullable record) as record",
        "The headers that a web server gives for an address, asked for with the method HEAD; the status is in the \
         metadata field Response.Status. The options are those of Web.Contents without Content.",
        &[example(
            "try Web.Headers(\"https://example.com\")[#\"Content-Type\"] otherwise \"not granted\"",
            "\"not granted\"",
        )],
        contents::headers,
    ),
];
