//! The work of each step: ask, make, store, read back, send. Every step may be done twice without harm, by a page
//! that was killed in the middle or by a second tab.

use shared::api::{Claim, KeyRequest, Purpose, SubmitKeys};
use shared::problem::Code as ProblemCode;
use shared::protocol::encode;
use uuid::Uuid;

use super::database::Database;
use super::description::{describe, is_apple_mobile};
use super::enrollment::{Enrollment, Step, TOKEN_OCTETS, read_code, wanted};
use super::install::{finish, install};
use super::keys::{KeyPair, KeySet};
use super::screen::{Pairing, Screen};
use super::setup::{Exit, Flow, Held, Run};
use super::stop::Stop;
use super::{browser, client, subtle};

/// Made before the claim, when it is not known yet which are wanted; the others are dropped.
const PURPOSES_MADE_AHEAD: [Purpose; 2] = [Purpose::Authentication, Purpose::Signature];

/// A link or a typed code: go on where this phone was with it, or show what it would set up.
pub async fn with_code(run: Run, text: String) -> Flow<()> {
    run.show(Screen::Checking)?;
    run.let_go();
    let code = read_code(&text).map_err(|_| Stop::LinkMalformed)?;
    let database = open().await?;
    if let Some((enrollment, keys)) = database.enrollment(&Enrollment::id_for(&code)).await? {
        return go_on(run, &database, enrollment, keys).await;
    }
    probe(&database).await?;
    let code = code.text();
    let offer = run.insist(client::activation(&code)).await?;
    let is_home_screen_wanted = is_apple_mobile(&browser::hints().await) && !browser::is_standalone();
    run.show(if is_home_screen_wanted {
        Screen::HomeScreen(offer)
    } else {
        Screen::Offer(offer)
    })
}

/// No code: go on with what is unfinished, or show what is on this phone.
pub async fn without_code(run: Run) -> Flow<()> {
    run.show(Screen::Checking)?;
    run.let_go();
    let database = open().await?;
    let unfinished = database.enrollments().await?;
    let newest = unfinished
        .into_iter()
        .max_by_key(|(enrollment, _)| enrollment.started_at_ms);
    if let Some((enrollment, keys)) = newest {
        return go_on(run, &database, enrollment, keys).await;
    }
    let kept = database.mobile_ids().await?;
    run.setup().watch(run, &kept);
    run.show(Screen::Start(kept))
}

/// Deletes a mobile ID with its keys from this phone.
pub async fn remove(run: Run, mobile_id: Uuid) -> Flow<()> {
    open().await?.forget_mobile_id(mobile_id).await?;
    without_code(run).await
}

/// "I did not ask for this": the process ends.
pub async fn decline(run: Run, code: String) -> Flow<()> {
    run.show(Screen::Cancelling)?;
    run.insist(client::decline(&code)).await?;
    Err(Stop::Declined.into())
}

/// The phone gives up, and the server is told. Where that comes too late, the server tells how it ended instead.
pub async fn cancel(run: Run, held: Held) -> Flow<()> {
    run.show(Screen::Cancelling)?;
    match run.insist(client::cancel(&held.device_token)).await {
        Ok(_) | Err(Exit::Stopped(Stop::Forgotten)) => Err(Stop::CancelledHere.into()),
        Err(Exit::Stopped(Stop::Refused(ProblemCode::ProcessEnded | ProblemCode::ActionNotPossible))) => {
            without_code(run).await
        }
        Err(exit) => Err(exit),
    }
}

/// Keys and device token are made, stored, read back and tested before the code is used.
pub async fn start(run: Run, code: String) -> Flow<()> {
    run.show(Screen::Preparing)?;
    let code = read_code(&code).map_err(|_| Stop::LinkMalformed)?;
    let database = open().await?;
    let mut keys = KeySet::default();
    for purpose in PURPOSES_MADE_AHEAD {
        let pair = KeyPair::generate(purpose).await;
        keys.pairs.push((purpose, pair.map_err(|_| Stop::OldBrowser)?));
    }
    let token = subtle::random::<TOKEN_OCTETS>().map_err(|_| Stop::OldBrowser)?;
    let enrollment = Enrollment::new(&code, &token, now_ms());
    // Where a second tab was first, its enrollment is the one that both go on with.
    database.add_enrollment(&enrollment, &keys).await?;
    let (enrollment, keys) = read_back(&database, &enrollment.id).await?;
    go_on(run, &database, enrollment, keys).await
}

/// Does what comes next until there is nothing left to do.
async fn go_on(run: Run, database: &Database, mut enrollment: Enrollment, mut keys: KeySet) -> Flow<()> {
    run.hold(&enrollment);
    let mut is_state_known = false;
    loop {
        let done = match enrollment.next() {
            Step::Claim { code } => claim(run, &enrollment, code).await,
            Step::SendKeys { purposes } => {
                keys = wanted_keys(database, &enrollment, keys, &purposes).await?;
                send_keys(run, &enrollment, &keys).await
            }
            Step::AwaitConfirmation | Step::Install(_) if !has_all_keys(&enrollment, &keys) => {
                return Err(Stop::KeysLost.into());
            }
            Step::AwaitConfirmation => {
                let waiting = await_confirmation(run, &enrollment, &keys, is_state_known).await;
                is_state_known = true;
                waiting
            }
            Step::Install(installation) => install(run, database, &enrollment, &installation).await,
            Step::Finish(installation) => {
                finish(database, &enrollment, &installation).await?;
                run.check()?;
                run.setup().forget_code();
                run.let_go();
                return run.show(Screen::Installed(installation));
            }
        };
        enrollment = match done {
            Err(Exit::Stopped(Stop::Refused(code))) => catch_up(run, enrollment, code).await?,
            done => done?,
        };
        database.save_enrollment(&enrollment, &keys).await?;
    }
}

