//! Equation and comparison criteria: the ways List and Table functions can be told to compare.
