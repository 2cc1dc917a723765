//! Which page of the portal a path names.

use shared::url::page;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    SignIn,
    Dashboard,
    MobileIds,
    MobileId(Uuid),
    /// Where a link in a mail leads.
    MailLink,
    /// No page of the portal.
    Unknown,
}

impl Place {
    pub fn is_dashboard(self) -> bool {
        self == Self::Dashboard
    }

    /// One of the places that the menu entry Mobile ID stands for.
    pub fn is_mobile_id(self) -> bool {
        matches!(self, Self::MobileIds | Self::MobileId(_))
    }

    pub fn of(path: &str) -> Self {
        match path {
            page::DASHBOARD => Self::Dashboard,
            page::SIGN_IN => Self::SignIn,
            page::MOBILE_IDS => Self::MobileIds,
            page::MAIL_LINK => Self::MailLink,
            _ => path
                .strip_prefix(page::MOBILE_IDS)
                .and_then(|rest| rest.strip_prefix('/'))
                .and_then(|id| id.parse().ok())
                .map_or(Self::Unknown, Self::MobileId),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_path() {
        let id = Uuid::from_u128(7);
        for (path, place) in [
            ("/", Place::Dashboard),
            ("/sign-in", Place::SignIn),
            ("/mobile-ids", Place::MobileIds),
            (page::mobile_id(id).as_str(), Place::MobileId(id)),
            ("/mail", Place::MailLink),
            ("/mail/", Place::Unknown),
            ("/mobile-ids/", Place::Unknown),
            ("/mobile-ids/7", Place::Unknown),
            ("/mobile-idsx", Place::Unknown),
            ("/m", Place::Unknown),
            ("", Place::Unknown),
        ] {
            assert_eq!(Place::of(path), place, "{path}");
        }
    }
}
