//! How values stand in columns: times as milliseconds, words and structures as text.

use serde::{Serialize, de::DeserializeOwned};
use time::OffsetDateTime;

use super::{Result, StoreError};

pub fn millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

pub fn time(table: &'static str, millis: i64) -> Result<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000)
        .map_err(|_| StoreError::Damaged { table })
}

/// A unit variant as its wire word.
pub fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("a word is a string, not {other:?}"),
    }
}

pub fn from_word<T: DeserializeOwned>(table: &'static str, word: String) -> Result<T> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(|_| StoreError::Damaged { table })
}

pub fn json(value: &impl Serialize) -> String {
    match serde_json::to_string(value) {
        Ok(text) => text,
        Err(error) => unreachable!("plain values have JSON: {error}"),
    }
}

pub fn from_json<T: DeserializeOwned>(table: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| StoreError::Damaged { table })
}
