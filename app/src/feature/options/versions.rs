//! Every version of a script, newest first: when, who, why.

use leptos::prelude::*;
use shared::api::{ScriptName, ScriptVersion};

use crate::feature::Link;
use crate::flow::console_place::version;
use crate::i18n::{Word, say, t, word};
use crate::words;

const COLUMNS: [Word; 4] = [
    word::options::VERSION,
    word::options::SAVED_AT,
    word::options::AUTHOR,
    word::options::COMMENT,
];

#[component]
pub fn ScriptVersionList(
    name: ScriptName,
    /// Newest first: the first is in force.
    versions: Vec<ScriptVersion>,
) -> impl IntoView {
    let in_force = versions.first().map(|version| version.number);
    // The roles are said because the narrow layout takes the table's display away, and with it its meaning.
    view! {
        <table class="certificates versions" role="table" aria-labelledby="page-title">
            <thead role="rowgroup">
                <tr role="row">
                    {COLUMNS.map(|name| view! { <th role="columnheader" scope="col">{t(name)}</th> }).collect_view()}
                </tr>
            </thead>
            <tbody role="rowgroup">
                {versions
                    .into_iter()
                    .map(|kept| {
                        let is_in_force = Some(kept.number) == in_force;
                        view! { <Row name kept is_in_force /> }
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
}

#[component]
fn Row(name: ScriptName, kept: ScriptVersion, is_in_force: bool) -> impl IntoView {
    let ScriptVersion {
        number,
        saved_at,
        author,
        comment,
        ..
    } = kept;
    let named = say(move |language| word::options::version_number(language, &number.to_string()));
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                <Link href=version(name, number)>{named}</Link>
                {is_in_force.then(|| view! { " " <span class="tag">{t(word::options::IN_FORCE)}</span> })}
            </th>
            <td role="cell" data-name=t(word::options::SAVED_AT)>
                {say(move |language| words::date_and_time(&saved_at, language))}
            </td>
            <td role="cell" data-name=t(word::options::AUTHOR)>{author}</td>
            <td role="cell" data-name=t(word::options::COMMENT)>{comment}</td>
        </tr>
    }
}
