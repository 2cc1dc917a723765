//! The one integration binary: the server as others meet it, over HTTP and as a program.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "clippy knows tests by their attribute, and not the actors and fixtures that they share"
)]

mod killed;
mod phone;
mod portal;
mod program;
