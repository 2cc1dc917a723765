//! The administrator's scripts, options and reminders: each in an editor, what it does beside it, and its versions.

mod desk;
mod diff;
mod editor;
mod effect;
mod faults;
mod person;
mod preview;
mod reminders;
mod save;
mod stale;
mod toolbar;
mod version;
mod versions;

use leptos::prelude::*;
use shared::api::ScriptName;

use super::loaded::Waiting;
use crate::ui::{anew, derived};
use desk::Desk;

pub use version::ScriptVersionDetails;
pub use versions::ScriptVersionList;

/// Editor and effect, side by side where there is room.
#[component]
pub fn ScriptEditor(name: ScriptName) -> impl IntoView {
    let desk = Desk::open(name);
    view! {
        <div class="stack">
            <stale::Stale desk />
            <save::Saved desk />
            {anew(move || {
                desk.is_open()
                    .then(|| {
                        view! {
                            <div class="desk">
                                <div class="stack">
                                    <editor::Editor desk />
                                    <faults::Faults desk />
                                    <toolbar::Toolbar desk />
                                </div>
                                <effect::Effect desk />
                            </div>
                        }
                    })
            })}
            <Waiting
                is_loaded=derived(move || desk.is_open())
                failure=desk.failure
                again=desk.again
            />
        </div>
        {anew(move || desk.is_saving.get().then(|| view! { <save::SaveDialog desk /> }))}
    }
}
