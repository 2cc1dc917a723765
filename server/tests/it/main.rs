//! The one integration binary: the server as others meet it, over HTTP and as a program.

mod killed;
mod phone;
mod portal;
mod program;
