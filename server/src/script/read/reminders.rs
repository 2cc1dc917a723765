//! The reminders' options out of the variables that their script leaves behind.

use rhai::{Array, Dynamic, Scope};
use shared::api::{FaultKind, ReminderValues, ScriptFault};

use super::{
    super::{
        names::Names,
        reminders::{DAYS, EACH_DAY},
    },
    Reading,
};
use crate::domain::reminder::{FURTHEST, MOST};

pub(in crate::script) fn reminders(
    scope: &Scope<'static>,
    names: &Names,
) -> Result<ReminderValues, Vec<ScriptFault>> {
    let mut reading = Reading {
        scope,
        names,
        faults: Vec::new(),
    };
    let values = ReminderValues {
        days_before: reading.days(),
        each_day: reading.switch(EACH_DAY),
    };
    reading.end(values)
}

impl Reading<'_> {
    /// The greatest first, each once. None: no reminders.
    fn days(&mut self) -> Vec<u32> {
        let found = self.value(DAYS);
        let takes =
            format!("a list of at most {MOST} whole numbers, each 1 to {FURTHEST}, such as [60, 30, 14, 7]");
        let Some(list) = found.clone().try_cast::<Array>() else {
            self.fault(DAYS, None, &found, FaultKind::WrongType, &takes);
            return vec![];
        };
        let numbers: Option<Vec<i64>> = list.iter().map(|item: &Dynamic| item.as_int().ok()).collect();
        let Some(numbers) = numbers else {
            self.fault(DAYS, None, &found, FaultKind::WrongType, &takes);
            return vec![];
        };
        let in_range = |number: i64| {
            u32::try_from(number)
                .ok()
                .filter(|days| (1..=FURTHEST).contains(days))
        };
        let days: Option<Vec<u32>> = numbers.into_iter().map(in_range).collect();
        let mut days = days.unwrap_or_default();
        if days.len() != list.len() || days.len() > MOST {
            self.fault(DAYS, None, &found, FaultKind::OutOfRange, &takes);
        }
        days.sort_unstable_by(|one, other| other.cmp(one));
        days.dedup();
        days
    }
}
