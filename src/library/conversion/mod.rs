//! Conversions between kinds of values: what the `X.From` functions and column types share.
