//! OData.*: services that follow the Open Data Protocol.

mod feed;

use super::{Declaration, example, native};

pub(super) const FUNCTIONS: &[Declaration] = &[native(
    "OData.Feed",
    "(serviceUri as text, optional headers as nullable record, optional options as any) as any",
    "What an OData V4 service offers: a navigation table for the address of a service, a table for a feed, a record for \
     an entity. Types come from the service's metadata; what an entity leads to is asked for when it is read. Columns \
     that are not used are not asked for, and filters, sorting, first rows and counts are left to the service where its \
     answer is sure to be the same.",
    &[
        example(
            "try OData.Feed(\"https://services.odata.org/V4/TripPinService\"){[Name = \"People\", Signature = \
             \"table\"]}[Data] otherwise \"not granted\"",
            "\"not granted\"",
        ),
        example(
            "OData.Feed(\"https://example.com\", null, [ODataVersion = 3])",
            "error: Expression.Error: OData V3 isn't supported; the option ODataVersion must be 4 or null.",
        ),
    ],
    feed::feed,
)];
