//! Opening a file that was encrypted to the user: which certificate on this phone it is meant for, and what its key
//! makes of it. The page that shows it is `page::reader`; nothing here draws.

pub mod content;
pub mod fault;
pub mod holder;
pub mod open;

pub use content::Content;
pub use fault::Fault;
pub use holder::{Holder, holders};
