//! Numbers with their units. English, Swedish and German all know one and many.

use shared::api::Validity;

use crate::flow::time_left::{Spoken, spoken};
use crate::i18n::{Language, word};

type Sentence = fn(Language, &str) -> String;

fn counted(count: u32, one: Sentence, other: Sentence, language: Language) -> String {
    let sentence = if count == 1 { one } else { other };
    sentence(language, &count.to_string())
}

/// "2 years", "1 year, 6 months".
pub fn validity(validity: &Validity, language: Language) -> String {
    let parts: [(u32, Sentence, Sentence); 3] = [
        (validity.years, word::time::years_one, word::time::years_other),
        (validity.months, word::time::months_one, word::time::months_other),
        (validity.days, word::time::days_one, word::time::days_other),
    ];
    let mut said = String::new();
    for (count, one, other) in parts {
        if count > 0 {
            if !said.is_empty() {
                said.push_str(", ");
            }
            said.push_str(&counted(count, one, other, language));
        }
    }
    said
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
        Spoken::Minutes(count) => minutes(count, language),
    }
}

/// "5 minutes".
pub fn minutes(count: u32, language: Language) -> String {
    counted(
        count,
        word::time::minutes_one,
        word::time::minutes_other,
        language,
    )
}

pub fn tries_left(count: u32, language: Language) -> String {
    counted(count, word::scan::tries_one, word::scan::tries_other, language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_many_are_told_apart() {
        let years = |years| Validity {
            years,
            months: 0,
            days: 0,
        };
        assert_eq!(validity(&years(1), Language::En), "1 year");
        assert_eq!(validity(&years(2), Language::De), "2 Jahre");
        let mixed = Validity {
            years: 1,
            months: 0,
            days: 90,
        };
        assert_eq!(validity(&mixed, Language::En), "1 year, 90 days");
        assert_eq!(wait(1, Language::Sv), "1 sekund");
        assert_eq!(wait(150, Language::En), "3 minutes");
        assert_eq!(tries_left(1, Language::En), "1 try left.");
    }
}
