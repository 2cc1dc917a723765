//! The web application as one library: `page -> feature -> ui`, `feature -> api, flow, state`. Four small wasm binaries
//! stand on it, the portal (`bin/portal.rs`), the phone page (`bin/phone.rs`), the reader of encrypted files
//! (`bin/reader.rs`) and the console (`bin/console.rs`); each carries only what it uses. `ui` knows nothing of the
//! product; `flow` is plain logic, tested on the host.

pub mod api;
pub mod browser;
pub mod device;
pub mod feature;
pub mod flow;
pub mod i18n;
pub mod js;
pub mod page;
pub mod reader;
pub mod state;
pub mod ui;
pub mod words;
