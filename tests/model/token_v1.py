"""Token format v1 as plain as its document, slow on purpose: checks the frozen tokens without our code.

Usage: python3 tests/model/token_v1.py tests/golden/token.v1     (needs the package `cryptography`, 42 or later)

What it promises: it was written from schemas/token.v1.md and shares nothing with the library but the golden files.
What it deliberately does not know: how to detokenize, Arrow, batches, speed.
"""
import base64, datetime, hashlib, hmac, ipaddress, json, re, struct, sys, uuid
from pathlib import Path
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

u32 = lambda n: struct.pack(">I", n)
lp = lambda x: u32(len(x)) + x
e = lambda s: s.encode()
def hkdf(ikm, salt, info, n):
    prk = hmac.new(salt, ikm, hashlib.sha256).digest(); out = t = b""; i = 1
    while len(out) < n:
        t = hmac.new(prk, t + info + bytes([i]), hashlib.sha256).digest(); out += t; i += 1
    return out[:n]
def aes(key, blocks):
    c = Cipher(algorithms.AES(key), modes.ECB()).encryptor(); return c.update(blocks)
def ff1(key, tweak, radix, x):
    n = len(x); u = n // 2; v = n - u
    num = lambda d: int(sum(k * radix ** i for i, k in enumerate(reversed(d))))
    def strm(z, m):
        o = []
        for _ in range(m): o.append(z % radix); z //= radix
        return o[::-1]
    A, B = x[:u], x[u:]
    b = ((radix ** v - 1).bit_length() + 7) // 8; d = 4 * ((b + 3) // 4) + 4
    P = bytes([1, 2, 1]) + radix.to_bytes(3, "big") + bytes([10, u % 256]) + u32(n) + u32(len(tweak))
    for i in range(10):
        Q = tweak + bytes((-len(tweak) - b - 1) % 16) + bytes([i]) + num(B).to_bytes(b, "big")
        y = bytes(16)
        for j in range(0, len(P + Q), 16):
            y = aes(key, bytes(p ^ q for p, q in zip(y, (P + Q)[j:j + 16])))
        S = y; j = 1
        while len(S) < d:
            S += aes(key, bytes(p ^ q for p, q in zip(y, j.to_bytes(16, "big")))); j += 1
        m = u if i % 2 == 0 else v
        A, B = B, strm((num(A) + int.from_bytes(S[:d], "big")) % radix ** m, m)
    return A + B
