//! Pieces that every page is made of. They know nothing of the product: texts come in as signals, events go out as
//! callbacks. Looks stand in `style/`, by class and `data-` attribute.

mod button;
mod choice;
mod field;
mod live_region;
mod modal;
mod notice;
mod qr;
mod reactive;
mod ring;
mod state_mark;

pub use button::{Button, Look};
pub use choice::Choice;
pub use field::{Field, FieldKind};
pub use live_region::{Announcer, LiveRegion, provide_announcer, use_announcer};
pub use modal::{Modal, close_modal};
pub use notice::{Notice, Tone, notice};
pub use qr::Qr;
pub use reactive::{anew, derived, memo, whenever, whenever_after};
pub use ring::Ring;
pub use state_mark::{Mark, MarkShape, StateMark};
