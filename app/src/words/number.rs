//! Numbers with their units. English, Swedish and German all know one and many.

use shared::api::{Validity, ValidityUnit};

use crate::flow::time_left::{Spoken, spoken};
use crate::i18n::{Language, word};

type Sentence = fn(Language, &str) -> String;

fn counted(count: u32, one: Sentence, other: Sentence, language: Language) -> String {
    let sentence = if count == 1 { one } else { other };
    sentence(language, &count.to_string())
}

/// "2 years".
pub fn validity(validity: &Validity, language: Language) -> String {
    let (one, other): (Sentence, Sentence) = match validity.unit {
        ValidityUnit::Years => (word::time::years_one, word::time::years_other),
        ValidityUnit::Months => (word::time::months_one, word::time::months_other),
        ValidityUnit::Days => (word::time::days_one, word::time::days_other),
    };
    counted(validity.amount, one, other, language)
}

/// "45 seconds", "3 minutes".
pub fn wait(seconds: u32, language: Language) -> String {
    match spoken(seconds) {
        Spoken::Seconds(count) => counted(
            count,
            word::time::seconds_one,
            word::time::seconds_other,
            language,
        ),
        Spoken::Minutes(count) => counted(
            count,
            word::time::minutes_one,
            word::time::minutes_other,
            language,
        ),
    }
}

pub fn tries_left(count: u32, language: Language) -> String {
    counted(count, word::scan::tries_one, word::scan::tries_other, language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_many_are_told_apart() {
        let years = |amount| Validity {
            amount,
            unit: ValidityUnit::Years,
        };
        assert_eq!(validity(&years(1), Language::En), "1 year");
        assert_eq!(validity(&years(2), Language::De), "2 Jahre");
        assert_eq!(wait(1, Language::Sv), "1 sekund");
        assert_eq!(wait(150, Language::En), "3 minutes");
        assert_eq!(tries_left(1, Language::En), "1 try left.");
    }
}
