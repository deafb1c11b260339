//! Values of M. This folder knows neither the evaluator nor the host.

pub mod number;
pub mod temporal;
