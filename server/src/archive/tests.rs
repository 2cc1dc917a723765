//! The key archive, without a server around it.

mod at_work;
mod delivery;
mod with_hpke;