async fn claim(run: Run, enrollment: &Enrollment, code: String) -> Flow<Enrollment> {
    run.show(Screen::Preparing)?;
    let claim = Claim {
        code,
        device_token: enrollment.device_token.clone(),
        phone: describe(&browser::hints().await),
    };
    let claimed = run.insist(client::claim(&claim)).await?;
    Ok(enrollment.clone().claimed(claimed))
}

async fn send_keys(run: Run, enrollment: &Enrollment, keys: &KeySet) -> Flow<Enrollment> {
    run.show(Screen::Preparing)?;
    let mut requests = SubmitKeys {
        keys: Vec::new(),
        transport_key: None,
    };
    for (purpose, pair) in &keys.pairs {
        if *purpose == Purpose::Encryption {
            requests.transport_key = Some(encode(&pair.public_key().await?));
        } else {
            requests.keys.push(KeyRequest {
                purpose: *purpose,
                request: encode(&pair.request().await?),
            });
        }
    }
    let accepted = run
        .insist(client::keys(&enrollment.device_token, &requests))
        .await?;
    Ok(enrollment.clone().keys_accepted(accepted))
}

/// Shows the pairing code and waits for the computer. The first question is answered at once.
async fn await_confirmation(
    run: Run,
    enrollment: &Enrollment,
    keys: &KeySet,
    is_state_known: bool,
) -> Flow<Enrollment> {
    let code = enrollment
        .pairing_code(&keys.public_keys().await?)
        .ok_or(Stop::Refused(ProblemCode::MalformedRequest))?;
    run.show(Screen::Pairing(Pairing {
        code: code.as_str().to_owned(),
        user: enrollment
            .claimed
            .as_ref()
            .map_or_else(String::new, |claimed| claimed.user.clone()),
        profile_name: enrollment
            .claimed
            .as_ref()
            .map_or_else(String::new, |claimed| claimed.profile_name.clone()),
        confirm_by: enrollment.confirm_by.clone(),
    }))?;
    let since = is_state_known.then(|| enrollment.known_state());
    let told = run
        .insist(client::enrollment(&enrollment.device_token, since))
        .await?;
    Ok(enrollment.clone().learn(told)?)
}

/// Exactly one key for each wanted purpose, made now where it was not made ahead.
async fn wanted_keys(
    database: &Database,
    enrollment: &Enrollment,
    keys: KeySet,
    purposes: &[Purpose],
) -> Flow<KeySet> {
    let mut wanted = keys;
    wanted.pairs.retain(|(purpose, _)| purposes.contains(purpose));
    for purpose in purposes {
        if wanted.pair(*purpose).is_none() {
            let pair = KeyPair::generate(*purpose).await?;
            wanted.pairs.push((*purpose, pair));
        }
    }
    database.save_enrollment(enrollment, &wanted).await?;
    let (_, wanted) = read_back(database, &enrollment.id).await?;
    Ok(wanted)
}

/// A browser that clears its storage may do so between two visits.
fn has_all_keys(enrollment: &Enrollment, keys: &KeySet) -> bool {
    let claimed = enrollment.claimed.iter();
    claimed
        .flat_map(wanted)
        .all(|purpose| keys.pair(purpose).is_some())
}

/// The server does not take this step now: where it has moved on, so does the phone; otherwise that is the end.
async fn catch_up(run: Run, enrollment: Enrollment, refusal: ProblemCode) -> Flow<Enrollment> {
    let has_moved = matches!(
        refusal,
        ProblemCode::ProcessEnded | ProblemCode::ActionNotPossible
    );
    if !has_moved || matches!(enrollment.next(), Step::Claim { .. }) {
        return Err(Stop::Refused(refusal).into());
    }
    let known = enrollment.known_state();
    let token = enrollment.device_token.clone();
    let told = run.insist(client::enrollment(&token, None)).await?;
    let told = enrollment.learn(told)?;
    if told.known_state() == known {
        return Err(Stop::Refused(refusal).into());
    }
    Ok(told)
}

/// What is stored, with keys that sign.
async fn read_back(database: &Database, id: &str) -> Flow<(Enrollment, KeySet)> {
    let (enrollment, keys) = database.enrollment(id).await?.ok_or(Stop::StorageRefused)?;
    for (_, pair) in &keys.pairs {
        pair.test().await?;
    }
    Ok((enrollment, keys))
}

/// The database of a browser that can do this at all.
async fn open() -> Flow<Database> {
    if !browser::is_secure_context() {
        return Err(Stop::NotSecure.into());
    }
    if !subtle::is_present() || !browser::has_indexed_db() {
        return Err(Stop::OldBrowser.into());
    }
    Ok(Database::open().await?)
}

/// Makes, stores, reads back and tries a key before any code is used: a private tab is told apart in time.
async fn probe(database: &Database) -> Flow<()> {
    let pair = KeyPair::generate(Purpose::Authentication)
        .await
        .map_err(|_| Stop::OldBrowser)?;
    let id = encode(&subtle::random::<16>().map_err(|_| Stop::OldBrowser)?);
    let read = database.keep_for_a_moment(&id, &pair).await?;
    Ok(read.test().await.map_err(|_| Stop::StorageRefused)?)
}

fn now_ms() -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "milliseconds since 1970 are positive and far below 2^53"
    )]
    let now = js_sys::Date::now() as u64;
    now
}
