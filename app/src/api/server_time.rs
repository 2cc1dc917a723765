//! The server's clock, as its answers tell it. What expires does so by that clock; a browser's may be minutes off.

use std::cell::Cell;

use js_sys::Date;

/// Differences of a few seconds are the network's, not the clock's.
const TOLERANCE_MS: f64 = 5_000.0;

thread_local! {
    /// How far the server's clock is ahead of the browser's, in milliseconds.
    static AHEAD: Cell<f64> = const { Cell::new(0.0) };
}

/// Takes the header `date` of an answer.
pub(super) fn heed(date: &str) {
    let ahead = Date::parse(date) - Date::now();
    if ahead.is_finite() {
        AHEAD.set(if ahead.abs() > TOLERANCE_MS { ahead } else { 0.0 });
    }
}

/// Milliseconds since 1970 by the server's clock, as well as we know it.
pub fn now() -> f64 {
    Date::now() + AHEAD.get()
}
