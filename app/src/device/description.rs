//! What this phone says of itself: model, browser and system, read from what the browser tells. Pure; the
//! questions to the browser are asked in `browser`. Shown to the user on the computer, trusted by nobody.

use shared::api::Phone;

/// What a browser tells about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    pub user_agent: String,
    /// `navigator.maxTouchPoints`: an iPad calls itself a Macintosh, but no Macintosh has a touch screen.
    pub touch_points: u32,
    /// Brands of `navigator.userAgentData`, where there is one.
    pub brands: Vec<String>,
    /// High-entropy value `model`, where the browser gives one.
    pub model: Option<String>,
}

/// Longer names are cut: they are for a glance.
const NAME_CHARACTERS: usize = 60;

/// Marks in the user-agent string, the more special first: nearly every browser also calls itself Chrome or Safari.
const BROWSERS: &[(&str, &str)] = &[
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edg/", "Edge"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("OPX/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("Ddg/", "DuckDuckGo"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("YaBrowser/", "Yandex Browser"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Browsers whose user-agent string is Chrome's to the letter: only the brands tell.
const BRANDS: &[&str] = &["Brave", "Vivaldi", "Opera", "DuckDuckGo"];

/// Marks of systems, the more special first: Android also says Linux, an iPhone also says Mac OS X.
const SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iOS"),
    ("iPod", "iOS"),
    ("iPad", "iPadOS"),
    ("Android", "Android"),
    ("HarmonyOS", "HarmonyOS"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

pub fn describe(hints: &Hints) -> Phone {
    Phone {
        model: model(hints).as_deref().and_then(tidy),
        browser: browser(hints).to_owned(),
        system: system(hints).to_owned(),
    }
}

/// iPhone, iPod or iPad: where an unvisited page loses its storage and the Home Screen has one of its own.
pub fn is_apple_mobile(hints: &Hints) -> bool {
    matches!(system(hints), "iOS" | "iPadOS")
}

fn browser(hints: &Hints) -> &'static str {
    let branded = BRANDS
        .iter()
        .find(|brand| hints.brands.iter().any(|told| told.contains(**brand)));
    branded
        .copied()
        .or_else(|| mark(BROWSERS, &hints.user_agent))
        .unwrap_or("Browser")
}

fn system(hints: &Hints) -> &'static str {
    match mark(SYSTEMS, &hints.user_agent) {
        Some("macOS") if hints.touch_points > 1 => "iPadOS",
        Some(system) => system,
        None => "unknown system",
    }
}

fn mark(table: &[(&str, &'static str)], user_agent: &str) -> Option<&'static str> {
    table
        .iter()
        .find(|(mark, _)| user_agent.contains(mark))
        .map(|(_, name)| *name)
}

fn model(hints: &Hints) -> Option<String> {
    let told = hints
        .model
        .as_deref()
        .map(str::trim)
        .filter(|model| !model.is_empty());
    match (told, system(hints)) {
        (Some(model), _) => Some(model.to_owned()),
        (None, "iOS") => Some(String::from("iPhone")),
        (None, "iPadOS") => Some(String::from("iPad")),
        (None, "Android") => android_model(&hints.user_agent),
        (None, _) => None,
    }
}

/// The model after "Android 13; " in the first parentheses. Newer Chrome says `K` there for every phone, Firefox
/// says nothing of use.
fn android_model(user_agent: &str) -> Option<String> {
    let (_, after) = user_agent.split_once('(')?;
    let (inside, _) = after.split_once(')')?;
    let model = inside
        .split(';')
        .map(str::trim)
        .skip_while(|part| !part.starts_with("Android"))
        .skip(1)
        .find(|part| !matches!(*part, "K" | "U" | "wv" | "Mobile" | "Tablet") && !part.starts_with("rv:"))?;
    let model = model.split(" Build/").next()?;
    Some(model.trim_start_matches("SAMSUNG ").to_owned())
}

fn tidy(name: &str) -> Option<String> {
    let name: String = name
        .chars()
        .filter(|c| !c.is_control())
        .take(NAME_CHARACTERS)
        .collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(user_agent: &str, touch_points: u32) -> (Option<String>, String, String) {
        let phone = describe(&Hints {
            user_agent: user_agent.to_owned(),
            touch_points,
            ..Hints::default()
        });
        (phone.model, phone.browser, phone.system)
    }

    type Case = (
        &'static str,
        u32,
        Option<&'static str>,
        &'static str,
        &'static str,
    );

    /// User agent and touch points; model, browser and system.
    const REAL: &[Case] = &[
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
            5,
            None,
            "Chrome",
            "Android",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.6778.33 Mobile Safari/537.36",
            5,
            Some("Pixel 7"),
            "Chrome",
            "Android",
        ),
        (
            "Mozilla/5.0 (Linux; Android 8.0.0; SM-G955U Build/R16NW) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0.0.0 Mobile Safari/537.36",
            5,
            Some("SM-G955U"),
            "Chrome",
            "Android",
        ),
        (
            "Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/24.0 Chrome/117.0.0.0 Mobile Safari/537.36",
            5,
            Some("SM-S911B"),
            "Samsung Internet",
            "Android",
        ),
        (
            "Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0",
            5,
            None,
            "Firefox",
            "Android",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36 EdgA/130.0.0.0",
            5,
            None,
            "Edge",
            "Android",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36 OPR/86.0.0.0",
            5,
            None,
            "Opera",
            "Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
            5,
            Some("iPhone"),
            "Safari",
            "iOS",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1",
            5,
            Some("iPhone"),
            "Chrome",
            "iOS",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/132.0 Mobile/15E148 Safari/605.1.15",
            5,
            Some("iPhone"),
            "Firefox",
            "iOS",
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1.2 Mobile/15E148 Safari/604.1",
            5,
            Some("iPad"),
            "Safari",
            "iPadOS",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
            5,
            Some("iPad"),
            "Safari",
            "iPadOS",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
            0,
            None,
            "Safari",
            "macOS",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
            0,
            None,
            "Edge",
            "Windows",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
            0,
            None,
            "Firefox",
            "Linux",
        ),
        (
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
            1,
            None,
            "Chrome",
            "ChromeOS",
        ),
        ("", 0, None, "Browser", "unknown system"),
    ];

    #[test]
    fn real_user_agents_are_told_apart() {
        for (user_agent, touch_points, model, browser, system) in REAL {
            assert_eq!(
                told(user_agent, *touch_points),
                (
                    model.map(str::to_owned),
                    (*browser).to_owned(),
                    (*system).to_owned()
                ),
                "{user_agent}"
            );
        }
    }

    #[test]
    fn what_the_browser_tells_outright_comes_first() {
        let phone = describe(&Hints {
            user_agent: String::from(
                "Mozilla/5.0 (Linux; Android 10; K) Chrome/131.0.0.0 Mobile Safari/537.36",
            ),
            touch_points: 5,
            brands: ["Chromium", "Brave", "Not?A_Brand"].map(str::to_owned).to_vec(),
            model: Some(String::from("Pixel 8\u{7}")),
        });
        assert_eq!(phone.model.as_deref(), Some("Pixel 8"));
        assert_eq!(phone.browser, "Brave");
    }

    #[test]
    fn only_iphone_and_ipad_count_as_apple_mobile() {
        let hints = |user_agent: &str, touch_points| Hints {
            user_agent: user_agent.to_owned(),
            touch_points,
            ..Hints::default()
        };
        assert!(is_apple_mobile(&hints(
            "(iPhone; CPU iPhone OS 18_1 like Mac OS X)",
            5
        )));
        assert!(is_apple_mobile(&hints("(Macintosh; Intel Mac OS X 10_15_7)", 5)));
        assert!(!is_apple_mobile(&hints("(Macintosh; Intel Mac OS X 10_15_7)", 0)));
        assert!(!is_apple_mobile(&hints("(Linux; Android 10; K)", 5)));
    }

    #[test]
    fn an_endless_model_is_cut() {
        let phone = describe(&Hints {
            model: Some("x".repeat(5000)),
            ..Hints::default()
        });
        assert_eq!(phone.model.map(|model| model.len()), Some(NAME_CHARACTERS));
    }
}
