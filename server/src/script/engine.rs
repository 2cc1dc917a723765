//! The language and its limits: what the engine knows, what it is kept from, and how its errors become faults.
//! Rhai comes with every limit off; here each of them is on, and there is no I/O, no module, no `eval` and no sleep,
//! because the packages that bring them are not taken.

use std::{
    cell::Cell,
    sync::LazyLock,
    time::{Duration, Instant},
};

use rhai::{
    AST, Engine, EvalAltResult, Identifier, OptimizationLevel, ParseErrorType, Position, Scope,
    packages::{
        ArithmeticPackage, BasicArrayPackage, BasicIteratorPackage, BasicMapPackage, BasicMathPackage,
        BasicStringPackage, LogicPackage, MoreStringPackage, Package,
    },
};
use shared::api::{FaultKind, ScriptFault};

/// What a script may do, all in all. The shipped one takes some fifty.
const OPERATIONS: u64 = 20_000;
/// The last resort: an operation of our engine takes a fraction of a microsecond, but nobody knows every one of them.
/// The operations end a script within milliseconds; this is for a machine that has other things to do meanwhile.
const TIME: Duration = Duration::from_secs(1);
const DEPTH: usize = 48;
const CHARACTERS: usize = 4 * 1_024;
const ITEMS: usize = 256;
const VARIABLES: usize = 64;

/// Words of the language that run text as a program, or that call by name.
const OFF: [&str; 4] = ["eval", "Fn", "call", "curry"];

thread_local! {
    /// When the script that runs in this thread has to end.
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
}

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let mut engine = Engine::new_raw();
    ArithmeticPackage::new().register_into_engine(&mut engine);
    LogicPackage::new().register_into_engine(&mut engine);
    BasicMathPackage::new().register_into_engine(&mut engine);
    BasicStringPackage::new().register_into_engine(&mut engine);
    MoreStringPackage::new().register_into_engine(&mut engine);
    BasicArrayPackage::new().register_into_engine(&mut engine);
    BasicMapPackage::new().register_into_engine(&mut engine);
    BasicIteratorPackage::new().register_into_engine(&mut engine);
    for word in OFF {
        engine.disable_symbol(Identifier::from(word));
    }
    // The optimizer hides names that do not exist, and can panic on an assignment to a constant's property.
    engine
        .set_optimization_level(OptimizationLevel::None)
        .set_max_operations(OPERATIONS)
        .set_max_expr_depths(DEPTH)
        .set_max_string_size(CHARACTERS)
        .set_max_array_size(ITEMS)
        .set_max_map_size(ITEMS)
        .set_max_variables(VARIABLES)
        .set_max_strings_interned(CHARACTERS)
        .set_fail_on_invalid_map_property(true)
        .on_print(|_| {})
        .on_debug(|_, _, _| {})
        .on_progress(|_| {
            let is_over = DEADLINE.get().is_some_and(|deadline| Instant::now() > deadline);
            is_over.then(|| "time".into())
        });
    engine
});

pub(super) fn compile(text: &str) -> Result<AST, ScriptFault> {
    ENGINE.compile(text).map_err(|error| {
        let kind = match error.err_type() {
            ParseErrorType::ExprTooDeep
            | ParseErrorType::LiteralTooLarge(..)
            | ParseErrorType::TooManyFunctions => FaultKind::LimitReached,
            _ => FaultKind::Syntax,
        };
        at(error.position(), kind, None, Some(error.err_type().to_string()))
    })
}

/// Runs the script on the variables of `scope`, which hold what it made of them afterwards.
pub(super) fn run(ast: &AST, scope: &mut Scope<'static>) -> Result<(), ScriptFault> {
    DEADLINE.set(Some(Instant::now() + TIME));
    let ran = ENGINE.run_ast_with_scope(scope, ast);
    DEADLINE.set(None);
    ran.map_err(|error| fault(*error))
}

/// Whether this word is the text's last token. The tokens need not make sense together.
pub(super) fn ends_with(text: &str, word: &str) -> bool {
    let texts = [text];
    let (tokens, _) = ENGINE.lex(&texts);
    tokens
        .take_while(|(token, _)| *token != rhai::Token::EOF)
        .last()
        .is_some_and(|(token, _)| matches!(token, rhai::Token::Identifier(name) if name.as_str() == word))
}

fn fault(mut error: EvalAltResult) -> ScriptFault {
    let position = error.take_position();
    let told = Some(error.to_string());
    match error {
        EvalAltResult::ErrorVariableNotFound(name, _) | EvalAltResult::ErrorPropertyNotFound(name, _) => {
            at(position, FaultKind::UnknownName, Some(name), None)
        }
        EvalAltResult::ErrorTooManyOperations(_)
        | EvalAltResult::ErrorTooManyVariables(_)
        | EvalAltResult::ErrorStackOverflow(_)
        | EvalAltResult::ErrorDataTooLarge(..) => at(position, FaultKind::LimitReached, None, told),
        EvalAltResult::ErrorTerminated(..) => {
            let told = format!("it takes longer than {} milliseconds", TIME.as_millis());
            at(position, FaultKind::LimitReached, None, Some(told))
        }
        _ => at(position, FaultKind::Failed, None, told),
    }
}

pub(super) fn at(
    position: Position,
    kind: FaultKind,
    name: Option<String>,
    expected: Option<String>,
) -> ScriptFault {
    let count = |count: Option<usize>| count.and_then(|count| u32::try_from(count).ok());
    ScriptFault {
        line: count(position.line()),
        column: count(position.position()),
        kind,
        name,
        expected,
        user: None,
    }
}
