//! The phone page's binary.

fn main() {}
