//! Every version of the script, newest first: when, who, why.

use leptos::prelude::*;
use shared::api::ScriptVersion;
use shared::url::page;

use crate::feature::Link;
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
                    .map(|version| {
                        let is_in_force = Some(version.number) == in_force;
                        view! { <Row version is_in_force /> }
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
}

#[component]
fn Row(version: ScriptVersion, is_in_force: bool) -> impl IntoView {
    let ScriptVersion {
        number,
        saved_at,
        author,
        comment,
        ..
    } = version;
    let named = say(move |language| word::options::version_number(language, &number.to_string()));
    let name = |word: Word| t(word);
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                <Link href=page::admin_version(number)>{named}</Link>
                {is_in_force.then(|| view! { " " <span class="tag">{t(word::options::IN_FORCE)}</span> })}
            </th>
            <td role="cell" data-name=name(word::options::SAVED_AT)>
                {say(move |language| words::date_and_time(&saved_at, language))}
            </td>
            <td role="cell" data-name=name(word::options::AUTHOR)>{author}</td>
            <td role="cell" data-name=name(word::options::COMMENT)>{comment}</td>
        </tr>
    }
}
