//! The names in a script: which of them nobody knows, what was meant perhaps, and where each option is assigned. Read
//! from the syntax tree, so that a branch that no user takes today is looked at too.

use rhai::{AST, ASTNode, BinaryExpr, Dynamic, Expr, Position, Stmt};
use shared::api::{FaultKind, ScriptFault};

use super::{USER, Vocabulary, engine::at, user_properties};

/// Names that differ by more than this are not taken for each other.
const ALIKE: f64 = 0.7;

/// A place where an option gets a value.
#[derive(Debug)]
pub(super) struct Assigned {
    pub option: String,
    /// For one key of a map, such as `certificates`.
    pub key: Option<String>,
    /// Where it is written out, not computed.
    pub value: Option<Dynamic>,
    pub position: Position,
}

#[derive(Debug)]
pub(super) struct Names {
    pub faults: Vec<ScriptFault>,
    pub assigned: Vec<Assigned>,
    vocabulary: &'static Vocabulary,
}

pub(super) fn read(ast: &AST, vocabulary: &'static Vocabulary) -> Names {
    let mut declared = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Stmt(statement)) = path.last() {
            declared.extend(declares(statement));
        }
        true
    });
    let mut names = Names {
        faults: Vec::new(),
        assigned: Vec::new(),
        vocabulary,
    };
    for (name, position) in &declared {
        if vocabulary.options.contains(&name.as_str()) || name == USER {
            names
                .faults
                .push(at(*position, FaultKind::DeclaredAgain, Some(name.clone()), None));
        }
    }
    let variables: Vec<_> = declared.into_iter().map(|(name, _)| name).collect();
    ast.walk(&mut |path: &[ASTNode]| {
        match path.last() {
            Some(ASTNode::Stmt(Stmt::Assignment(parts))) => names.assignment(&parts.1),
            Some(ASTNode::Expr(expression)) => names.expression(expression, &variables),
            _ => {}
        }
        true
    });
    // A node can be come to by two ways, such as a call that is a statement.
    names
        .faults
        .sort_by_key(|fault| (fault.line, fault.column, fault.name.clone()));
    names.faults.dedup();
    names
}

fn declares(statement: &Stmt) -> Vec<(String, Position)> {
    match statement {
        Stmt::Var(parts, ..) => vec![(parts.0.name.to_string(), parts.0.pos)],
        Stmt::For(parts, _) => [Some(&parts.0), parts.1.as_ref()]
            .into_iter()
            .flatten()
            .map(|ident| (ident.name.to_string(), ident.pos))
            .collect(),
        Stmt::TryCatch(parts, _) => match &parts.expr {
            Expr::Variable(name, _, position) => vec![(name.1.to_string(), *position)],
            _ => vec![],
        },
        _ => vec![],
    }
}

impl Names {
    fn assignment(&mut self, sides: &BinaryExpr) {
        let BinaryExpr { lhs, rhs } = sides;
        let Some((name, position)) = root(lhs) else {
            return;
        };
        if name == USER {
            let told = "user is given, and cannot be changed".to_owned();
            self.faults
                .push(at(position, FaultKind::Failed, Some(name), Some(told)));
            return;
        }
        if let Expr::Map(parts, _) = rhs
            && self.keys_of(&name).is_some()
        {
            for (key, value) in &parts.0 {
                self.key(&name, &key.name, key.pos);
                self.assigned.push(Assigned {
                    option: name.clone(),
                    key: Some(key.name.to_string()),
                    value: value.get_literal_value(None),
                    position: key.pos,
                });
            }
        }
        self.assigned.push(Assigned {
            key: first_key(lhs).map(|(key, _)| key),
            option: name,
            value: rhs.get_literal_value(None),
            position,
        });
    }

    fn expression(&mut self, expression: &Expr, variables: &[String]) {
        match expression {
            Expr::Variable(parts, _, position) => {
                let name = parts.1.as_str();
                let options = self.vocabulary.options;
                let is_known = options.contains(&name) || name == USER || variables.iter().any(|v| v == name);
                if !is_known {
                    let known = options
                        .iter()
                        .copied()
                        .chain([USER])
                        .chain(variables.iter().map(String::as_str));
                    let meant = meant(name, known);
                    self.unknown(*position, name.to_owned(), meant);
                }
            }
            Expr::Dot(..) | Expr::Index(..) => {
                let Some(((name, _), (key, position))) = root(expression).zip(first_key(expression)) else {
                    return;
                };
                if name == USER && !user_properties().any(|property| property == key) {
                    let meant = meant(&key, user_properties()).map(|property| format!("{USER}.{property}"));
                    self.unknown(position, format!("{USER}.{key}"), meant);
                } else {
                    self.key(&name, &key, position);
                }
            }
            _ => {}
        }
    }

    fn keys_of(&self, option: &str) -> Option<&'static [&'static str]> {
        let (map, keys) = self.vocabulary.map?;
        (map == option).then_some(keys)
    }

    /// A key of the option that is a map. What else has keys is not looked at here.
    fn key(&mut self, option: &str, key: &str, position: Position) {
        if let Some(keys) = self.keys_of(option)
            && !keys.contains(&key)
        {
            let meant = meant(key, keys.iter().copied());
            self.unknown(position, key.to_owned(), meant);
        }
    }

    fn unknown(&mut self, position: Position, name: String, meant: Option<String>) {
        self.faults
            .push(at(position, FaultKind::UnknownName, Some(name), meant));
    }
}

/// The variable at the beginning of a chain such as `certificates.signature`.
fn root(expression: &Expr) -> Option<(String, Position)> {
    match expression {
        Expr::Variable(parts, _, position) => Some((parts.1.to_string(), *position)),
        Expr::Dot(sides, ..) | Expr::Index(sides, ..) => root(&sides.lhs),
        _ => None,
    }
}

/// What stands right behind that variable: a property, or an index that is written out.
fn first_key(chain: &Expr) -> Option<(String, Position)> {
    let (Expr::Dot(sides, ..) | Expr::Index(sides, ..)) = chain else {
        return None;
    };
    match &sides.lhs {
        Expr::Variable(..) => name_of(&sides.rhs),
        inner => first_key(inner),
    }
}

fn name_of(key: &Expr) -> Option<(String, Position)> {
    match key {
        Expr::Property(parts, position) => Some((parts.2.to_string(), *position)),
        Expr::StringConstant(text, position) => Some((text.to_string(), *position)),
        Expr::Dot(sides, ..) | Expr::Index(sides, ..) => name_of(&sides.lhs),
        _ => None,
    }
}

/// The name that is most like one that nobody knows.
pub(super) fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let likeness =
        |known: &str| strsim::normalized_damerau_levenshtein(&name.to_lowercase(), &known.to_lowercase());
    known
        .map(|known| (likeness(known), known))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known.to_owned())
}