class Misfit(Exception): pass
class Tokens:
    def __init__(self, root, domain, version): self.root, self.domain, self.version = root, domain, version
    def derive(self, purpose, fmt, n): return hkdf(self.root, b"counterfoil/token/v1", lp(e(purpose)) + lp(e(self.domain)) + lp(e(fmt)), n)
    def tweak(self, fmt, cls): return hashlib.sha256(b"counterfoil/tweak/v1" + lp(e(self.domain)) + lp(e(fmt)) + lp(e(cls))).digest()[:16]
    def table(self, fmt, cls, n):
        key = hkdf(self.derive("permute", fmt, 32), b"counterfoil/permute/v1", lp(e(cls)) + lp(n.to_bytes(8, "big")), 32)
        def words():
            c = 0
            while True:
                s = aes(key, b"".join((c + k).to_bytes(16, "big") for k in range(64))); c += 64
                yield from (int.from_bytes(s[i:i + 4], "big") for i in range(0, len(s), 4))
        w = words(); t = list(range(n))
        for i in range(n - 1, 0, -1):
            s = i + 1
            while True:
                m = next(w) * s
                if m % 2 ** 32 >= 2 ** 32 % s: break
            t[i], t[m >> 32] = t[m >> 32], t[i]
        return t
    def numerals(self, fmt, cls, radix, x, context=None):
        n = radix ** len(x)
        if n < 2: raise Misfit
        if n < 10 ** 6:
            r = 0
            for k in x: r = r * radix + k
            r = self.table(fmt, cls, n)[r]; o = []
            for _ in x: o.append(r % radix); r //= radix
            return o[::-1]
        return ff1(self.derive("tokenize", fmt, 32), self.tweak(fmt, cls) + (context or b""), radix, x)
    def rank(self, fmt, cls, size, r, context=None):
        if size < 2: raise Misfit
        if size < 10 ** 6: return self.table(fmt, cls, size)[r]
        n = (size - 1).bit_length(); k = self.derive("tokenize", fmt, 32); t = self.tweak(fmt, cls) + (context or b"")
        while True:
            bits = ff1(k, t, 2, [int(c) for c in format(r, f"0{n}b")]); r = int("".join(map(str, bits)), 2)
            if r < size: return r
    def sealed(self, cell):
        k = self.derive("seal", "seal", 64); aad = b"counterfoil/seal/v1" + lp(e(self.domain)) + u32(self.version)
        nonce = hmac.new(k[:32], lp(aad) + e(cell), hashlib.sha256).digest()[:12]
        s = u32(self.version) + nonce + AESGCMSIV(k[32:]).encrypt(nonce, e(cell), aad)
        return "cfs1_" + base64.urlsafe_b64encode(s).decode().rstrip("=")
    def pseudonym(self, enc, cell):
        tag = hmac.new(self.derive("pseudonym", "pseudonym", 32), e(cell), hashlib.sha256).digest()[:16]
        if enc == "hex": return tag.hex()
        if enc == "base32": return base64.b32encode(tag).decode().lower().rstrip("=")
        if enc == "uuid":
            n = int.from_bytes(tag, "big"); n = n & ~(15 << 76) | 8 << 76; n = n & ~(3 << 62) | 2 << 62
            return str(uuid.UUID(int=n))
        return str(int.from_bytes(tag[:8], "big") & 2 ** 63 - 1)
ctx = lambda kept: hashlib.sha256(e(kept)).digest()[:8]
SEP = set(" -./()_:,+#")
def fill(cell, symbols, is_symbol):
    it = iter(symbols); return "".join(next(it) if is_symbol(c) else c for c in cell)
def digits(t, cell, f=0, l=0):
    if not all(c in "0123456789" or c in SEP for c in cell): raise Misfit
    d = [c for c in cell if c in "0123456789"]; fmt = f"digits:{f},{l}" if f + l else "digits"
    mid = d[f:len(d) - l]
    if len(d) < f + l + 1: raise Misfit
    new = t.numerals(fmt, "", 10, [int(c) for c in mid], ctx("".join(d[:f] + d[len(d) - l:])) if f + l else None)
    return fill(cell, d[:f] + [str(k) for k in new] + d[len(d) - l:], lambda c: c in "0123456789")
