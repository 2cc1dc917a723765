//! The built-in templates, part of the program: a mail can always be written.

use crate::domain::mail::{Kind, Language};

pub const LAYOUT: &str = include_str!("../template/layout.html");

/// Subject, text, HTML.
pub const fn source(language: Language, kind: Kind) -> [&'static str; 3] {
    macro_rules! files {
        ($path:literal) => {
            [
                include_str!(concat!("../template/", $path, ".subject")),
                include_str!(concat!("../template/", $path, ".txt")),
                include_str!(concat!("../template/", $path, ".html")),
            ]
        };
    }
    match (language, kind) {
        (Language::En, Kind::ActivationCode) => files!("en/activation_code"),
        (Language::En, Kind::Created) => files!("en/created"),
        (Language::En, Kind::NotCreated) => files!("en/not_created"),
        (Language::En, Kind::Expiring) => files!("en/expiring"),
        (Language::En, Kind::PauseEnds) => files!("en/pause_ends"),
        (Language::En, Kind::RecoveryApproved) => files!("en/recovery_approved"),
        (Language::En, Kind::RecoveryRefused) => files!("en/recovery_refused"),
        (Language::En, Kind::Test) => files!("en/test"),
        (Language::Sv, Kind::ActivationCode) => files!("sv/activation_code"),
        (Language::Sv, Kind::Created) => files!("sv/created"),
        (Language::Sv, Kind::NotCreated) => files!("sv/not_created"),
        (Language::Sv, Kind::Expiring) => files!("sv/expiring"),
        (Language::Sv, Kind::PauseEnds) => files!("sv/pause_ends"),
        (Language::Sv, Kind::RecoveryApproved) => files!("sv/recovery_approved"),
        (Language::Sv, Kind::RecoveryRefused) => files!("sv/recovery_refused"),
        (Language::Sv, Kind::Test) => files!("sv/test"),
        (Language::De, Kind::ActivationCode) => files!("de/activation_code"),
        (Language::De, Kind::Created) => files!("de/created"),
        (Language::De, Kind::NotCreated) => files!("de/not_created"),
        (Language::De, Kind::Expiring) => files!("de/expiring"),
        (Language::De, Kind::PauseEnds) => files!("de/pause_ends"),
        (Language::De, Kind::RecoveryApproved) => files!("de/recovery_approved"),
        (Language::De, Kind::RecoveryRefused) => files!("de/recovery_refused"),
        (Language::De, Kind::Test) => files!("de/test"),
    }
}
