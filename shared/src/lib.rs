//! What `app` and `server` must agree on, said once: wire types, URLs, problem codes and the device protocol.
//!
//! Plain values only: nothing here awaits, reads a clock or draws random numbers. Whoever needs chance or time
//! hands it in. Both other crates depend on this one; it depends on neither.

pub mod api;
pub mod problem;
pub mod protocol;
pub mod url;

/// Derives what every wire type needs; requests refuse unknown fields, answers tolerate new ones.
macro_rules! wire {
    ($(#[$meta:meta])* answer $($item:tt)*) => {
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        $(#[$meta])*
        $($item)*
    };
    ($(#[$meta:meta])* request $($item:tt)*) => {
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(deny_unknown_fields)]
        $(#[$meta])*
        $($item)*
    };
    ($(#[$meta:meta])* word $($item:tt)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        $(#[$meta])*
        $($item)*
    };
}
pub(crate) use wire;
