//! The languages that the product speaks.

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    En,
    Sv,
    De,
}

impl Language {
    pub const ALL: [Self; 3] = [Self::En, Self::Sv, Self::De];

    /// For the server, which writes mails in it.
    pub const fn on_wire(self) -> shared::api::Language {
        match self {
            Self::En => shared::api::Language::En,
            Self::Sv => shared::api::Language::Sv,
            Self::De => shared::api::Language::De,
        }
    }

    /// BCP 47, for `lang` attributes and `Intl`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Sv => "sv",
            Self::De => "de",
        }
    }

    /// As its speakers call it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Sv => "Svenska",
            Self::De => "Deutsch",
        }
    }

    /// By the first part of a language tag: `de-AT` is German.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next()?;
        Self::ALL
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(primary))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_knows_each_language_by_the_same_code() {
        for language in Language::ALL {
            assert_eq!(language.on_wire().as_str(), language.code());
        }
    }

    #[test]
    fn tags_are_read_by_their_first_part() {
        for (tag, language) in [
            ("de-AT", Some(Language::De)),
            ("SV", Some(Language::Sv)),
            ("en-GB", Some(Language::En)),
            ("fr", None),
            ("", None),
            ("dev", None),
        ] {
            assert_eq!(Language::from_tag(tag), language, "{tag}");
        }
    }
}