def luhn(d): return sum((int(c) if i % 2 == 0 else int(c) * 2 // 10 + int(c) * 2 % 10) for i, c in enumerate(reversed(d))) % 10
def pan(t, cell, f=0, l=0):
    if not re.fullmatch(r"[0-9 -]*", cell): raise Misfit
    d = re.sub(r"[ -]", "", cell)
    if not 11 <= len(d) <= 19 or luhn(d): raise Misfit
    fmt = f"pan:{f},{l}" if f + l else "pan"; s = len(d) - l - 1
    new = "".join(map(str, t.numerals(fmt, "", 10, [int(c) for c in d[f:s]], ctx(d[:f] + d[len(d) - l:]) if f + l else None)))
    full = next(x for k in range(10) if not luhn(x := d[:f] + new + str(k) + d[s + 1:]))
    return fill(cell, full, str.isdigit)
def alphabet(t, cell, symbols):
    if not all(c in symbols or c in SEP for c in cell): raise Misfit
    new = t.numerals("alphabet:" + hashlib.sha256(e(symbols)).hexdigest(), "", len(symbols), [symbols.index(c) for c in cell if c in symbols])
    return fill(cell, [symbols[k] for k in new], lambda c: c in symbols)
def layout(t, fmt, cell, context=None):
    al = lambda c: c.isascii() and c.isalnum()
    s = [(26, ord(c.lower()) - 97) if c.isalpha() else (10, int(c)) for c in cell if al(c)]
    a = sum(r == 26 for r, _ in s); b = len(s) - a; n = 0
    for r, k in s: n = n * r + k
    n = t.rank(fmt, f"a{a}d{b}", 26 ** a * 10 ** b, n, context); new = []
    for r, _ in reversed(s): new.append(n % r); n //= r
    it = iter(reversed(new)); out = ""
    for c in cell:
        if not al(c): out += c
        else:
            k = next(it); out += str(k) if c.isdigit() else chr((97 if c.islower() else 65) + k)
    return out
def alphanumeric(t, cell):
    if not all(c.isascii() and c.isalnum() or c in SEP for c in cell): raise Misfit
    return layout(t, "alphanumeric", cell)
def email(t, cell, keep=False):
    if not re.fullmatch(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,63}", cell): raise Misfit
    i = cell.index("@") if keep else cell.rindex(".") + 1
    kept = cell[i + 1:] if keep else cell[i:]
    return layout(t, "email:keep-domain" if keep else "email", cell[:i], ctx(kept.lower())) + cell[i:]
def integer(t, cell, rng=None):
    if not re.fullmatch(r"0|-?[1-9][0-9]*", cell): raise Misfit
    v = int(cell)
    if rng:
        lo, hi = rng
        if not lo <= v <= hi: raise Misfit
        return str(lo + t.rank(f"integer:{lo}..{hi}", "", hi - lo + 1, v - lo))
    for label in ["0..2^31", "2^31..2^32", "2^32..2^63", "2^63..2^64", "-2^31..0", "-2^63..-2^31"]:
        lo, hi = [eval(x.replace("^", "**")) for x in label.split("..")]
        if lo <= v < hi: return str(lo + t.rank("integer", label, hi - lo, v - lo))
    raise Misfit
def ssn(t, cell):
    if not re.fullmatch(r"\d{9}|\d{3}-\d\d-\d{4}|\d{3} \d\d \d{4}", cell): raise Misfit
    n = int(re.sub(r"\D", "", cell)); a, g, s = n // 10 ** 6, n // 10 ** 4 % 100, n % 10 ** 4
    if a >= 900: n = 900000000 + t.rank("us-ssn", "9xx", 10 ** 8, n - 900000000)
    elif a in (0, 666) or not g or not s: raise Misfit
    else:
        areas = [x for x in range(1, 900) if x != 666]
        r = t.rank("us-ssn", "ssn", 898 * 99 * 9999, (areas.index(a) * 99 + g - 1) * 9999 + s - 1)
        n = (areas[r // 9999 // 99] * 100 + r // 9999 % 99 + 1) * 10000 + r % 9999 + 1
    return fill(cell, f"{n:09}", str.isdigit)
TWO = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98".split()
def phone(t, cell):
    if not re.fullmatch(r"\+?[0-9 ./()-]*", cell): raise Misfit
    d = re.sub(r"\D", "", cell); cc = ""
    if len(d) > 15: raise Misfit
    if cell[0] == "+": cc = d[0] if d[0] in "17" else d[:2] if d[:2] in TWO else d[:3]
    rest = d[len(cc):]; z = len(rest) - len(rest.lstrip("0")); sig = rest[z:]; m = len(sig)
    if not m: raise Misfit
    if cc == "1":
        if not re.fullmatch(r"[2-9]\d\d[2-9]\d{6}", rest): raise Misfit
        r = t.rank("phone", "nanp", 64 * 10 ** 8, (int(rest[:3]) - 200) * 8 * 10 ** 6 + int(rest[3:]) - 2 * 10 ** 6)
        new = str(r // (8 * 10 ** 6) + 200) + f"{r % (8 * 10 ** 6) + 2 * 10 ** 6:07}"
    else:
        r = t.rank("phone", f"e164-{m}" if cc else f"national{m}", 9 * 10 ** (m - 1), int(sig) - 10 ** (m - 1), ctx(cc) if cc else None)
        new = rest[:z] + str(r + 10 ** (m - 1))
    return fill(cell, cc + new, str.isdigit)
def uid(t, cell):
    if not re.fullmatch(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", cell): raise Misfit
    up, low = cell != cell.lower(), cell != cell.upper(); n = int(cell.replace("-", ""), 16)
    if up and low or n >> 62 & 3 != 2: raise Misfit
    v = n >> 76 & 15; r = n >> 80 << 74 | (n >> 64 & 0xfff) << 62 | n & 2 ** 62 - 1
    while True:
        r = t.rank("uuid", "upper" if up else "lower", 2 ** 122, r, ctx(f"{v:x}8"))
        h = f"{r >> 74 << 80 | v << 76 | (r >> 62 & 0xfff) << 64 | 2 << 62 | r & 2 ** 62 - 1:032x}"
        if not up or re.search("[a-f]", h): return fill(cell, h.upper() if up else h, str.isalnum)
def v6(n):
    a = ipaddress.IPv6Address(n); return "::ffff:" + str(a.ipv4_mapped) if a.ipv4_mapped else str(a)
def long(n): return ":".join(f"{n >> s & 0xffff:X}" for s in range(112, -1, -16))
def ip(t, cell):
    m = re.fullmatch(r"(::ffff:)?((0|[1-9]\d*)(\.(0|[1-9]\d*)){3})", cell)
    if m:
        try: n = int(ipaddress.IPv4Address(m[2]))
        except ValueError: raise Misfit
        return (m[1] or "") + str(ipaddress.IPv4Address(t.rank("ip", "v4-mapped" if m[1] else "v4", 2 ** 32, n)))
    try: n = int(ipaddress.IPv6Address(cell))
    except ValueError: raise Misfit
    cls, w = ("v6", v6) if v6(n) == cell else ("v6-upper", long)
    if w(n) != cell: raise Misfit
    while True:
        n = t.rank("ip", cls, 2 ** 128, n)
        if (n >> 32 != 0xffff) if cls == "v6" else long(n) != v6(n): return w(n)
def date(t, cell, lo="0001-01-01", hi="9999-12-31"):
    d = datetime.date.fromisoformat
    try: v = d(cell)
    except ValueError: raise Misfit
    if not d(lo) <= v <= d(hi): raise Misfit
    return str(d(lo) + datetime.timedelta(t.rank(f"date:{lo}..{hi}", "", (d(hi) - d(lo)).days + 1, (v - d(lo)).days)))
RULES = {
    "alphabet": {"0123456789abcdef": lambda t, c: alphabet(t, c, "0123456789abcdef"), "α-ω": lambda t, c: alphabet(t, c, "".join(map(chr, range(0x3b1, 0x3ca))))},
    "alphanumeric": {"alphanumeric": alphanumeric}, "date": {"calendar": date, "1940-01-01..2009-12-31": lambda t, c: date(t, c, "1940-01-01", "2009-12-31")},
    "digits": {"digits": digits, "keep 2,3": lambda t, c: digits(t, c, 2, 3)}, "email": {"email": email, "keep-domain": lambda t, c: email(t, c, True)},
    "integer": {"integer": integer, "-10..120": lambda t, c: integer(t, c, (-10, 120))}, "ip": {"ip": ip}, "pan": {"pan": pan, "keep 6,4": lambda t, c: pan(t, c, 6, 4)},
    "phone": {"phone": phone}, "pseudonym": {k: (lambda k: lambda t, c: t.pseudonym(k, c))(k) for k in ("base32", "hex", "int64", "uuid")},
    "seal": {"seal": lambda t, c: t.sealed(c)}, "us-ssn": {"us-ssn": ssn}, "uuid": {"uuid": uid},
}
bad = n = 0
for path in sorted(Path(sys.argv[1]).glob("*.json")):
    g = json.loads(path.read_text()); t = Tokens(bytes.fromhex(g["root"]), g["domain"], g["key_version"])
    for name, pairs in g["tokens"].items():
        for cell, token in pairs:
            try: mine = RULES[path.stem][name](t, cell)
            except Misfit: mine = t.sealed(cell)
            n += 1
            if mine != token: bad += 1; print("DIFFERS", path.stem, name, cell, token, mine)
print(n, "tokens,", bad, "differ")
sys.exit(bad > 0)
