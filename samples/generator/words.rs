//! Word lists: common given names and surnames in no real combination, reserved domains, test card numbers.
//!
//! # Promises
//!
//! - Nobody is meant. Domains are those of RFC 2606 and `.example`; card prefixes are those of public test numbers;
//!   telephone numbers, where they are made, come from the ranges that regulators keep for fiction.
//!
//! # What this module does not know
//!
//! How the words are put together.

/// A given name as its bearer writes it, and as an e-mail address writes it.
pub(crate) const GIVEN: &[(&str, &str)] = &[
    ("Ada", "ada"),
    ("Aisha", "aisha"),
    ("Alejandro", "alejandro"),
    ("Amara", "amara"),
    ("Anton", "anton"),
    ("Astrid", "astrid"),
    ("Beatriz", "beatriz"),
    ("Björn", "bjorn"),
    ("Carmen", "carmen"),
    ("Chidi", "chidi"),
    ("Chloé", "chloe"),
    ("Dalia", "dalia"),
    ("Daniel", "daniel"),
    ("Devika", "devika"),
    ("Elif", "elif"),
    ("Emil", "emil"),
    ("Esther", "esther"),
    ("Farid", "farid"),
    ("Fatima", "fatima"),
    ("Felix", "felix"),
    ("Grace", "grace"),
    ("Hana", "hana"),
    ("Hugo", "hugo"),
    ("Ibrahim", "ibrahim"),
    ("Ines", "ines"),
    ("Ivan", "ivan"),
    ("Jamal", "jamal"),
    ("Jin", "jin"),
    ("Jonas", "jonas"),
    ("Kaito", "kaito"),
    ("Kamala", "kamala"),
    ("Katya", "katya"),
    ("Lars", "lars"),
    ("Leila", "leila"),
    ("Lena", "lena"),
    ("Luca", "luca"),
    ("Mai", "mai"),
    ("Marcus", "marcus"),
    ("Mei", "mei"),
    ("Miguel", "miguel"),
    ("Mira", "mira"),
    ("Nadia", "nadia"),
    ("Noah", "noah"),
    ("Nora", "nora"),
    ("Olu", "olu"),
    ("Omar", "omar"),
    ("Paolo", "paolo"),
    ("Priya", "priya"),
    ("Rafael", "rafael"),
    ("Ravi", "ravi"),
    ("Rosa", "rosa"),
    ("Ruth", "ruth"),
    ("Samir", "samir"),
    ("Sofia", "sofia"),
    ("Tariq", "tariq"),
    ("Thandi", "thandi"),
    ("Tomás", "tomas"),
    ("Uma", "uma"),
    ("Viktor", "viktor"),
    ("Wen", "wen"),
    ("Yara", "yara"),
    ("Yusuf", "yusuf"),
    ("Zeynep", "zeynep"),
    ("Zoë", "zoe"),
];

/// A surname as its bearer writes it, and as an e-mail address writes it.
pub(crate) const SURNAMES: &[(&str, &str)] = &[
    ("Abara", "abara"),
    ("Ahmadi", "ahmadi"),
    ("Almeida", "almeida"),
    ("Andersson", "andersson"),
    ("Baptiste", "baptiste"),
    ("Barros", "barros"),
    ("Bergström", "bergstrom"),
    ("Bianchi", "bianchi"),
    ("Carver", "carver"),
    ("Castellano", "castellano"),
    ("Chandra", "chandra"),
    ("Chen", "chen"),
    ("Cohen", "cohen"),
    ("Dalgaard", "dalgaard"),
    ("Demir", "demir"),
    ("Diallo", "diallo"),
    ("Dubois", "dubois"),
    ("Eze", "eze"),
    ("Fairweather", "fairweather"),
    ("Fontaine", "fontaine"),
    ("Garcia-Ruiz", "garciaruiz"),
    ("Gupta", "gupta"),
    ("Haddad", "haddad"),
    ("Hartley", "hartley"),
    ("Horvat", "horvat"),
    ("Ito", "ito"),
    ("Ivanova", "ivanova"),
    ("Jansen", "jansen"),
    ("Kowalska", "kowalska"),
    ("Kruger", "kruger"),
    ("Lindqvist", "lindqvist"),
    ("Lopes", "lopes"),
    ("MacLeod", "macleod"),
    ("Mbeki", "mbeki"),
    ("Mensah", "mensah"),
    ("Moreau", "moreau"),
    ("Müller", "mueller"),
    ("Nakamura", "nakamura"),
    ("Nguyen", "nguyen"),
    ("Novak", "novak"),
    ("O'Brien", "obrien"),
    ("Okafor", "okafor"),
    ("Oliveira", "oliveira"),
    ("Osei", "osei"),
    ("Park", "park"),
    ("Patel", "patel"),
    ("Pereira", "pereira"),
    ("Petrov", "petrov"),
    ("Quispe", "quispe"),
    ("Rahman", "rahman"),
    ("Reyes", "reyes"),
    ("Rossi", "rossi"),
    ("Sato", "sato"),
    ("Schneider", "schneider"),
    ("Singh", "singh"),
    ("Sorensen", "sorensen"),
    ("Tanaka", "tanaka"),
    ("Thorne", "thorne"),
    ("Vance", "vance"),
    ("Vasquez", "vasquez"),
    ("Weiss", "weiss"),
    ("Whitlock", "whitlock"),
    ("Yilmaz", "yilmaz"),
    ("Zhang", "zhang"),
];

