//! What the phone shows, as values: `setup` decides, `page::phone` draws.

use shared::api::{ActivationOffer, Installation, Timestamp};

use super::database::Kept;
use super::stop::Stop;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Screen {
    /// Something is being found out.
    Checking,
    /// Opened without a code: the mobile IDs on this phone, and a field for a code.
    Start(Vec<Kept>),
    /// An iPhone or iPad, in the browser: the Home Screen first.
    HomeScreen(ActivationOffer),
    Offer(ActivationOffer),
    /// Start was tapped: keys are made, the code is claimed.
    Preparing,
    Pairing(Pairing),
    /// Confirmed: certificates are stored and the receipt is on its way.
    Installing,
    Installed(Installation),
    Cancelling,
    Stopped(Stop),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairing {
    /// Six digits.
    pub code: String,
    /// Masked, as the offer had it.
    pub user: String,
    pub profile_name: String,
    pub confirm_by: Option<Timestamp>,
}

impl Screen {
    /// Whether it stays in sight while a call is tried again; others give way to a page that says so.
    pub const fn outlasts_trouble(&self) -> bool {
        matches!(
            self,
            Self::Start(_) | Self::Pairing(_) | Self::Installed(_) | Self::Stopped(_)
        )
    }
}
