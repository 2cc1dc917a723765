//! Tests of the CA as a whole.