/// Mail domains that nobody can own.
pub(crate) const DOMAINS: &[(&str, u32)] = &[
    ("example.com", 40),
    ("example.org", 18),
    ("example.net", 12),
    ("kestrelmail.example", 14),
    ("post.example", 9),
    ("northgate-works.example", 4),
    ("studio.lumen.example", 3),
];

/// The first six digits of public test cards, and how many digits such a card has.
pub(crate) const CARD_PREFIXES: &[((&str, usize), u32)] = &[
    (("411111", 16), 30),
    (("424242", 16), 20),
    (("555555", 16), 25),
    (("520082", 16), 8),
    (("601111", 16), 7),
    (("378282", 15), 10),
];

/// Area codes of North America, each used with the exchange and line numbers that are kept for fiction.
pub(crate) const AREA_CODES: &[&str] = &[
    "201", "206", "212", "213", "214", "215", "302", "303", "305", "312", "313", "402", "404", "412", "415", "503",
    "504", "512", "602", "603", "612", "617", "702", "713", "801", "808", "901", "907",
];

/// Post towns of Great Britain.
pub(crate) const POST_AREAS: &[&str] = &["BS", "CF", "EH", "G", "LS", "M", "NE", "NG", "SW", "YO"];

/// Browsers, as they name themselves.
pub(crate) const USER_AGENTS: &[(&str, u32)] = &[
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36", 34),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile Safari/604.1",
        28,
    ),
    ("Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile", 22),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15", 10),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", 6),
];

/// The people who answer messages.
pub(crate) const AGENTS: &[&str] =
    &["Bea Tolliver", "Idris Quaye", "Marguerite Sand", "Otis Bellweather", "Pia Renner"];

/// Subject and body of a support message. `{given}`, `{name}`, `{email}`, `{phone}`, `{order}`, `{town}` are filled in.
pub(crate) const MESSAGES: &[(&str, &str)] = &[
    (
        "Where is my parcel?",
        "Hello, I ordered last week (order {order}) and nothing has come. My number is {phone} if the courier cannot \
         find the door.\n\nThanks, {name}",
    ),
    (
        "Wrong size",
        "Hi there,\nthe jacket from order {order} is one size too small. Can I swap it, or do I send it back first? \
         {given}",
    ),
    (
        "Please change my address",
        "I have moved. Please send everything for {name} to 14 Larkspur Lane from now on, and the bill to {email}, \
         not to my old address.",
    ),
    (
        "Charged twice",
        "My card shows two payments for order {order}. The shop said \"give it three days\", that was eight days ago. \
         Could somebody call me, please: {phone}. Regards, {name}",
    ),
    (
        "Gift message",
        "Could you put a card in order {order}? It should say: \"For Grandma Ruth, with love from {given} and the \
         children\". Thank you!",
    ),
    (
        "Cannot log in",
        "The reset mail to {email} never arrives, and I looked in the junk folder too. Is there another way in? \
         - {name}",
    ),
    (
        "Thank you",
        "Just to say that Bea on the phone was wonderful and sorted out order {order} in two minutes, {given}",
    ),
    (
        "Delete my account",
        "Please close the account of {name}, {email}, and confirm in writing what you keep and for how long.",
    ),
];
